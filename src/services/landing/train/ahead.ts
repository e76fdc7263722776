/** One tree is checked ahead, on a core that is idle, while another one is asked about. */

import { availableParallelism, loadavg } from 'node:os';
import type { TestedTree } from './tree-checker.js';

interface Ahead {
  /** Begins to check what will be asked about next if the present question is answered with a failure. */
  begin(tasks: readonly string[]): Promise<void>;
  /** What was found for this tree, when it was checked ahead; whatever else was checked ahead is ended. */
  take(tree: string): Promise<TestedTree | undefined>;
  /** How many were checked for nothing. */
  wasted(): number;
  close(): Promise<void>;
}

/** @param options `most`: so many may be checked for nothing; `check`: undefined when there is nothing to check */
export function makeAhead({
  most,
  check,
  dropped,
}: {
  most: number;
  check(
    tasks: readonly string[],
    signal: AbortSignal,
  ): Promise<{ tree: string; found: Promise<TestedTree> } | undefined>;
  dropped(): void;
}): Ahead {
  let running: { tree: string; found: Promise<TestedTree | undefined>; stop: AbortController } | undefined;
  let wasted = 0;
  const ending: Promise<unknown>[] = [];

  return {
    wasted: () => wasted,
    async begin(tasks) {
      if (running || wasted >= most) return;
      const stop = new AbortController();
      const begun = await check(tasks, stop.signal);
      // Nothing waits for it yet; without an answer the search asks in its turn.
      if (begun) running = { tree: begun.tree, found: begun.found.catch(() => undefined), stop };
    },
    async take(tree) {
      if (!running) return undefined;
      const { tree: mine, found, stop } = running;
      running = undefined;
      if (mine === tree) return found;
      wasted++;
      stop.abort();
      // What had come to its end was counted then.
      ending.push(found.then((ended) => ended ?? dropped()));
      return undefined;
    },
    async close() {
      running?.stop.abort();
      await Promise.all([running?.found, ...ending]);
    },
  };
}

/** Whether more cores are there than are busy. Where a system tells no load, none is called idle. */
export function hasIdleCore(): boolean {
  const [load = 0] = loadavg();
  return load > 0 && availableParallelism() - load >= 1;
}
