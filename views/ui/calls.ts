/** From a key to invocations: which task a command is about, and what is still to be asked. Pure. */
import type { AnyCommand, ArgSchema } from '../../src/commands/types.js';
import { tasksBySlug } from '../../src/domain/app/lookups.js';
import { latestRun } from '../../src/domain/app/selectors.js';
import type { Task } from '../../src/domain/store/task.js';
import type { Binding } from '../keymap.js';
import type { Model } from '../model.js';
import type { Invocation } from '../overlays/types.js';
import { keysOf } from './page-rows.js';
import { mergeRowsOf, taskLinesOf, worktreeRowsOf } from './rows.js';
import { type ListPane, selectedIndex } from './state.js';

type Seen = Pick<Model, 'state' | 'ui' | 'commands' | 'transcripts'>;

/** Slug of the task that the focused pane's selection is about. */
function selectedSlug({ state, ui, transcripts }: Omit<Seen, 'commands'>): string | undefined {
  const at = <T>(rows: readonly T[], keys: readonly string[], pane: ListPane) =>
    rows[selectedIndex(ui.lists[pane], keys)];
  if (ui.conflict) return ui.conflict.task;
  if (ui.review) return 'task' in ui.review.subject ? ui.review.subject.task : undefined;
  if (ui.focus === 'worktrees') {
    const { rows, keys } = worktreeRowsOf(state, ui);
    return at(rows, keys, 'worktrees')?.task;
  }
  if (ui.focus === 'merge') {
    const { rows, keys } = mergeRowsOf(state, ui);
    const row = at(rows, keys, 'merge');
    return row?.result?.task ?? row?.pair?.a ?? row?.queue?.firstConflict;
  }
  if (ui.focus === 'fleet' || ui.focus === 'plan' || ui.focus === 'monitor') {
    const keys = keysOf(ui.focus, state, ui);
    return at(keys, keys, ui.focus);
  }
  if (ui.focus === 'inspector' || ui.focus === 'pinned') {
    const run = transcripts[ui.focus]?.run;
    if (run) return run.task;
  }
  const { rows, keys } = taskLinesOf(state, ui);
  const line = at(rows, keys, 'tasks');
  return line?.type === 'task' ? line.row.task.slug : undefined;
}

export function selectedTask(seen: Omit<Seen, 'commands'>): Task | undefined {
  const slug = selectedSlug(seen);
  return slug === undefined ? undefined : tasksBySlug(seen.state.tasks).get(slug);
}

/**
 * The invocations a binding stands for: one per marked task, one with all that are marked, or one about the selected
 * task, as the command's row says what marks mean for it. None: a key for marked tasks, and nothing is marked.
 */
export function callsFor(binding: Pick<Binding, 'run' | 'args' | 'marked'>, seen: Seen): Invocation[] {
  const row = seen.commands.find((command) => command.id === binding.run);
  if (!row) return [];
  const [one, many] = (['string', 'array'] as const).map((type) => taskArgOf(row, type));
  const marks = row.marks === 'each' || row.marks === 'all' ? [...seen.ui.marks] : [];
  if (binding.marked && marks.length === 0) return [];
  if (one !== undefined) {
    const selected = selectedSlug(seen);
    const slugs = marks.length > 0 ? marks : selected === undefined ? [] : [selected];
    const named = slugs.map((slug) => ({ id: row.id, args: { [one]: slug, ...binding.args } }));
    return named.length > 0 ? named : [{ id: row.id, args: { ...binding.args } }];
  }
  const args: Record<string, unknown> = { ...binding.args };
  if (many !== undefined && marks.length > 0) args[many] = marks;
  const run = Object.entries(row.args.properties).find(([name, schema]) => isAbout(name, schema, 'run'));
  const id = run && runOf(seen);
  if (id !== undefined) args[run![0]] = id;
  return [{ id: row.id, args }];
}

/** Name of the argument that is a task, or a list of them. */
const taskArgOf = (row: AnyCommand, type: 'string' | 'array'): string | undefined =>
  Object.entries(row.args.properties).find(
    ([name, schema]) => isAbout(name, schema, 'task') && schema.type === type,
  )?.[0];

/** Why a command does nothing while other tasks than the selected one are marked; undefined when it goes on. */
export function refusesMarks(row: AnyCommand, seen: Seen): string | undefined {
  const { marks } = seen.ui;
  const selected = selectedSlug(seen);
  const others = [...marks].filter((slug) => slug !== selected);
  if (row.marks !== 'refuse' || others.length === 0) return undefined;
  return `${row.title}: for one task at a time, and ${marks.size} marked. Esc in the list takes the marks away.`;
}

/** The required arguments that are still without a value. */
export function missingArgs(row: AnyCommand, args: Record<string, unknown>): string[] {
  return row.args.required.filter((name) => args[name] === undefined);
}

function isAbout(name: string, schema: ArgSchema, what: 'task' | 'run'): boolean {
  if (what === 'task') return schema.position === 0 && (schema.value === 'task' || name === 'task');
  return schema.position === 0 && (schema.value ?? name).split('|').includes('run');
}

/** The run that the focused pane's selection is about. */
export function runOf(seen: Omit<Seen, 'commands'>): string | undefined {
  const { focus } = seen.ui;
  if (focus === 'inspector' || focus === 'pinned') return seen.transcripts[focus]?.runId;
  const task = selectedTask(seen);
  return task && (latestRun(task, seen.state)?.runId ?? task.runIds.at(-1));
}
