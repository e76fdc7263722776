/** Commands of the manager. */
import type { Spent } from '../domain/agents/cost.js';
import { type SpendReport, spendByWave, type WaveSpend } from '../domain/agents/spend.js';
import { planWaves } from '../domain/store/graph.js';
import type { Task } from '../domain/store/task.js';
import type { LaunchReport, PlanReport } from '../services/app/index.js';
import { args, at, command, flag, list, whole } from './define.js';
import { printers } from './printers.js';
import { launchExit, launchSaid } from './task.js';
import type { AnyCommand } from './types.js';

/** `data` of `manager plan`. */
type Plan = PlanReport & { spent: SpendReport; spentByWave: WaveSpend[] };

const plan = command<object, Plan>({
  id: 'manager.plan',
  title: 'Plan waves',
  summary: 'Show which tasks can start together, what blocks the others, and which may touch the same paths.',
  args: args({}),
  surfaces: ['cli', 'screen'],
  print: printers['manager.plan'],
  dryRun: 'reads',
  async run(_, context) {
    const { planTasks } = await context.services.app();
    const session = await context.session();
    const { listRuns } = await context.services.agents();
    const { reportSpend } = await context.services.agents();
    const [report, runs, { tasks }] = await Promise.all([
      planTasks(session),
      listRuns(session.paths, { repo: session.repo.id }),
      session.registry.read(),
    ]);
    const spent = await reportSpend(session, runs);
    const own = tasks.filter((task) => task.repo === session.repo.id);
    return { ...report, spent, spentByWave: spendByWave(own, spent.tasks) };
  },
});

interface LaunchArgs {
  tasks?: string[];
  wait?: boolean;
  land?: boolean;
  maxParallel?: number;
}

const launch = command<LaunchArgs, LaunchReport>({
  id: 'manager.launch',
  title: 'Launch the wave',
  summary: 'Start an agent on every task whose dependencies have landed, and on the next as they land.',
  args: args({
    tasks: at(0, list('only these tasks, and what they depend on', 'task')),
    wait: flag('stay until nothing more happens by itself; with --json one event a line'),
    land: flag('validate each finished task and land it when the verdict is pass'),
    maxParallel: whole('how many agents at most at once'),
  }),
  surfaces: ['cli', 'screen'],
  print: printers['manager.launch'],
  said: launchSaid,
  dryRun: 'honours',
  streams: true,
  confirm: ({ tasks }, state) => {
    const ready = state.tasks.filter(
      (task) => task.status === 'ready' && (!tasks?.length || tasks.includes(task.slug)),
    );
    const first = new Set(planWaves(state.tasks).waves[0]?.tasks);
    const now = ready.filter((task) => first.has(task.slug)).length;
    const later = ready.length - now > 0 ? `, ${ready.length - now} more as others land` : '';
    return `Start ${now} agent${now === 1 ? '' : 's'} now${later}? They run on your machine and account.`;
  },
  async run(given, context) {
    const session = await context.trustedSession();
    const manager = await context.services.app();
    if (context.flags.dryRun) {
      const { waves } = await manager.planTasks(session);
      return { launched: waves[0]?.tasks ?? [], tasks: [] };
    }
    return manager.launch(session, {
      tasks: given.tasks ?? [],
      wait: given.wait === true,
      land: given.land ?? session.config.manager.land,
      ...(given.maxParallel ? { maxParallel: given.maxParallel } : {}),
    });
  },
  exit: launchExit,
});

interface MonitorReport {
  tasks: (Pick<Task, 'slug' | 'status' | 'problem'> & { spent?: Spent })[];
  spent: SpendReport;
  waves: WaveSpend[];
}

const monitor = command<object, MonitorReport>({
  id: 'manager.monitor',
  title: 'Monitor',
  summary: 'Drive and watch until nothing more happens by itself: adopts what is running.',
  args: args({}),
  surfaces: ['cli'],
  streams: true,
  print: printers['manager.monitor'],
  async run(_, context) {
    const session = await context.trustedSession();
    const { drive } = await context.services.app();
    const found = await drive(session, { until: 'rest' });
    const { tasks, spend } = found;
    return {
      tasks: tasks.map(({ slug, status, problem }) => ({ slug, status, problem, spent: spend.tasks[slug] })),
      spent: spend,
      waves: spendByWave(tasks, spend.tasks),
    };
  },
});

const stop = command<object, { stopped: string[] }>({
  id: 'manager.stop',
  title: 'Stop everything',
  summary: 'End all runs of this repository and launch no more. Work is kept.',
  args: args({}),
  surfaces: ['cli', 'screen'],
  said: ({ stopped }) => (stopped.length > 0 ? `Stopped ${stopped.join(', ')}.` : 'Nothing was running.'),
  confirm: () => 'Stop every run of this repository? What the agents wrote is kept.',
  async run(_, context) {
    const { stopAll } = await context.services.app();
    return stopAll(await context.session());
  },
});

export const managerCommands: readonly AnyCommand[] = [plan, launch, monitor, stop];
