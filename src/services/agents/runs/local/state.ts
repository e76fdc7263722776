/** Tells when a run's state may have changed: a file that appears is news, a transcript that grows is not. */
import { tempOwner, watchEvents } from '../../../platform/index.js';

/** Replaced each second while an agent writes, by the process that holds it to its limits: how far it has read. */
const seenFile = 'seen.json';

/** Calls back when a file appears in the run's folder. Without watches left it never does: callers look by themselves too. */
export function watchState(folder: string, onChange: () => void): () => void {
  return watchEvents(folder, (event, name) => {
    if (event === 'rename' && (name === null || isNews(name))) onChange();
  });
}

const isNews = (name: string): boolean => name !== seenFile && tempOwner(name) === undefined;
