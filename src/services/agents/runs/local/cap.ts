/** Keeps the output of a live run under its limit, however fast it is written. */
import { appendFileSync, closeSync, openSync, readSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { RunIntent } from '../../../../domain/agents/run.js';
import { droppedLine } from '../../../../domain/agents/transcript/lines.js';
import { streamOf } from '../../../../domain/agents/transcript/streams.js';
import { hasCode } from '../../../../domain/platform/errors.js';
import { liveness } from '../../../platform/index.js';
import { fileState, readAgent, readExit } from '../../../worktrees/index.js';
import { cutAt } from '../cut.js';
import { watchFolder } from '../watch.js';

const names = ['transcript.log', 'stderr.log'] as const;

/** Bytes a millisecond: no agent writes faster, so a file need not be looked at before it can be full. */
const fastest = 2_000_000;
/** Where a stream names its session. */
const headBytes = 64 * 1024;

/**
 * Cuts the files of a run to their beginning whenever they come near the limit, until stopped. The agent appends, so its
 * next write lands there, and its last words are kept; a marker says how much went. A file is looked at when it has
 * changed, the sooner the nearer it can be to the limit: a second is enough for a gigabyte.
 */
export function capOutput(folder: string, intent: RunIntent): { stop(): void } {
  const limit = cutAt(intent);
  let size = 0;
  let timer: NodeJS.Timeout | undefined;
  const session: Known = {};
  const look = () => {
    timer = undefined;
    try {
      size = Math.max(...names.map((name) => capFile(folder, name, intent, session)));
    } catch {
      // A full disk, an unreadable file: the next change, or the tick, looks again.
    }
  };
  const unwatch = watchFolder(folder, () => {
    timer ??= setTimeout(look, Math.max(1, (limit - size) / fastest));
  });
  return {
    stop() {
      unwatch();
      clearTimeout(timer);
    },
  };
}

/**
 * The session, once it was read: a flood can come between a cut and its marker, which then stands too far from the
 * beginning to be found at the next cut.
 */
interface Known {
  id?: string | undefined;
}

/** Size of the file afterwards. */
function capFile(folder: string, name: (typeof names)[number], intent: RunIntent, session: Known): number {
  const path = join(folder, name);
  const sizeOf = () => fileState(path)?.size ?? 0;
  const before = sizeOf();
  if (before <= cutAt(intent) || isOver(folder)) return before;
  const sessionId = name === 'transcript.log' ? (sessionIn(path, intent) ?? session.id) : undefined;
  session.id = sessionId ?? session.id;
  const dropped = sizeOf();
  truncateSync(path, 0);
  // The first new line may be the rest of a cut one: the marker stands on a line of its own.
  appendFileSync(path, `\n${droppedLine(dropped, sessionId)}\n`);
  return sizeOf();
}

/** A file that the agent does not add to any more is left as it is: its end tells how the run went. */
function isOver(folder: string): boolean {
  const agent = readAgent(folder);
  return readExit(folder) !== undefined || (agent !== undefined && liveness(agent) === 'dead');
}

/** The id that the beginning of the file tells, be it the agent's own words or the last marker. */
function sessionIn(path: string, intent: RunIntent): string | undefined {
  const head = Buffer.alloc(headBytes);
  const file = openSync(path, 'r');
  try {
    const length = readSync(file, head, 0, headBytes, 0);
    const events = streamOf(intent).parser().push(head.subarray(0, length));
    return events.flatMap((event) => (event.type === 'session' ? [event.sessionId] : [])).at(-1);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  } finally {
    closeSync(file);
  }
}
