/** Keeps which tasks a person had marked, so that a change of marks can be taken back after a restart. */
import { join } from 'node:path';
import { ensurePrivateFolder, readText, writeFileDurably } from '../../platform/index.js';
import type { RepoSession } from '../types.js';

/** Slugs that were marked until a change, and when that was, in milliseconds since the epoch. */
interface Marked {
  marks: readonly string[];
  at: number;
}

type Needs = Pick<RepoSession, 'paths' | 'repo'>;

const fileOf = ({ paths, repo }: Needs): string => join(paths.stateDir, 'changes', `${repo.id}.marks.json`);

/** What was kept last. A file that cannot be read, or says something else, keeps nothing. */
export async function readMarks(session: Needs): Promise<readonly Marked[]> {
  try {
    const read: unknown = JSON.parse((await readText(fileOf(session))) ?? '[]');
    return Array.isArray(read) ? read.filter(isMarked) : [];
  } catch {
    return [];
  }
}

const isMarked = (one: Partial<Marked> | null): boolean =>
  typeof one?.at === 'number' &&
  Array.isArray(one.marks) &&
  one.marks.every((slug) => typeof slug === 'string');

/** Keeps changes of marks, one writing after the other. That it fails is never in the way of marking. */
export function createMarksKeeper(session: Needs): (all: readonly Marked[]) => void {
  let last = Promise.resolve();
  return (all) => {
    last = last
      .then(() => {
        ensurePrivateFolder(join(fileOf(session), '..'));
        return writeFileDurably(fileOf(session), JSON.stringify(all));
      })
      .catch(() => undefined);
  };
}
