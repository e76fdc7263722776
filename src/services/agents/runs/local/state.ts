/** Tells when a run's state may have changed: a file that appears is news, a transcript that grows is not. */
import { watch } from 'node:fs';

/** Calls back when a file appears in the run's folder. Without watches left it never does: callers look by themselves too. */
export function watchState(folder: string, onChange: () => void): () => void {
  try {
    const watcher = watch(folder, { persistent: false }, (event) => {
      if (event === 'rename') onChange();
    });
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => undefined;
  }
}
