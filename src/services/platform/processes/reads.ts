/** Programs that only read. One that hangs is ended when a person interrupts the command: it leaves nothing half-done. */
import { type ProcessOptions, type ProcessResult, runProcess } from './process.js';

/** A command that was interrupted waits so long for what it reads, to come to a safe point. */
const slowMs = 500;

interface Read {
  since: number;
  end(): void;
}

const reads = new Set<Read>();

/** `runProcess` for a program that changes nothing. Throws `interrupted`, too, when `endReads` was called meanwhile. */
export async function runReader(argv: readonly string[], options: ProcessOptions): Promise<ProcessResult> {
  if (options.signal) return runProcess(argv, options);
  const control = new AbortController();
  const read: Read = { since: performance.now(), end: () => control.abort() };
  reads.add(read);
  try {
    return await runProcess(argv, { ...options, signal: control.signal });
  } finally {
    reads.delete(read);
  }
}

/** Ends the programs that have been reading for so long: those behind a pipe or a dead disk never end by themselves. */
export function endReads(forMs = slowMs): void {
  for (const { since, end } of reads) if (performance.now() - since >= forMs) end();
}
