/** Screens that are open on a repository, in whatever terminal. */
import { join } from 'node:path';
import { lockHolder } from '../../platform/index.js';
import type { RepoSession } from '../types.js';

type Needs = Pick<RepoSession, 'paths' | 'repo'>;

/** Folder in which screens find each other. */
export const screensFolder = ({ paths, repo }: Needs): string => join(paths.stateDir, 'screens', repo.id);

/** Lock of the one screen that looks for itself; each screen that is open wants it. */
export const looksLock = (session: Needs): string => join(screensFolder(session), 'looks.lock.d');

/** Whether a person looks at a screen of this repository: that of this process, or another one that is not halted. */
export async function isWatched(session: Needs & Pick<RepoSession, 'attended'>): Promise<boolean> {
  if (session.attended) return true;
  const holder = await lockHolder(looksLock(session)).catch(() => undefined);
  return holder !== undefined && holder.pid > 0 && !holder.suspended;
}
