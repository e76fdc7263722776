/** From a key to invocations: which task a command is about, and what is still to be asked. Pure. */
import type { AnyCommand, ArgSchema } from '../../src/commands/types.js';
import { latestRun } from '../../src/domain/app/selectors.js';
import type { Task } from '../../src/domain/store/task.js';
import type { Binding } from '../keymap.js';
import type { Model } from '../model.js';
import type { Invocation } from '../overlays/types.js';
import { mergeRowsOf, taskLinesOf, worktreeRowsOf } from './rows.js';
import { selectedIndex } from './state.js';

type Seen = Pick<Model, 'state' | 'ui' | 'commands' | 'transcripts'>;

/** Slug of the task that the focused pane's selection is about. */
function selectedSlug({ state, ui, transcripts }: Omit<Seen, 'commands'>): string | undefined {
  const at = <T>(rows: readonly T[], keys: readonly string[], pane: 'tasks' | 'worktrees' | 'merge') =>
    rows[selectedIndex(ui.lists[pane], keys)];
  if (ui.focus === 'worktrees') {
    const { rows, keys } = worktreeRowsOf(state, ui);
    return at(rows, keys, 'worktrees')?.task;
  }
  if (ui.focus === 'merge') {
    const { rows, keys } = mergeRowsOf(state, ui);
    const row = at(rows, keys, 'merge');
    return row?.result?.task ?? row?.pair?.a ?? row?.queue?.firstConflict;
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
  return slug === undefined ? undefined : seen.state.tasks.find((task) => task.slug === slug);
}

/**
 * The invocations a binding stands for: one per marked task when the command takes a task, one with
 * all marked when it takes several, else one about the selected task.
 */
export function callsFor(binding: Pick<Binding, 'run' | 'args' | 'marked'>, seen: Seen): Invocation[] {
  const row = seen.commands.find((command) => command.id === binding.run);
  if (!row) return [];
  const properties = Object.entries(row.args.properties);
  const one = properties.find(([name, schema]) => isAbout(name, schema, 'task') && schema.type === 'string');
  const many = properties.find(([name, schema]) => isAbout(name, schema, 'task') && schema.type === 'array');
  const run = properties.find(([name, schema]) => isAbout(name, schema, 'run'));
  const marks = [...seen.ui.marks];
  if (one) {
    const selected = selectedSlug(seen);
    const slugs = binding.marked || marks.length > 0 ? marks : selected === undefined ? [] : [selected];
    const named = slugs.map((slug) => ({ id: row.id, args: { [one[0]]: slug, ...binding.args } }));
    return named.length > 0 || binding.marked ? named : [{ id: row.id, args: { ...binding.args } }];
  }
  const args: Record<string, unknown> = { ...binding.args };
  if (many && marks.length > 0) args[many[0]] = marks;
  if (run) {
    const id = runOf(seen);
    if (id !== undefined) args[run[0]] = id;
  }
  return [{ id: row.id, args }];
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
