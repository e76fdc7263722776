/** Waiting for news of runs. */
import type { Paths } from '../../platform/index.js';
import { executorOf } from './executor.js';
import { safetyTickMs } from './watch.js';

/**
 * Resolves at the next change in the directory of any of these runs, after a second at the latest, or when
 * the signal is aborted. The caller looks for itself what has changed.
 */
export function waitForRuns(
  paths: Pick<Paths, 'runsDir'>,
  runIds: Iterable<string>,
  options: { signal?: AbortSignal } = {},
): Promise<void> {
  if (options.signal?.aborted) return Promise.resolve();
  const executor = executorOf(paths);
  return new Promise((resolve) => {
    const stops: (() => void)[] = [];
    const finish = () => {
      for (const stop of stops) stop();
      options.signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, safetyTickMs);
    stops.push(() => clearTimeout(timer));
    for (const runId of runIds) stops.push(executor.watch(runId, 'output', finish));
    options.signal?.addEventListener('abort', finish, { once: true });
  });
}
