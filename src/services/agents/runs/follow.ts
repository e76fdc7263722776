/** Reads transcripts as they grow, and pages of them by offset. Memory is bounded by one piece and one line. */
import type { AgentEvent, PlanStep } from '../../../domain/agents/agent-event.js';
import type { RunIntent } from '../../../domain/agents/run.js';
import type { TranscriptLine } from '../../../domain/agents/transcript/line.js';
import { maxLineBytes } from '../../../domain/agents/transcript/lines.js';
import { createRenderer, renderEvents } from '../../../domain/agents/transcript/render.js';
import { streamOf } from '../../../domain/agents/transcript/streams.js';
import type { Paths } from '../../platform/index.js';
import { readIntent, runFolder } from '../../worktrees/index.js';
import type { Executor } from '../types.js';
import { executorOf } from './executor.js';

const pieceBytes = 128 * 1024;

/** Who only watches reads this much at once, then leaves the processor to the screen for a frame. */
const watchedBytes = 512 * 1024;
const restMs = 33;
/** Further behind than this, one who only watches goes on this much before the end. */
const maxLag = 4 * 1024 * 1024;

export interface Followed {
  events: AgentEvent[];
  /** The same as people read it; raw text, to be sanitised where it is shown. */
  lines: TranscriptLine[];
  /** Lines still being written, to be shown after those: the next piece brings them anew. */
  open: TranscriptLine[];
  /** What the agent means to do, as it said last. */
  plan: readonly PlanStep[];
  /** Where to go on reading later: the end of the last whole line. */
  offset: number;
  /** Output was dropped meanwhile, and what follows begins anew. */
  restarted: boolean;
  /** Byte at which the lines begin, where they do not follow on from the last ones. */
  from?: number;
}

export interface FollowOptions {
  /** Byte to start at, the beginning of a line. Default 0. */
  fromOffset?: number;
  signal?: AbortSignal;
  /** Only the newest is wanted: what is written faster than a person could read it is left out. */
  watching?: boolean;
  /** Lines of one output that are given out; default 20. */
  most?: number;
  /** Called once, after the last piece of a run that is over. */
  onEnd?: () => void;
}

/** Where reading stands in a transcript: bytes in, pieces of what is to be shown out. */
function createReading(intent: RunIntent, from: number, most: number | undefined) {
  const fresh = () => ({
    parser: streamOf(intent).parser(),
    renderer: createRenderer(rendering(intent, most)),
  });
  let { parser, renderer } = fresh();
  let position = from;
  let wholeLines = from;
  /** Where the next lines begin, when they do not follow on; and whether that is because output was dropped. */
  let anew: { from: number; restarted: boolean } | undefined;

  const tell = (events: AgentEvent[]): Followed => {
    const { from: begins, restarted = false } = anew ?? {};
    anew = undefined;
    const lines = renderer.render(events);
    const piece = {
      events,
      lines,
      open: renderer.open(),
      plan: renderer.plan(),
      offset: wholeLines,
      restarted,
    };
    return begins === undefined ? piece : { ...piece, from: begins };
  };

  return {
    get position() {
      return position;
    },
    goOnAt(at: number, restarted = anew?.restarted ?? false) {
      position = at;
      wholeLines = at;
      ({ parser, renderer } = fresh());
      anew = { from: at, restarted };
    },
    /** What these bytes tell; undefined while it is nothing. */
    push(bytes: Uint8Array): Followed | undefined {
      const lastNewline = bytes.lastIndexOf(10);
      if (lastNewline >= 0) wholeLines = position + lastNewline + 1;
      position += bytes.length;
      const events = parser.push(bytes);
      return events.length > 0 || anew ? tell(events) : undefined;
    },
    /** The last line of a run may lack its newline. */
    end(): Followed | undefined {
      const events = parser.end();
      if (events.length === 0) return undefined;
      wholeLines = position;
      return tell(events);
    },
  };
}

const rendering = ({ cwd }: RunIntent, most: number | undefined) => ({ cwd, ...(most ? { most } : {}) });

/**
 * Follows a run's transcript until stopped; calls back for each piece, in order, and waits for nothing else.
 * An unfinished line comes when it is finished, or the run is over. Throws `run-not-found`.
 */
export function followRun(
  paths: Pick<Paths, 'runsDir'>,
  runId: string,
  onEvents: (piece: Followed) => void,
  options: FollowOptions = {},
): { stop(): void } {
  const executor = executorOf(paths);
  const intent = readIntent(runFolder(paths, runId));
  const reading = createReading(intent, options.fromOffset ?? 0, options.most);
  let ended = false;
  let stopped = false;
  let busy = false;
  let again = false;
  let rest: NodeJS.Timeout | undefined;

  const tell = (piece: Followed | undefined) => {
    if (piece) onEvents(piece);
  };
  /** Goes on elsewhere when output was dropped, or when there is more than one who only watches could read. */
  const catchUp = async (): Promise<void> => {
    const { size } = await executor.read(runId, 'transcript', reading.position, 0);
    // The watchdog dropped output over the limit; the transcript goes on from its beginning.
    if (size < reading.position) reading.goOnAt(0, true);
    if (!options.watching || size - reading.position <= maxLag) return;
    const from = await lineAfter(executor, runId, size - watchedBytes);
    if (from !== undefined) reading.goOnAt(from);
  };
  /** True when everything there is has been read. */
  const readOn = async (): Promise<boolean> => {
    await catchUp();
    for (let read = 0; !stopped; ) {
      if (options.watching && read >= watchedBytes) return false;
      const { bytes } = await executor.read(runId, 'transcript', reading.position, pieceBytes);
      if (bytes.length === 0 || stopped) break;
      read += bytes.length;
      tell(reading.push(bytes));
    }
    return true;
  };
  const flush = () => {
    ended = true;
    tell(reading.end());
    options.onEnd?.();
  };
  /** One look at what is new; false when one who only watches rests before the next. */
  const lookOnce = async (): Promise<boolean> => {
    // Asked before reading: whatever the agent wrote is there once its exit code is.
    const over = (await executor.phase(runId)).exitCode !== undefined;
    const all = await readOn();
    if (over && all && !ended && !stopped) flush();
    return all;
  };
  const look = async () => {
    if (rest) return;
    again = busy;
    if (busy) return;
    busy = true;
    do {
      again = false;
      if ((await lookOnce()) || stopped) continue;
      rest = setTimeout(() => {
        rest = undefined;
        tryLook();
      }, restMs);
    } while (again && !rest && !stopped);
    busy = false;
  };
  // A read that fails is tried again at the next change.
  const tryLook = () =>
    void look().catch(() => {
      busy = false;
    });

  const unwatch = executor.watch(runId, 'output', tryLook);
  const stop = () => {
    stopped = true;
    clearTimeout(rest);
    unwatch();
    options.signal?.removeEventListener('abort', stop);
  };
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted) stop();
  else tryLook();
  return { stop };
}

export interface TranscriptPage {
  /** Bytes [start, end) of the transcript: whole lines, but for an unfinished one at the very end. */
  start: number;
  end: number;
  /** Size of the transcript now. */
  size: number;
  events: AgentEvent[];
  lines: TranscriptLine[];
}

/**
 * The whole lines that begin in `limit` bytes from `offset` (default: the last ones). To scroll back, ask for
 * `{ offset: Math.max(0, page.start - limit), limit: page.start - offset }`. A line longer than the limit
 * comes whole, up to 1 MB of it. Throws `run-not-found`.
 */
export async function readTranscript(
  paths: Pick<Paths, 'runsDir'>,
  runId: string,
  { offset, limit = pieceBytes, most }: { offset?: number; limit?: number; most?: number } = {},
): Promise<TranscriptPage> {
  const intent = readIntent(runFolder(paths, runId));
  const executor = executorOf(paths);
  const { size } = await executor.read(runId, 'transcript', 0, 0);
  const from = Math.min(offset ?? Math.max(0, size - limit), size);
  // One byte more at the front shows whether `from` is the beginning of a line.
  const front = from > 0 ? 1 : 0;
  const { bytes } = await executor.read(runId, 'transcript', from - front, limit + front);
  const skipped = front === 0 ? 0 : bytes.indexOf(10) + 1;
  if (front === 1 && skipped === 0) return { start: from, end: from, size, events: [], lines: [] };
  const whole = await upToNewline(executor, runId, bytes, from - front, size);
  const lines = whole.subarray(skipped);
  const parser = streamOf(intent).parser();
  const events = [...parser.push(lines), ...parser.end()];
  const start = from - front + skipped;
  return {
    start,
    end: start + lines.length,
    size,
    events,
    lines: renderEvents(events, rendering(intent, most)),
  };
}

/** Cut after the last newline; without one, read on to the end of that long line. */
async function upToNewline(
  executor: Executor,
  runId: string,
  bytes: Uint8Array,
  from: number,
  size: number,
): Promise<Uint8Array> {
  if (from + bytes.length >= size) return bytes;
  const last = bytes.lastIndexOf(10);
  if (last > 0) return bytes.subarray(0, last + 1);
  const { bytes: more } = await executor.read(runId, 'transcript', from + bytes.length, maxLineBytes);
  const newline = more.indexOf(10);
  return Buffer.concat([bytes, newline < 0 ? more : more.subarray(0, newline + 1)]);
}

/** Where the first line after this byte begins; undefined when none does. */
async function lineAfter(executor: Executor, runId: string, offset: number): Promise<number | undefined> {
  for (let at = offset; ; at += pieceBytes) {
    const { bytes } = await executor.read(runId, 'transcript', at, pieceBytes);
    const newline = bytes.indexOf(10);
    if (newline >= 0) return at + newline + 1;
    if (bytes.length < pieceBytes) return undefined;
  }
}
