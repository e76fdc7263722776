/** Commands on the worktrees of tasks: the registry's rows. */
import { resolve } from 'node:path';
import { appError } from '../domain/platform/errors.js';
import type { Task } from '../domain/store/task.js';
import type { RepoSession } from '../services/store/index.js';
import type {
  AddedWorktree,
  Collected,
  Opener,
  PreparedSpares,
  Repair,
  WorktreeRow,
} from '../services/worktrees/index.js';
import { args, at, command, flag, oneOf, taskArg, text, whole } from './define.js';
import { printers } from './printers.js';
import type { AnyCommand, CommandContext } from './types.js';

const worktreeAdd = command<{ task: string }, { task: string } & AddedWorktree>({
  id: 'task.worktree.add',
  title: 'Hydrate a worktree',
  summary: 'Make the worktree of a task, filled and ready to build in.',
  args: args({ 'task!': taskArg }),
  surfaces: ['cli', 'screen'],
  print: printers['task.worktree.add'],
  said: ({ task, summary }) => `${task}: worktree ${summary}`,
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
});

const worktreeRemove = command<
  { task: string; force?: boolean },
  { task: string; removed: boolean; rescue?: string }
>({
  id: 'task.worktree.remove',
  title: 'Remove a worktree',
  summary:
    'Remove the worktree of a task; refuses while it has uncommitted work or commits that have not landed.',
  args: args({
    'task!': taskArg,
    force: flag('also with such work, which is kept under a rescue ref first'),
  }),
  surfaces: ['cli', 'screen'],
  said: ({ task, rescue }) =>
    `Removed the worktree of ${task}.${rescue ? ` Its work is kept as ${rescue}.` : ''}`,
  confirm: ({ task }) => `Remove the worktree of ${task}? Its branch stays.`,
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
});

const worktreePrepare = command<{ count?: number }, PreparedSpares>({
  id: 'task.worktree.prepare',
  title: 'Prepare spare worktrees',
  summary: 'Fill worktrees ahead of time, so that the next tasks get theirs at once.',
  args: args({ count: whole('how many to keep ready; default worktree.spare, 0 removes them', 0) }),
  surfaces: ['cli', 'screen'],
  said: ({ ready, made, discarded, reason }) =>
    `${ready} ready (${made} made now${discarded ? `, ${discarded} out of date removed` : ''})${reason ? `: ${reason}` : ''}.`,
  async run({ count }, context) {
    const session = await context.trustedSession();
    return (await context.services.worktrees()).prepareSpares(session, count);
  },
});

const worktreeList = command<{ disk?: boolean }, { worktrees: WorktreeRow[] }>({
  id: 'task.worktree.list',
  title: 'List worktrees',
  summary: 'List all worktrees of the repository: whose they are, how they are, and why they stay.',
  args: args({ disk: flag('with the room each takes, shared and its own; looking takes a while') }),
  surfaces: ['cli', 'screen'],
  dryRun: 'reads',
  print: printers['task.worktree.list'],
  async run({ disk }, context) {
    const session = await context.session();
    const tasks = await tasksIn(context, session);
    const { overviewOf } = await context.services.worktrees();
    return { worktrees: await overviewOf(session, tasks, { disk: disk === true }) };
  },
});

const worktreeRepair = command<object, { repairs: Repair[] }>({
  id: 'task.worktree.repair',
  title: 'Repair worktrees',
  summary: 'Mend worktrees that a crash, a move or a full disk left in a bad way.',
  args: args({}),
  surfaces: ['cli', 'screen'],
  dryRun: 'honours',
  print: printers['task.worktree.repair'],
  async run(_, context) {
    const session = await context.trustedSession();
    const tasks = await tasksIn(context, session);
    const { repairWorktrees } = await context.services.worktrees();
    return { repairs: await repairWorktrees(session, tasks, { dryRun: context.flags.dryRun }) };
  },
});

const worktreeGc = command<{ trash?: boolean }, Collected>({
  id: 'task.worktree.gc',
  title: 'Collect worktrees',
  summary: 'Remove worktrees that nobody needs: of tasks that are over, out of date, or left by crashes.',
  args: args({ trash: flag('empty the trash now, not a day after a removal') }),
  surfaces: ['cli', 'screen'],
  dryRun: 'honours',
  print: printers['task.worktree.gc'],
  confirm: ({ trash }) => (trash ? 'Empty the trash of worktrees for good?' : undefined),
  async run({ trash }, context) {
    const session = await context.trustedSession();
    const tasks = await tasksIn(context, session);
    const { collectWorktrees } = await context.services.worktrees();
    return collectWorktrees(session, tasks, { dryRun: context.flags.dryRun, trash: trash === true });
  },
});

const worktreePath = command<{ task: string }, { task: string; path: string }>({
  id: 'task.worktree.path',
  title: 'Path of a worktree',
  summary:
    'Print the path of the worktree of a task, as for `cd "$(codex-agent task worktree path parser)"`.',
  args: args({ 'task!': taskArg }),
  surfaces: ['cli'],
  dryRun: 'reads',
  print: ({ path }) => [path],
  async run({ task: slug }, context) {
    const session = await context.session();
    const { requireTask } = await context.services.store();
    const { requireWorktree } = await context.services.worktrees();
    return { task: slug, path: requireWorktree(await requireTask(session, slug)) };
  },
});

const worktreeOpen = command<{ task: string; with?: Opener }, { task: string }>({
  id: 'task.worktree.open',
  title: 'Open a worktree',
  summary: 'Open the worktree of a task in a shell, an editor or the file manager.',
  args: args({
    'task!': taskArg,
    with: oneOf(['shell', 'editor', 'files'], 'what to open it in; default shell'),
  }),
  surfaces: ['cli', 'screen'],
  said: ({ task }) => `Back from the worktree of ${task}.`,
  async run({ task: slug, with: opener = 'shell' }, context) {
    const session = await context.session();
    const { requireTask } = await context.services.store();
    const { openWorktree } = await context.services.worktrees();
    const task = await requireTask(session, slug);
    if (!context.lendTerminal) {
      throw appError('no-terminal', 'There is no terminal to open it on.', {
        kind: 'usage',
        hint: `Its path: \`codex-agent task worktree path ${slug}\`.`,
      });
    }
    await context.lendTerminal(() => openWorktree(session, task, opener));
    return { task: slug };
  },
});

const worktreeAdopt = command<
  { path: string; title?: string },
  { task: string; branch: string; path: string }
>({
  id: 'task.worktree.adopt',
  title: 'Adopt a worktree',
  summary: 'Make a task of a worktree that was made elsewhere, with its branch and what is in it.',
  args: args({
    'path!': at(0, text('folder of the worktree', 'path')),
    title: text('title of the task; made from the branch when left out'),
  }),
  surfaces: ['cli', 'screen'],
  said: ({ task, branch }) => `Task ${task} works on ${branch} now.`,
  async run({ path, title }, context) {
    const session = await context.session();
    const tasks = await tasksIn(context, session);
    const { adoptWorktree } = await context.services.worktrees();
    const from = resolve(context.flags.cwd, path);
    const task = await adoptWorktree(session, tasks, from, title);
    return { task: task.slug, branch: task.branch, path: task.worktree! };
  },
});

const worktreeLog = command<{ task: string }, { task: string; log: string }>({
  id: 'task.worktree.log',
  title: 'Log of set-up',
  summary: 'Show what the set-up or teardown commands of a worktree said.',
  args: args({ 'task!': taskArg }),
  surfaces: ['cli', 'screen'],
  dryRun: 'reads',
  print: ({ task, log }) => (log === '' ? [`No set-up has run for ${task}.`] : log.trimEnd().split('\n')),
  async run({ task: slug }, context) {
    const session = await context.session();
    await (await context.services.store()).requireTask(session, slug);
    const { readSetupLog } = await context.services.worktrees();
    return { task: slug, log: await readSetupLog(session, slug) };
  },
});

async function tasksIn(context: CommandContext, session: RepoSession): Promise<Task[]> {
  const { tasksOf } = await context.services.store();
  return tasksOf(await session.registry.read(), session.repo.id);
}

export const worktreeCommands: readonly AnyCommand[] = [
  worktreeAdd,
  worktreeRemove,
  worktreeList,
  worktreePath,
  worktreeOpen,
  worktreeAdopt,
  worktreeLog,
  worktreePrepare,
  worktreeRepair,
  worktreeGc,
];
