/** A run's transcript for the screen: its last lines, kept current, and earlier ones on demand. */
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../../domain/errors.js';
import type { Paths } from '../types.js';
import { followRun, readTranscript } from './follow.js';

/** Lines kept in memory. */
const ringLines = 5_000;
/** How much of a long transcript is read when it is opened. */
const openingBytes = 512 * 1024;

/** No screen shows more of one line, and a ring full of longer ones would fill the memory. */
const shownLength = 4_000;

const shortened = (line: string): string =>
  line.length <= shownLength
    ? line
    : `${line.slice(0, shownLength)} … (${line.length} characters; \`session show\` has them all)`;

export interface LiveTranscript {
  /** The newest lines, oldest first; raw text, to be sanitised by whoever shows it. */
  lines(): readonly string[];
  /** Lines seen since it was opened. */
  readonly total: number;
  /** At most `n` lines from before those of `lines()` and of earlier calls; empty at the beginning. */
  older(n: number): Promise<readonly string[]>;
  /** Still following. */
  readonly live: boolean;
  close(): void;
}

/** A task names its next run a moment before there is anything of it: that is waited for, ever less eagerly. */
async function whenThere<T>(read: () => Promise<T>, wanted: () => boolean): Promise<T> {
  for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, 5_000)) {
    try {
      return await read();
    } catch (error) {
      if (!hasCode(error, 'run-not-found') || !wanted()) throw error;
    }
    await sleep(waitMs, undefined, { ref: false });
  }
}

/** Opens the transcript of a run, which may be about to begin; calls back after it has grown. */
export function liveTranscript(
  paths: Pick<Paths, 'runsDir'>,
  runId: string,
  onChange: () => void,
): LiveTranscript {
  let ring: string[] = [];
  /** Lines still being written; they stand after the ring. */
  let unfinished: string[] = [];
  let total = 0;
  let live = true;
  let following: { stop(): void } | undefined;
  let earliest = 0;
  let waiting: string[] = [];

  const add = (lines: readonly string[]) => {
    total += lines.length;
    for (const line of lines) ring.push(shortened(line));
    // Trimmed in large steps, so that a flood does not copy the ring for every piece.
    if (ring.length > ringLines * 2) ring = ring.slice(-ringLines);
    onChange();
  };
  const opened = whenThere(
    () => readTranscript(paths, runId, { limit: openingBytes }),
    () => live,
  ).then((page) => {
    if (!live) return;
    earliest = page.start;
    following = followRun(
      paths,
      runId,
      (piece) => {
        if (piece.restarted) ring = [];
        unfinished = piece.open;
        add(piece.lines);
      },
      { fromOffset: page.start },
    );
  });
  opened.catch(() => {
    live = false;
    onChange();
  });

  return {
    lines() {
      const kept = ring.length > ringLines ? ring.slice(-ringLines) : ring;
      return unfinished.length > 0 ? [...kept, ...unfinished] : kept;
    },
    get total() {
      return total + unfinished.length;
    },
    get live() {
      return live;
    },
    async older(n) {
      await opened;
      while (waiting.length < n && earliest > 0) {
        const offset = Math.max(0, earliest - openingBytes);
        const page = await readTranscript(paths, runId, { offset, limit: earliest - offset });
        waiting = [...page.lines.map(shortened), ...waiting];
        earliest = page.start < earliest ? page.start : offset;
      }
      const given = waiting.slice(-n);
      waiting = waiting.slice(0, waiting.length - given.length);
      return given;
    },
    close() {
      live = false;
      following?.stop();
    },
  };
}
