/** Commands on tasks: the registry's rows. */
import type { Budget } from '../domain/agents/cost.js';
import { landingExit } from '../domain/landing/landing.js';
import { appError, ExitCode } from '../domain/platform/errors.js';
import { priorities, type Task, taskStatuses } from '../domain/store/task.js';
import type { LaunchReport } from '../services/app/index.js';
import type { TaskDraft } from '../services/store/index.js';
import type { Restored } from '../services/worktrees/index.js';
import { args, at, command, flag, list, oneOf, taskArg, text, whole } from './define.js';
import { printers } from './printers.js';
import type { AnyCommand, CommandContext } from './types.js';

/** Fields of a task that flags can set; the same for `add` and `edit`. */
const fields = {
  title: text('what is to be done, one line', 'text'),
  goal: text('what is true when it is done', 'text'),
  acceptance: list('what will be checked, once per line', 'text'),
  dependsOn: list('slugs of tasks that must land first', 'a,b'),
  touches: list('globs of the paths it will change', 'glob,…'),
  labels: list('labels', 'a,b'),
  priority: oneOf(priorities, 'starting order among ready tasks'),
  owner: text('who looks after it', 'name'),
  runner: text('runner to use instead of the configured one', 'name'),
  model: text('model to ask the runner for', 'name'),
  budgetTokens: whole('tokens that all its runs together may use; 0 for no limit', 0),
  budgetCost: text('money that they may use, in the currency of prices; 0 for no limit', 'amount'),
};

interface Fields {
  title?: string;
  goal?: string;
  acceptance?: string[];
  dependsOn?: string[];
  touches?: string[];
  labels?: string[];
  priority?: Task['priority'];
  owner?: string;
  runner?: string;
  model?: string;
  budgetTokens?: number;
  budgetCost?: string;
}

interface AddArgs extends Fields {
  slug?: string;
  branch?: string;
  from?: string;
  draft?: boolean;
  editor?: boolean;
}

const add = command<AddArgs, { tasks: Task[] }>({
  id: 'task.add',
  title: 'Add a task',
  summary: 'Add a task from flags, from stubs, in the editor, or by answering questions.',
  args: args({
    title: { ...at(0, fields.title), yieldsTo: 'slug' },
    ...omit(fields, 'title'),
    slug: text('short name; made from the title when left out', 'slug'),
    branch: text('adopt this existing branch', 'name'),
    from: text('import stubs: a file, a folder, or - for standard input', 'path'),
    draft: flag('keep it as a draft that is not launched'),
    editor: flag('open the stub in $EDITOR before it is added'),
  }),
  surfaces: ['cli', 'screen'],
  said: ({ tasks }) => tasks.map((task) => `Added ${task.slug}: ${task.title}`).join('\n'),
  dryRun: 'honours',
  async run(given, context) {
    const session = await context.session();
    const drafts = await draftsFrom(given, context);
    const tasks = await context.services.store();
    if (context.flags.dryRun) return { tasks: await tasks.previewTasks(session, drafts) };
    return { tasks: await tasks.addTasks(session, drafts, { writeStubs: true }) };
  },
});

/** The two flags of a budget as the field that they set. Throws `bad-budget` (usage). */
function withBudget<T extends Pick<Fields, 'budgetTokens' | 'budgetCost'>>(
  given: T,
): Omit<T, 'budgetTokens' | 'budgetCost'> & { budget?: Budget } {
  const { budgetTokens: tokens, budgetCost, ...rest } = given;
  if (tokens === undefined && budgetCost === undefined) return rest;
  const cost = budgetCost === undefined ? undefined : Number(budgetCost);
  if (cost !== undefined && !(cost >= 0 && Number.isFinite(cost))) {
    throw appError('bad-budget', `${JSON.stringify(budgetCost)} is no amount of money.`, {
      kind: 'usage',
      hint: 'Give a number such as 2.50, without a currency: it is that of [prices].',
    });
  }
  const budget = { ...(tokens === undefined ? {} : { tokens }), ...(cost === undefined ? {} : { cost }) };
  return { ...rest, budget };
}

async function draftsFrom(given: AddArgs, context: CommandContext): Promise<TaskDraft[]> {
  const { from, editor, draft, ...more } = given;
  const rest = withBudget(more);
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
  if (!made) throw appError('interrupted', 'Nothing was added.', { kind: 'interrupted' });
  return [made];
}

const listTasks = command<{ status?: Task['status']; label?: string }, { tasks: Task[] }>({
  id: 'task.list',
  title: 'List tasks',
  summary: 'List the tasks of this repository.',
  args: args({
    status: oneOf(taskStatuses, 'only tasks in this status'),
    label: text('only tasks with this label', 'label'),
  }),
  surfaces: ['cli'],
  print: printers['task.list'],
  dryRun: 'reads',
  async run({ status, label }, context) {
    const { registry, repo } = await context.repository();
    const { tasksOf } = await context.services.store();
    const tasks = tasksOf(await registry.read(), repo.id);
    return {
      tasks: tasks.filter(
        (task) => (!status || task.status === status) && (!label || task.labels.includes(label)),
      ),
    };
  },
});

const show = command<{ task: string }, { task: Task }>({
  id: 'task.show',
  title: 'Show a task',
  summary: 'Show everything the registry knows of a task.',
  args: args({ 'task!': taskArg }),
  surfaces: ['cli', 'screen'],
  dryRun: 'reads',
  async run({ task }, context) {
    const { requireTask } = await context.services.store();
    return { task: await requireTask(await context.repository(), task) };
  },
});

const edit = command<Fields & { task: string; status?: 'draft' | 'ready' | 'cancelled' }, { task: Task }>({
  id: 'task.edit',
  title: 'Edit a task',
  summary: 'Change fields of a task; lists are replaced.',
  args: args({
    'task!': taskArg,
    ...fields,
    status: oneOf(['draft', 'ready', 'cancelled'], 'make it a draft, ready, or cancelled'),
  }),
  surfaces: ['cli', 'screen'],
  said: ({ task }) => `Changed ${task.slug}.`,
  async run({ task, ...changes }, context) {
    if (Object.keys(changes).length === 0) {
      throw appError('nothing-to-change', 'No change was named.', {
        kind: 'usage',
        hint: 'Give at least one flag, such as --title or --depends-on.',
      });
    }
    const { editTask } = await context.services.store();
    return { task: await editTask(await context.session(), task, withBudget(changes)) };
  },
});

const remove = command<{ task: string; force?: boolean }, { task: string }>({
  id: 'task.remove',
  title: 'Remove a task',
  summary: 'Remove a task from the registry; its branch stays and its stub is kept aside.',
  args: args({
    'task!': taskArg,
    force: flag('also when other tasks depend on it or it has a worktree (kept under a rescue ref)'),
  }),
  surfaces: ['cli', 'screen'],
  said: ({ task }) => `Removed ${task}.`,
  confirm: ({ task }) => `Remove task ${task} from the registry?`,
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
});

interface RunArgs {
  task: string;
  wait?: boolean;
  land?: boolean;
}

const runArgs = {
  'task!': taskArg,
  wait: flag('wait until it is over'),
  land: flag('validate and land it when the agent is done'),
};

const run = command<RunArgs, LaunchReport>({
  id: 'task.run',
  title: 'Run a task',
  summary: 'Start the agent of one task now.',
  args: args(runArgs),
  surfaces: ['cli', 'screen'],
  print: printers['task.run'],
  said: launchSaid,
  streams: true,
  async run({ task, wait, land }, context) {
    const { runTask } = await context.services.app();
    return runTask(await context.trustedSession(), task, { wait: wait === true, land: land === true });
  },
  exit: launchExit,
});

const retry = command<RunArgs, LaunchReport>({
  id: 'task.retry',
  title: 'Retry a task',
  summary: 'Start another attempt in the same worktree; earlier work stays.',
  args: args(runArgs),
  surfaces: ['cli', 'screen'],
  print: printers['task.retry'],
  said: launchSaid,
  streams: true,
  async run({ task, wait, land }, context) {
    const { runTask } = await context.services.app();
    return runTask(await context.trustedSession(), task, {
      wait: wait === true,
      land: land === true,
      retry: true,
    });
  },
  exit: launchExit,
});

const stop = command<{ task: string }, { task: string; stopped: boolean }>({
  id: 'task.stop',
  title: 'Stop a task',
  summary: 'End the run of a task: interrupt, then terminate, then kill. Its work is kept.',
  args: args({ 'task!': taskArg }),
  surfaces: ['cli', 'screen'],
  said: ({ task, stopped }) => (stopped ? `Stopped ${task}.` : `${task} was not running.`),
  confirm: ({ task }) => `Stop the run of ${task}? What it wrote is kept.`,
  async run({ task }, context) {
    const { stopTask } = await context.services.app();
    return stopTask(await context.session(), task);
  },
});

const restore = command<{ task: string; refs?: string[] }, Restored>({
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
    `Put ${refs?.length ? refs.join(', ') : 'what moved meanwhile'} back to before the last run of ${task}, whoever moved it?`,
  print: printers['task.restore'],
  async run({ task, refs }, context) {
    const session = await context.session();
    const { requireTask } = await context.services.store();
    const { restoreByHand } = await context.services.worktrees();
    return restoreByHand(session, await requireTask(session, task), {
      ...(refs ? { only: refs } : {}),
      dryRun: context.flags.dryRun,
    });
  },
});

/** What a launch did, in a line. */
export function launchSaid({ launched, tasks }: LaunchReport): string {
  if (launched.length === 0) return 'Nothing is ready to launch.';
  const waiting = tasks.filter((task) => task.reason).length;
  return `Launched ${launched.length - waiting}${waiting > 0 ? `, ${waiting} wait for others to land` : ''}.`;
}

/** Exit code of anything that launches: how the worst of its tasks ended. */
export function launchExit({ tasks }: LaunchReport): ExitCode {
  const bad = tasks.filter((task) => !task.ok && task.status !== 'running');
  if (bad.length === 0) return ExitCode.ok;
  if (bad.some((task) => ['failed', 'needs-input'].includes(task.status))) return ExitCode.runFailed;
  return landingExit(bad.map((task) => ({ code: task.problem?.code ?? '' })));
}

function omit<T extends object, K extends keyof T>(object: T, key: K): Omit<T, K> {
  const { [key]: _, ...rest } = object;
  return rest;
}

export const taskCommands: readonly AnyCommand[] = [
  add,
  listTasks,
  show,
  edit,
  remove,
  run,
  stop,
  retry,
  restore,
];
