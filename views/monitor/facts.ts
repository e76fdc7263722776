/** What the monitor says in one line each, with a gauge or a sparkline: how far, what it costs, what it takes. */
import { formatSpent } from '../../src/domain/agents/cost.js';
import { shareUsed, spentLine } from '../../src/domain/agents/spend.js';
import { estimateOf, type ProcessUse, spendSeries, useOfAll } from '../../src/domain/app/monitor.js';
import { formatDuration, formatSize, plural } from '../../src/domain/platform/units.js';
import type { TextSpan } from '../canvas.js';
import type { Model } from '../model.js';
import { keptFor } from './kept.js';

export interface Fact {
  name: string;
  /** Of just the width asked for; none where there is nothing to draw yet. */
  drawn: readonly TextSpan[];
  words: string;
}

/** Every fact, the more important first; `width` is that of what is drawn. */
export function factsOf(model: Model, width: number): Fact[] {
  return [landed(model, width), ...spent(model, width), ...machine(model, width), disk(model)];
}

function landed({ state, monitor, now }: Model, width: number): Fact {
  const all = state.tasks.filter(({ status }) => status !== 'cancelled').length;
  const done = state.tasks.filter(({ status }) => status === 'landed').length;
  const widgets = monitor?.widgets;
  const estimate = estimateOf(state.tasks, monitor?.reading?.landings ?? [], now);
  const rest = estimate
    ? `, the rest in about ${formatDuration(estimate.endMs - now)}, one every ${formatDuration(estimate.eachMs)}`
    : done < all && done < 2
      ? '; after two, an estimate'
      : '';
  return {
    name: 'landed',
    drawn: widgets && all > 0 ? widgets.gauge(width, done / all) : [],
    words: all === 0 ? 'no tasks yet' : `${done} of ${all}${rest}`,
  };
}

function spent(model: Model, width: number): Fact[] {
  const { state, monitor, now } = model;
  const { spend } = state;
  const widgets = monitor?.widgets;
  if (!spend || (spend.total.tokens === 0 && !spend.budget)) {
    return [{ name: 'used', drawn: [], words: 'no run has told tokens yet' }];
  }
  const share = shareUsed(spend);
  const reading = monitor?.reading;
  const { tokens } = keptFor(reading, 'used', [width, JSON.stringify(spend.prices)], () =>
    spendSeries(reading?.spends ?? [], spend.prices, reading?.at ?? now, width + 1),
  );
  const steps = tokens?.values.map((value, at) => value - (tokens.values[at - 1] ?? value)).slice(1);
  const used: Fact = {
    name: 'used',
    drawn: widgets && steps ? [{ text: widgets.spark(width, steps), style: 'info' }] : [],
    words: formatSpent(spend.total, spend.currency),
  };
  if (share === undefined) return [used];
  const style = spend.state !== 'open' ? 'bad' : share >= 0.8 ? 'warn' : 'good';
  const words = spentLine(spend)
    .replace(/^.*?; budget(?: of )?/, '')
    .replace(/^: /, '');
  return [used, { name: 'budget', drawn: widgets ? widgets.gauge(width, share, style) : [], words }];
}

function machine({ monitor }: Model, width: number): Fact[] {
  const widgets = monitor?.widgets;
  const reading = monitor?.reading;
  if (!monitor || !reading) return [{ name: 'machine', drawn: [], words: monitor?.problem ?? 'looking…' }];
  const agents = Object.values(reading.agents);
  const line = (values: readonly number[]): TextSpan[] =>
    widgets && values.length > 0 ? [{ text: widgets.spark(width, values, 1), style: 'info' }] : [];
  const count = plural(agents.length, 'agent');
  return [
    {
      name: 'agents',
      drawn: agents.length > 0 ? line(monitor.busy.agents) : [],
      words: agents.length > 0 ? `${useWords(useOfAll(agents))}, ${count}` : 'none is at work',
    },
    { name: 'this program', drawn: line(monitor.busy.own), words: useWords(reading.own) },
  ];
}

function disk({ state, monitor }: Model): Fact {
  const sizes = Object.values(monitor?.reading?.disk ?? {});
  const all = Object.keys(state.worktrees).length;
  const free = monitor?.reading?.diskFree;
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const part = sizes.length < all ? `${sizes.length} of ${plural(all, 'worktree')}` : plural(all, 'worktree');
  const words = all === 0 ? 'no worktrees yet' : `${formatSize(bytes)} in ${part}`;
  return {
    name: 'disk',
    drawn: [],
    words: free === undefined ? words : `${words}, ${formatSize(free)} free`,
  };
}

/** "34 % of a core, 120 MB". */
const useWords = ({ core, bytes }: ProcessUse): string =>
  `${core === undefined ? '' : `${Math.round(core * 100)} % of a core, `}${formatSize(bytes)}`;
