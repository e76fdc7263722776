/**
 * The loop that moves tasks on. One process at a time holds the repository's driver lease and acts;
 * others watch, and take over when the holder is gone. Nothing is remembered that is not on disk.
 */
import { join } from 'node:path';
import { isLive } from '../../../domain/agents/run.js';
import { isAtRest, nextSteps, type Step, waitsFor } from '../../../domain/app/steps.js';
import { hasCode, messageOf, toAppError, withHint } from '../../../domain/platform/errors.js';
import { systemRefusal } from '../../../domain/platform/system-errors.js';
import type { Task } from '../../../domain/store/task.js';
import { executorOf, stopRun, sweepEnvironments } from '../../agents/index.js';
import { landTasks, settleLandedElsewhere } from '../../landing/index.js';
import { type Lock, lockHolder, tryAcquireLock } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { requireTask, tasksOf, updateTask } from '../../store/index.js';
import { isClaimed, runFolder, sweepPrivateWorktrees, undoCutMove } from '../../worktrees/index.js';
import { countFailures, type Failures } from './again.js';
import { collectRun } from './collect.js';
import { handOn } from './hand-on.js';
import { inEnvironment, launchTask, startRun } from './launch.js';
import { newsOf } from './news.js';
import { stoppableSteps } from './stops.js';
import { type Memory, newMemory, type Survey, survey } from './survey.js';
import { hookTeller } from './tell-hooks.js';

export interface DriveOptions {
  /**
   * `started`: take every step there is now but landing, do not wait for runs; nothing when another process drives.
   *   What is to be landed, now or once its agent is done, is handed on to a driver of its own.
   * `rest`: return when nothing more happens by itself.
   * `signal`: go on until the session is interrupted.
   */
  until: 'started' | 'rest' | 'signal';
  maxParallel?: number;
  /** Tasks whose rest is waited for; default all. */
  only?: readonly string[];
  /** Take in what ended, start and land nothing; return at once where the process that drives is suspended. */
  collectOnly?: boolean;
}

/** The last look, and the process that drives when it is not this one. */
export type Driven = Survey & { driver?: number; suspended?: boolean };

/** Drives the repository's tasks. Resolves with the last survey. */
export async function drive(watching: RepoSession, options: DriveOptions): Promise<Driven> {
  let lease: Lock | undefined;
  const hooks = hookTeller(watching);
  const session: RepoSession = {
    ...watching,
    emit(event) {
      watching.emit(event);
      if (lease) hooks.event(event);
    },
  };
  const memory = newMemory();
  const failures = countFailures(session.emit);
  const underWay = new Map<string, Promise<void>>();
  /** Steps that ended during the last look: it may have seen their tasks as they were before. */
  const justOver = new Set<string>();
  const watchdogs = new Map<string, { stop(): void }>();
  const news = newsOf(session);
  const stops = stoppableSteps();
  let landingDue = false;
  /** What kept the outcome of a step from being written: the same step would be taken over and over. */
  let unwritten: unknown;
  const begin = (key: string, work: Promise<void>) => {
    const noted = work.catch((error: unknown) => {
      unwritten ??= error;
    });
    const over = noted.finally(() => {
      underWay.delete(key);
      justOver.add(key);
      news.ring();
    });
    underWay.set(key, over);
  };
  const beginSteps = async (steps: readonly Step[], found: Survey) => {
    for (const step of steps) {
      if (!mayStart(step, underWay, justOver)) continue;
      const work = take(stops.sessionFor(session, step), step, failures).finally(() => stops.over(step));
      begin(keyOf(step), work);
    }
    if (underWay.has(landing)) return;
    if (await targetMoved(session, found, memory)) begin(landing, writeOff(session));
  };
  try {
    for (;;) {
      lease ??= await takeLease(session, memory);
      justOver.clear();
      const found: Driven = await survey(session, memory);
      if (!lease) {
        found.driver = memory.driver;
        found.suspended = memory.suspended;
      }
      if (session.signal.aborted) return found;
      // The screen stays and goes on when there is room; a command ends, and the next start goes on.
      if (unwritten !== undefined && options.until !== 'signal') throw unwritten;
      unwritten = undefined;
      news.listenTo(liveRuns(found));
      stops.look(found.tasks);
      if (lease) {
        hooks.found(found);
        guardRuns(session, found, watchdogs);
        await beginSteps(stepsFor(session, options, found), found);
      }
      if (options.until === 'started' && (!lease || underWay.size === 0)) {
        landingDue = lease !== undefined && !options.collectOnly && isLandingDue(session, found);
        return found;
      }
      if (underWay.size === 0 && (await isOver(session, options, found, lease, news))) return found;
      if (!lease && options.collectOnly && found.suspended) return found;
      await news.next();
    }
  } finally {
    hooks.close();
    news.stop();
    for (const watchdog of watchdogs.values()) watchdog.stop();
    await Promise.allSettled(underWay.values());
    await lease?.release();
    if (landingDue) handOn(session);
  }
}

/** Whether something is to be landed, now or once its agent is done: `started` leaves that to others. */
const isLandingDue = (session: RepoSession, found: Survey): boolean =>
  stepsFor(session, { until: 'rest' }, found).some((step) => step.type === 'land') ||
  found.tasks.some(({ launch, status }) => launch?.land && ['running', 'ready'].includes(status));

const liveRuns = (found: Survey) =>
  new Set([...found.runs.values()].filter((view) => isLive(view.phase)).map((view) => view.runId));

function stepsFor(session: RepoSession, options: DriveOptions, found: Survey): Step[] {
  const steps = nextSteps({
    tasks: found.tasks,
    runs: found.runs,
    paused: found.paused,
    fallbacks: found.fallbacks,
    maxParallel: options.maxParallel ?? session.config.run.max_parallel,
    budget: found.spend,
    now: Date.now(),
  });
  if (options.collectOnly)
    return steps.filter((step) => step.type === 'collect' || isCalledOff(session, step));
  // Checks may take minutes: who only starts something does not wait for them.
  return options.until === 'started' ? steps.filter((step) => step.type !== 'land') : steps;
}

/** A run that was called off before it was prepared: it is on record only, and starting it records that it never started. */
const isCalledOff = ({ paths }: RepoSession, step: Step): boolean =>
  step.type === 'relaunch' && isClaimed(runFolder(paths, step.runId));

function resting(found: Survey, options: DriveOptions): boolean {
  const only = options.only && new Set(options.only);
  const tasks = only ? found.tasks.filter((task) => only.has(task.slug)) : found.tasks;
  if (only) {
    // Steps of a task depend on its dependencies' state, so rest is judged over all of them.
    const all = isAtRest({ ...found, maxParallel: 0, now: Date.now() });
    const still = (task: Task) => found.paused.has(task.slug) && !waitsFor(found, task);
    return all || tasks.every((task) => task.status !== 'running' && (!task.launch || still(task)));
  }
  return isAtRest({ ...found, maxParallel: 0, now: Date.now() });
}

/** One step per task at a time, and one landing at a time. */
const landing = '\0land';
const keyOf = (step: Step): string => (step.type === 'land' ? landing : step.task);

const tasksIn = (step: Step): readonly string[] => (step.type === 'land' ? step.tasks : [step.task]);

function mayStart(
  step: Step,
  underWay: ReadonlyMap<string, unknown>,
  justOver: ReadonlySet<string>,
): boolean {
  return [keyOf(step), ...tasksIn(step)].every((key) => !underWay.has(key) && !justOver.has(key));
}

async function take(session: RepoSession, step: Step, failures: Failures): Promise<void> {
  try {
    await carryOut(session, step);
    failures.forget(keyOf(step));
  } catch (error) {
    if (session.signal.aborted || hasCode(error, 'launch-withdrawn')) return;
    if (failures.mayPass(keyOf(step), { type: step.type, tasks: tasksIn(step) }, error)) return;
    await giveBack(session, step, error);
  }
}

async function carryOut(session: RepoSession, step: Step): Promise<void> {
  switch (step.type) {
    case 'launch':
      await launchTask(session, step.task, step.runner);
      return;
    case 'relaunch':
      await startRun(session, step.task);
      return;
    case 'collect':
      await collectRun(session, step.task, step.runId);
      return;
    case 'stop':
      await stopForBudget(session, step);
      return;
    case 'withdraw':
      await withdraw(session, step.task, step.reason);
      return;
    case 'land':
      // Landings that a person started by hand come first, however long they take.
      await landTasks(await whereAsked(session, step.tasks), {
        wanted: step.tasks,
        waitMs: Number.POSITIVE_INFINITY,
      });
      return;
  }
}

/** Whether the target has moved since it was last looked at, while finished work waits that it may have got. */
async function targetMoved(session: RepoSession, found: Survey, memory: Memory): Promise<boolean> {
  if (!found.tasks.some(({ status }) => status === 'done' || status === 'validated')) return false;
  const target = (await session.git.commitOf(`refs/heads/${session.target}`).catch(() => undefined)) ?? '';
  const moved = memory.target !== target;
  memory.target = target;
  return moved;
}

async function writeOff(session: RepoSession): Promise<void> {
  await settleLandedElsewhere(session).catch((error: unknown) => {
    session.emit({ type: 'noted', level: 'warning', message: messageOf(error) });
  });
}

/** The checks of a landing see what the first of its tasks was asked for with. */
async function whereAsked(session: RepoSession, [first]: readonly string[]): Promise<RepoSession> {
  return first === undefined ? session : inEnvironment(session, await requireTask(session, first));
}

/** One that will not end stays a live run, and is tried again. */
async function stopForBudget(session: RepoSession, { task, runId }: { task: string; runId: string }) {
  await stopRun(session.paths, runId, 'budget').catch((error: unknown) => {
    session.emit({ type: 'noted', level: 'error', message: `${task}: ${messageOf(error)}` });
  });
}

/** A task without a budget is not tried again by itself; launched again by a person, it is judged anew. */
async function withdraw(session: RepoSession, slug: string, reason: string): Promise<void> {
  const message = `${reason} Raise manager.budget_tokens or manager.budget_cost, or wait for the period to pass; then launch again.`;
  await updateTask(session, slug, (task) =>
    task.launch && task.status === 'ready'
      ? { ...task, launch: undefined, problem: { code: 'budget', message } }
      : task,
  );
  session.emit({ type: 'noted', level: 'error', message: `${slug} is not launched. ${reason}` });
}

/** A step that failed is not tried again by itself: its tasks say why and wait for a person. */
async function giveBack(session: RepoSession, step: Step, error: unknown): Promise<void> {
  const known = toAppError(error);
  const { code } = known;
  const message = withHint(known);
  for (const slug of tasksIn(step)) {
    session.emit({ type: 'noted', level: 'error', message: `${slug}: ${step.type} failed: ${message}` });
    try {
      await updateTask(session, slug, (task) => {
        // Of a landing, some may have got through.
        if (step.type === 'land' && !task.launch) return task;
        return {
          ...task,
          ...(task.status === 'running' ? { status: 'failed' as const } : {}),
          launch: undefined,
          problem: { code, message },
        };
      });
    } catch (again) {
      session.emit({ type: 'noted', level: 'error', message: `${slug}: ${messageOf(again)}` });
      // Nor can the outcome of any other step be written, until a person has corrected the registry.
      if (systemRefusal(again) || hasCode(again, 'registry-invalid')) throw again;
    }
  }
}

/** Time and size limits hold for every live run, also those another process started. */
function guardRuns(session: RepoSession, found: Survey, watchdogs: Map<string, { stop(): void }>): void {
  for (const [runId, view] of found.runs) {
    if (isLive(view.phase) && !watchdogs.has(runId))
      watchdogs.set(runId, executorOf(session.paths).adopt(runId));
    if (!isLive(view.phase)) {
      watchdogs.get(runId)?.stop();
      watchdogs.delete(runId);
    }
  }
}

/** An edit of the registry is found out by the next change: where none is to come, one that changes nothing. */
async function isOver(
  session: RepoSession,
  options: DriveOptions,
  found: Survey,
  lease: Lock | undefined,
  news: Pick<ReturnType<typeof newsOf>, 'ring'>,
): Promise<boolean> {
  if (options.until !== 'rest' || !resting(found, options)) return false;
  if (!lease) return true;
  const { registry } = session;
  const { rev } = await registry.read();
  await registry.update('look for an edit', (file) => ({ file, result: undefined }));
  const isOver = (await registry.read()).rev === rev;
  if (!isOver) news.ring();
  return isOver;
}

const leaseFolder = (session: RepoSession) =>
  join(session.paths.stateDir, 'drivers', `${session.repo.id}.lock.d`);

/** The process that drives this repository now. */
export const driverOf = (session: RepoSession) => lockHolder(leaseFolder(session));

/** What needs the files of a cut-off move tries again, and says why it cannot go on. */
function tellUncured(session: RepoSession, error: unknown): void {
  const message = `What a move of a branch left when it was cut off is still there: ${withHint(toAppError(error))}`;
  session.emit({ type: 'noted', level: 'warning', message });
}

async function takeLease(session: RepoSession, memory: Memory): Promise<Lock | undefined> {
  const folder = leaseFolder(session);
  // Who watches asks at each tick: looking is cheap, and a try writes a durable ticket.
  let holder = await lockHolder(folder);
  const lease = holder ? undefined : await tryAcquireLock(folder, { command: 'driver' });
  if (!lease) holder ??= await lockHolder(folder);
  const pid = lease ? process.pid : holder?.pid;
  memory.suspended = holder?.suspended === true;
  // Held by another loop of this very process: there is nothing to tell.
  const told = pid === memory.driver || (!lease && pid === process.pid);
  memory.driver = pid;
  if (told) return lease;
  session.emit({
    type: 'lease.changed',
    held: lease !== undefined,
    ...(lease || pid === undefined ? {} : { holder: `process ${pid}` }),
  });
  // The driver before us may have been killed in the middle of a check, or of moving a branch.
  if (lease) {
    await undoCutMove(session).catch((error: unknown) => tellUncured(session, error));
    await sweepPrivateWorktrees(session);
    await sweepEnvironments(session, tasksOf(await session.registry.read(), session.repo.id));
  }
  return lease;
}
