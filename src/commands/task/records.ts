/** Commands on the tasks of the registry: add, list, show, edit, remove. */

import { prefixOf } from '../../domain/agents/prefix.js';
import { glyphs } from '../../domain/app/selectors.js';
import { appError } from '../../domain/platform/errors.js';
import type { TaskDraft } from '../../domain/store/draft.js';
import { type Task, taskStatuses } from '../../domain/store/task.js';
import { canUndo, changeSaid } from '../../domain/store/undo.js';
import {
  args,
  at,
  cliOnly,
  command,
  flag,
  type Given,
  list as many,
  oneOf,
  taskArg,
  text,
} from '../define.js';
import { table } from '../table.js';
import type { AnyCommand, CommandContext } from '../types.js';
import { asFields, taskFields } from './fields.js';

const { title, ...otherFields } = taskFields;

const addArgs = {
  title: { ...at(0, title), yieldsTo: 'slug' },
  ...otherFields,
  slug: text('short name; made from the title when left out', 'slug'),
  branch: text('adopt this existing branch', 'name'),
  from: cliOnly(text('import stubs: a file, a folder, or - for standard input', 'path')),
  draft: flag('keep it as a draft that is not launched'),
  editor: cliOnly(flag('open the stub in $EDITOR before it is added')),
};

const add = command({
  id: 'task.add',
  settles: ['empty'],
  title: 'Add a task',
  summary: 'Add a task from flags, from stubs, in the editor, or by answering questions.',
  args: args(addArgs),
  surfaces: ['cli', 'screen'],
  form: true,
  dryRun: 'honours',
  async run(given, context) {
    const session = await context.session();
    const drafts = await draftsFrom(given, context);
    const tasks = await context.services.store();
    if (context.flags.dryRun) return { tasks: await tasks.previewTasks(session, drafts) };
    return { tasks: await tasks.addTasks(session, drafts, { writeStubs: true }) };
  },
  print: ({ tasks }) => tasks.map((task) => `Added ${task.slug}: ${task.title}`),
  said: ({ tasks }) => tasks.map(({ slug }) => `Added ${slug}.`).join(' '),
});

async function draftsFrom(given: Given<typeof addArgs>, context: CommandContext): Promise<TaskDraft[]> {
  const { from, editor, draft, ...more } = given;
  const rest = asFields(more);
  if (from) return (await context.services.store()).readStubs(from, process.stdin);
  const flags: Partial<TaskDraft> = { ...rest, ...(draft ? { status: 'draft' as const } : {}) };
  if (editor) return [await (await context.services.app()).editStub(await context.session(), flags)];
  if (flags.title) return [flags as TaskDraft];
  if (!context.ask) {
    throw appError('input-needed', 'A task needs a title.', {
      kind: 'input',
      hint: 'Give --title, or --from <file>, or run without --no-input on a terminal.',
    });
  }
  const author = await context.services.app();
  const made = await author.interview(await context.session(), context.ask, flags);
  if (!made) {
    throw appError('interrupted', 'No task was added: you dropped the draft, or gave it no title.', {
      kind: 'interrupted',
    });
  }
  return [made];
}

const list = command({
  id: 'task.list',
  title: 'List tasks',
  summary: 'List the tasks of this repository.',
  args: args({
    status: oneOf(taskStatuses, 'only tasks in this status'),
    label: text('only tasks with this label', 'label'),
  }),
  surfaces: ['cli'],
  dryRun: 'reads',
  async run({ status, label }, context) {
    const session = await context.session();
    const { takeStubs, tasksOf } = await context.services.store();
    const { withLandedElsewhere } = await context.services.landing();
    await takeStubs(session);
    const known = tasksOf(await session.registry.read(), session.repo.id);
    const tasks = await withLandedElsewhere(session, known);
    return {
      tasks: tasks.filter(
        (task) => (!status || task.status === status) && (!label || task.labels.includes(label)),
      ),
    };
  },
  print: ({ tasks }) =>
    tasks.length === 0
      ? ['No tasks to list: add one with `codex-agent task add`.']
      : table(
          tasks.map((task) => [
            task.slug,
            `${glyphs[task.status]} ${standing(task)}`,
            task.title,
            task.dependsOn.join(' '),
          ]),
        ),
});

/** The status, and the verdict where finished work did not pass its last validation. */
function standing({ status, validation }: Task): string {
  const verdict = status === 'done' ? validation?.verdict : undefined;
  return verdict && verdict !== 'pass' ? `${status}, ${verdict}` : status;
}

const show = command({
  id: 'task.show',
  title: 'Show a task',
  summary: 'Show everything the registry knows of a task.',
  args: args({ 'task!': taskArg }),
  surfaces: ['cli', 'screen'],
  marks: 'cursor',
  dryRun: 'reads',
  async run({ task }, context) {
    const session = await context.session();
    const { requireTask, takeStubs } = await context.services.store();
    const { withLandedElsewhere } = await context.services.landing();
    await takeStubs(session);
    const [shown] = await withLandedElsewhere(session, [await requireTask(session, task)]);
    return { task: shown! };
  },
});

const edit = command({
  id: 'task.edit',
  fits: ['drafts', 'ready', 'blocked'],
  title: 'Edit a task',
  summary: 'Change fields of a task; lists are replaced.',
  args: args({
    'task!': taskArg,
    ...taskFields,
    status: oneOf(['draft', 'ready', 'cancelled'], 'make it a draft, ready, or cancelled'),
    mayRun: many('how commands begin that its agents may run unasked, such as "npm install"', 'words,…'),
  }),
  surfaces: ['cli', 'screen'],
  marks: 'cursor',
  form: true,
  async run({ task, ...changes }, context) {
    if (Object.keys(changes).length === 0) {
      throw appError('nothing-to-change', 'No change was named.', {
        kind: 'usage',
        hint: 'Give at least one flag, such as --title or --depends-on.',
      });
    }
    changes.mayRun?.forEach(requirePrefix);
    const { editTask } = await context.services.store();
    const edited = await editTask(await context.session(), task, asFields(changes));
    if (changes.mayRun) await (await context.services.agents()).tellMayRun(context.paths, edited);
    return { task: edited };
  },
  said: ({ task }) => `Changed ${task.slug}.`,
});

/** Throws `bad-prefix` (usage) for what no command that may be allowed begins with. */
function requirePrefix(text: string): void {
  if (prefixOf({ kind: 'command', detail: text }) === text) return;
  throw appError('bad-prefix', `${JSON.stringify(text)} is not how a command begins that can be allowed.`, {
    kind: 'usage',
    hint: 'Give a program and the first word behind it, such as "npm install"; not one that runs what it is given.',
  });
}

const undo = command({
  id: 'task.undo',
  part: 'undo',
  title: 'Undo the last change',
  summary: 'Take back the last edit or removal of a task; what changed of it since for other reasons stays.',
  args: args({}),
  surfaces: ['cli', 'screen'],
  when({ undo: change, tasks }) {
    return change ? canUndo(change, tasks) : 'No task was edited or removed.';
  },
  async run(_, context) {
    const { undoChange } = await context.services.store();
    return undoChange(await context.session());
  },
  print: ({ change }) => [`Undid ${changeSaid(change)}.`],
  said: ({ change }) => `Undid ${changeSaid(change)}.`,
});

const remove = command({
  id: 'task.remove',
  fits: ['drafts', 'cancelled'],
  title: 'Remove a task',
  summary: 'Remove a task from the registry; its branch stays and its stub is kept aside.',
  args: args({
    'task!': taskArg,
    force: flag('also when other tasks depend on it or it has a worktree (kept under a rescue ref)'),
  }),
  surfaces: ['cli', 'screen'],
  marks: 'each',
  confirm: ({ task }) => `Remove task ${task} from the registry?`,
  takesIn: true,
  async run({ task: slug, force }, context) {
    const session = await context.session();
    const tasks = await context.services.store();
    const task = await tasks.requireTask(session, slug);
    if (force && task.worktree && task.status !== 'running') {
      await (await context.services.worktrees()).removeWorktree(session, task, { force: true });
      await tasks.updateTask(session, slug, (fresh) => ({ ...fresh, worktree: undefined }));
    }
    await tasks.removeTask(session, slug, { force: force === true });
    return { task: slug };
  },
  said: ({ task }) => `Removed ${task}.`,
});

const keep = command({
  id: 'task.keep',
  title: 'Keep tasks without stubs',
  summary: 'Write the stubs of tasks again that were deleted from the folder of stubs.',
  args: args({ tasks: at(0, many('only these tasks', 'task')) }),
  surfaces: ['cli', 'screen'],
  marks: 'all',
  async run({ tasks = [] }, context) {
    const session = await context.session();
    const { keepTasks, requireTask } = await context.services.store();
    for (const slug of tasks) await requireTask(session, slug);
    return { kept: await keepTasks(session, tasks) };
  },
  said: ({ kept }) => (kept.length > 0 ? `Wrote the stubs of ${kept.join(', ')}.` : 'No stub is missing.'),
});

export const recordCommands: readonly AnyCommand[] = [add, list, show, edit, keep, undo, remove];
