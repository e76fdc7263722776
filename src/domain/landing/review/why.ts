/** The part of a transcript in which a hunk was written. */
import type { AgentEvent } from '../../agents/agent-event.js';
import type { DiffLine } from '../diff.js';

/** Events shown before the one that wrote it, and after. */
const before = 6;
const after = 2;

/** How sure it is: the very lines were written there, the file was, or it is only named. */
export type WhySure = 'lines' | 'file' | 'named';

/** `data` of the question why a hunk was written. */
export interface WhyReport {
  place: string;
  run: string;
  attempt: number;
  sure: WhySure;
  /** The transcript around it, line by line. */
  lines: string[];
}

export interface WhyPart {
  events: readonly AgentEvent[];
  /** Which of all events wrote it. */
  at: number;
  sure: WhySure;
}

/** The newest event that wrote most of the hunk's lines; undefined when none has to do with its file. */
export function whyIn(
  events: readonly AgentEvent[],
  path: string,
  hunk: readonly DiffLine[],
): WhyPart | undefined {
  const lines = new Set(hunk.flatMap((line) => (line.kind === 'context' ? [] : [line.text.trim()])));
  lines.delete('');
  let best: { at: number; score: number } | undefined;
  events.forEach((event, at) => {
    const score = scoreOf(event, path, lines);
    if (score > 0 && score >= (best?.score ?? 0)) best = { at, score };
  });
  if (!best) return undefined;
  const { at, score } = best;
  return {
    events: events.slice(beginOf(events, at), at + 1 + after),
    at,
    sure: score >= 1 ? 'lines' : score >= 0.5 ? 'file' : 'named',
  };
}

/** What is said piece by piece counts once. */
function beginOf(events: readonly AgentEvent[], at: number): number {
  let begin = at;
  for (let left = before; begin > 0 && left > 0; ) {
    begin--;
    if (isWhole(events[begin]!)) left--;
  }
  return begin;
}

const isWhole = (event: AgentEvent): boolean =>
  (event.type === 'text' && event.final) ||
  (event.type === 'thought' && event.final !== false) ||
  (event.type === 'tool' && event.state !== 'output' && event.state !== 'started') ||
  event.type === 'message' ||
  event.type === 'line';

function scoreOf(event: AgentEvent, path: string, lines: ReadonlySet<string>): number {
  if (event.type === 'line') return event.text.includes(path) ? 0.2 : 0;
  if (event.type !== 'tool' || event.state === 'denied' || event.state === 'failed') return 0;
  const touches = event.paths?.some((one) => one === path || one.endsWith(`/${path}`)) ?? false;
  const written = (event.files ?? [])
    .filter((file) => file.path === path || file.path.endsWith(`/${path}`))
    .reduce((most, { diff = '' }) => Math.max(most, sharedLines(diff, lines)), 0);
  if (written > 0) return written;
  if (touches && event.kind === 'edit') return 0.5;
  const named = event.command?.includes(path) ?? false;
  if (!named) return 0;
  return Math.max(0.2, sharedLines(event.command!, lines));
}

/** How many of the lines a diff or a command holds. */
function sharedLines(text: string, lines: ReadonlySet<string>): number {
  const seen = new Set<string>();
  for (const raw of text.split('\n')) {
    const plain = raw.trim();
    if (lines.has(plain)) seen.add(plain);
    const bare = /^[+-]/.test(raw) ? raw.slice(1).trim() : plain;
    if (lines.has(bare)) seen.add(bare);
  }
  return seen.size;
}
