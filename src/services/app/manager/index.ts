/** The manager: plans waves and launches what is ready. */
import { type LaunchOutcome, launchOutcomes } from '../../../domain/app/launched.js';
import { currentRun, overlaps } from '../../../domain/app/steps.js';
import { appError } from '../../../domain/platform/errors.js';
import {
  type Blocked,
  blockedBy,
  planWaves,
  type Wave,
  withDependencies,
} from '../../../domain/store/graph.js';
import { canMove, moveTask, type Task } from '../../../domain/store/task.js';
import { keepEnvironment, liftPauses, loadAgent } from '../../agents/index.js';
import { settleLandedElsewhere, withLandedElsewhere } from '../../landing/index.js';
import type { RepoSession } from '../../store/index.js';
import { requireTask, takeStubs, tasksOf, updateTask } from '../../store/index.js';
import { drive } from './drive.js';
import { requireRunners, tellGround } from './ground.js';

export { drive } from './drive.js';
export { resumeTask } from './launch.js';
export { interruptTask, stopAll, stopTask } from './stop.js';

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
      hint: `Launch it with them: \`codex-agent manager launch ${slug}\`. Or change them with \`codex-agent task edit\`.`,
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

/** Moves a task to `cancelled`; refused while it runs. */
export async function cancelTask(session: RepoSession, slug: string): Promise<Task> {
  const task = await requireTask(session, slug);
  if (task.status === 'running' || !canMove(task.status, 'cancelled')) {
    throw appError('cannot-cancel', `${slug} is ${task.status} and cannot be cancelled.`);
  }
  return updateTask(session, slug, (fresh) => moveTask(fresh, 'cancelled', { launch: undefined }));
}
