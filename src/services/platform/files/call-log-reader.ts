/** Reads the log of calls, and follows it while it grows. */
import { open } from 'node:fs/promises';
import { type Call, parseCall } from '../../../domain/platform/call.js';
import type { Paths } from '../types.js';
import { logFiles, logFolder } from './call-log.js';
import { ensurePrivateFolder } from './paths.js';
import { watchEvents } from './watching.js';

/** What one look reads of one file at most. */
const chunkBytes = 1_000_000;
/** How often the files are read where no watch reports their changes. */
const tickMs = 1000;

/** Where each file was read to: the end of a whole line. */
type Places = Map<string, number>;

/** The newest calls, oldest first. */
export async function readCalls(paths: Pick<Paths, 'stateDir'>, last: number): Promise<Call[]> {
  return (await newCalls(paths, new Map())).slice(-last);
}

/** The newest calls first, then every call that any process makes, until `signal` is aborted. */
export async function followCalls(
  paths: Pick<Paths, 'stateDir'>,
  last: number,
  onCall: (call: Call) => void,
  signal: AbortSignal,
): Promise<void> {
  const places: Places = new Map();
  let wake = () => {};
  const unwatch = watchEvents(ensurePrivateFolder(logFolder(paths)), () => wake(), { persistent: true });
  const tick = setInterval(() => wake(), tickMs);
  signal.addEventListener('abort', () => wake(), { once: true });
  try {
    for (const call of (await newCalls(paths, places)).slice(-last)) onCall(call);
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      for (const call of await newCalls(paths, places)) onCall(call);
      if (!signal.aborted) await woken;
    }
  } finally {
    clearInterval(tick);
    unwatch();
  }
}

/** All calls that were written since the files were last read. */
async function newCalls(paths: Pick<Paths, 'stateDir'>, places: Places): Promise<Call[]> {
  const calls: Call[] = [];
  for (const path of logFiles(paths)) {
    // One that was taken away meanwhile was old.
    const file = await open(path, 'r').catch(() => undefined);
    if (!file) continue;
    try {
      for (;;) {
        const offset = places.get(path) ?? 0;
        const { bytesRead, buffer } = await file.read(Buffer.alloc(chunkBytes), 0, chunkBytes, offset);
        if (bytesRead === 0) break;
        // Cut at a newline, which no character of more than one byte contains.
        const end = buffer.lastIndexOf(10, bytesRead - 1) + 1;
        if (end === 0 && bytesRead < chunkBytes) break;
        const lines = buffer.toString('utf8', 0, end || bytesRead).split('\n');
        calls.push(...lines.flatMap((line) => parseCall(line) ?? []));
        places.set(path, offset + (end || bytesRead));
      }
    } finally {
      await file.close();
    }
  }
  return calls;
}
