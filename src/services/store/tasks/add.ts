/** New tasks: from flags, stubs or a conversation, checked together and written in one change. */

import { appError } from '../../../domain/platform/errors.js';
import { shellWord } from '../../../domain/platform/shell.js';
import { branchName } from '../../../domain/store/branch-name.js';
import type { TaskDraft } from '../../../domain/store/draft.js';
import { requireSlug, slugify } from '../../../domain/store/slug.js';
import { type Priority, priorities, type RegistryFile, type Task } from '../../../domain/store/task.js';
import { stubPath, writeStubs } from '../stubs/index.js';
import type { RepoSession } from '../types.js';
import { addableOf, requireDependencies } from './dependencies.js';
import { newId, tasksOf } from './query.js';

export type AddSession = Pick<
  RepoSession,
  'repo' | 'root' | 'target' | 'config' | 'registry' | 'git' | 'emit' | 'paths'
>;

const limits = { title: 200, goal: 100_000 } as const;

/**
 * Adds all drafts or none, in one registry change, and writes the stubs of those that have none.
 * Throws (usage) `bad-title`, `bad-slug`, `slug-taken`, `branch-not-found`, `branch-taken`,
 * `unknown-dependency` or `dependency-cycle`, naming the task.
 */
export async function addTasks(
  session: AddSession,
  drafts: readonly TaskDraft[],
  options: { writeStubs: boolean },
): Promise<Task[]> {
  if (drafts.length === 0) return [];
  await requireBranches(session, drafts);
  const label = drafts.length === 1 ? 'task added' : `${drafts.length} tasks added`;
  const { tasks, all, rev } = await session.registry.update(label, (file) => {
    const tasks = buildTasks(session, file, drafts);
    const next = { ...file, tasks: [...file.tasks, ...tasks] };
    return { file: next, result: { tasks, all: tasksOf(next, session.repo.id), rev: file.rev + 1 } };
  });
  session.emit({ type: 'registry.loaded', rev, tasks: all });
  if (options.writeStubs) await writeStubs(session, tasks);
  return tasks;
}

/** The tasks that `addTasks` would add; nothing is written. */
export async function previewTasks(session: AddSession, drafts: readonly TaskDraft[]): Promise<Task[]> {
  await requireBranches(session, drafts);
  return buildTasks(session, await session.registry.read(), drafts);
}

/**
 * Adds those of the drafts that can be added, in one registry change that is judged in memory. A draft whose file a task
 * has already is neither added nor refused. Writes no stub. Throws what the system refuses.
 */
export async function addPossible(
  session: AddSession,
  drafts: readonly TaskDraft[],
): Promise<{ tasks: Task[]; refused: Map<TaskDraft, unknown> }> {
  const unbranched = new Map<TaskDraft, unknown>();
  for (const draft of drafts)
    await requireBranches(session, [draft]).catch((error: unknown) => unbranched.set(draft, error));
  const label = drafts.length === 1 ? 'task added' : `${drafts.length} tasks added`;
  const { tasks, refused, all, rev } = await session.registry.update(label, (file) => {
    const existing = tasksOf(file, session.repo.id);
    const stubs = new Set(existing.map(({ stub }) => stub));
    const fresh = drafts.filter((draft) => !unbranched.has(draft) && !stubs.has(draft.stub));
    const built = buildEach(session, file, fresh);
    const made = [...built.tasks.values()];
    const found = addableOf(existing, made);
    const refused = new Map([...unbranched, ...built.refused]);
    for (const [draft, task] of built.tasks) {
      const error = found.refused.get(task);
      if (error) refused.set(draft, error);
    }
    requireDependencies([...existing, ...found.tasks], found.tasks);
    const next = found.tasks.length > 0 ? { ...file, tasks: [...file.tasks, ...found.tasks] } : file;
    const all = tasksOf(next, session.repo.id);
    return { file: next, result: { tasks: found.tasks, refused, all, rev: file.rev + 1 } };
  });
  if (tasks.length > 0) session.emit({ type: 'registry.loaded', rev, tasks: all });
  return { tasks, refused };
}

function buildTasks(session: AddSession, file: RegistryFile, drafts: readonly TaskDraft[]): Task[] {
  const { tasks, refused } = buildEach(session, file, drafts);
  for (const [, error] of refused) throw error;
  const made = drafts.map((draft) => tasks.get(draft)!);
  requireDependencies([...tasksOf(file, session.repo.id), ...made], made);
  return made;
}

/** A task of each draft, and why the others are none: each keeps its slug and branch from those that come later. */
function buildEach(
  session: AddSession,
  file: RegistryFile,
  drafts: readonly TaskDraft[],
): { tasks: Map<TaskDraft, Task>; refused: Map<TaskDraft, unknown> } {
  const existing = tasksOf(file, session.repo.id);
  const taken: Taken = {
    ids: new Set(file.tasks.map((task) => task.id)),
    slugs: new Set(existing.map((task) => task.slug)),
    branches: new Set(existing.map((task) => task.branch)),
  };
  const tasks = new Map<TaskDraft, Task>();
  const refused = new Map<TaskDraft, unknown>();
  // Slugs that were asked for go first, so that a made-up one never takes their place.
  const [asked, others] = [drafts.filter(({ slug }) => slug), drafts.filter(({ slug }) => !slug)];
  for (const draft of [...asked, ...others]) {
    try {
      const task = buildOne(session, draft, taken);
      tasks.set(draft, task);
      taken.ids.add(task.id);
      taken.slugs.add(task.slug);
      taken.branches.add(task.branch);
    } catch (error) {
      refused.set(draft, error);
    }
  }
  return { tasks, refused };
}

/** What tasks have already. */
interface Taken {
  ids: Set<string>;
  slugs: Set<string>;
  branches: Set<string>;
}

function buildOne(session: AddSession, draft: TaskDraft, taken: Taken): Task {
  const title = requireTitle(draft.title);
  const slug = draft.slug ? requireFree(requireSlug(draft.slug), taken) : slugify(title, taken.slugs);
  const id = newId(taken.ids);
  const { owner = '' } = draft;
  const labels = unique(draft.labels ?? []);
  const named = branchName(session.config.worktree.branch, { slug, id, owner, labels });
  const branch = draft.branch ?? freeBranch(named, taken);
  if (taken.branches.has(branch)) {
    throw usage(
      'branch-taken',
      `Branch ${branch} belongs to another task already.`,
      'Adopt another with --branch, or leave that out: the task then gets a branch of its own.',
    );
  }
  const now = new Date().toISOString();
  return {
    id,
    repo: session.repo.id,
    slug,
    title,
    goal: requireGoal(draft.goal ?? '', slug),
    acceptance: draft.acceptance ?? [],
    status: draft.status ?? 'ready',
    priority: requirePriority(draft.priority ?? 'normal'),
    owner,
    labels,
    dependsOn: unique(draft.dependsOn ?? []),
    touches: unique(draft.touches ?? []),
    ...(draft.runner ? { runner: draft.runner } : {}),
    ...(draft.model ? { model: draft.model } : {}),
    ...(draft.budget && (draft.budget.tokens || draft.budget.cost) ? { budget: draft.budget } : {}),
    branch,
    branchBy: draft.branch ? 'person' : 'program',
    ...(draft.startFrom ? { startFrom: draft.startFrom } : {}),
    runIds: [],
    attempts: 0,
    stub: draft.stub ?? stubPath(slug),
    createdAt: now,
    updatedAt: now,
  };
}

/** One line, not empty, at most 200 characters; marks of a Markdown list go. Throws `bad-title` (usage). */
export function requireTitle(title: string): string {
  if (/[\r\n\u2028\u2029]/.test(title.trim())) {
    const [first = ''] = title.trim().split(/[\r\n\u2028\u2029]/);
    throw usage(
      'bad-title',
      'A title is one line; this one has several.',
      `Give the first as the title and the rest as the goal: --title ${shellWord(first.slice(0, 60).trim())} --goal '…'`,
    );
  }
  // As it stands in a list of Markdown.
  const plain = title
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^(?:[-*+] (?:\[[ xX]\](?: |$))?|#{1,6} )+/, '');
  // Marks that only steer how text runs, such as a zero-width space, show nothing.
  if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(plain)) {
    throw usage(
      'bad-title',
      'A title must not be empty.',
      "Say in one line what is to be done: --title 'Fix the login page'",
    );
  }
  if (plain.length <= limits.title) return plain;
  throw usage(
    'bad-title',
    `The title has ${plain.length} characters; at most ${limits.title} are allowed.`,
    'Give a short line as the title and the rest as the goal: --title … --goal …',
  );
}

/** The goal without blank lines around it; its first line keeps its indentation. Throws `goal-too-long`. */
export function requireGoal(goal: string, slug: string): string {
  if (goal.length <= limits.goal) return goal.replace(/^(?:[ \t]*\r?\n)+/, '').trimEnd();
  throw usage('goal-too-long', `The goal of ${slug} is longer than ${limits.goal} characters.`);
}

function requirePriority(priority: Priority): Priority {
  if (priorities.includes(priority)) return priority;
  throw usage('bad-priority', `${JSON.stringify(priority)} is not a priority; use ${priorities.join(', ')}.`);
}

async function requireBranches(session: AddSession, drafts: readonly TaskDraft[]): Promise<void> {
  for (const { branch } of drafts) {
    if (!branch) continue;
    if (branch === session.target) {
      throw usage('branch-is-target', `${branch} is the branch that work lands on; a task cannot adopt it.`);
    }
    if (!(await session.git.commitOf(`refs/heads/${branch}`))) {
      throw usage('branch-not-found', `There is no branch ${branch} to adopt.`);
    }
  }
}

function requireFree(slug: string, { slugs }: Taken): string {
  if (!slugs.has(slug)) return slug;
  throw usage('slug-taken', `There is a task ${slug} already.`, 'Choose another --slug, or edit that task.');
}

/** A task may work on a branch that is named otherwise than it is, so a fresh name can be taken. */
function freeBranch(named: string, { branches }: Taken): string {
  let branch = named;
  for (let number = 2; branches.has(branch); number++) branch = `${named}-${number}`;
  return branch;
}

export const unique = (list: readonly string[]): string[] => [...new Set(list)];

function usage(code: string, message: string, hint?: string) {
  return appError(code, message, { kind: 'usage', ...(hint ? { hint } : {}) });
}
