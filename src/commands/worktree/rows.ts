/** Commands on the worktrees of tasks. */
import { resolve } from 'node:path';
import { appError } from '../../domain/platform/errors.js';
import type { Task } from '../../domain/store/task.js';
import type { RepoSession } from '../../services/store/index.js';
import { args, at, command, flag, oneOf, taskArg, text, whole } from '../define.js';
import { notSettled } from '../task/settled.js';
import type { AnyCommand, CommandContext } from '../types.js';
import { collectedLines, removedSaid, repairLines, worktreeLines } from './print.js';

const add = command({
  id: 'task.worktree.add',
  part: 'hydrate',
  fits: ['ready'],
  title: 'Hydrate a worktree',
  summary: 'Make the worktree of a task, filled and ready to build in.',
  args: args({ 'task!': taskArg }),
  surfaces: ['cli', 'screen'],
  marks: 'each',
  when: ({ tasks }, { task }) => notSettled(tasks, task),
  async run({ task: slug }, context) {
    const session = await context.trustedSession();
    const { requireTask } = await context.services.store();
    const made = await (await context.services.worktrees()).addWorktree(
      session,
      await requireTask(session, slug),
    );
    const { path, summary, method } = made;
    session.emit({ type: 'worktree.hydrated', task: slug, path, summary, method });
    return { task: slug, ...made };
  },
  print: ({ path }) => [path],
  said: ({ task, summary }) => `${task}: worktree ${summary}`,
});

const remove = command({
  id: 'task.worktree.remove',
  title: 'Remove a worktree',
  summary:
    'Remove the worktree of a task; refuses while it has uncommitted work or commits that have not landed.',
  args: args({
    'task!': taskArg,
    force: flag('also with such work, which is kept under a rescue ref first'),
  }),
  surfaces: ['cli', 'screen'],
  marks: 'each',
  confirm: ({ task }) => `Remove the worktree of ${task}? Its branch stays.`,
  takesIn: true,
  async run({ task: slug, force }, context) {
    const session = await context.session();
    const { requireTask, updateTask } = await context.services.store();
    const task = await requireTask(session, slug);
    const { removeWorktree } = await context.services.worktrees();
    const gone = await removeWorktree(session, task, { force: force === true });
    await updateTask(session, slug, (fresh) => ({ ...fresh, worktree: undefined }));
    session.emit({ type: 'worktree.removed', task: slug, ...(gone.rescue ? { rescue: gone.rescue } : {}) });
    return { task: slug, ...gone };
  },
  said: removedSaid,
});

const prepare = command({
  id: 'task.worktree.prepare',
  title: 'Prepare spare worktrees',
  summary: 'Fill worktrees ahead of time, so that the next tasks get theirs at once.',
  args: args({ count: whole('how many to keep ready; default worktree.spare, 0 removes them', 0) }),
  surfaces: ['cli', 'screen'],
  async run({ count }, context) {
    const session = await context.trustedSession();
    return (await context.services.worktrees()).prepareSpares(session, count);
  },
  said: ({ ready, made, discarded, reason }) =>
    `${ready} ready (${made} made now${discarded ? `, ${discarded} out of date removed` : ''})${reason ? `: ${reason}` : ''}.`,
});

const list = command({
  id: 'task.worktree.list',
  title: 'List worktrees',
  summary: 'List all worktrees of the repository: whose they are, how they are, and why they stay.',
  args: args({ disk: flag('with the room each takes, shared and its own; looking takes a while') }),
  surfaces: ['cli', 'screen'],
  dryRun: 'reads',
  async run({ disk }, context) {
    const session = await context.session();
    const tasks = await tasksIn(context, session);
    const { overviewOf } = await context.services.worktrees();
    return { worktrees: await overviewOf(session, tasks, { disk: disk === true }) };
  },
  print: ({ worktrees }) => worktreeLines(worktrees),
});

const repair = command({
  id: 'task.worktree.repair',
  title: 'Repair worktrees',
  summary: 'Mend worktrees that a crash, a move or a full disk left in a bad way.',
  args: args({}),
  surfaces: ['cli', 'screen'],
  dryRun: 'honours',
  async run(_, context) {
    const session = await context.trustedSession();
    const tasks = await tasksIn(context, session);
    const { repairWorktrees } = await context.services.worktrees();
    return { repairs: await repairWorktrees(session, tasks, { dryRun: context.flags.dryRun }) };
  },
  print: ({ repairs }) => repairLines(repairs),
});

const gc = command({
  id: 'task.worktree.gc',
  title: 'Collect worktrees',
  summary: 'Remove worktrees that are not needed: of tasks that are over, out of date, or left by crashes.',
  args: args({ trash: flag('empty the trash now, whatever worktree.trash_for says') }),
  surfaces: ['cli', 'screen'],
  dryRun: 'honours',
  confirm: ({ trash }) => (trash ? 'Empty the trash of worktrees for good?' : undefined),
  async run({ trash }, context) {
    const session = await context.trustedSession();
    const tasks = await tasksIn(context, session);
    const { collectWorktrees } = await context.services.worktrees();
    return collectWorktrees(session, tasks, { dryRun: context.flags.dryRun, trash: trash === true });
  },
  print: collectedLines,
});

const path = command({
  id: 'task.worktree.path',
  title: 'Path of a worktree',
  summary:
    'Print the path of the worktree of a task, as for `cd "$(codex-agent task worktree path parser)"`.',
  args: args({ 'task!': taskArg }),
  surfaces: ['cli'],
  dryRun: 'reads',
  async run({ task: slug }, context) {
    const session = await context.session();
    const { requireTask } = await context.services.store();
    const { requireWorktree } = await context.services.worktrees();
    return { task: slug, path: requireWorktree(await requireTask(session, slug)) };
  },
  print: ({ path }) => [path],
});

const open = command({
  id: 'task.worktree.open',
  fits: ['needs you'],
  part: 'open',
  title: 'Open a worktree',
  summary: 'Open the worktree of a task in a shell, an editor or the file manager.',
  args: args({
    'task!': taskArg,
    with: oneOf(['shell', 'editor', 'files'], 'what to open it in; default shell'),
    at: text('with an editor: the line of a file to open', 'file:line'),
  }),
  surfaces: ['cli', 'screen'],
  marks: 'refuse',
  async run({ task: slug, with: opener = 'shell', at: place }, context) {
    const session = await context.session();
    const { requireTask } = await context.services.store();
    const { openWorktree } = await context.services.worktrees();
    const task = await requireTask(session, slug);
    if (!context.lendTerminal) {
      throw appError('no-terminal', `There is no terminal to open the worktree of ${slug} on.`, {
        kind: 'usage',
        hint: `Its path: \`codex-agent task worktree path ${slug}\`.`,
      });
    }
    await context.lendTerminal(() => openWorktree(session, task, opener, place));
    return { task: slug };
  },
  said: ({ task }) => `Back from the worktree of ${task}.`,
});

const adopt = command({
  id: 'task.worktree.adopt',
  title: 'Adopt a worktree',
  summary:
    'Make a draft task of a worktree that was made elsewhere, with its branch and what is in it; no agent starts there by itself.',
  args: args({
    'path!': at(0, text('folder of the worktree', 'path')),
    title: text('title of the task; made from the branch when left out'),
  }),
  surfaces: ['cli', 'screen'],
  async run({ path, title }, context) {
    const session = await context.session();
    const tasks = await tasksIn(context, session);
    const { adoptWorktree } = await context.services.worktrees();
    const from = resolve(context.flags.cwd, path);
    const task = await adoptWorktree(session, tasks, from, title);
    return { task: task.slug, branch: task.branch, path: task.worktree! };
  },
  said: ({ task, branch }) =>
    `The branch ${branch} is the task ${task} now: a draft, in which no agent starts by itself.`,
  print: ({ task, branch }) => [
    `The branch ${branch} is the task ${task} now. It is a draft: no agent starts in this worktree by itself.`,
    `  when your work there is committed: codex-agent task done ${task}`,
    `  to have an agent go on with it:    codex-agent task run ${task}`,
  ],
});

const log = command({
  id: 'task.worktree.log',
  title: 'Log of set-up',
  summary: 'Show what the set-up or teardown commands of a worktree said.',
  args: args({ 'task!': taskArg }),
  surfaces: ['cli', 'screen'],
  marks: 'cursor',
  dryRun: 'reads',
  async run({ task: slug }, context) {
    const session = await context.session();
    await (await context.services.store()).requireTask(session, slug);
    const { readSetupLog } = await context.services.worktrees();
    return { task: slug, log: await readSetupLog(session, slug) };
  },
  print: ({ task, log }) => (log === '' ? [`No set-up has run for ${task}.`] : log.trimEnd().split('\n')),
});

async function tasksIn(context: CommandContext, session: RepoSession): Promise<Task[]> {
  const { tasksOf } = await context.services.store();
  return tasksOf(await session.registry.read(), session.repo.id);
}

export const worktreeCommands: readonly AnyCommand[] = [
  add,
  remove,
  list,
  path,
  open,
  adopt,
  log,
  prepare,
  repair,
  gc,
];
