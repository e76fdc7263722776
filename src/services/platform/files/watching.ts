/** Watches a folder as far as the system lets us. */
import { watch } from 'node:fs';

interface WatchOptions {
  /** Whether the process lives on as long as it watches. */
  persistent?: boolean;
  /** Where nothing can be watched, the callback is called so often without a name, to look for itself. */
  slowMs?: number;
}

/**
 * Calls back at each event in a folder. Returns the way to stop. Where the system has no watch left, or there is no such
 * folder, nothing is told without `slowMs`: then callers look by themselves as well, at a slow tick.
 */
export function watchEvents(
  folder: string,
  onEvent: (event: string, name: string | null) => void,
  { persistent = false, slowMs }: WatchOptions = {},
): () => void {
  let tick: NodeJS.Timeout | undefined;
  const lookSlowly = () => {
    if (slowMs === undefined) return;
    tick = setInterval(() => onEvent('tick', null), slowMs);
    if (!persistent) tick.unref();
  };
  try {
    const watcher = watch(folder, { persistent }, onEvent);
    watcher.on('error', () => {
      watcher.close();
      lookSlowly();
    });
    return () => {
      watcher.close();
      clearInterval(tick);
    };
  } catch {
    lookSlowly();
    return () => clearInterval(tick);
  }
}
