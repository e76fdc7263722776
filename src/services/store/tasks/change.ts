/** Changing a task: by a person's edit, or by the program moving it on. */
import type { Budget } from '../../../domain/agents/cost.js';
import { appError } from '../../../domain/platform/errors.js';
import { moveTask, type Priority, type Task } from '../../../domain/store/task.js';
import { refreshStub } from '../stubs/index.js';
import type { RepoSession } from '../types.js';
import { requireGoal, requireTitle, unique } from './add.js';
import { requireDependencies } from './dependencies.js';
import { findTask, tasksOf } from './query.js';
import { noteChange } from './undo.js';

/** Fields a person may change; a field left out stays. */
export interface TaskChanges {
  title?: string;
  goal?: string;
  acceptance?: string[];
  priority?: Priority;
  owner?: string;
  labels?: string[];
  dependsOn?: string[];
  touches?: string[];
  /** Empty: back to the configured one. */
  runner?: string;
  model?: string;
  startFrom?: string;
  /** A limit of 0 is none. */
  budget?: Budget;
  status?: 'draft' | 'ready' | 'cancelled';
  mayRun?: string[];
}

type ChangeSession = Pick<RepoSession, 'repo' | 'registry' | 'emit'>;

/**
 * The door for every change of a task: applies `change` to the newest version under the lock, stamps it,
 * and tells what moved. Resolves when it is durable.
 * Throws `task-not-found`, and `bad-transition` for a status the state machine does not allow.
 */
export function updateTask(
  session: ChangeSession,
  slug: string,
  change: (task: Task) => Task,
): Promise<Task> {
  return changeTask(session, slug, (task) => change(task));
}

/** Applies a person's edit, which can be undone. Throws what `addTasks` throws for the same fields, and `task-running`. */
export async function editTask(
  session: ChangeSession & Pick<RepoSession, 'root' | 'paths'>,
  slug: string,
  changes: TaskChanges,
): Promise<Task> {
  const { before, after } = await applyEdit(session, slug, changes);
  if (after !== before) await noteChange(session, before, after);
  return after;
}

/** The same for what a person wrote into a stub: there it is taken back by hand as well. */
export async function applyEdit(
  session: ChangeSession & Pick<RepoSession, 'root' | 'paths'>,
  slug: string,
  changes: TaskChanges,
): Promise<{ before: Task; after: Task }> {
  let before: Task | undefined;
  const after = await changeTask(session, slug, (task, all) => {
    before = task;
    const edited = applyChanges(task, changes);
    if (changes.dependsOn) requireDependencies([...all.filter((other) => other !== task), edited], [edited]);
    return edited;
  });
  if (before && after !== before) await refreshStub(session, before, after);
  return { before: before ?? after, after };
}

async function changeTask(
  session: ChangeSession,
  slug: string,
  change: (task: Task, all: readonly Task[]) => Task,
): Promise<Task> {
  const { before, after, all, rev } = await session.registry.update(`task ${slug}`, (file) => {
    const all = tasksOf(file, session.repo.id);
    const before = findTask(file, session.repo.id, slug);
    const changed = change(before, all);
    if (changed === before) return { file, result: { before, after: before, all, rev: file.rev } };
    // Only asks the state machine: the change may also have dropped fields, which must stay dropped.
    moveTask(before, changed.status);
    const { id, repo, slug: name, createdAt } = before;
    const after: Task = {
      ...withoutUndefined(changed),
      id,
      repo,
      slug: name,
      createdAt,
      updatedAt: new Date().toISOString(),
    };
    const replace = (task: Task) => (task === before ? after : task);
    return {
      file: { ...file, tasks: file.tasks.map(replace) },
      result: { before, after, all: all.map(replace), rev: file.rev + 1 },
    };
  });
  if (after === before) return after;
  session.emit({ type: 'registry.loaded', rev, tasks: all });
  if (after.status !== before.status) {
    const reason = after.problem?.message;
    session.emit({
      type: 'task.moved',
      task: slug,
      from: before.status,
      to: after.status,
      ...(reason ? { reason } : {}),
    });
  }
  return after;
}

function applyChanges(task: Task, changes: TaskChanges): Task {
  if (changes.status === 'cancelled' && task.status === 'running') {
    throw appError('task-running', `Task ${task.slug} has an agent at work.`, {
      hint: `Stop it first: codex-agent task stop ${task.slug}`,
    });
  }
  const { title, goal, labels, dependsOn, touches, runner, model, startFrom, budget, status, ...rest } =
    changes;
  const edited: Task = {
    ...task,
    ...withoutUndefined(rest),
    ...(title === undefined ? {} : { title: requireTitle(title) }),
    ...(goal === undefined ? {} : { goal: requireGoal(goal, task.slug) }),
    ...(labels ? { labels: unique(labels) } : {}),
    ...(dependsOn ? { dependsOn: unique(dependsOn) } : {}),
    ...(touches ? { touches: unique(touches) } : {}),
    ...(runner === undefined ? {} : { runner: runner || undefined }),
    ...(model === undefined ? {} : { model: model || undefined }),
    ...(startFrom === undefined ? {} : { startFrom: startFrom || undefined }),
    ...(budget ? { budget: changedBudget(task.budget, budget) } : {}),
  };
  if (!status || status === task.status) return edited;
  return moveTask(edited, status, {
    problem: undefined,
    ...(status === 'ready' ? {} : { launch: undefined }),
  });
}

function changedBudget(before: Budget | undefined, change: Budget): Budget | undefined {
  const { tokens, cost } = { ...before, ...change };
  if (!tokens && !cost) return undefined;
  return { ...(tokens ? { tokens } : {}), ...(cost ? { cost } : {}) };
}

/** JSON drops undefined fields; dropping them here keeps memory and disk alike. */
function withoutUndefined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
