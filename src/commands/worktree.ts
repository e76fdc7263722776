/** Commands on the worktrees of tasks: the registry's rows. */
import type { PreparedSpares } from '../services/worktrees/index.js';
import { args, command, flag, taskArg, whole } from './define.js';
import { printers } from './printers.js';
import type { AnyCommand } from './types.js';

const worktreeAdd = command<
  { task: string },
  { task: string; path: string; summary: string; created: boolean }
>({
  id: 'task.worktree.add',
  title: 'Hydrate a worktree',
  summary: 'Make the worktree of a task, filled and ready to build in.',
  args: args({ 'task!': taskArg }),
  surfaces: ['cli', 'screen'],
  print: printers['task.worktree.add'],
  said: ({ task, summary }) => `${task}: worktree ${summary}`,
  async run({ task: slug }, context) {
    const session = await context.trustedSession();
    const { requireTask } = await context.services.tasks();
    const made = await (await context.services.worktrees()).addWorktree(
      session,
      await requireTask(session, slug),
    );
    const { path, summary, method, created } = made;
    session.emit({ type: 'worktree.hydrated', task: slug, path, summary, method });
    return { task: slug, path, summary, created };
  },
});

const worktreeRemove = command<
  { task: string; force?: boolean },
  { task: string; removed: boolean; rescue?: string }
>({
  id: 'task.worktree.remove',
  title: 'Remove a worktree',
  summary: 'Remove the worktree of a task; refuses to lose uncommitted work.',
  args: args({
    'task!': taskArg,
    force: flag('also with uncommitted work, which is kept under a rescue ref first'),
  }),
  surfaces: ['cli', 'screen'],
  said: ({ task, rescue }) =>
    `Removed the worktree of ${task}.${rescue ? ` Uncommitted work is kept as ${rescue}.` : ''}`,
  confirm: ({ task }) => `Remove the worktree of ${task}? Its branch stays.`,
  async run({ task: slug, force }, context) {
    const session = await context.session();
    const { requireTask, updateTask } = await context.services.tasks();
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

export const worktreeCommands: readonly AnyCommand[] = [worktreeAdd, worktreeRemove, worktreePrepare];
