/** Commands on sessions: what agents said and did, and how to go on with them. */
import { isLive, type RunView, standingOf } from '../../domain/agents/run.js';
import { nextFor } from '../../domain/app/next.js';
import { appError } from '../../domain/platform/errors.js';
import { formatSize, plural } from '../../domain/platform/units.js';
import { args, cliOnly, command, flag, prose } from '../define.js';
import { table } from '../table.js';
import type { AnyCommand } from '../types.js';
import { exportSession } from './export.js';
import { runArg, runIdFor } from './run-id.js';
import { searchSessions } from './search.js';
import { showSession } from './show.js';
import { steerCommands } from './steer.js';

const list = command({
  id: 'session.list',
  title: 'List sessions',
  summary: 'List runs with how they ended and what can be done.',
  args: args({ all: cliOnly(flag('of every repository')) }),
  surfaces: ['cli', 'screen'],
  dryRun: 'reads',
  async run({ all }, context) {
    const { listRuns } = await context.services.agents();
    const runs = await listRuns(context.paths, all ? {} : { repo: (await context.session()).repo.id });
    return { sessions: runs.map((run): RunView & { next: string[] } => ({ ...run, next: nextFor(run) })) };
  },
  print: ({ sessions }) =>
    sessions.length === 0
      ? ['No sessions yet.']
      : table(
          sessions.map((run) => [
            run.runId,
            standingOf(run),
            run.runner,
            run.startedAt,
            run.error ? `${run.error.code}: ${run.error.message}`.slice(0, 100) : '',
            run.next[0] ? `→ ${run.next[0]}` : '',
          ]),
        ),
});

const resume = command({
  id: 'session.resume',
  title: 'Resume a session',
  summary: "Continue the runner's own conversation of an ended run, in its worktree.",
  args: args({
    'id!': runArg,
    message: prose('what to tell the agent'),
  }),
  surfaces: ['cli', 'screen'],
  marks: 'refuse',
  takesIn: true,
  async run({ id, message }, context) {
    const session = await context.trustedSession();
    const runs = await context.services.agents();
    const run = await runs.inspectRun(context.paths, await runIdFor(id, context));
    if (isLive(run.phase)) {
      throw appError('still-running', `Run ${run.runId} is still at work, so it cannot be resumed.`, {
        hint: `Tell it something with \`codex-agent session send ${run.runId} "…"\`, or end it with \`codex-agent task stop ${run.task}\`.`,
      });
    }
    const { sessionId, runner } = run;
    if (!sessionId) {
      throw appError('no-session', `${run.runId} left no session to continue.`, {
        hint: `Start it afresh with \`codex-agent task retry ${run.task}\`.`,
      });
    }
    const { requireTask } = await context.services.store();
    const { resumeTask } = await context.services.app();
    const task = await requireTask(session, run.task);
    return resumeTask(session, task, { sessionId, runner }, message ?? 'Continue where you stopped.');
  },
  said: (run) => `Resumed ${run.task} as ${run.runId}.`,
});

const gc = command({
  id: 'session.gc',
  title: 'Clean up runs',
  summary: 'Remove the folders of old runs of settled tasks, by run.keep_for and run.keep_size.',
  args: args({}),
  surfaces: ['cli'],
  dryRun: 'honours',
  async run(_, context) {
    const { collectRuns } = await context.services.agents();
    return collectRuns(await context.session(), { dryRun: context.flags.dryRun });
  },
  said: ({ removed, freed, left }) =>
    `${removed.length === 0 ? 'Nothing to remove' : `Removed ${plural(removed.length, 'run')}, ${formatSize(freed)}`}; ${formatSize(left)} stay.`,
});

export const sessionCommands: readonly AnyCommand[] = [
  list,
  showSession,
  searchSessions,
  exportSession,
  resume,
  gc,
  ...steerCommands,
];
