/** A task: a unit of work in the registry, with slug, goal and dependencies. */
import type { Budget } from '../agents/cost.js';
import type { RunnerName } from '../agents/run.js';
import type { MergeSummary } from '../landing/merge.js';
import type { ValidationSummary } from '../landing/validation.js';
import { appError } from '../platform/errors.js';
import type { GuardState } from '../worktrees/guard.js';

export const taskStatuses = [
  'draft',
  'ready',
  'running',
  'needs-input',
  'done',
  'validated',
  'landed',
  'failed',
  'cancelled',
] as const;
export type TaskStatus = (typeof taskStatuses)[number];

export const priorities = ['urgent', 'high', 'normal', 'low'] as const;
export type Priority = (typeof priorities)[number];

/** What a person asked the manager to do with a task. Any process that drives honours it. */
export interface LaunchRequest {
  /** Validate and land by itself when the verdict is pass. */
  land: boolean;
  at: string;
  /** Runs started again by themselves since then, after failures that may pass. */
  retried?: number;
  /** Do not start before this time. */
  notBefore?: string;
  /** Names the kept environment of the terminal that asked. */
  environment?: string;
  /** Runner that takes it while the account of its own is at its limit. */
  runner?: RunnerName;
  /** Conversation to go on with, where a limit or a failure that passes interrupted it. */
  resume?: { sessionId: string; runner: RunnerName };
}

/** Why a task stopped, in a form a screen and a script can both use. */
export interface TaskProblem {
  code: string;
  message: string;
}

/** One row of `tasks.json`. Fields this version does not know survive a rewrite. */
export interface Task {
  /** Unique over all repositories, short, never reused. */
  id: string;
  /** Id of the repository (see Repo). */
  repo: string;
  /** Unique within the repository; also the branch and folder name. */
  slug: string;
  title: string;
  goal: string;
  acceptance: string[];
  status: TaskStatus;
  priority: Priority;
  owner: string;
  labels: string[];
  /** Slugs of the tasks that must have landed first. */
  dependsOn: string[];
  /** Globs of the paths the task is expected to change. */
  touches: string[];
  runner?: string;
  model?: string;
  /** What all its runs together may use. */
  budget?: Budget;
  /** Branch name: made from `worktree.branch`, or an existing one that was adopted. */
  branch: string;
  /** Who named the branch; tasks of older versions do not say. */
  branchBy?: 'program' | 'person';
  /** Revision that its branch starts from, where that is not the configured one. */
  startFrom?: string;
  /** Commit id the branch started from; absent until there is a worktree. */
  base?: string;
  /** Commit of its branch when its work was called done last: it tells of the work when the branch is gone. */
  head?: string;
  /** Absolute path of the linked worktree, when there is one. */
  worktree?: string;
  runIds: string[];
  /** How many runs were started; the next run is number attempts + 1. */
  attempts: number;
  launch?: LaunchRequest;
  /** What a further attempt is told, and in which conversation: it starts so, whichever process starts it. */
  told?: { run: string; message: string; resume?: NonNullable<LaunchRequest['resume']> };
  /** What was asked for when it was launched last; a retry asks for the same. */
  asked?: Pick<LaunchRequest, 'land'>;
  validation?: ValidationSummary;
  /** Policies that a person lets this task break. */
  allowed?: string[];
  /** How commands begin that a person lets its agents run unasked. */
  mayRun?: string[];
  merge?: MergeSummary;
  problem?: TaskProblem;
  /** What the guard knows of the newest run; none for one that a sandbox confines. */
  guard?: GuardState;
  /** First of the ports that are its worktree's own. */
  port?: number;
  /** Commit on the target that holds this task's work, once landed. */
  landedAs?: string;
  /** Path of the stub, relative to the repository. */
  stub?: string;
  createdAt: string;
  updatedAt: string;
}

/** A repository the registry knows. */
export interface Repo {
  id: string;
  /** Real path of the main worktree; of a bare repository, of the worktree that stands for it. */
  path: string;
  /** Git directory of a bare repository, by which it is known whatever stands for it. */
  commonDir?: string;
  /** A commit it held when it was registered: by it a moved repository is recognised. */
  seen?: string;
  /** It is the demo's: no list of the person's repositories has it. */
  demo?: true;
  name: string;
  createdAt: string;
}

/** The whole of `tasks.json`. */
export interface RegistryFile {
  schemaVersion: 1;
  /** Grows by one with every write. */
  rev: number;
  repos: Repo[];
  tasks: Task[];
}

const moves: Record<TaskStatus, readonly TaskStatus[]> = {
  draft: ['ready', 'done', 'cancelled'],
  ready: ['draft', 'running', 'done', 'cancelled'],
  running: ['ready', 'needs-input', 'done', 'failed', 'cancelled'],
  'needs-input': ['ready', 'running', 'done', 'failed', 'cancelled'],
  done: ['ready', 'running', 'needs-input', 'validated', 'landed', 'failed', 'cancelled'],
  validated: ['ready', 'running', 'done', 'needs-input', 'landed', 'failed', 'cancelled'],
  failed: ['ready', 'running', 'done', 'cancelled'],
  cancelled: ['draft', 'ready'],
  landed: [],
};

/** Whether a task may go from one status to the other. Staying put is always allowed. */
export function canMove(from: TaskStatus, to: TaskStatus): boolean {
  return from === to || moves[from].includes(to);
}

/** The task in its new status. Throws `bad-transition` when the state machine has no such move. */
export function moveTask(task: Task, to: TaskStatus, change: Partial<Task> = {}): Task {
  if (!canMove(task.status, to)) {
    throw appError('bad-transition', `Task ${task.slug} is ${task.status} and cannot become ${to}.`, {
      hint: `From ${task.status} a task can become: ${moves[task.status].join(', ') || 'nothing else'}.`,
    });
  }
  return { ...task, ...change, status: to };
}

/** It has begun, or a person's own branch was taken for it: there may be work to look at. */
export const hasWork = ({ base, branchBy }: Pick<Task, 'base' | 'branchBy'>): boolean =>
  base !== undefined || branchBy === 'person';

/** Statuses in which nothing more will happen by itself. */
export function isSettled(task: Task): boolean {
  return task.status === 'landed' || task.status === 'cancelled';
}
