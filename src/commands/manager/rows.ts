/** Commands of the manager, which launches waves of tasks and follows them. */
import { spendByWave } from '../../domain/agents/spend.js';
import { editsSaid } from '../../domain/app/attention.js';
import { launchOutcomes } from '../../domain/app/launched.js';
import { plural } from '../../domain/platform/units.js';
import { planWaves } from '../../domain/store/graph.js';
import type { RepoSession } from '../../services/store/index.js';
import { args, at, cliOnly, command, flag, list, whole } from '../define.js';
import { launchExit, launchLines, launchSaid, stopSaid } from '../launch-report.js';
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
  fits: ['ready'],
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
  about: ({ tasks }) =>
    tasks.filter(({ status, launch: wish }) => status === 'ready' && !wish).map(({ slug }) => slug),
  confirm: ({ tasks, maxParallel, land }, state) => {
    const ready = state.tasks.filter(
      (task) => task.status === 'ready' && (!tasks?.length || tasks.includes(task.slug)),
    );
    const first = new Set(planWaves(state.tasks).waves[0]?.tasks);
    const startable = ready.filter((task) => first.has(task.slug)).length;
    const working = state.tasks.filter(({ status }) => status === 'running').length;
    const places = Math.max(0, (maxParallel ?? state.atOnce ?? startable + working) - working);
    const now = Math.min(startable, places);
    const queued = startable > now ? `, ${startable - now} more as places are free` : '';
    const later = ready.length > startable ? `, ${ready.length - startable} more as others land` : '';
    if (state.missing?.all) return `No agent can start now: ${state.missing.what} Launch all the same?`;
    const missing = state.missing ? `${state.missing.what} ` : '';
    const lands = land ? ` What passes lands on ${state.target || 'the target'} without another word.` : '';
    return `${missing}Start ${plural(now, 'agent')} now${queued}${later}?${lands} ${ready.length === 1 ? 'It runs' : 'They run'} on your machine and account.${editsSaid(state.ground)}`;
  },
  async run(given, context) {
    const session = await context.trustedSession();
    const manager = await context.services.app();
    const options = {
      tasks: given.tasks ?? [],
      land: given.land ?? session.config.manager.land,
      ...(given.maxParallel ? { maxParallel: given.maxParallel } : {}),
    };
    if (context.flags.dryRun) return manager.wouldLaunch(session, options);
    return manager.launch(session, { ...options, wait: given.wait === true });
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
    const { tasks, spend, paused } = await drive(session, { until: 'rest' });
    const open = tasks.filter(({ status }) => !['landed', 'cancelled'].includes(status));
    const outcomes = launchOutcomes(
      tasks,
      open.map(({ slug }) => slug),
      'landed',
      { paused },
    );
    const reasons = new Map(outcomes.map(({ slug, reason }) => [slug, reason]));
    const news = tasks.some(({ slug, status }) => status === 'landed' && !before.has(slug));
    return {
      ...(news && session.config.validator.checks.length === 0 ? { unchecked: true } : {}),
      tasks: tasks.map(({ slug, status, problem }) => ({
        slug,
        status,
        problem,
        reason: reasons.get(slug),
        spent: spend.tasks[slug],
      })),
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
  about: ({ tasks }) =>
    tasks.filter(({ status, launch: wish }) => status === 'running' || wish).map(({ slug }) => slug),
  confirm: () => 'Stop every run of this repository? What the agents wrote is kept.',
  async run(_, context) {
    const { stopAll } = await context.services.app();
    return stopAll(await context.session());
  },
  said({ stopped, suspended, collecting = [] }) {
    const what = stopped.length > 0 ? `Stopped ${stopped.join(', ')}.` : 'Nothing was running.';
    const rest =
      collecting.length > 0
        ? ` The process that drives is still committing what ${collecting.length} of them left.`
        : '';
    return stopSaid(`${what}${rest}`, suspended);
  },
});

export const managerCommands: readonly AnyCommand[] = [plan, launch, monitor, stop];
