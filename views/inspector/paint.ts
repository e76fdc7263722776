/** The inspector: everything about one task, a page at a time; its transcript first. */
import { formatSpent } from '../../src/domain/agents/cost.js';
import { standingOf } from '../../src/domain/agents/run.js';
import { obstacleOf } from '../../src/domain/app/attention.js';
import { workUnderWay } from '../../src/domain/app/work.js';
import { conflictWords } from '../../src/domain/landing/merge.js';
import { sanitizeLine } from '../../src/domain/platform/sanitize.js';
import { textWidth, wrap } from '../../src/domain/platform/width.js';
import type { Task } from '../../src/domain/store/task.js';
import type { Canvas, Rect, TextSpan } from '../canvas.js';
import type { Model } from '../model.js';
import type { TextLine } from '../overlays/types.js';
import { countOf, followWords, linesHeight, paintLines } from '../panes/transcript.js';
import { distance } from '../panes/worktrees.js';
import { selectedTask } from '../ui/calls.js';
import { type InspectorTab, inspectorTabs } from '../ui/state.js';
import { pageLines } from './pages.js';
import { workRows } from './work.js';
import { wrappedLine } from './wrapped.js';

const tabNames: Record<InspectorTab, string> = {
  transcript: 'Transcript',
  diff: 'Diff',
  checks: 'Checks',
  merge: 'Merge',
  worktree: 'Tree',
  task: 'Task',
};

/** From this height on the most important facts stand below the transcript. */
const factsFrom = 20;

export function paintInspector(canvas: Canvas, rect: Rect, model: Model) {
  const { ui } = model;
  const task = selectedTask(model);
  const view = ui.tab === 'transcript' ? model.transcripts.inspector : undefined;
  const words = ui.searches.inspector;
  const page =
    ui.tab === 'transcript' || !task ? undefined : wrappedPage(ui.tab, task, model, rect.width - 2);
  const place = view
    ? `${words ? `/${words} ` : ''}${followWords(view, ui.bottoms.inspector, rect.width < 60)}`
    : '';
  const title = titleOf(ui.tab, rect.width - 4 - textWidth(place) - 1);
  const inside = canvas.box(rect, {
    focused: ui.focus === 'inspector',
    title,
    note: place || undefined,
    foot: view && view.total > 0 ? countOf(view) : page ? pageFoot(page, rect.height - 2) : undefined,
  });
  if (page) return paintPage(canvas, inside, page, ui.tops[ui.tab] ?? 0);
  if (!task) {
    const words = obstacleOf(model.state)?.hint ?? 'No task is selected.';
    wrap(sanitizeLine(words), inside.width - 2).forEach((line, at) => {
      canvas.text(inside.x + 1, inside.y + at, inside.width - 2, line, 'dim');
    });
    return;
  }
  const facts = factsShown(task, model, inside.height);
  const height = rowsAbove(facts, inside.height);
  const work = workRowsOf(task, model, { ...inside, height });
  if (work.length < height) {
    paintLines(canvas, { ...inside, height: height - work.length }, 'inspector', model);
  }
  work.forEach((spans, at) => {
    canvas.line(inside.x, inside.y + height - work.length + at, inside.width, spans);
  });
  if (facts.length === 0) return;
  canvas.text(inside.x, inside.y + height, inside.width, '╌'.repeat(inside.width), 'border');
  facts.forEach((spans, at) => {
    canvas.line(inside.x, inside.y + height + 1 + at, inside.width, spans);
  });
}

/** Without a transcript, the program's own work has all the room. */
function workRowsOf(task: Task, model: Model, room: { width: number; height: number }): TextSpan[][] {
  const alone = !model.transcripts.inspector?.lines.length;
  const rows = workRows(task, model, room, alone);
  const free = room.height - rows.length;
  return alone && rows.length > 0 ? [...rows, ...Array<TextSpan[]>(free).fill([])] : rows;
}

const factsShown = (task: Task, model: Model, height: number): TextSpan[][] =>
  height >= factsFrom ? factsOf(task, model) : [];

/** Rows that are left above the facts and the line that sets them apart. */
const rowsAbove = (facts: readonly unknown[], height: number): number =>
  height - (facts.length > 0 ? facts.length + 1 : 0);

/** Rows of text that the inspector shows in this rectangle. */
export function inspectorHeight(rect: Rect | undefined, model: Model): number {
  const height = Math.max(1, (rect?.height ?? 3) - 2);
  const task = model.ui.tab === 'transcript' ? selectedTask(model) : undefined;
  if (!task) return height;
  const above = rowsAbove(factsShown(task, model, height), height);
  return linesHeight(
    model.transcripts.inspector,
    above - workRowsOf(task, model, { width: 1, height: above }).length,
  );
}

/** Names of the pages with the shown one in brackets; where there is no room, only that one and how many there are. */
function titleOf(tab: InspectorTab, room: number): string {
  for (const names of [{ ...tabNames, worktree: 'Worktree' }, tabNames]) {
    const all = `2 ${inspectorTabs.map((one) => (one === tab ? `[${names[one]}]` : names[one])).join(' ')}`;
    if (all.length <= room) return all;
  }
  return `2 [${tabNames[tab]}] ${inspectorTabs.indexOf(tab) + 1}/${inspectorTabs.length}`;
}

let last: { from: readonly unknown[]; lines: readonly TextLine[] } | undefined;

/** The page's lines at this width; worked out anew only when something that it shows has changed. */
export function wrappedPage(
  tab: Exclude<InspectorTab, 'transcript'>,
  task: Task,
  model: Model,
  width: number,
): readonly TextLine[] {
  const { state, pages } = model;
  const work = tab === 'checks' ? workUnderWay(state.works, task.slug) : undefined;
  const shown = tab === 'diff' ? [task.slug] : [task, state.worktrees, state.merges, state.pairs, state.runs];
  const choosing = tab === 'task' ? [model.ui.nextAt, model.ui.focus, state] : [];
  const measured = tab === 'worktree' ? [model.monitor?.reading?.disk[task.slug]] : [];
  const from = [
    tab,
    width,
    pages,
    ...choosing,
    ...measured,
    ...(work ? [work, Math.floor(model.now / 1_000)] : []),
    ...shown,
  ];
  if (last?.from.length !== from.length || last.from.some((one, at) => one !== from[at])) {
    last = { from, lines: pageLines(tab, task, model).flatMap((line) => wrappedLine(line, width)) };
  }
  return last.lines;
}

function paintPage(canvas: Canvas, inside: Rect, lines: readonly TextLine[], wanted: number) {
  const top = Math.max(0, Math.min(wanted, lines.length - inside.height));
  lines.slice(top, top + inside.height).forEach((line, at) => {
    const { text, style, spans = [{ text, style }], ground } = line;
    canvas.line(inside.x, inside.y + at, inside.width, spans, ground);
  });
}

const pageFoot = (lines: readonly TextLine[], height: number): string | undefined =>
  lines.length > height ? `${lines.length} lines` : undefined;

/** Worktree, merges, what was used and the session, a line each; what is not known is left out. */
function factsOf(task: Task, { state, transcripts }: Model): TextSpan[][] {
  const fact = (name: string, ...spans: TextSpan[]): TextSpan[] => [
    { text: ` ${name.padEnd(9)}`, style: 'dim' },
    ...spans,
  ];
  const tree = state.worktrees[task.slug];
  const merge = state.merges[task.slug];
  const spent = state.spend?.tasks[task.slug];
  const run = transcripts.inspector?.run;
  return [
    ...(tree
      ? [
          fact(
            'worktree',
            { text: tree.dirty ? `~${tree.dirty} files  ` : '', style: 'warn' },
            { text: `${distance(tree)}  ${tree.method ?? ''}`, style: 'dim' },
          ),
        ]
      : []),
    ...(merge
      ? [
          fact('merges', {
            text:
              merge.status === 'conflict'
                ? `◆ ${conflictWords(merge.conflicts)}`
                : merge.status === 'clean'
                  ? `✓ with ${state.target}`
                  : `? ${merge.reason ?? 'unknown'}`,
            style: ({ conflict: 'bad', clean: 'good', unknown: 'warn' } as const)[merge.status],
          }),
        ]
      : []),
    ...(spent?.tokens
      ? [fact('used', { text: formatSpent(spent, state.spend!.currency), style: 'text' })]
      : []),
    ...(run
      ? [
          fact('session', {
            text: `${run.runner} · attempt ${run.attempt} · ${standingOf(run)}`,
            style: run.error ? 'bad' : 'dim',
          }),
        ]
      : []),
  ];
}
