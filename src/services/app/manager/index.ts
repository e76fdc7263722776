/** The manager: plans waves, launches what is ready, watches, stops. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isLive, type RunPhase } from '../../../domain/agents/run.js';
import { type LaunchOutcome, launchOutcomes } from '../../../domain/app/launched.js';
import { currentRun, overlaps } from '../../../domain/app/steps.js';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import {
  type Blocked,
  blockedBy,
  planWaves,
  type Wave,
  withDependencies,
} from '../../../domain/store/graph.js';
import { canMove, moveTask, type Task } from '../../../domain/store/task.js';
import {
  executorOf,
  interruptRun,
  keepEnvironment,
  liftPauses,
  loadAgent,
  stopRun,
} from '../../agents/index.js';
import { settleLandedElsewhere, withLandedElsewhere } from '../../landing/index.js';
import type { RepoSession } from '../../store/index.js';
import { requireTask, takeStubs, tasksOf, updateTask } from '../../store/index.js';
import { drive } from './drive.js';
import { requireRunners, tellGround } from './ground.js';

export { drive } from './drive.js';
export { resumeTask } from './launch.js';

/** `data` of `manager plan`. */
export interface PlanReport {
  waves: Wave[];
  blocked: Blocked[];
  overlaps: { a: string; b: string; paths: string[] }[];
}

/** Waves of everything unsettled, what blocks the rest, and which tasks of a wave may touch the same paths. */
export async function planTasks(session: RepoSession): Promise<PlanReport> {
  await takeStubs(session);
  const known = tasksOf(await session.registry.read(), session.repo.id);
  const tasks = await withLandedElsewhere(session, known);
  const plan = planWaves(tasks);
  const bySlug = new Map(tasks.map((task) => [task.slug, task]));
  const meeting = plan.waves.flatMap((wave) => overlaps(wave.tasks.map((slug) => bySlug.get(slug)!)));
  return { ...plan, overlaps: meeting };
}

export interface LaunchOptions {
  /** Slugs to launch; empty: every task that is ready or will be. */
  tasks: readonly string[];
  land: boolean;
}

/**
 * Records the wish to have tasks done; the process that holds the driver lease acts on it.
 * Naming a task also names the unlanded tasks it depends on. Returns the slugs marked.
 */
export async function requestLaunch(session: RepoSession, options: LaunchOptions): Promise<string[]> {
  const all = tasksOf(await session.registry.read(), session.repo.id);
  const wanted =
    options.tasks.length > 0 ? withDependencies(all, options.tasks) : all.map((task) => task.slug);
  const at = new Date().toISOString();
  const environment = await keepEnvironment(session);
  const marked: string[] = [];
  // Where nothing tells when a limit ends, a person who launches again says that it has.
  await liftPauses(session.paths, ({ until }) => until === undefined);
  await session.registry.update('launch requested', (file) => {
    const set = new Set(wanted);
    const tasks = file.tasks.map((task) => {
      if (task.repo !== session.repo.id || !set.has(task.slug) || !isLaunchable(task, options.land))
        return task;
      marked.push(task.slug);
      const land = options.land || task.launch?.land === true;
      const resume = task.launch?.resume;
      const launch = { land, at, environment, ...(resume ? { resume } : {}) };
      return { ...task, launch, asked: { land }, problem: undefined, updatedAt: at };
    });
    return { file: { ...file, tasks }, result: undefined };
  });
  return marked;
}

function isLaunchable(task: Task, land: boolean): boolean {
  if (task.status === 'ready' || task.status === 'running') return true;
  return land && (task.status === 'done' || task.status === 'validated');
}

/** `data` of `manager launch`. */
export interface LaunchReport {
  launched: string[];
  tasks: LaunchOutcome[];
  /** Something landed, and no check is configured that could have held it back. */
  unchecked?: true;
  /** Of a dry run: how many of them are at work at most. */
  atOnce?: number;
}

/** Launches, then either waits for rest or starts what is ready now and returns. */
export async function launch(
  session: RepoSession,
  options: LaunchOptions & { wait: boolean; maxParallel?: number },
): Promise<LaunchReport> {
  await takeStubs(session);
  for (const slug of options.tasks) await requireTask(session, slug);
  await settleLandedElsewhere(session);
  await lookBefore(session, options);
  const launched = await requestLaunch(session, options);
  if (launched.length === 0) return { launched, tasks: [] };
  const found = options.wait
    ? await drive(session, { until: 'rest', only: launched, ...limit(options) })
    : await drive(session, { until: 'started', ...limit(options) });
  const goal = !options.wait ? 'started' : options.land ? 'landed' : 'done';
  const maxParallel = options.maxParallel ?? session.config.run.max_parallel;
  const { paused, driver } = found;
  const tasks = launchOutcomes(found.tasks, launched, goal, { paused, maxParallel, driver });
  const landed = tasks.some(({ status }) => status === 'landed');
  return { launched, tasks, ...(landed ? uncheckedIn(session) : {}) };
}

/** What a launch would start, the first of them at once. Throws as a launch does. */
export async function wouldLaunch(
  session: RepoSession,
  { tasks: named, land, maxParallel }: LaunchOptions & { maxParallel?: number },
): Promise<LaunchReport> {
  for (const slug of named) await requireTask(session, slug);
  const [first] = (await planTasks(session)).waves;
  const all = tasksOf(await session.registry.read(), session.repo.id);
  const wanted = named.length > 0 ? new Set(withDependencies(all, named)) : undefined;
  const launched = first?.tasks.filter((slug) => wanted?.has(slug) ?? true) ?? [];
  if (launched.length > 0) await lookBefore(session, { tasks: launched, land }, { dryRun: true });
  return { launched, tasks: [], atOnce: maxParallel ?? session.config.run.max_parallel };
}

/** What a report of landings says of a repository without checks. */
const uncheckedIn = ({ config }: Pick<RepoSession, 'config'>): { unchecked?: true } =>
  config.validator.checks.length === 0 ? { unchecked: true } : {};

/** Only where something is going to start. */
async function lookBefore(
  session: RepoSession,
  { tasks, land }: LaunchOptions,
  how: { dryRun?: boolean } = {},
): Promise<void> {
  const all = tasksOf(await session.registry.read(), session.repo.id);
  const wanted = new Set(tasks.length > 0 ? withDependencies(all, tasks) : all.map(({ slug }) => slug));
  const starting = all.filter(
    (task) => wanted.has(task.slug) && task.status === 'ready' && isLaunchable(task, land),
  );
  if (starting.length === 0) return;
  await requireRunners(session, starting);
  await tellGround(session, how);
}

const limit = (options: { maxParallel?: number }) =>
  options.maxParallel === undefined ? {} : { maxParallel: options.maxParallel };

/** One task by hand, now, whatever the wave: refused while its dependencies have not landed. */
export async function runTask(
  session: RepoSession,
  slug: string,
  options: { wait: boolean; land: boolean; retry?: boolean },
): Promise<LaunchReport> {
  await takeStubs(session);
  await settleLandedElsewhere(session);
  const task = await requireTask(session, slug);
  const all = tasksOf(await session.registry.read(), session.repo.id);
  const reason = blockedBy(task, new Map(all.map((other) => [other.slug, other])));
  if (reason) {
    throw appError('blocked', `${slug} ${reason}.`, {
      hint: 'Launch its dependencies first, or change them with `codex-agent task edit`.',
    });
  }
  if (task.status === 'running') {
    throw appError('already-running', `${slug} is already running (${currentRun(task)}).`, {
      hint: 'Watch it with `codex-agent session show`, or stop it with `codex-agent task stop`.',
    });
  }
  if (task.status !== 'ready') {
    // A draft that a person names is meant: only waves pass it by.
    if (!options.retry && task.status !== 'draft') {
      throw appError('not-ready', `${slug} is ${task.status}, not ready.`, {
        hint: task.status === 'landed' ? 'It has landed.' : 'Start it again with `codex-agent task retry`.',
      });
    }
    await updateTask(session, slug, (fresh) => moveTask(fresh, 'ready', { problem: undefined }));
  }
  // Asked for by name, it is tried now, whatever limit was met: the answer tells.
  const { runner } = await loadAgent(session, 'developer', task);
  await liftPauses(session.paths, (pause) => pause.runner === runner);
  const land = options.land || (options.retry === true && task.asked?.land === true);
  return launch(session, { tasks: [slug], wait: options.wait, land });
}

/** Ends a task's run and takes back the wish to launch it. What it wrote stays, and is committed. */
export async function stopTask(
  session: RepoSession,
  slug: string,
): Promise<{ task: string; stopped: boolean; withdrawn?: true }> {
  const task = await requireTask(session, slug);
  const { stopped } = await stopTasks(session, [task]);
  const withdrawn = stopped.length === 0 && task.launch !== undefined;
  return { task: slug, stopped: stopped.length > 0, ...(withdrawn ? { withdrawn } : {}) };
}

/** The same, but the agent is asked first to end its turn by itself, where it can be talked to. */
export async function interruptTask(
  session: RepoSession,
  slug: string,
): Promise<{ task: string; stopped: boolean }> {
  const { stopped } = await stopTasks(session, [await requireTask(session, slug)], interruptRun);
  return { task: slug, stopped: stopped.length > 0 };
}

/** Stops everything that runs and takes back every wish to launch. */
export async function stopAll(session: RepoSession): Promise<{ stopped: string[] }> {
  const tasks = tasksOf(await session.registry.read(), session.repo.id);
  return stopTasks(
    session,
    tasks.filter((task) => task.launch || task.status === 'running'),
  );
}

type End = (paths: RepoSession['paths'], runId: string) => Promise<void>;

async function stopTasks(
  session: RepoSession,
  tasks: readonly Task[],
  end: End = (paths, runId) => stopRun(paths, runId, 'interrupt'),
): Promise<{ stopped: string[] }> {
  const stopped = await Promise.all(tasks.map((task) => stopOne(session, task, end)));
  // What they left is taken in, here or by the process that drives; it is not stopped before.
  await drive(session, { until: 'rest', only: tasks.map((task) => task.slug), collectOnly: true });
  return { stopped: stopped.flatMap((slug) => slug ?? []) };
}

/** The slug when there was a live run to end. */
async function stopOne(session: RepoSession, task: Task, end: End): Promise<string | undefined> {
  await updateTask(session, task.slug, (fresh) => ({ ...fresh, launch: undefined }));
  const runId = currentRun(task);
  if (task.status !== 'running' || !runId) return undefined;
  const phase = await phaseOnceThere(session, task.slug, runId);
  if (!phase || !(isLive(phase) || phase === 'not-launched')) return undefined;
  await end(session.paths, runId);
  return task.slug;
}

/** How long a run that is being prepared is waited for, and how often it is looked for. */
const preparingMs = 10_000;
const lookMs = 25;

/**
 * A task names its run a moment before there is anything of it to stop. Undefined when it came to nothing.
 * Throws `run-starting` when it takes too long.
 */
async function phaseOnceThere(
  session: RepoSession,
  slug: string,
  runId: string,
): Promise<RunPhase | undefined> {
  for (const since = Date.now(); ; await sleep(lookMs)) {
    try {
      return (await executorOf(session.paths).phase(runId)).phase;
    } catch (error) {
      if (!hasCode(error, 'run-not-found')) throw error;
    }
    const task = await requireTask(session, slug);
    if (task.status !== 'running' || currentRun(task) !== runId) return undefined;
    if (Date.now() - since > preparingMs) {
      throw appError('run-starting', `The run of ${slug} is still being prepared.`, {
        hint: 'Stop it again.',
      });
    }
  }
}

/** Moves a task to `cancelled`; refused while it runs. */
export async function cancelTask(session: RepoSession, slug: string): Promise<Task> {
  const task = await requireTask(session, slug);
  if (task.status === 'running' || !canMove(task.status, 'cancelled')) {
    throw appError('cannot-cancel', `${slug} is ${task.status} and cannot be cancelled.`);
  }
  return updateTask(session, slug, (fresh) => moveTask(fresh, 'cancelled', { launch: undefined }));
}
