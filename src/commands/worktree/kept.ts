/** Commands on what is kept of removed, replaced and landed work. */
import { args, at, command, taskArg, text } from '../define.js';
import type { AnyCommand } from '../types.js';
import { keptLines, restoredSaid } from './print.js';

const idArg = at(0, text('what `rescue list` calls it', 'id'));

const list = command({
  id: 'rescue.list',
  title: 'List what is kept',
  summary:
    'List all that is kept of removed, replaced and landed work, for how long, and how to get it back.',
  args: args({}),
  surfaces: ['cli', 'screen'],
  dryRun: 'reads',
  async run(_, context) {
    const session = await context.session();
    return { kept: await (await context.services.worktrees()).listKept(session) };
  },
  print: ({ kept }) => keptLines(kept),
});

const show = command({
  id: 'rescue.show',
  title: 'Show what is kept',
  summary: 'Show one thing that is kept: where it is, its files, and how to get it back.',
  args: args({ 'id!': idArg }),
  surfaces: ['cli', 'screen'],
  dryRun: 'reads',
  async run({ id }, context) {
    return (await context.services.worktrees()).showKept(await context.session(), id);
  },
});

const restore = command({
  id: 'rescue.restore',
  title: 'Get back what is kept',
  summary: 'Get one thing back: a removed worktree to its place, a ref as a new branch `restored/...`.',
  args: args({ 'id!': idArg }),
  surfaces: ['cli', 'screen'],
  async run({ id }, context) {
    return (await context.services.worktrees()).restoreKept(await context.session(), id);
  },
  said: restoredSaid,
});

const restoreOfTask = command({
  id: 'task.worktree.restore',
  title: 'Restore a worktree',
  summary: 'Get the removed worktree of a task back out of the trash, with all that stood in it.',
  args: args({ 'task!': taskArg }),
  surfaces: ['cli', 'screen'],
  marks: 'each',
  async run({ task }, context) {
    return (await context.services.worktrees()).restoreWorktree(await context.session(), { slug: task });
  },
  said: restoredSaid,
});

export const keptCommands: readonly AnyCommand[] = [restoreOfTask, list, show, restore];
