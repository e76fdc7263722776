/** Tells when something in a folder may have changed: file events, and a slow tick for those that get lost. */
import { watch } from 'node:fs';

/** How often is looked without an event: events get lost. */
export const safetyTickMs = 1000;

/** Calls back after any change in a folder, and every second. Returns the way to stop. */
export function watchFolder(folder: string, onChange: () => void): () => void {
  const tick = setInterval(onChange, safetyTickMs);
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
