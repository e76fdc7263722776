/** The monitor: tokens, money and landed tasks over time, what agents and this program take, the dearest tasks. */
import { formatMoney, formatTokens, type Prices } from '../../src/domain/agents/cost.js';
import {
  landingSeries,
  type MonitorReading,
  type Series,
  spendByRunner,
  spendSeries,
} from '../../src/domain/app/monitor.js';
import { latestRun } from '../../src/domain/app/selectors.js';
import { formatSize, plural } from '../../src/domain/platform/units.js';
import { fitText, wrap } from '../../src/domain/platform/width.js';
import type { Canvas, Rect, TextSpan } from '../canvas.js';
import type { Model } from '../model.js';
import { paintWay } from '../panes/fleet.js';
import { paintList } from '../panes/list.js';
import { type MonitorRow, monitorRowsOf } from '../ui/page-rows.js';
import { factsOf } from './facts.js';
import { keptFor } from './kept.js';

const nameWidth = 13;
/** Narrower charts say nothing. */
const leastChart = 30;

export function paintMonitor(canvas: Canvas, rect: Rect, model: Model) {
  const { monitor } = model;
  canvas.line(rect.x, rect.y, rect.width, [
    { text: ' Monitor', style: 'focus' },
    { text: monitor?.problem ? `  ${monitor.problem}` : '  looks every 2 s while it is open', style: 'dim' },
  ]);
  paintWay(canvas, rect, model, 'ui.monitor');
  const facts = factsOf(model, 1).length;
  const rest = rect.height - 1;
  const charts = rest - facts >= 14 ? Math.min(18, Math.floor((rest - facts) * 0.45)) : 0;
  let y = rect.y + 1;
  if (charts > 0) paintCharts(canvas, { ...rect, y, height: charts }, model);
  y += charts;
  const runners = rect.width >= 110 ? 38 : 0;
  paintMonitorFacts(canvas, { ...rect, y, width: rect.width - runners, height: facts }, model);
  if (runners > 0) {
    paintRunners(canvas, { x: rect.x + rect.width - runners, y, width: runners, height: facts }, model);
  }
  y += facts;
  paintTable(canvas, { ...rect, y, height: rect.y + rect.height - y }, model);
}

/** The facts alone, as many as there is room for: all that the tab of the worktrees pane shows. */
export function paintMonitorFacts(canvas: Canvas, rect: Rect, model: Model) {
  const width = Math.max(8, Math.min(24, Math.floor(rect.width / 5)));
  factsOf(model, width)
    .slice(0, rect.height)
    .forEach(({ name, drawn, words }, at) => {
      canvas.line(rect.x, rect.y + at, rect.width, [
        { text: ` ${name.padEnd(nameWidth)}`, style: 'dim' },
        ...(drawn.length > 0 ? [...drawn, { text: ' ' }] : [{ text: ' '.repeat(width + 1) }]),
        { text: words },
      ]);
    });
}

interface Drawing {
  title: string;
  series?: Series;
  /** Values are drawn in this unit. */
  unit: number;
  whole?: boolean;
  /** What will stand there. */
  empty: string;
}

function paintCharts(canvas: Canvas, rect: Rect, model: Model) {
  const drawings = drawingsOf(model, Math.floor(rect.width / 2));
  const shown = drawings.slice(0, Math.max(1, Math.floor(rect.width / leastChart)));
  shown.forEach((drawing, at) => {
    const x = rect.x + Math.floor((rect.width * at) / shown.length);
    const right = rect.x + Math.floor((rect.width * (at + 1)) / shown.length);
    paintChart(canvas, { ...rect, x, width: right - x }, drawing, model);
  });
}

/** As of the reading: until the next one nothing is known to be different. */
function drawingsOf({ state, monitor, now }: Model, steps: number): Drawing[] {
  const reading = monitor?.reading;
  const { prices = {}, currency = 'USD' } = state.spend ?? {};
  return keptFor(reading, 'drawings', [steps, JSON.stringify(prices), currency], () =>
    drawingsFrom(reading, { prices, currency, steps, now: reading?.at ?? now }),
  );
}

function drawingsFrom(
  reading: MonitorReading | undefined,
  { prices, currency, steps, now }: { prices: Prices; currency: string; steps: number; now: number },
): Drawing[] {
  const { tokens, cost } = spendSeries(reading?.spends ?? [], prices, now, steps);
  const thousands = (tokens?.values.at(-1) ?? 0) >= 1e6 ? 1e6 : 1e3;
  const landings = landingSeries(reading?.landings ?? [], now, steps);
  return [
    {
      title: `Tokens, in ${thousands === 1e6 ? 'millions' : 'thousands'}`,
      series: tokens,
      unit: thousands,
      empty: 'Tokens over time stand here once a run has told what it used.',
    },
    ...(!cost && (tokens || Object.keys(prices).length === 0)
      ? []
      : [
          {
            title: `Cost, in ${currency}`,
            series: cost,
            unit: 1,
            empty: 'Cost over time stands here once a run has told tokens that have a price ([prices]).',
          },
        ]),
    {
      title: 'Landed tasks',
      series: landings,
      unit: 1,
      whole: true,
      empty: 'How many tasks have landed over time stands here after the first one.',
    },
  ];
}

function paintChart(
  canvas: Canvas,
  rect: Rect,
  { title, series, unit, whole, empty }: Drawing,
  model: Model,
) {
  const inside = canvas.box(rect, { focused: false, title, note: series ? lastOf(series, unit) : undefined });
  const widgets = model.monitor?.widgets;
  if (!series || !widgets) {
    const words = model.monitor?.reading || model.monitor?.problem ? empty : 'looking…';
    wrap(words, inside.width - 2).forEach((text, at) => {
      if (at < inside.height) canvas.text(inside.x + 1, inside.y + at, inside.width - 2, text, 'dim');
    });
    return;
  }
  // Two columns fewer than it is wide: the widget needs an even number, and its last label some room.
  const width = inside.width - (inside.width % 2);
  const size = { width, height: inside.height };
  const by = [series, width, inside.height, widgets];
  const rows = keptFor(model.monitor?.reading, title, by, () =>
    widgets.lineChart({ ...size, ...pointsOf(series, unit), whole }),
  );
  rows.forEach((spans, at) => {
    canvas.line(inside.x, inside.y + at, inside.width, spans);
  });
}

const lastOf = ({ values }: Series, unit: number): string => {
  const last = (values.at(-1) ?? 0) / unit;
  return Number.isInteger(last) ? `${last}` : last.toFixed(last < 10 ? 2 : 1);
};

/** Local time of day, HH:MM. */
const clock = (at: number): string => new Date(at).toTimeString().slice(0, 5);

function paintRunners(canvas: Canvas, rect: Rect, { state, monitor }: Model) {
  const rows = spendByRunner(monitor?.reading?.spends ?? [], state.spend?.prices ?? {});
  canvas.line(rect.x, rect.y, rect.width, [{ text: 'by runner', style: 'dim' }]);
  const money = (cost?: number) =>
    cost === undefined ? '' : `, ${formatMoney(cost, state.spend?.currency ?? 'USD')}`;
  rows.slice(0, rect.height - 1).forEach(({ runner, runs, tokens, cost }, at) => {
    canvas.line(rect.x, rect.y + 1 + at, rect.width, [
      { text: fitText(runner, 8), style: 'strong' },
      { text: ` ${plural(runs, 'run')}, ${formatTokens(tokens)}${money(cost)}` },
    ]);
  });
  if (rows.length === 0) canvas.text(rect.x, rect.y + 1, rect.width, 'nothing used yet', 'dim');
}

const columns = { runner: 10, tokens: 8, cost: 12, share: 10, use: 20, disk: 9 };

function paintTable(canvas: Canvas, rect: Rect, model: Model) {
  const { state, ui } = model;
  const rows = monitorRowsOf(state, ui);
  const most = Math.max(1, ...rows.rows.map(({ spent }) => spent?.tokens ?? 0));
  const wide = rect.width >= 100;
  const fixed =
    columns.tokens +
    columns.use +
    columns.disk +
    6 +
    (wide ? columns.runner + columns.cost + columns.share + 3 : 0);
  const title = Math.max(12, Math.min(60, rect.width - 3 - fixed));
  const heads: [string, number][] = [
    ['TASK', title],
    ...(wide ? ([['RUNNER', columns.runner]] as [string, number][]) : []),
    ['TOKENS', columns.tokens],
    ...(wide
      ? ([
          ['COST', columns.cost],
          ['', columns.share],
        ] as [string, number][])
      : []),
    ['TAKES', columns.use],
    ['DISK', columns.disk],
  ];
  paintList<MonitorRow>(canvas, rect, {
    rows,
    ui: ui.lists.monitor,
    focused: ui.focus === 'monitor',
    title: 'By task',
    head: [{ text: ` ${heads.map(([name, width]) => fitText(name, width)).join(' ')}`, style: 'dim' }],
    empty: [
      'No task has used anything yet.',
      'Those with a run or a worktree stand here, the dearest first.',
    ],
    spans: (row) => tableSpans(row, model, { title, wide, most }),
  });
}

function tableSpans(
  { task, spent }: MonitorRow,
  { state, monitor }: Model,
  { title, wide, most }: { title: number; wide: boolean; most: number },
): TextSpan[] {
  const run = latestRun(task, state);
  const use = run && monitor?.reading?.agents[run.runId];
  const size = monitor?.reading?.disk[task.slug];
  const tokens = spent?.tokens ? formatTokens(spent.tokens).replace(' tokens', '') : '';
  const cost = spent?.cost === undefined ? '' : formatMoney(spent.cost, state.spend?.currency ?? 'USD');
  const full = Math.round(((spent?.tokens ?? 0) / most) * columns.share);
  return [
    { text: `${fitText(task.title || task.slug, title)} ` },
    ...(wide ? [{ text: `${fitText(run?.runner ?? '', columns.runner)} `, style: 'dim' } as const] : []),
    { text: `${fitText(tokens, columns.tokens)} ` },
    ...(wide
      ? ([
          { text: `${fitText(cost, columns.cost)} ` },
          { text: '▓'.repeat(full), style: 'info' },
          {
            text: `${'░'.repeat(spent ? columns.share - full : 0).padEnd(columns.share - full)} `,
            style: 'faint',
          },
        ] as const)
      : []),
    {
      text: `${fitText(use ? `${percent(use.core)}${formatSize(use.bytes)}` : '', columns.use)} `,
      style: 'info',
    },
    { text: fitText(size === undefined ? '' : formatSize(size), columns.disk), style: 'dim' },
  ];
}

const percent = (core: number | undefined): string =>
  core === undefined ? '' : `${Math.round(core * 100)} %, `;

function pointsOf({ from, to, values }: Series, unit: number): { labels: string[]; values: number[] } {
  return {
    values: values.map((value) => value / unit),
    labels: values.map((_, at) => clock(from + ((to - from) * at) / (values.length - 1))),
  };
}
