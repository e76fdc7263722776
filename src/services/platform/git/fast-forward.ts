/** Moves a branch where it is checked out: by git itself, which refuses where a file of a person would be overwritten. */
import type { Git } from '../types.js';

/**
 * Without these, settings of a person stash their edits, overwrite an ignored file, or leave the merge as edits
 * (`branch.<name>.mergeOptions`, `merge.ff`, `merge.autoStash`, `merge.verifySignatures`).
 */
const plain = [
  '--no-squash',
  '--commit',
  '--no-autostash',
  '--no-overwrite-ignore',
  '--no-verify-signatures',
  '--no-stat',
];

/**
 * Moves the branch and the files of a worktree to a commit that follows its own.
 * Throws `git-failed` when it does not follow, or when a file is in the way: then nothing has changed.
 */
export async function fastForwardIn(git: Git, worktree: string, commit: string): Promise<void> {
  await git.run(['merge', '--ff-only', '--quiet', ...plain, commit], { worktree });
}
