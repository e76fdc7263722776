/** Tells when something about runs may have changed: file events, and a slow tick for those that get lost. */
import { watch } from 'node:fs';
import type { Paths } from '../../platform/index.js';
import { runFolder } from '../../worktrees/index.js';

const tickMs = 1000;

/** Calls back after any change in a folder, and every second. Returns the way to stop. */
export function watchFolder(folder: string, onChange: () => void): () => void {
  const tick = setInterval(onChange, tickMs);
  let close: (() => void) | undefined;
  try {
    const watcher = watch(folder, { persistent: false }, onChange);
    watcher.on('error', () => watcher.close());
    close = () => watcher.close();
  } catch {
    // Out of watches, or no such folder yet: the tick still looks.
  }
  return () => {
    clearInterval(tick);
    close?.();
  };
}

/**
 * Resolves at the next change in the directory of any of these runs, after a second at the latest, or when
 * the signal is aborted. Whoever waits looks for itself what has changed.
 */
export function waitForRuns(
  paths: Pick<Paths, 'runsDir'>,
  runIds: Iterable<string>,
  options: { signal?: AbortSignal } = {},
): Promise<void> {
  if (options.signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const stops: (() => void)[] = [];
    const finish = () => {
      for (const stop of stops) stop();
      options.signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, tickMs);
    stops.push(() => clearTimeout(timer));
    for (const runId of runIds) stops.push(watchFolder(runFolder(paths, runId), finish));
    options.signal?.addEventListener('abort', finish, { once: true });
  });
}
