/** Watches a folder as far as the system lets us. */
import { watch } from 'node:fs';

/**
 * Calls back at each event in a folder. Returns the way to stop. Where the system has no watch left, or there is no such
 * folder, nothing is ever told: callers look by themselves as well, at a slow tick.
 * @param persistent whether the process lives on as long as it watches
 */
export function watchEvents(
  folder: string,
  onEvent: (event: string, name: string | null) => void,
  { persistent = false }: { persistent?: boolean } = {},
): () => void {
  try {
    const watcher = watch(folder, { persistent }, onEvent);
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => undefined;
  }
}
