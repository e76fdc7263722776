/** Commands of the manager, and of the sessions it leaves behind. */

import type { SessionReport } from '../domain/agent-event.js';
import type { Spent } from '../domain/cost.js';
import { appError } from '../domain/errors.js';
import { planWaves } from '../domain/graph.js';
import { isLive, type RunView } from '../domain/run.js';
import { type SpendReport, spendByWave, type WaveSpend } from '../domain/spend.js';
import type { Task } from '../domain/task.js';
import { formatSize } from '../domain/units.js';
import type { LaunchReport, PlanReport } from '../services/manager/index.js';
import type { CollectedRuns } from '../services/runs/index.js';
import { args, at, command, flag, list, oneOf, text, whole } from './define.js';
import { printers } from './printers.js';
import { runIdFor } from './run-id.js';
import { launchExit, launchSaid } from './task.js';
import type { AnyCommand } from './types.js';

const plan = command<object, PlanReport>({
  id: 'manager.plan',
  title: 'Plan waves',
  summary: 'Show which tasks can start together, what blocks the others, and which may touch the same paths.',
  args: args({}),
  surfaces: ['cli', 'screen'],
  print: printers['manager.plan'],
  dryRun: 'reads',
  async run(_, context) {
    const { planTasks } = await context.services.manager();
    return planTasks(await context.session());
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
    const manager = await context.services.manager();
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
    const { drive } = await context.services.manager();
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
    const { stopAll } = await context.services.manager();
    return stopAll(await context.session());
  },
});

const sessions = command<{ all?: boolean }, { sessions: RunView[] }>({
  id: 'session.list',
  title: 'List sessions',
  summary: 'List runs with how they ended and what can be done.',
  args: args({ all: flag('of every repository') }),
  surfaces: ['cli', 'screen'],
  print: printers['session.list'],
  dryRun: 'reads',
  async run({ all }, context) {
    const { listRuns } = await context.services.runs();
    if (all) return { sessions: await listRuns(context.paths, {}) };
    const session = await context.session();
    return { sessions: await listRuns(context.paths, { repo: session.repo.id }) };
  },
});

interface ShowArgs {
  id: string;
  runner?: string;
  exitCode?: number;
  signal?: string;
  requested?: 'interrupt' | 'timeout' | 'idle' | 'connect' | 'budget';
  stderr?: string;
  raw?: boolean;
}

const show = command<ShowArgs, SessionReport>({
  id: 'session.show',
  title: 'Show a session',
  summary: 'Show the transcript of a run, of the newest run of a task, or of a recorded file.',
  args: args({
    'id!': at(0, text('run id, task, or a recorded file', 'run|task|file')),
    runner: text('runner that recorded the file, such as codex-exec', 'name'),
    exitCode: whole('exit code the recorded run ended with', 0),
    signal: text('signal it ended by', 'name'),
    requested: oneOf(['interrupt', 'timeout', 'idle', 'connect', 'budget'], 'what had been asked of it'),
    stderr: text('what it wrote to standard error', 'text'),
  }),
  surfaces: ['cli', 'screen'],
  print: printers['session.show'],
  dryRun: 'reads',
  async run(given, context) {
    const runs = await context.services.runs();
    if (given.runner) {
      const { runner, id, ...facts } = given;
      return runs.reportFile(id, runner, facts);
    }
    return runs.reportRun(context.paths, await runIdFor(given.id, context));
  },
});

const resume = command<{ id: string; message?: string }, RunView>({
  id: 'session.resume',
  title: 'Resume a session',
  summary: "Continue the runner's own conversation of an ended run, in its worktree.",
  args: args({
    'id!': at(0, text('run id or task', 'run|task')),
    message: text('what to tell the agent', 'text'),
  }),
  surfaces: ['cli', 'screen'],
  said: (run) => `Resumed ${run.task} as ${run.runId}.`,
  async run({ id, message }, context) {
    const session = await context.trustedSession();
    const runs = await context.services.runs();
    const run = await runs.inspectRun(context.paths, await runIdFor(id, context));
    if (isLive(run.phase)) throw appError('still-running', `${run.runId} is still running.`);
    if (!run.sessionId) {
      throw appError('no-session', `${run.runId} left no session to continue.`, {
        hint: `Start it afresh with \`codex-agent task retry ${run.task}\`.`,
      });
    }
    const { requireTask } = await context.services.tasks();
    const { resumeTask } = await context.services.manager();
    const task = await requireTask(session, run.task);
    return resumeTask(session, task, run.sessionId, message ?? 'Continue where you stopped.');
  },
});

const gc = command<object, CollectedRuns>({
  id: 'session.gc',
  title: 'Clean up runs',
  summary: 'Remove the folders of old runs of settled tasks, by run.keep_for and run.keep_size.',
  args: args({}),
  surfaces: ['cli'],
  dryRun: 'honours',
  said: ({ removed, freed, left }) =>
    `${removed.length === 0 ? 'Nothing to remove' : `Removed ${removed.length} runs, ${formatSize(freed)}`}; ${formatSize(left)} stay.`,
  async run(_, context) {
    const { collectRuns } = await context.services.runs();
    return collectRuns(await context.session(), { dryRun: context.flags.dryRun });
  },
});

export const managerCommands: readonly AnyCommand[] = [
  plan,
  launch,
  monitor,
  stop,
  sessions,
  show,
  resume,
  gc,
];
