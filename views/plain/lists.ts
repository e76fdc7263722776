/** What the screen shows, as lines: lists and pages without frames, columns and cursor. Pure. */
import { type AttentionKind, attentionOf, obstacleOf, suggestionOf } from '../../src/domain/app/attention.js';
import { plural } from '../../src/domain/platform/units.js';
import { createCanvas } from '../canvas.js';
import { doingOf } from '../doing.js';
import { sectionOf, titleOf } from '../hints.js';
import { wrappedPage } from '../inspector/paint.js';
import { type Binding, keysFor, showKeys } from '../keymap.js';
import type { PaneId } from '../layout.js';
import type { Model } from '../model.js';
import { paintMonitorFacts } from '../monitor/paint.js';
import { helpLines } from '../overlays/help.js';
import { paletteEntries } from '../overlays/palette.js';
import { paintFleet } from '../panes/fleet.js';
import { paintLog } from '../panes/log.js';
import { paintMerge } from '../panes/merge.js';
import { paintLines } from '../panes/transcript.js';
import { paintWorktrees } from '../panes/worktrees.js';
import type { Theme } from '../theme.js';
import { selectedTask } from '../ui/calls.js';
import { planRowsOf } from '../ui/page-rows.js';
import { taskLinesOf, tasksByConcern, waitingTasks } from '../ui/rows.js';
import { inspectorTabs } from '../ui/state.js';

/** Columns of a page, and the most rows of it. */
const width = 96;
const most = 400;
/** Rows of a transcript that are read out at once. */
const transcriptRows = 24;

/** The lines of a pane, its name first. */
export function paneLines(pane: PaneId, model: Model, theme: Theme): string[] {
  switch (pane) {
    case 'tasks':
      return taskList(model);
    case 'inspector':
      return inspectorLines(model, theme);
    case 'pinned':
      return ['Pinned transcript:', ...transcript('pinned', model, theme)];
    case 'plan':
      return planList(model);
    default:
      return painted(theme, (canvas) => {
        const rect = { x: 0, y: 0, width, height: most };
        if (pane === 'merge') paintMerge(canvas, rect, model);
        else if (pane === 'worktrees') paintWorktrees(canvas, rect, model);
        else if (pane === 'monitor') paintMonitorFacts(canvas, rect, model);
        else if (pane === 'fleet') paintFleet(canvas, rect, model);
        else paintLog(canvas, rect, model);
      });
  }
}

/** Rows that a painter paints, without frames, blanks at the ends and empty ones. */
export function painted(theme: Theme, paint: (canvas: ReturnType<typeof createCanvas>) => void): string[] {
  const canvas = createCanvas(theme, { frames: false });
  canvas.reset(width, most);
  paint(canvas);
  return Array.from({ length: most }, (_, y) => canvas.row(y).trimEnd()).filter((row) => row.trim() !== '');
}

function taskList(model: Model): string[] {
  const { state, ui } = model;
  const { rows, shown, tasks, total } = taskLinesOf(state, ui);
  const selected = selectedTask(model)?.slug;
  const filter = ui.lists.tasks.filter;
  const head = filter
    ? `${tasks} of ${plural(total, 'task')} match "${filter}":`
    : `${plural(total, 'task')}:`;
  return [
    head,
    ...shown.map((line) => {
      if (typeof line !== 'number') return `${line.name} (${line.count}):`;
      const row = rows[line]!;
      if (row.type === 'group') return `${row.name} (${row.count}), folded.`;
      const { task } = row.row;
      const marks = `${task.slug === selected ? ' [selected]' : ''}${ui.marks.has(task.slug) ? ' [marked]' : ''}`;
      return `  ${task.slug}: ${task.title || task.slug}. ${doingOf(row.row, state, model.now).words.text}${marks}`;
    }),
  ];
}

function planList({ state, ui }: Model): string[] {
  const { graph } = planRowsOf(state, ui);
  const tasks = new Map(state.tasks.map((task) => [task.slug, task]));
  return graph.columns.flatMap(({ slugs }, at) => [
    `Wave ${at + 1}:`,
    ...slugs.map((slug) => {
      const after = tasks.get(slug)?.dependsOn ?? [];
      return `  ${slug}${after.length > 0 ? ` after ${after.join(', ')}` : ''}`;
    }),
  ]);
}

function inspectorLines(model: Model, theme: Theme): string[] {
  const { tab } = model.ui;
  const task = selectedTask(model);
  if (!task) return ['No task is selected.'];
  const place = `page ${inspectorTabs.indexOf(tab) + 1} of ${inspectorTabs.length}`;
  const head = `${task.title || task.slug}, ${tab}, ${place}:`;
  if (tab === 'transcript') return [head, ...transcript('inspector', model, theme)];
  return [head, ...wrappedPage(tab, task, model, width).map(({ text }) => text)];
}

const transcript = (pane: 'inspector' | 'pinned', model: Model, theme: Theme): string[] =>
  painted(theme, (canvas) => paintLines(canvas, { x: 0, y: 0, width, height: transcriptRows }, pane, model));

/** How things stand: what needs the person or would be next, and how many tasks there are of each kind. */
export function standing(model: Model): string[] {
  const { state } = model;
  const first = waitingTasks(state)[0];
  const groups = tasksByConcern(state);
  const item = obstacleOf(state) ?? (first ? attentionOf(first, state) : suggestionOf(groups, state));
  const counts = groups.map(({ name, rows }) => `${rows.length} ${name}`).join(', ');
  const keys = item ? settlingKeys(item.kind, model) : '';
  return [
    ...(counts ? [`${counts}.`] : []),
    item
      ? `${item.title ? `${item.title}: ` : ''}${item.text}${keys ? ` ${keys}` : ''}`
      : 'Nothing needs you.',
  ];
}

/** "w l: launch." for what is to be settled; empty when no key does. */
export function settlingKeys(kind: AttentionKind, { commands, keymap }: Model): string {
  if (kind === 'asks') return `${keysFor(keymap, 'ui.answer')}: answer.`;
  const said = commands
    .flatMap((row) => {
      const args = row.settlesWith?.[kind];
      if (!args && !row.settles?.includes(kind)) return [];
      const keys = keysFor(keymap, row.id, args);
      return keys ? [`${keys}: ${row.title.toLowerCase()}`] : [];
    })
    .slice(0, 3);
  return said.length > 0 ? `${said.join(', ')}.` : '';
}

/** What the keys and words of this place are, filtered by words. */
export function helpText(model: Model, words: string): string[] {
  const lines = helpLines(model, words).flatMap(({ keys, text, note }) => {
    if (text === '') return [];
    return keys === undefined ? [text] : [`  ${keys}: ${text}${note ? ` (not now: ${note})` : ''}`];
  });
  return [
    ...(lines.length > 0 ? lines : ['No key matches.']),
    `Place: ${sectionOf(model.ui)}. A line is a key, a command with its arguments, or a task's name.`,
    'A task behind keys is selected first: "v some-task". An empty line says how things stand.',
  ];
}

export function commandList(model: Model, words: string): string[] {
  const lines = paletteEntries(model, words).map(
    ({ id, title, keys, disabled }) =>
      `  ${id.replaceAll('.', ' ')}: ${title}${keys ? `, key ${keys}` : ''}${disabled ? ` (not now: ${disabled})` : ''}`,
  );
  return lines.length > 0 ? lines : ['No command matches.'];
}

/** How keys go on. */
export const menuLines = (next: readonly Binding[], { commands }: Model): string[] =>
  next.map((binding) => `  ${showKeys(binding.keys)}: ${titleOf(binding, commands)}`);
