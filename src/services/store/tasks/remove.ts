/** Taking a task out of the registry, without losing what belongs to it. */
import { appError } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { setStubAside } from '../stubs/index.js';
import type { RepoSession } from '../types.js';
import { findTask, tasksOf } from './query.js';
import { noteChange } from './undo.js';

/**
 * Removes a task; its branch stays and its stub is moved to the state folder. Never removes a task whose agent is
 * at work (`task-running`). Only with `force` does it remove a task with a worktree or with work that has not
 * landed (`task-has-work`), or one that others depend on (`task-needed`); those then show as blocked until a person
 * edits them.
 */
export async function removeTask(
  session: Pick<RepoSession, 'repo' | 'root' | 'registry' | 'emit' | 'paths'>,
  slug: string,
  options: { force?: boolean } = {},
): Promise<Task> {
  const { removed, all, rev } = await session.registry.update(`task ${slug} removed`, (file) => {
    const task = findTask(file, session.repo.id, slug);
    const others = tasksOf(file, session.repo.id).filter((other) => other !== task);
    requireRemovable(task, others, options.force === true);
    const tasks = file.tasks.filter((other) => other !== task).map((other) => released(other, task));
    const next = { ...file, tasks };
    return {
      file: next,
      result: { removed: task, all: tasksOf(next, session.repo.id), rev: file.rev + 1 },
    };
  });
  session.emit({ type: 'registry.loaded', rev, tasks: all });
  await setStubAside(session.root, session.paths.stateDir, removed);
  await noteChange(session, removed);
  return removed;
}

function requireRemovable(task: Task, others: readonly Task[], force: boolean): void {
  const { slug } = task;
  if (task.status === 'running') {
    throw appError('task-running', `Task ${slug} has an agent at work.`, {
      hint: `Stop it first: codex-agent task stop ${slug}`,
    });
  }
  if (force) return;
  const waiting = others.filter((other) => other.dependsOn.includes(slug) && task.status !== 'landed');
  if (waiting.length > 0) {
    const names = waiting.map((other) => other.slug).join(', ');
    throw appError('task-needed', `Other tasks depend on ${slug}: ${names}.`, {
      hint: `Change their dependencies first, or use --force: they are then blocked until you do.`,
    });
  }
  if (task.worktree || (task.base && task.status !== 'landed')) {
    throw appError(
      'task-has-work',
      `Task ${slug} has ${task.worktree ? 'a worktree' : 'work that has not landed'}.`,
      {
        hint: `Use --force: its branch ${task.branch} stays, uncommitted work is kept under a rescue ref.`,
      },
    );
  }
}

/** What has landed is in the target: who depended on it needs to wait for it no longer. */
function released(other: Task, removed: Task): Task {
  if (removed.status !== 'landed' || other.repo !== removed.repo || !other.dependsOn.includes(removed.slug)) {
    return other;
  }
  return { ...other, dependsOn: other.dependsOn.filter((slug) => slug !== removed.slug) };
}
