/** Git for commands that may not need it: one that only reads files never loads the module. */
import type { Git } from '../types.js';
import type { FoundRepository } from './find.js';

/** The same as `openGit`, opened at the first call. That call throws what `openGit` throws. */
export function lazyGit(found: FoundRepository, env: NodeJS.ProcessEnv): Git {
  let opened: Promise<Git> | undefined;
  const git = () => {
    opened ??= import('./git.js').then(({ openGit }) => openGit({ ...found, env }));
    return opened;
  };
  return {
    root: found.root,
    commonDir: found.commonDir,
    gitDir: async (worktree) => (await git()).gitDir(worktree),
    version: async () => (await git()).version(),
    environment: async (worktree) => (await git()).environment(worktree),
    settings: async () => (await git()).settings(),
    run: async (args, options) => (await git()).run(args, options),
    commitOf: async (revision) => (await git()).commitOf(revision),
    treeOf: async (commit) => (await git()).treeOf(commit),
    treesOf: async (commits) => (await git()).treesOf(commits),
    moveRef: async (ref, next, old, why) => (await git()).moveRef(ref, next, old, why),
    dropRef: async (ref, old, why) => (await git()).dropRef(ref, old, why),
  };
}
