/** Reads what a program that has ended left in its pipes, and tells whether that was everything. */
import type { Readable } from 'node:stream';

/** Between two looks whether anything came. */
const tickMs = 10;
/** How long a stream is read into which another process writes without end; also counted in ticks. */
const longestMs = 10_000;
/** How long to wait for the end of a stream after the processes that held it open were killed. */
const afterKillMs = 500;

export interface DrainOptions {
  /**
   * After this long without data the streams count as held open by another process. Only time in which the loop
   * asked the system for data counts, so a busy loop does not shorten it.
   */
  patienceMs: number;
  /** Ends the processes that hold the streams open, as far as they can be reached. */
  endHolders: () => void;
}

/**
 * Reads the streams of a program that has ended. Resolves with those that did not come to their end by themselves,
 * because another process held them open; they are given up. What the program itself wrote has been read in either
 * case: it stood in the pipe before the program ended, and the pipe was found empty afterwards.
 */
export async function drain<T extends Readable>(streams: readonly T[], options: DrainOptions): Promise<T[]> {
  await untilClosed(streams.filter(isOpen), options.patienceMs);
  const held = streams.filter(isOpen);
  if (held.length > 0) {
    options.endHolders();
    await untilClosed(held, afterKillMs);
    for (const stream of held) stream.destroy();
  }
  return streams.filter((stream) => held.includes(stream) || !stream.readableEnded);
}

const isOpen = (stream: Readable) => !stream.readableEnded && !stream.destroyed;

/** Resolves when all streams are closed, or when nothing came of any of them for `patienceMs`. */
function untilClosed(streams: readonly Readable[], patienceMs: number): Promise<void> {
  if (streams.length === 0) return Promise.resolve();
  return new Promise((done) => {
    let ticks = 0;
    let quiet = 0;
    const note = () => {
      quiet = -1;
    };
    const look = () => {
      // Who reads on later is not waiting for what does not come.
      if (streams.some((stream) => stream.isPaused())) return;
      ticks++;
      quiet++;
      const given = quiet * tickMs >= patienceMs || ticks * tickMs >= longestMs;
      if (given || !streams.some(isOpen)) finish();
    };
    // Immediates run right after the loop has polled: a tick ends when the streams were really asked.
    const timer = setInterval(() => setImmediate(look), tickMs);
    const closed = () => {
      if (!streams.some(isOpen)) finish();
    };
    const finish = () => {
      clearInterval(timer);
      for (const stream of streams) stream.off('data', note).off('close', closed);
      done();
    };
    for (const stream of streams) stream.on('data', note).on('close', closed);
  });
}
