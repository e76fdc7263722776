/** Which files of a repository are looked at: those by which git runs programs or looks elsewhere. */
import { join } from 'node:path';
import type { RepoSession } from '../../store/index.js';
import { filesIn, readAll, type SavedFiles } from './files.js';
import { hooksIn, hooksPathIn } from './hooks.js';
import { submodulesOf } from './submodules.js';

/** Files of a git directory that may or may not be there. */
const single =
  'config config.worktree commondir shallow info/attributes info/exclude info/grafts objects/info/alternates hooks'.split(
    ' ',
  );

/** Everything that is looked at in a repository and in the git directories of its submodules, by absolute path. */
export async function readGuarded(session: Pick<RepoSession, 'git' | 'root' | 'env'>): Promise<SavedFiles> {
  const { commonDir } = session.git;
  const modules = await submodulesOf(session.root, commonDir);
  const gitDirs = [commonDir, ...modules.gitDirs];
  // The last two are how remotes were named once: git still reads them.
  const folders = gitDirs.flatMap((gitDir) =>
    ['hooks', 'remotes', 'branches'].map((name) => join(gitDir, name)),
  );
  const inside = await Promise.all(folders.map(filesIn));
  const records = await filesIn(join(commonDir, 'worktrees'));
  const guarded = await readAll([
    ...gitDirs.flatMap((gitDir) => single.map((name) => join(gitDir, name))),
    ...modules.entries,
    ...inside.flat(),
    ...records.map((record) => join(record, 'config.worktree')),
  ]);
  return { ...guarded, ...(await hooksIn(await hooksPathIn(session, guarded))) };
}
