/** Folders of our own for a moment, and an index in one: the worktree's is not touched. */
import { join } from 'node:path';
import { temporaryFolder, withOwnFolder } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';

type Needs = Pick<RepoSession, 'env'>;

/** Runs `use` with a folder that holds nothing but the name of its owner; it is removed then. */
export const withScratch = <T>(session: Needs, use: (folder: string) => Promise<T>): Promise<T> =>
  withOwnFolder(temporaryFolder(session.env), 'scratch', use);

/** Runs `use` with the path of an index file of its own, which does not exist yet. */
export function withIndex<T>(session: Needs, use: (indexFile: string) => Promise<T>): Promise<T> {
  return withScratch(session, (folder) => use(join(folder, 'index')));
}
