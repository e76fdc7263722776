/** Durations and sizes as people write them in configuration: "90s", "2h", "1.5 GB". */
import { appError } from './errors.js';

const durations: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const sizes: Record<string, number> = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** "2h" → milliseconds. Throws `bad-duration` (usage) for anything else. */
export function parseDuration(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*$/.exec(text);
  if (!match) {
    throw appError('bad-duration', `"${text}" is not a duration.`, {
      kind: 'usage',
      hint: 'Write a number and ms, s, m, h or d: "90s", "2h".',
    });
  }
  return Number(match[1]) * durations[match[2]!]!;
}

/** "1.5 GB" → bytes (decimal units). Throws `bad-size` (usage) for anything else. */
export function parseSize(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(B|KB|MB|GB|TB)\s*$/i.exec(text);
  if (!match) {
    throw appError('bad-size', `"${text}" is not a size.`, {
      kind: 'usage',
      hint: 'Write a number and B, KB, MB, GB or TB: "500 MB".',
    });
  }
  return Math.round(Number(match[1]) * sizes[match[2]!.toUpperCase()]!);
}

/** Milliseconds for people: 820 → "0.8s", 62_000 → "1m", 7_500_000 → "2h". */
export function formatDuration(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)}s`;
  if (ms < 60_000) return `${Math.round(ms / 1000)}s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)}m`;
  if (ms < 86_400_000) return `${Math.floor(ms / 3_600_000)}h`;
  return `${Math.floor(ms / 86_400_000)}d`;
}

/** Bytes for people: 1_200_000 → "1.2 MB". */
export function formatSize(bytes: number): string {
  for (const unit of ['TB', 'GB', 'MB', 'KB']) {
    const one = sizes[unit]!;
    if (bytes >= one) return `${(bytes / one).toFixed(1)} ${unit}`;
  }
  return `${bytes} B`;
}

/** A number with its noun: "1 file", "3 files"; `many` where the plural is not made with an s. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** The id of a commit or tree as people read it: everywhere as long. */
export const shortCommit = (id: string): string => id.slice(0, 8);
