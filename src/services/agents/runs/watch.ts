/** Tells when something in a folder may have changed: file events, and a slow tick for those that get lost. */
import { watchEvents } from '../../platform/index.js';

/** How often is looked without an event: events get lost. */
export const safetyTickMs = 1000;

/** Calls back after any change in a folder, and every second. Returns the way to stop. */
export function watchFolder(folder: string, onChange: () => void): () => void {
  const tick = setInterval(onChange, safetyTickMs);
  const unwatch = watchEvents(folder, onChange);
  return () => {
    clearInterval(tick);
    unwatch();
  };
}
