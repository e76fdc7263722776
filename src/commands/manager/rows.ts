/** Commands of the manager, which launches waves of tasks and follows them. */
import { spendByWave } from '../../domain/agents/spend.js';
import { plural } from '../../domain/platform/units.js';
import { planWaves, withDependencies } from '../../domain/store/graph.js';
import type { RepoSession } from '../../services/store/index.js';
import { args, at, cliOnly, command, flag, list, whole } from '../define.js';
import { launchExit, launchLines, launchSaid } from '../launch-report.js';
import type { AnyCommand } from '../types.js';
import { monitorLines, planLines } from './print.js';

const plan = command({
  id: 'manager.plan',
  title: 'Plan waves',
  summary: 'Show which tasks can start together, what blocks the others, and which may touch the same paths.',
  args: args({}),
  surfaces: ['cli', 'screen'],
  dryRun: 'reads',
  async run(_, context) {
    const { planTasks } = await context.services.app();
    const session = await context.session();
    const { listRuns, reportSpend } = await context.services.agents();
    const [report, runs, { tasks }] = await Promise.all([
      planTasks(session),
      listRuns(session.paths, { repo: session.repo.id }),
      session.registry.read(),
    ]);
    const spent = await reportSpend(session, runs);
    const own = tasks.filter((task) => task.repo === session.repo.id);
    return { ...report, spent, spentByWave: spendByWave(own, spent.tasks) };
  },
  print: planLines,
});

const launch = command({
  id: 'manager.launch',
  settles: ['ready'],
  title: 'Launch the wave',
  summary: 'Start an agent on every task whose dependencies have landed, and on the next as they land.',
  args: args({
    tasks: at(0, list('only these tasks, and what they depend on', 'task')),
    wait: cliOnly(flag('stay until nothing more happens by itself; with --json one event a line')),
    land: flag('validate each finished task and land it when the verdict is pass'),
    maxParallel: whole('how many agents at most at once'),
  }),
  surfaces: ['cli', 'screen'],
  marks: 'all',
  dryRun: 'honours',
  streams: true,
  confirm: ({ tasks }, state) => {
    const ready = state.tasks.filter(
      (task) => task.status === 'ready' && (!tasks?.length || tasks.includes(task.slug)),
    );
    const first = new Set(planWaves(state.tasks).waves[0]?.tasks);
    const now = ready.filter((task) => first.has(task.slug)).length;
    const later = ready.length - now > 0 ? `, ${ready.length - now} more as others land` : '';
    return `Start ${plural(now, 'agent')} now${later}? They run on your machine and account.`;
  },
  async run(given, context) {
    const session = await context.trustedSession();
    const manager = await context.services.app();
    if (context.flags.dryRun) {
      const { tasks } = await session.registry.read();
      const own = tasks.filter((task) => task.repo === session.repo.id);
      const wanted = given.tasks?.length ? new Set(withDependencies(own, given.tasks)) : undefined;
      const [first] = (await manager.planTasks(session)).waves;
      return { launched: first?.tasks.filter((slug) => wanted?.has(slug) ?? true) ?? [], tasks: [] };
    }
    return manager.launch(session, {
      tasks: given.tasks ?? [],
      wait: given.wait === true,
      land: given.land ?? session.config.manager.land,
      ...(given.maxParallel ? { maxParallel: given.maxParallel } : {}),
    });
  },
  print: launchLines,
  said: launchSaid,
  exit: launchExit,
});

const monitor = command({
  id: 'manager.monitor',
  title: 'Monitor',
  summary: 'Adopt what is running and follow it on, until nothing more happens by itself.',
  args: args({}),
  surfaces: ['cli'],
  streams: true,
  async run(_, context) {
    const session = await context.trustedSession();
    const { drive } = await context.services.app();
    const before = await landedIn(session);
    const { tasks, spend } = await drive(session, { until: 'rest' });
    const news = tasks.some(({ slug, status }) => status === 'landed' && !before.has(slug));
    return {
      ...(news && session.config.validator.checks.length === 0 ? { unchecked: true } : {}),
      tasks: tasks.map(({ slug, status, problem }) => ({ slug, status, problem, spent: spend.tasks[slug] })),
      spent: spend,
      waves: spendByWave(tasks, spend.tasks),
    };
  },
  print: monitorLines,
});

async function landedIn({ registry, repo }: RepoSession): Promise<ReadonlySet<string>> {
  const { tasks } = await registry.read();
  const landed = tasks.filter((task) => task.repo === repo.id && task.status === 'landed');
  return new Set(landed.map(({ slug }) => slug));
}

const stop = command({
  id: 'manager.stop',
  title: 'Stop everything',
  summary: 'End all runs of this repository and launch no more. Work is kept.',
  args: args({}),
  surfaces: ['cli', 'screen'],
  part: 'stop-all',
  confirm: () => 'Stop every run of this repository? What the agents wrote is kept.',
  async run(_, context) {
    const { stopAll } = await context.services.app();
    return stopAll(await context.session());
  },
  said: ({ stopped }) => (stopped.length > 0 ? `Stopped ${stopped.join(', ')}.` : 'Nothing was running.'),
});

export const managerCommands: readonly AnyCommand[] = [plan, launch, monitor, stop];
