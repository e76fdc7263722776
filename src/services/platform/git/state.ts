/** Whether a person or an agent is in the middle of a merge, a rebase or the like in a worktree. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { shellWord } from '../../../domain/platform/shell.js';
import { readText } from '../files/plain.js';
import type { Git } from '../types.js';

const marks: [string, string][] = [
  ['rebase-merge', 'rebase'],
  ['rebase-apply/applying', 'am'],
  ['rebase-apply', 'rebase'],
  ['MERGE_HEAD', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
];

/** The operation that was begun and not finished in a worktree, e.g. "merge". */
export async function unfinishedIn(git: Git, worktree?: string): Promise<string | undefined> {
  const gitDir = await git.gitDir(worktree);
  for (const [file, operation] of marks) if (await exists(join(gitDir, file))) return operation;
  return undefined;
}

/** The commands with which a person finishes or ends such an operation. */
export function waysOut(operation: string, worktree: string): string {
  const command = `git -C ${shellWord(worktree)} ${operation}`;
  return `finish it (${command} --continue) or end it (${command} --abort)`;
}

/** Full name of the branch that a rebase under way in a worktree will move at its end. */
export async function branchBeingRebased(git: Git, worktree?: string): Promise<string | undefined> {
  const gitDir = await git.gitDir(worktree);
  for (const folder of ['rebase-merge', 'rebase-apply']) {
    const name = await readText(join(gitDir, folder, 'head-name')).catch(() => undefined);
    if (name !== undefined) return name.trim();
  }
  return undefined;
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
