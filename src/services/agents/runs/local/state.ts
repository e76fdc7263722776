/** Tells when a run's state may have changed: a file that appears is news, a transcript that grows is not. */
import { watch } from 'node:fs';
import { tempOwner } from '../../../platform/index.js';

/** Replaced each second while an agent writes, by the process that holds it to its limits: how far it has read. */
const seenFile = 'seen.json';

/** Calls back when a file appears in the run's folder. Without watches left it never does: callers look by themselves too. */
export function watchState(folder: string, onChange: () => void): () => void {
  try {
    const watcher = watch(folder, { persistent: false }, (event, name) => {
      if (event === 'rename' && (name === null || isNews(name))) onChange();
    });
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => undefined;
  }
}

const isNews = (name: string): boolean => name !== seenFile && tempOwner(name) === undefined;
