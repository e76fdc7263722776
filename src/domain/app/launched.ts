/** How a launch stands: how far each of its tasks got, and what those that have not started wait for. */
import { type Pause, pauseSaid } from '../agents/pause.js';
import { blockedBy } from '../store/graph.js';
import type { Task } from '../store/task.js';

/** What a task that is to start waits for: other tasks, a limit, a later time, a free place, the process that drives. */
export type WaitKind = 'others' | 'limit' | 'time' | 'place' | 'driver';

/** How a launch stands for a task it was about. */
export interface LaunchOutcome {
  slug: string;
  status: Task['status'];
  /** It got as far as was asked. */
  ok: boolean;
  problem?: Task['problem'];
  /** Why it has not started, and what kind of wait that is. */
  reason?: string;
  waits?: WaitKind;
  /** The limit it waits for. */
  pause?: Pause;
}

/** How far a launch was asked to go before it is looked at. */
export type LaunchGoal = 'started' | 'done' | 'landed';

/** What is known besides the tasks. */
export interface LaunchFacts {
  paused?: ReadonlyMap<string, Pause>;
  maxParallel?: number;
  /** Another process drives; this one starts nothing. */
  driver?: number;
  /** Milliseconds since 1970. */
  now?: number;
}

const removed = { code: 'task-not-found', message: 'It was removed meanwhile.' };

/** Judges each task of a launch by how far it was meant to get. */
export function launchOutcomes(
  tasks: readonly Task[],
  slugs: readonly string[],
  goal: LaunchGoal,
  facts: LaunchFacts = {},
): LaunchOutcome[] {
  const bySlug = new Map(tasks.map((task) => [task.slug, task]));
  return slugs.map((slug): LaunchOutcome => {
    const task = bySlug.get(slug);
    if (!task) return { slug, status: 'cancelled', ok: false, problem: removed };
    const wait = waitOf(task, tasks, bySlug, facts);
    const pause = facts.paused?.get(slug);
    return {
      slug,
      status: task.status,
      ok: reached(task, goal),
      ...(task.problem ? { problem: task.problem } : {}),
      ...(wait ? { reason: wait.reason, waits: wait.waits } : {}),
      ...(pause && task.status === 'ready' ? { pause } : {}),
    };
  });
}

/** What a task waits for that is ready to start; undefined when it is not, or when nothing is in its way. */
function waitOf(
  task: Task,
  tasks: readonly Task[],
  bySlug: ReadonlyMap<string, Task>,
  { paused, maxParallel, driver, now = Date.now() }: LaunchFacts,
): { reason: string; waits: WaitKind } | undefined {
  if (task.status !== 'ready') return undefined;
  const others = blockedBy(task, bySlug);
  if (others) return { reason: others, waits: 'others' };
  const pause = paused?.get(task.slug);
  if (pause) return { reason: `waits: ${pauseSaid(pause)}`, waits: 'limit' };
  if (!task.launch) return undefined;
  const { notBefore } = task.launch;
  if (notBefore !== undefined && Date.parse(notBefore) > now) {
    return { reason: `tries again at ${notBefore.slice(11, 19)} UTC`, waits: 'time' };
  }
  const running = tasks.filter(({ status }) => status === 'running').length;
  if (maxParallel !== undefined && running >= maxParallel) {
    return { reason: `waits for a free place: ${running} of ${maxParallel} at work`, waits: 'place' };
  }
  if (driver === undefined) return undefined;
  return { reason: `process ${driver} drives this repository and will start it`, waits: 'driver' };
}

function reached(task: Task, goal: LaunchGoal): boolean {
  switch (goal) {
    case 'started':
      return task.problem === undefined;
    case 'done':
      return ['done', 'validated', 'landed'].includes(task.status);
    case 'landed':
      return task.status === 'landed';
  }
}
