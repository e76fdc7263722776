/** The top line: where we are, how many tasks are in which state, how far the whole is. */
import { formatSpent, formatTokens } from '../../src/domain/agents/cost.js';
import { firstToEnd, holds, pauseEnd } from '../../src/domain/agents/pause.js';
import { shareUsed } from '../../src/domain/agents/spend.js';
import type { Concern } from '../../src/domain/app/groups.js';
import { glyphs, type ListedTask, progress } from '../../src/domain/app/selectors.js';
import type { AppState } from '../../src/domain/app/state.js';
import { textWidth } from '../../src/domain/platform/width.js';
import type { Canvas, Rect, TextSpan } from '../canvas.js';
import { type Layout, type PaneId, paneOrder } from '../layout.js';
import type { Model } from '../model.js';
import { type Style, stateStyle } from '../theme.js';
import { tasksByConcern } from '../ui/rows.js';

/** Groups of tasks worth a place in the header, with the words for their number. */
const worth: Partial<Record<Concern, { glyph: string; words: string; style: Style }>> = {
  'needs you': { glyph: glyphs['needs-input'], words: 'need you', style: stateStyle['needs-input'] },
  working: { glyph: glyphs.running, words: 'working', style: stateStyle.running },
  queued: { glyph: glyphs.draft, words: 'queued', style: 'info' },
  'to land': { glyph: glyphs.validated, words: 'to land', style: stateStyle.validated },
  ready: { glyph: glyphs.ready, words: 'ready', style: stateStyle.ready },
  blocked: { glyph: glyphs.blocked, words: 'blocked', style: stateStyle.blocked },
};

export function paintHeader(canvas: Canvas, rect: Rect, model: Model, layout: Layout) {
  if (layout.single) return paintTabs(canvas, rect, model, layout);
  const { state } = model;
  const name = state.repo?.name ?? 'no repository';
  const spans: TextSpan[] = [
    { text: ' codex-agents', style: 'strong' },
    ...(rect.width >= 100 ? [{ text: ` ${model.version}`, style: 'dim' } as const] : []),
    { text: `  ${name}@${state.target || '?'}  `, style: 'info' },
    ...pauseSpans(state, model.now),
    ...(state.warnings?.length ? [{ text: '! full access ', style: 'bad' } as const] : []),
  ];
  const right = [...spendSpans(state, rect.width), ...progressSpans(state, rect.width >= 100 ? 12 : 6)];
  let room = rect.width - width(spans) - width(right) - 1;
  for (const part of counted(state)) {
    const size = textWidth(part.text);
    if (size > room) break;
    spans.push(part);
    room -= size;
  }
  if (!state.lease.held && state.lease.holder) {
    const drives = 'watching: another codex-agent drives';
    const text = [`${drives} (${state.lease.holder})`, drives, 'watching'].find(
      (one) => textWidth(one) <= room,
    );
    if (text) spans.push({ text, style: 'warn' });
  }
  canvas.line(rect.x, rect.y, rect.width, spans, 'bar');
  canvas.line(rect.x + rect.width - width(right), rect.y, width(right), right, 'bar');
}

/** The runner whose limit ends first, and how many others are at theirs. */
function pauseSpans({ pauses = [] }: AppState, now: number): TextSpan[] {
  const held = pauses.filter((pause) => holds(pause, now));
  const first = firstToEnd(held);
  if (!first) return [];
  const more = held.length > 1 ? ` and ${held.length - 1} more` : '';
  const end = pauseEnd(first, now);
  return [{ text: `${first.runner} at its limit${end ? ` until ${end}` : ''}${more} `, style: 'warn' }];
}

/** The same groups as in the list, so that no two numbers on the screen disagree. */
function counted(state: AppState): TextSpan[] {
  return tasksByConcern(state).flatMap(({ name, rows }): TextSpan[] => {
    const known = worth[name as Concern];
    if (!known) return [];
    if (name === 'working') return workingSpans(rows, known, state);
    const words = name === 'needs you' && rows.length === 1 ? 'needs you' : known.words;
    return [{ text: ` ${known.glyph} ${rows.length} ${words} `, style: known.style }];
  });
}

/** Agents at work, and apart from them what the program itself works on. */
function workingSpans(
  rows: readonly ListedTask[],
  { glyph, words, style }: { glyph: string; words: string; style: Style },
  { busy }: AppState,
): TextSpan[] {
  const own = rows.flatMap(({ task }) => busy[task.slug] ?? []);
  const agents = rows.length - own.length;
  const kinds = [...new Set(own)];
  return [
    ...(agents > 0 ? [{ text: ` ${glyph} ${agents} ${words} `, style }] : []),
    ...kinds.map((kind) => ({ text: ` ◐ ${own.filter((one) => one === kind).length} ${kind} `, style })),
  ];
}

/** What runs have used; with a budget, in a colour that tells how much of it is left. */
function spendSpans({ spend }: AppState, room: number): TextSpan[] {
  if (!spend || room < 80 || (spend.total.tokens === 0 && !spend.budget)) return [];
  const share = shareUsed(spend);
  const percent = share === undefined ? '' : ` ${Math.round(share * 100)}% of budget`;
  const style = spend.state !== 'open' ? 'bad' : share !== undefined && share >= 0.8 ? 'warn' : 'dim';
  const used = share === undefined ? spend.total : spend.counted;
  const text =
    room >= 100 ? formatSpent(used, spend.currency) : formatTokens(used.tokens).replace(' tokens', '');
  return [{ text: `${text}${percent}  `, style }];
}

let measured: { tasks: unknown; share: number | undefined } | undefined;

function progressSpans(state: AppState, length: number): TextSpan[] {
  if (measured?.tasks !== state.tasks) measured = { tasks: state.tasks, share: progress(state) };
  const { share } = measured;
  if (share === undefined) return [];
  const full = Math.floor(share * length);
  return [
    { text: '▓'.repeat(full), style: 'good' },
    { text: '░'.repeat(length - full), style: 'faint' },
    { text: ` ${Math.floor(share * 100)}%${length > 6 ? ' landed' : ''} `, style: 'text' },
  ];
}

const tabNames: Record<PaneId, string> = {
  tasks: '1 Tasks',
  inspector: '2 Inspector',
  merge: '3 Merge',
  worktrees: '4 Worktrees',
  pinned: '5 Pinned',
  log: 'Log',
  fleet: 'Fleet',
  plan: 'Plan',
  monitor: 'Monitor',
};

/** The strip of tabs of a small terminal. */
function paintTabs(canvas: Canvas, rect: Rect, { ui }: Model, layout: Layout) {
  const order = paneOrder(layout, { ...ui, pinned: ui.pinned !== undefined });
  const short = order.reduce((sum, pane) => sum + tabNames[pane].length + 2, 0) > rect.width;
  const spans = order.map((pane): TextSpan => {
    const name = short && pane !== ui.focus ? tabNames[pane].slice(0, 1) : tabNames[pane];
    return { text: ` ${name} `, style: pane === ui.focus ? 'key' : 'dim' };
  });
  canvas.line(rect.x, rect.y, rect.width, spans, 'bar');
}

function width(spans: readonly TextSpan[]): number {
  return spans.reduce((sum, span) => sum + textWidth(span.text), 0);
}
