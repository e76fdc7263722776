/** What the program itself does on the task, below its transcript: how far it has come, and what it prints. */
import { latestRun } from '../../src/domain/app/selectors.js';
import type { AppState } from '../../src/domain/app/state.js';
import { type OwnWork, shareDone, workWords } from '../../src/domain/app/work.js';
import { textWidth } from '../../src/domain/platform/width.js';
import type { Task } from '../../src/domain/store/task.js';
import type { TextSpan } from '../canvas.js';
import { keysFor } from '../keymap.js';
import type { Model } from '../model.js';
import type { TextLine } from '../overlays/types.js';

/** Work under way, or work that failed and after which no agent has begun. */
function workShown(task: Task, state: AppState): OwnWork | undefined {
  const work = state.works[task.slug];
  if (!work?.ended) return work;
  const run = latestRun(task, state);
  return work.ended.ok || (run && run.startedAt > work.since) ? undefined : work;
}

const widestBar = 20;
const leastBar = 6;

/** Rows for the foot of the pane: as many of the last lines as have room, all of them where nothing else is shown. */
export function workRows(
  task: Task,
  model: Model,
  { width, height }: { width: number; height: number },
  alone: boolean,
): TextSpan[][] {
  const work = workShown(task, model.state);
  if (!work || height < 3) return [];
  const room = alone ? height : Math.floor(height / 2);
  const lines = work.lines.slice(-Math.max(0, room - (alone ? 1 : 2)));
  return [
    ...(alone ? [] : [[{ text: '╌'.repeat(width), style: 'border' } as const]]),
    headOf(work, model, width),
    ...lines.map((text): TextSpan[] => [{ text: `  ${text}`, style: 'dim' }]),
  ];
}

function headOf(work: OwnWork, { now, keymap, commands, ui }: Model, width: number): TextSpan[] {
  if (work.ended) return [{ text: ` ✗ ${work.kind}: ${work.ended.text}`, style: 'bad' }];
  const words = ` ◐ ${workWords(work, now)}  `;
  const row = commands.find(({ part }) => part === 'stop');
  const back = ui.focus === 'inspector' ? keysFor(keymap, 'ui.back') : '';
  const stops = row ? [keysFor(keymap, row.id), back].filter(Boolean).join(' ') : '';
  const stop: TextSpan[] = [
    { text: stops, style: 'key' },
    { text: ' stops it  ', style: 'dim' },
  ];
  const spans: TextSpan[] = [{ text: words, style: 'info' }, ...(stops ? stop : [])];
  const share = shareDone(work);
  const room = width - spans.reduce((sum, { text }) => sum + textWidth(text), 0);
  const bar = Math.min(widestBar, room);
  if (share === undefined || bar < leastBar) return spans;
  const full = Math.floor(share * bar);
  return [
    ...spans,
    { text: '▓'.repeat(full), style: 'good' },
    { text: '░'.repeat(bar - full), style: 'faint' },
  ];
}

/** The checks as they run, for the page that shows their outcome afterwards. */
export function checksUnderWay(task: Task, { state, now }: Model): TextLine[] {
  const work = state.works[task.slug];
  if (!work || work.ended || work.kind === 'filling') return [];
  const lines = work.lines.map((text): TextLine => ({ text: `  ${text}`, style: 'dim' }));
  return [{ text: `◐ ${workWords(work, now)}`, style: 'info' }, ...lines, { text: '' }];
}
