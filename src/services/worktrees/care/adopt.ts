/** Makes a task of a worktree that a person made elsewhere. */
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';
import { shellWord } from '../../../domain/platform/shell.js';
import type { Task } from '../../../domain/store/task.js';
import { mergeBaseOf } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { addTasks } from '../../store/index.js';
import { listWorktrees, recordAt } from '../places/list.js';

/**
 * Adds a task for the linked worktree at `path`: its branch, its folder, its commits. Nothing in it is changed.
 * The task is a draft: the worktree is a person's, so no wave starts an agent there until the person asks for one.
 * Throws `not-a-worktree`, `worktree-taken`, `worktree-detached`, `worktree-locked`.
 */
export async function adoptWorktree(
  session: RepoSession,
  tasks: readonly Task[],
  path: string,
  title?: string,
): Promise<Task> {
  const real = await realpath(resolve(path)).catch(() => resolve(path));
  const records = await listWorktrees(session.git);
  const record = recordAt(records, real);
  if (!record || record.missing || record === records[0]) {
    throw appError('not-a-worktree', `${real} is not a linked worktree of ${session.root}.`, {
      kind: 'usage',
      hint: '`git worktree list` shows them.',
    });
  }
  if (record.locked?.startsWith('codex-agents: ')) {
    throw appError('worktree-locked', `${real} is being used by codex-agent: ${record.locked}.`);
  }
  const branch = record.branch?.replace('refs/heads/', '');
  if (!branch) {
    throw appError('worktree-detached', `${real} is on no branch, so nothing could be landed from it.`, {
      hint: `Make one there: \`git -C ${shellWord(real)} switch -c <name>\`.`,
    });
  }
  const owner = tasks.find(
    (task) => task.branch === branch || (task.worktree && resolve(task.worktree) === real),
  );
  if (owner) {
    throw appError('worktree-taken', `Task ${owner.slug} works on ${branch} already.`, { kind: 'usage' });
  }
  const base = await mergeBaseOf(session.git, `refs/heads/${session.target}`, record.branch!);
  const [added] = await addTasks(session, [{ title: title ?? titleOf(branch), branch, status: 'draft' }], {
    writeStubs: false,
  });
  return session.registry.update('task.worktree', (file) => {
    const task: Task = {
      ...file.tasks.find((one) => one.id === added!.id)!,
      worktree: real,
      ...(base ? { base } : {}),
    };
    return {
      file: { ...file, tasks: file.tasks.map((one) => (one.id === task.id ? task : one)) },
      result: task,
    };
  });
}

/** "fix/date-parser" becomes "Date parser". */
function titleOf(branch: string): string {
  const words = branch
    .slice(branch.lastIndexOf('/') + 1)
    .replace(/[-_]+/g, ' ')
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
