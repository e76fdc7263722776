/** Ends runs and takes back wishes to launch. What the agents wrote stays, and is committed. */
import { isLive, type RunPhase } from '../../../domain/agents/run.js';
import { currentRun } from '../../../domain/app/steps.js';
import { appError, hasCode, toAppError } from '../../../domain/platform/errors.js';
import type { RegistryFile, Task } from '../../../domain/store/task.js';
import { executorOf, forestallRun, interruptRun, stopRun } from '../../agents/index.js';
import type { RepoSession } from '../../store/index.js';
import { requireTask, tasksOf } from '../../store/index.js';
import { drive, driverOf } from './drive.js';

interface Stopped {
  stopped: string[];
  /** The process that drives is suspended: it takes in what the runs left once it goes on, else the next command does. */
  suspended?: number;
  /** Their runs are over, and the process that drives is still taking in what they left. */
  collecting?: string[];
}

/** What many agents left takes longer to commit than a person waits for a stop. */
const collectingMs = 500;
/** One is mostly taken in by then, so that it can be launched again; a driver with its hands full may take a minute. */
const collectingOneMs = 1000;

/** `data` of `task stop`. */
interface StopReport extends Pick<Stopped, 'suspended'> {
  task: string;
  /** Its run is over, and the process that drives has not taken in yet what it left. */
  collecting?: true;
  stopped: boolean;
  /** Nothing ran, and the task is not launched any more. */
  withdrawn?: true;
}

/** Ends a task's run and takes back the wish to launch it. What it wrote stays, and is committed. */
export async function stopTask(session: RepoSession, slug: string): Promise<StopReport> {
  const task = await requireTask(session, slug);
  const report = await stopOne(session, task);
  return !report.stopped && task.launch !== undefined ? { ...report, withdrawn: true } : report;
}

/** The same, but the agent is asked first to end its turn by itself, where it can be talked to. */
export async function interruptTask(session: RepoSession, slug: string): Promise<StopReport> {
  return stopOne(session, await requireTask(session, slug), interruptRun);
}

async function stopOne(session: RepoSession, task: Task, end?: End): Promise<StopReport> {
  const { stopped, collecting, suspended } = await stopTasks(session, [task], {
    ...(end ? { end } : {}),
    ...(session.attended ? {} : { othersMs: collectingOneMs }),
  });
  return {
    task: task.slug,
    stopped: stopped.length > 0,
    ...(suspended === undefined ? {} : { suspended }),
    ...(collecting ? { collecting: true } : {}),
  };
}

/** Stops everything that runs and takes back every wish to launch. */
export async function stopAll(session: RepoSession): Promise<Stopped> {
  const tasks = tasksOf(await session.registry.read(), session.repo.id);
  return stopTasks(
    session,
    tasks.filter((task) => task.launch || task.status === 'running'),
    // The screen may be left right after, and with it this process, which drives: nothing else would take them in.
    session.attended ? {} : { othersMs: collectingMs },
  );
}

type End = (paths: RepoSession['paths'], runId: string) => Promise<void>;

interface StopOptions {
  end?: End;
  /** How long another process that drives is given to take in what the runs left; by default until it has. */
  othersMs?: number;
}

/**
 * Signals do not wait for the registry, whose lock a suspended process may hold. Where it does: throws `lock-held`
 * once the runs are over, if others still wait to be launched.
 */
async function stopTasks(
  session: RepoSession,
  tasks: readonly Task[],
  { end = (paths, runId) => stopRun(paths, runId, 'interrupt'), othersMs }: StopOptions = {},
): Promise<Stopped> {
  const slugs = tasks.map((task) => task.slug);
  const [first, rest] = await Promise.allSettled([
    endRuns(session, tasks, end),
    takeBack(session, slugs).then((found) => endRuns(session, startedSince(tasks, found), end)),
  ]);
  if (first.status === 'rejected') throw first.reason;
  if (rest.status === 'rejected') return withoutRegistry(session, tasks, first.value, rest.reason);
  const ended = new Set([...first.value, ...rest.value]);
  const stopped = slugs.filter((slug) => ended.has(slug));
  return { stopped, ...(await takeInLeft(session, slugs, ended, othersMs)) };
}

/**
 * The registry cannot be written. A run that is over is not launched again for the wish that its task still has: where
 * no other wish is there, all was done that is to be done before a suspended driver goes on.
 */
async function withoutRegistry(
  session: RepoSession,
  tasks: readonly Task[],
  stopped: string[],
  error: unknown,
): Promise<Stopped> {
  if (!hasCode(error, 'lock-held')) throw error;
  const waiting = tasks.filter(({ launch, slug }) => launch && !stopped.includes(slug));
  const driver = await driverOf(session);
  if (waiting.length === 0 && driver?.suspended) return { stopped, suspended: driver.pid };
  const { message, hint } = toAppError(error);
  const done = stopped.length > 0 ? `Stopped ${stopped.join(', ')}. ` : '';
  const wishes =
    waiting.length > 0 ? `Not taken back: the launch of ${waiting.map(({ slug }) => slug).join(', ')}. ` : '';
  throw appError('lock-held', `${done}${wishes}${message}`, {
    hint: `${hint} Then stop again.`,
    cause: error,
  });
}

/**
 * Takes in what the runs left: by the process that drives, else here. One that is suspended is not waited for, and the
 * other for so long. Reading and judging a run costs more than ending it: nothing of that is done twice.
 */
async function takeInLeft(
  session: RepoSession,
  slugs: readonly string[],
  ended: ReadonlySet<string>,
  othersMs: number | undefined,
): Promise<Omit<Stopped, 'stopped'>> {
  let driver = await driverOf(session);
  if (driver && !driver.suspended && othersMs !== undefined) {
    const collecting = await stillRunning(session, ended, othersMs);
    if (collecting.length === 0) return {};
    driver = await driverOf(session);
    if (driver && !driver.suspended) return { collecting };
  }
  if (driver?.suspended) return { suspended: driver.pid };
  const found = await drive(session, { until: 'rest', only: slugs, collectOnly: true });
  return found.suspended && found.driver !== undefined ? { suspended: found.driver } : {};
}

/** How often is looked without an event: the system may have no watch left. */
const tickMs = 1000;

/** Which of these tasks the process that drives has not taken in, at the latest after so long. */
async function stillRunning(
  { registry, repo }: RepoSession,
  slugs: ReadonlySet<string>,
  limitMs: number,
): Promise<string[]> {
  let wake = () => {};
  const unwatch = registry.watch(() => wake());
  const end = performance.now() + limitMs;
  try {
    for (;;) {
      const changed = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const tasks = tasksOf(await registry.read(), repo.id);
      const left = tasks.filter(({ slug, status }) => slugs.has(slug) && status === 'running');
      const rest = end - performance.now();
      if (left.length === 0 || rest <= 0) return left.map(({ slug }) => slug);
      const timer = setTimeout(wake, Math.min(rest, tickMs));
      await changed;
      clearTimeout(timer);
    }
  } finally {
    unwatch();
  }
}

/**
 * Takes back the wishes to launch these, and what was told to be done, in one change: a run that was lost is not tried
 * again for either. The tasks as they were found under the lock.
 */
function takeBack(session: RepoSession, slugs: readonly string[]): Promise<Task[]> {
  const wanted = new Set(slugs);
  const at = new Date().toISOString();
  const change = (file: RegistryFile) => {
    const isMeant = (task: Task) => task.repo === session.repo.id && wanted.has(task.slug);
    const tasks = file.tasks.map((task) => {
      if (!isMeant(task) || !(task.launch || task.told)) return task;
      const { launch: _, told: __, ...without } = task;
      return { ...without, updatedAt: at };
    });
    return { file: { ...file, tasks }, result: file.tasks.filter(isMeant) };
  };
  return session.registry.update('stop', change, { unlessSuspended: true });
}

/** Those whose run was recorded after they were looked at, while the wish to launch them was still there. */
function startedSince(before: readonly Task[], now: readonly Task[]): Task[] {
  const seen = new Set(before.filter(({ status }) => status === 'running').map(currentRun));
  return now.filter((task) => !seen.has(currentRun(task)));
}

/** Slugs of those with a live run. All are ended, side by side, before the first failure is told. */
async function endRuns(session: RepoSession, tasks: readonly Task[], end: End): Promise<string[]> {
  const ends = await Promise.allSettled(tasks.map((task) => endRun(session, task, end)));
  for (const one of ends) if (one.status === 'rejected') throw one.reason;
  return ends.flatMap((one) => (one.status === 'fulfilled' && one.value) || []);
}

/** The slug when there was a run to end. One that is on record only, and still being prepared, is called off. */
async function endRun(session: RepoSession, task: Task, end: End): Promise<string | undefined> {
  const runId = currentRun(task);
  if (task.status !== 'running' || !runId) return undefined;
  const phase = await phaseOf(session, runId);
  if (!phase && (await forestallRun(session.paths, runId, 'interrupt'))) return task.slug;
  const now = phase ?? (await phaseOf(session, runId));
  if (!now || !(isLive(now) || now === 'not-launched')) return undefined;
  await end(session.paths, runId);
  return task.slug;
}

/** Undefined while there is nothing of the run but its name. */
async function phaseOf(session: RepoSession, runId: string): Promise<RunPhase | undefined> {
  try {
    return (await executorOf(session.paths).phase(runId)).phase;
  } catch (error) {
    if (hasCode(error, 'run-not-found')) return undefined;
    throw error;
  }
}
