/** A run's transcript for the screen: its last lines, kept current, and earlier ones on demand. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PlanStep } from '../../../domain/agents/agent-event.js';
import type { TranscriptLine } from '../../../domain/agents/transcript/line.js';
import { hasCode } from '../../../domain/platform/errors.js';
import type { Paths } from '../../platform/index.js';
import { followRun, readTranscript } from './follow.js';

/** Lines kept in memory, to the next whole piece; of a piece of very short ones not more than twice as many. */
const ringLines = 5_000;
/** Pieces with fewer lines are put together: an agent that writes a line at a time has no piece for each. */
const pieceLines = 200;
/** How much of a long transcript is read when it is opened. */
const openingBytes = 512 * 1024;

/** No screen shows more of one line, and a ring full of longer ones would fill the memory. */
const shownLength = 4_000;

/** Lines of one output that can be opened on the screen. */
const mostOutput = 1_000;

function shortened(line: TranscriptLine): TranscriptLine {
  const { text } = line;
  if (text.length <= shownLength) return line;
  const note = `… (${text.length} characters; \`session show\` has them all)`;
  return { ...line, text: `${text.slice(0, shownLength)} ${note}` };
}

export interface LiveTranscript {
  /** The newest lines, oldest first; raw text, to be sanitised where it is shown. */
  lines(): readonly TranscriptLine[];
  /** What the agent means to do, as it said last; empty when it has not. */
  plan(): readonly PlanStep[];
  /** Lines seen since it was opened: the number of the last of `lines()`. */
  readonly total: number;
  /** There is more before those of `lines()` and of earlier calls of `older`. */
  readonly hasOlder: boolean;
  /**
   * At most `n` lines from before those of `lines()` and of earlier calls; empty at the beginning. Where `lines()`
   * has lost its first ones meanwhile, it starts from what `lines()` holds now.
   */
  older(n: number): Promise<readonly TranscriptLine[]>;
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
  const ring = createRing();
  /** Lines still being written; they stand after the ring. */
  let unfinished: TranscriptLine[] = [];
  let plan: readonly PlanStep[] = [];
  let live = true;
  let following: { stop(): void } | undefined;
  /** Where the lines begin that were handed out last, and those read but not handed out yet. */
  let earliest = 0;
  let waiting: TranscriptLine[] = [];
  const startOver = () => {
    earliest = ring.start;
    waiting = [...ring.hidden()];
  };

  const opened = whenThere(
    () => readTranscript(paths, runId, { limit: openingBytes }),
    () => live,
  ).then((page) => {
    if (!live) return;
    ring.clear(page.start);
    startOver();
    following = followRun(
      paths,
      runId,
      (piece) => {
        if (piece.from !== undefined) ring.clear(piece.from);
        unfinished = piece.open.map(shortened);
        plan = piece.plan;
        const trimmed = ring.add(piece.lines.map(shortened), piece.offset);
        if (piece.from !== undefined || trimmed) startOver();
        onChange();
      },
      { fromOffset: page.start, watching: true, most: mostOutput },
    );
  });
  opened.catch(() => {
    live = false;
    onChange();
  });

  return {
    lines: () => (unfinished.length > 0 ? [...ring.lines(), ...unfinished] : ring.lines()),
    plan: () => plan,
    get total() {
      return ring.total + unfinished.length;
    },
    get hasOlder() {
      return earliest > 0 || waiting.length > 0;
    },
    get live() {
      return live;
    },
    async older(n) {
      await opened;
      while (waiting.length < n && earliest > 0) {
        const until = earliest;
        const offset = Math.max(0, until - openingBytes);
        const page = await readTranscript(paths, runId, { offset, limit: until - offset, most: mostOutput });
        // The ring was trimmed meanwhile: what was read no longer joins on to it.
        if (earliest !== until) continue;
        waiting = [...page.lines.map(shortened), ...waiting];
        earliest = page.start < until ? page.start : offset;
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

/** The last lines, in pieces that know where they begin in the file: what was let go can be read again. */
function createRing() {
  let pieces: { start: number; lines: TranscriptLine[] }[] = [];
  let kept = 0;
  let total = 0;
  let next = 0;
  /** All lines, of which the first `hidden` are not shown. */
  let flat: readonly TranscriptLine[] = [];
  let hidden = 0;

  return {
    get total() {
      return total;
    },
    /** Byte at which the first line begins. */
    get start() {
      return pieces[0]?.start ?? next;
    },
    lines: () => (hidden > 0 ? flat.slice(hidden) : flat),
    hidden: () => flat.slice(0, hidden),
    /** Adds lines that end at this byte; true when others had to go. */
    add(lines: readonly TranscriptLine[], end: number): boolean {
      const last = pieces.at(-1);
      if (last && last.lines.length + lines.length <= pieceLines) last.lines.push(...lines);
      else pieces.push({ start: next, lines: [...lines] });
      next = end;
      kept += lines.length;
      total += lines.length;
      let gone = 0;
      while (kept - pieces[gone]!.lines.length >= ringLines) kept -= pieces[gone++]!.lines.length;
      if (gone > 0) pieces = pieces.slice(gone);
      flat = pieces.flatMap((piece) => piece.lines);
      const before = hidden;
      hidden = kept > ringLines * 2 ? kept - ringLines : 0;
      return gone > 0 || hidden !== before;
    },
    /** Empties it; the next lines begin at this byte. */
    clear(start: number) {
      pieces = [];
      kept = 0;
      next = start;
      flat = [];
      hidden = 0;
    },
  };
}
