/** Whether what was seen of a transcript is still there: an agent without a sandbox can cut its own. */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunIntent } from '../../../domain/agents/run.js';
import { droppedBytes } from '../../../domain/agents/transcript/lines.js';
import { hasCode } from '../../../domain/platform/errors.js';
import { readPlainSync, tempName, writeTo } from '../../platform/index.js';
import { fileState } from '../../worktrees/index.js';

/** Files are cut this much before the limit, in a small one a fifth: a flood goes on while we come to it. */
const early = 16_000_000;

/** Size at which a file is cut. */
export const cutAt = ({ limits: { maxOutputBytes: most } }: RunIntent): number =>
  most - Math.min(early, most / 5);

/** How far a transcript was seen, from which its run is judged later. */
export interface SeenTranscript {
  size: number;
  /** The last bytes up to there, in base64. */
  end: string;
  /** It was seen that the transcript had been cut. */
  cut?: { from: number; to: number };
}

const transcript = 'transcript.log';
const endBytes = 64;
/** The marker of a cut of ours stands near the beginning, unless a flood came between both. */
const markerBytes = 4_000_000;

/** A transcript as it is now, seen by one who saw it before. */
export function seeTranscript(
  folder: string,
  intent: RunIntent,
  before: SeenTranscript | undefined,
): SeenTranscript {
  const size = fileState(join(folder, transcript))?.size ?? 0;
  const cut = before?.cut ?? (before && cutSince(folder, intent, before, size));
  return { size, end: endAt(folder, size), ...(cut ? { cut } : {}) };
}

/** What is missing from the transcript of a run, by what the process that held it to its limits wrote down. */
export function transcriptCut(folder: string, intent: RunIntent): SeenTranscript['cut'] {
  const before = readSeen(folder);
  if (!before) return undefined;
  return before.cut ?? cutSince(folder, intent, before, fileState(join(folder, transcript))?.size ?? 0);
}

/** What was written down; nothing where there is none, or where it cannot be read. */
export function readSeen(folder: string): SeenTranscript | undefined {
  try {
    const seen = JSON.parse(readPlainSync(join(folder, 'seen.json')).toString('utf8')) as SeenTranscript;
    return Number.isSafeInteger(seen.size) && typeof seen.end === 'string' ? seen : undefined;
  } catch {
    return undefined;
  }
}

export async function writeSeen(folder: string, seen: SeenTranscript): Promise<void> {
  const temp = tempName(join(folder, 'seen.json'));
  await writeTo(temp, JSON.stringify(seen), { mode: 0o600 });
  await rename(temp, join(folder, 'seen.json'));
}

function cutSince(
  folder: string,
  intent: RunIntent,
  before: SeenTranscript,
  size: number,
): SeenTranscript['cut'] {
  if (size >= before.size && endAt(folder, before.size) === before.end) return undefined;
  const dropped = droppedBytes(Buffer.from(bytesAt(folder, 0, markerBytes)).toString('latin1'));
  if (dropped > cutAt(intent)) return undefined;
  return { from: before.size, to: size };
}

function endAt(folder: string, size: number): string {
  const from = Math.max(0, size - endBytes);
  return Buffer.from(bytesAt(folder, from, size - from)).toString('base64');
}

function bytesAt(folder: string, position: number, length: number): Uint8Array {
  if (length === 0) return new Uint8Array();
  let file: number;
  try {
    file = openSync(
      join(folder, transcript),
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ELOOP')) return new Uint8Array();
    throw error;
  }
  try {
    const buffer = new Uint8Array(length);
    return buffer.subarray(0, readSync(file, buffer, 0, length, position));
  } finally {
    closeSync(file);
  }
}
