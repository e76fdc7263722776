/** New tasks: from flags, stubs or a conversation, checked together and written in one change. */

import { appError } from '../../../domain/platform/errors.js';
import { shellWord } from '../../../domain/platform/shell.js';
import { branchName } from '../../../domain/store/branch-name.js';
import type { TaskDraft } from '../../../domain/store/draft.js';
import { findCycle } from '../../../domain/store/graph.js';
import { requireSlug, slugify } from '../../../domain/store/slug.js';
import { type Priority, priorities, type RegistryFile, type Task } from '../../../domain/store/task.js';
import { stubPath, writeStubs } from '../stubs/index.js';
import type { RepoSession } from '../types.js';
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

function buildTasks(session: AddSession, file: RegistryFile, drafts: readonly TaskDraft[]): Task[] {
  const existing = tasksOf(file, session.repo.id);
  const ids = new Set(file.tasks.map((task) => task.id));
  const taken = new Set(existing.map((task) => task.slug));
  const branches = new Set(existing.map((task) => task.branch));
  const now = new Date().toISOString();
  // Slugs that were asked for go first, so that a made-up one never takes their place.
  const wanted = new Map<TaskDraft, string>();
  for (const draft of drafts) if (draft.slug) wanted.set(draft, take(requireSlug(draft.slug), taken));
  const tasks = drafts.map((draft): Task => {
    const title = requireTitle(draft.title);
    const slug = wanted.get(draft) ?? take(slugify(title, taken), taken);
    const id = newId(ids);
    ids.add(id);
    const { owner = '' } = draft;
    const labels = unique(draft.labels ?? []);
    const branch = draft.branch ?? branchName(session.config.worktree.branch, { slug, id, owner, labels });
    if (branches.has(branch)) {
      throw usage('branch-taken', `Branch ${branch} belongs to another task already.`);
    }
    branches.add(branch);
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
  });
  requireDependencies([...existing, ...tasks], tasks);
  return tasks;
}

/** Throws `unknown-dependency` or `dependency-cycle` unless what `changed` tasks depend on makes sense in `all`. */
export function requireDependencies(all: readonly Task[], changed: readonly Task[]): void {
  const slugs = new Set(all.map((task) => task.slug));
  for (const task of changed) {
    const missing = task.dependsOn.find((slug) => !slugs.has(slug));
    if (missing !== undefined) {
      throw usage(
        'unknown-dependency',
        `${task.slug} depends on ${JSON.stringify(missing)}, which does not exist.`,
      );
    }
  }
  const cycle = changed.some((task) => task.dependsOn.length > 0) ? findCycle(all) : undefined;
  if (cycle) {
    throw usage('dependency-cycle', `The dependencies go round in a circle: ${cycle.join(' → ')}.`);
  }
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
  if (plain === '') {
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

function take(slug: string, taken: Set<string>): string {
  if (taken.has(slug)) {
    throw usage(
      'slug-taken',
      `There is a task ${slug} already.`,
      'Choose another --slug, or edit that task.',
    );
  }
  taken.add(slug);
  return slug;
}

export const unique = (list: readonly string[]): string[] => [...new Set(list)];

function usage(code: string, message: string, hint?: string) {
  return appError(code, message, { kind: 'usage', ...(hint ? { hint } : {}) });
}
