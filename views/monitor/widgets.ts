/**
 * The widgets of blessed-contrib, drawn aside: what each draws becomes cells of a pane, in the colours of the theme.
 * Loaded when the monitor is first looked at.
 */
import Line from 'blessed-contrib/lib/widget/charts/line.js';
import Gauge from 'blessed-contrib/lib/widget/gauge.js';
import Sparkline from 'blessed-contrib/lib/widget/sparkline.js';
import type { TextSpan } from '../canvas.js';
import type { Style } from '../theme.js';

export interface Chart {
  width: number;
  height: number;
  /** A label and a value for each step, oldest first. */
  labels: readonly string[];
  values: readonly number[];
  /** They count something: there is no half of it. */
  whole?: boolean;
}

/** Drawn with a name of a colour, which then stands for a style of ours. */
const styles: Readonly<Record<string, Style>> = {
  '30': 'border',
  '36': 'accent',
  '37': 'dim',
  '42': 'good',
  '43': 'warn',
  '41': 'bad',
};

// A widget wants a screen for its keys and its mouse; these have neither.
const aside = { setEffects() {}, on() {} };

function drawn(widget: ContribClass, options: object, ...data: unknown[]): ContribWidget {
  const made = new widget({ ...options, screen: aside });
  made.emit('attach');
  made.setData(...data);
  return made;
}

/** A line over time, with its axes; rows of spans. */
export function lineChart({ width, height, labels, values, whole = false }: Chart): TextSpan[][] {
  const options = {
    ...{ width: width + 6, height: height + 2, numYLabels: Math.max(2, Math.floor(height / 3)) },
    wholeNumbersOnly: whole,
    style: { line: 'cyan', text: 'white', baseline: 'black' },
  };
  const { ctx } = drawn(Line, options, [{ x: [...labels], y: [...values] }]);
  return ctx._canvas
    .frame()
    .split('\n')
    .slice(0, height)
    .map((row) =>
      joined(cellsIn(row).map(({ char, front }) => ({ text: char, style: styles[front ?? ''] ?? 'text' }))),
    );
}

/** A bar that is full by this share, with its percentage in it. */
export function gauge(width: number, share: number, style: 'good' | 'warn' | 'bad' = 'good'): TextSpan[] {
  const stroke = { good: 'green', warn: 'yellow', bad: 'red' }[style];
  const percent = Math.max(0, Math.min(100, Math.round(share * 100)));
  // Up to one, the widget takes its number for a share; and it leaves room at both ends.
  const shown = Math.max(percent, 1.01);
  const { ctx } = drawn(Gauge, { width: width + 4, height: 5, stroke, fill: 'white' }, shown);
  const cells = cellsIn(ctx._canvas.frame().split('\n')[3] ?? '').slice(1, width + 1);
  return joined(
    cells.map(({ char, front, ground }): Cell => {
      if (char !== ' ') return { text: percent === 0 ? char.replace('1', '0') : char, style: 'strong' };
      if (ground === undefined || percent === 0) return { text: '░', style: 'faint' };
      return { text: '▓', style: styles[ground] ?? styles[front ?? ''] ?? 'good' };
    }),
  );
}

/** One line that goes up and down with the values, the newest at its right, zero and `most` its lowest and highest step. */
export function spark(width: number, values: readonly number[], most = 0): string {
  const shown = values.slice(-width);
  const top = Math.max(...shown, most, Number.MIN_VALUE);
  // The widget counts in whole numbers from the least value to the greatest: those stand before them.
  const whole = [0, 1000, ...shown.map((value) => Math.round((value / top) * 1000))];
  const { content } = drawn(Sparkline, { width: width + 4 }, ['now'], [whole]);
  const line = content.split('\n')[2]?.trim() ?? '';
  return [...line].slice(2).join('').padStart(width, ' ');
}

interface Cell {
  text: string;
  style: Style;
}

/** The characters of a row that a widget has drawn, with the codes of their colours. */
function cellsIn(row: string): { char: string; front?: string; ground?: string }[] {
  const cells: { char: string; front?: string; ground?: string }[] = [];
  let front: string | undefined;
  let ground: string | undefined;
  for (const [, code, char] of row.matchAll(/\x1b\[(\d+)m|([^\x1b])/gu)) {
    if (char !== undefined) cells.push({ char, front, ground });
    else if (code!.startsWith('3')) front = code === '39' ? undefined : code;
    else ground = code === '49' ? undefined : code;
  }
  return cells;
}

/** Cells of one style after the other become one span. */
function joined(cells: readonly Cell[]): TextSpan[] {
  const spans: { text: string; style: Style }[] = [];
  for (const { text, style } of cells) {
    const last = spans.at(-1);
    if (last?.style === style) last.text += text;
    else spans.push({ text, style });
  }
  return spans;
}
