/** Commands that start and stop the agent of one task, and put back what moved meanwhile. */
import { args, at, cliOnly, command, flag, list, taskArg } from '../define.js';
import { launchExit, launchLines, launchSaid } from '../launch-report.js';
import type { AnyCommand } from '../types.js';

const runArgs = args({
  'task!': taskArg,
  wait: cliOnly(flag('wait until it is over')),
  land: flag('validate and land it when the agent is done'),
});

const run = command({
  id: 'task.run',
  title: 'Run a task',
  summary: 'Start the agent of one task now.',
  args: runArgs,
  surfaces: ['cli', 'screen'],
  streams: true,
  async run({ task, wait, land }, context) {
    const { runTask } = await context.services.app();
    return runTask(await context.trustedSession(), task, { wait: wait === true, land: land === true });
  },
  print: launchLines,
  said: launchSaid,
  exit: launchExit,
});

const retry = command({
  id: 'task.retry',
  settles: ['failed', 'input'],
  title: 'Retry a task',
  summary: 'Start another attempt in the same worktree; earlier work stays.',
  args: runArgs,
  surfaces: ['cli', 'screen'],
  streams: true,
  async run({ task, wait, land }, context) {
    const { runTask } = await context.services.app();
    const options = { wait: wait === true, land: land === true, retry: true };
    return runTask(await context.trustedSession(), task, options);
  },
  print: launchLines,
  said: launchSaid,
  exit: launchExit,
});

const stop = command({
  id: 'task.stop',
  title: 'Stop a task',
  summary: 'End the run of a task: interrupt, then terminate, then kill. Its work is kept.',
  args: args({ 'task!': taskArg }),
  surfaces: ['cli', 'screen'],
  confirm: ({ task }) => `Stop the run of ${task}? What it wrote is kept.`,
  async run({ task }, context) {
    const { stopTask } = await context.services.app();
    return stopTask(await context.session(), task);
  },
  said: ({ task, stopped }) => (stopped ? `Stopped ${task}.` : `${task} was not running.`),
});

const shortId = (commit: string) => commit.slice(0, 8) || 'gone';

const restore = command({
  id: 'task.restore',
  title: 'Put back refs',
  summary: 'Put back refs that moved while the last run of a task worked; what they moved to is kept.',
  args: args({
    'task!': taskArg,
    refs: at(
      1,
      list('these branches or refs; default: those found moved when the run ended, and still there', 'ref'),
    ),
  }),
  surfaces: ['cli'],
  dryRun: 'honours',
  confirm: ({ task, refs }) =>
    `Put ${refs?.length ? refs.join(', ') : 'the refs that moved meanwhile'} back to before the last run of ${task}? You may have moved them yourself.`,
  async run({ task, refs }, context) {
    const session = await context.session();
    const { requireTask } = await context.services.store();
    const { restoreByHand } = await context.services.worktrees();
    return restoreByHand(session, await requireTask(session, task), {
      ...(refs ? { only: refs } : {}),
      dryRun: context.flags.dryRun,
    });
  },
  print: ({ refs }) =>
    refs.length === 0
      ? ['Nothing to put back: no ref that was found moved when the run ended is still there.']
      : refs.map(
          ({ ref, before, after, done, kept, worktree }) =>
            `${ref}  ${shortId(after)} → ${shortId(before)}  ${done ? 'put back' : 'not put back'}` +
            (kept ? `, kept as ${kept}` : '') +
            (worktree ? `; checked out in ${worktree}, whose files were not touched` : ''),
        ),
});

export const runCommands: readonly AnyCommand[] = [run, stop, retry, restore];
