/** Reads what the monitor shows, each time that it is asked, for as long as the monitor is looked at. Changes nothing. */
import type { RunSpend } from '../../../domain/agents/cost.js';
import { isLive, type RunView } from '../../../domain/agents/run.js';
import type { LandingTime, MonitorReading } from '../../../domain/app/monitor.js';
import type { AppState } from '../../../domain/app/state.js';
import type { Task } from '../../../domain/store/task.js';
import { createProcessMeter, everySpend } from '../../agents/index.js';
import { roomAt } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { runFolder, worktreeRoot } from '../../worktrees/index.js';
import { sizeOnDisk } from '../doctor/disk.js';

type Needs = Pick<RepoSession, 'git' | 'paths' | 'repo' | 'root' | 'config' | 'env'>;
type Seen = Pick<AppState, 'tasks' | 'runs' | 'worktrees'>;

/** A worktree is measured again after so long: that reads all of its folders. */
const measureMs = 60_000;
/** Commits that git is asked about at once. */
const most = 200;

/** A reader, which compares each reading with the one before. */
export function monitorReader(session: Needs): (seen: Seen) => Promise<MonitorReading> {
  const meter = createProcessMeter();
  const disk = keepMeasuring();
  const landed = new Map<string, number | undefined>();
  return async ({ tasks, runs, worktrees }) => {
    const live = Object.values(runs).filter(({ phase }) => isLive(phase));
    disk.measure(new Map(Object.values(worktrees).map(({ task, path }) => [task, path])));
    const [spends, agents, , free] = await Promise.all([
      everySpend(session, live),
      meter.runs(new Map(live.map(({ runId }) => [runId, runFolder(session.paths, runId)]))),
      learnLandings(session, tasks, landed),
      roomAt(worktreeRoot(session)),
    ]);
    return {
      at: Date.now(),
      spends: [...spends.past.map(withEnd), ...spends.live].map((spend) => withRunner(spend, runs)),
      landings: landingsOf(tasks, landed),
      own: meter.own(),
      agents,
      disk: disk.sizes(),
      ...(free === undefined ? {} : { diskFree: free.bytes }),
    };
  };
}

/** Lines of earlier versions do not tell when a run ended: it was over long ago, and did not go on until now. */
const withEnd = (spend: RunSpend): RunSpend => ({ ...spend, until: spend.until ?? spend.at });

/** Lines of earlier versions do not tell the runner; of some runs it is known all the same. */
function withRunner<T extends { run: string; runner?: string }>(
  spend: T,
  runs: Readonly<Record<string, RunView>>,
): T {
  const runner = spend.runner ?? runs[spend.run]?.runner;
  return runner === undefined ? spend : { ...spend, runner };
}

/** When commits were made that tasks have landed as; git is asked about each of them once, and undefined where it has none. */
async function learnLandings(
  { git }: Needs,
  tasks: readonly Task[],
  known: Map<string, number | undefined>,
): Promise<void> {
  const commits = tasks.flatMap(({ landedAs }) => (landedAs && !known.has(landedAs) ? [landedAs] : []));
  for (let at = 0; at < commits.length; at += most) {
    const asked = commits.slice(at, at + most);
    // One that is gone must not hide the others.
    const args = ['log', '--ignore-missing', '--no-walk=unsorted', '--format=%H %ct', ...asked, '--'];
    const { code, stdout } = await git.run(args, { ok: [0, 128] });
    if (code !== 0) continue;
    for (const commit of asked) known.set(commit, undefined);
    for (const [, commit, seconds] of stdout.matchAll(/^(\w+) (\d+)$/gm))
      known.set(commit!, Number(seconds) * 1000);
  }
}

/** Of a commit that git does not know any more, the last change of its task is the nearest that is known. */
const landingsOf = (tasks: readonly Task[], known: ReadonlyMap<string, number | undefined>): LandingTime[] =>
  tasks
    .filter(({ status }) => status === 'landed')
    .map(({ slug, landedAs, updatedAt }) => ({
      task: slug,
      at: known.get(landedAs ?? '') ?? Date.parse(updatedAt),
    }))
    .sort((a, b) => a.at - b.at);

/** Measures worktrees one after the other, beside the readings, which do not wait for it. */
function keepMeasuring() {
  const sizes = new Map<string, { path: string; bytes: number | undefined; at: number }>();
  let running = false;
  async function run(places: ReadonlyMap<string, string>): Promise<void> {
    for (const task of sizes.keys()) if (!places.has(task)) sizes.delete(task);
    for (const [task, path] of places) {
      const known = sizes.get(task);
      if (known?.path === path && performance.now() - known.at < measureMs) continue;
      // A folder that cannot be read has no size here, and is read again no sooner than others.
      const bytes = await sizeOnDisk(path).catch(() => undefined);
      sizes.set(task, { path, bytes, at: performance.now() });
    }
  }
  return {
    measure(places: ReadonlyMap<string, string>) {
      if (running) return;
      running = true;
      void run(places).finally(() => {
        running = false;
      });
    },
    sizes: () =>
      Object.fromEntries(
        [...sizes].flatMap(([task, { bytes }]) => (bytes === undefined ? [] : [[task, bytes]])),
      ),
  };
}
