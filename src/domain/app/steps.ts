/** What the manager does next: decided from what is known, carried out elsewhere. */

import { longestPauseMs, type Pause } from '../agents/pause.js';
import { isLive, type RunnerName, type RunView } from '../agents/run.js';
import type { SpendReport } from '../agents/spend.js';
import { blockedBy, byUrgency } from '../store/graph.js';
import type { Task } from '../store/task.js';

export type Step =
  /** Give the task a worktree and start the next attempt. */
  | { type: 'launch'; task: string; runner?: RunnerName }
  /** The run is recorded but was never claimed by a supervisor: start the same run. */
  | { type: 'relaunch'; task: string; runId: string }
  /** The run is over: commit what it left, judge it. */
  | { type: 'collect'; task: string; runId: string }
  /** The budget is used up: end what runs. */
  | { type: 'stop'; task: string; runId: string }
  /** The budget is used up: take back the wish to launch it, and say so. */
  | { type: 'withdraw'; task: string; reason: string }
  /** Merge off to the side, resolve, validate, move the target: all that are ready, as one train. */
  | { type: 'land'; tasks: string[] };

export interface StepInput {
  tasks: readonly Task[];
  /** Views of the runs of unsettled tasks, by run id. A recorded run that is missing here was never launched. */
  runs: ReadonlyMap<string, RunView>;
  maxParallel: number;
  /** Tasks whose runners are all at their limits, with the limit that ends first. */
  paused?: ReadonlyMap<string, Pause>;
  /** Runners that take tasks in place of their own meanwhile. */
  fallbacks?: ReadonlyMap<string, RunnerName>;
  /** What the budget allows; without it, everything. */
  budget?: Pick<SpendReport, 'state' | 'reason' | 'fits'>;
  /** Milliseconds since 1970. */
  now: number;
}

/** The run a task is waiting for: its newest. */
export function currentRun(task: Task): string | undefined {
  return task.runIds[task.runIds.length - 1];
}

/**
 * Steps that can be taken now, in the order to take them: finish what ended, then land, then start more.
 * Only tasks that a person asked to launch are started or landed; a run that ended is always collected.
 */
export function nextSteps(input: StepInput): Step[] {
  const { tasks, runs, maxParallel, budget, now, paused, fallbacks } = input;
  const spent = budget?.state === 'spent';
  const bySlug = new Map(tasks.map((task) => [task.slug, task]));
  const running = tasks.filter((task) => task.status === 'running');
  const collect: Step[] = [];
  const stop: Step[] = [];
  for (const task of running) {
    const runId = currentRun(task);
    if (!runId) continue;
    const run = runs.get(runId);
    if (!run || run.phase === 'not-launched') collect.push({ type: 'relaunch', task: task.slug, runId });
    else if (!isLive(run.phase) || run.phase === 'leftovers')
      collect.push({ type: 'collect', task: task.slug, runId });
    else if (spent) stop.push({ type: 'stop', task: task.slug, runId });
  }
  const ready = tasks.filter((task) => wantsLanding(task)).sort(byUrgency);
  const land: Step[] = ready.length > 0 ? [{ type: 'land', tasks: ready.map(({ slug }) => slug) }] : [];
  // What is being started already is among those that want to start, and takes its place.
  const free = Math.min(Math.max(0, maxParallel - running.length), budget?.fits ?? Number.POSITIVE_INFINITY);
  const wanted = tasks.filter((task) => task.launch && task.status === 'ready' && !blockedBy(task, bySlug));
  if (spent) {
    const reason = budget.reason ?? 'The budget is used up.';
    const withdraw = wanted.map((task): Step => ({ type: 'withdraw', task: task.slug, reason }));
    return [...collect, ...land, ...withdraw, ...stop];
  }
  if (budget?.state === 'held') return [...collect, ...land];
  const launch = wanted
    .filter((task) => !(Date.parse(task.launch?.notBefore ?? '') > now) && !paused?.has(task.slug))
    .sort(byUrgency)
    .slice(0, free)
    .map(({ slug }): Step => ({ type: 'launch', task: slug, ...runnerIn(fallbacks, slug) }));
  return [...collect, ...land, ...launch];
}

function runnerIn(fallbacks: StepInput['fallbacks'], slug: string): { runner?: RunnerName } {
  const runner = fallbacks?.get(slug);
  return runner ? { runner } : {};
}

/** Whether a paused task goes on by itself within a time that is worth waiting for. */
export function waitsFor({ paused }: Pick<StepInput, 'paused'>, { slug }: Pick<Task, 'slug'>): boolean {
  const until = paused?.get(slug)?.until;
  return until !== undefined && Date.parse(until) - Date.now() < longestPauseMs;
}

function wantsLanding(task: Task): boolean {
  return task.launch?.land === true && (task.status === 'done' || task.status === 'validated');
}

/** Whether anything more will happen without a person: used to know when waiting is over. */
export function isAtRest(input: StepInput): boolean {
  const open = (task: Task) => task.status === 'running' || waitsFor(input, task);
  return (
    nextSteps({ ...input, maxParallel: Number.MAX_SAFE_INTEGER, now: Number.POSITIVE_INFINITY }).length ===
      0 && !input.tasks.some(open)
  );
}

/** Globs of two tasks that may name the same path: one's fixed beginning lies in the other's. */
export function overlaps(
  tasks: readonly Pick<Task, 'slug' | 'touches'>[],
): { a: string; b: string; paths: string[] }[] {
  const found: { a: string; b: string; paths: string[] }[] = [];
  for (const [index, a] of tasks.entries()) {
    for (const b of tasks.slice(index + 1)) {
      const paths = a.touches.filter((left) => b.touches.some((right) => mayMeet(left, right)));
      if (paths.length > 0) found.push({ a: a.slug, b: b.slug, paths });
    }
  }
  return found;
}

function mayMeet(left: string, right: string): boolean {
  const a = fixedPart(left);
  const b = fixedPart(right);
  if (left === a && right === b) return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
  return a.startsWith(b) || b.startsWith(a);
}

function fixedPart(glob: string): string {
  const wild = glob.search(/[*?[{]/);
  return wild < 0 ? glob.replace(/\/+$/, '') : glob.slice(0, wild);
}
