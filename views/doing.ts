/** What a task does now, in a few words for its row. Kinds come from events, never from what an agent printed. */
import { pauseEnd } from '../src/domain/agents/pause.js';
import type { RunNow } from '../src/domain/agents/run.js';
import { isLive, type RunView } from '../src/domain/agents/run.js';
import { askedDetail } from '../src/domain/app/attention.js';
import { ordinal, placeInQueue, silentFor } from '../src/domain/app/groups.js';
import { failedChecks, glyphs, isHeld, type ListedTask, latestRun } from '../src/domain/app/selectors.js';
import type { AppState } from '../src/domain/app/state.js';
import { workUnderWay, workWords } from '../src/domain/app/work.js';
import { conflictWords } from '../src/domain/landing/merge.js';
import { inOneLine } from '../src/domain/platform/sanitize.js';
import { formatDuration, shortCommit } from '../src/domain/platform/units.js';
import type { TextSpan } from './canvas.js';
import { type Style, stateStyle } from './theme.js';

export interface Doing {
  glyph: TextSpan;
  words: TextSpan;
}

/** A live run that has written nothing for this long is shown as silent. */
const silentMs = 60_000;

/** Glyph and words of a row; `now` is milliseconds since the epoch. */
export function doingOf(row: ListedTask, state: AppState, now: number): Doing {
  const { task, shown } = row;
  const underWay = underWayWords(task.slug, state, now);
  if (underWay) return says(state.busy[task.slug] === 'filling' ? '◌' : '◐', 'info', underWay);
  const run = task.status === 'running' ? latestRun(task, state) : undefined;
  const asks = run?.approvals?.[0];
  if (asks) return says(glyphs['needs-input'], 'warn', `asks: ${inOneLine(askedDetail(asks))}`);
  if (task.status === 'running') return runningSays(row, run, state, now);
  return { glyph: { text: glyphs[shown], style: stateStyle[shown] }, words: standingSays(row, state, now) };
}

/** What the program does on the task now, or was told to do a moment ago; undefined where it does nothing. */
export function underWayWords(
  slug: string,
  { works, given }: Pick<AppState, 'works' | 'given'>,
  now: number,
): string | undefined {
  const work = workUnderWay(works, slug);
  if (work) return workWords(work, now);
  return given[slug] && `${given[slug]}…`;
}

function says(glyph: string, style: Style, text: string, wordStyle: Style = style): Doing {
  return { glyph: { text: glyph, style }, words: { text, style: wordStyle } };
}

function runningSays(row: ListedTask, run: RunView | undefined, state: AppState, now: number): Doing {
  const since = (at: string | undefined) => {
    const ms = at ? now - Date.parse(at) : 0;
    return ms >= 10_000 ? ` ${formatAge(ms)}` : '';
  };
  if (!run) {
    const filling = state.worktrees[row.task.slug]?.state === 'hydrating' || !state.worktrees[row.task.slug];
    return says('◌', 'info', `${filling ? 'filling worktree' : 'starting'}${since(row.task.updatedAt)}`);
  }
  if (run.phase === 'starting' || run.phase === 'not-launched')
    return says('◌', 'info', `starting${since(run.startedAt)}`);
  if (!isLive(run.phase)) return says('◐', 'info', `collecting its work${since(run.endedAt)}`);
  if (run.phase === 'finishing' || run.phase === 'leftovers') return says('●', 'info', 'finishing');
  const silent = silentFor(run, now);
  if (silent !== undefined && silent >= silentMs) {
    const limit = run.idleMs ? ` of ${formatDuration(run.idleMs)}` : '';
    return says('●', 'info', `silent ${formatDuration(silent)}${limit}`, 'warn');
  }
  if (!run.now) return says('●', 'info', `working${since(run.startedAt)}`, 'dim');
  return { glyph: { text: '●', style: 'info' }, words: nowSays(run.now) };
}

function nowSays({ kind, text, outcome }: RunNow): TextSpan {
  const failed = outcome === 'failed';
  switch (kind) {
    case 'command':
      return { text: `$ ${text}${failed ? ' ✗' : ''}`, style: failed ? 'bad' : 'text' };
    case 'edit':
      return { text: `edit ${text}`, style: failed ? 'bad' : 'accent' };
    case 'tool':
      return { text, style: failed ? 'bad' : 'text' };
    case 'thought':
      return { text: 'thinking', style: 'dim' };
    case 'retry':
      return { text: `retries: ${text}`, style: 'warn' };
    case 'message':
      return { text: 'reads your message', style: 'dim' };
    case 'text':
      return { text: `“${text}”`, style: 'dim' };
  }
}

/** What a task that no agent works on stands at. */
function standingSays({ task, shown, waits }: ListedTask, state: AppState, now: number): TextSpan {
  const style = stateStyle[shown];
  switch (shown) {
    case 'needs-input':
    case 'failed':
      return { text: task.problem ? problemWords(task.problem) : shown, style };
    case 'conflicted': {
      const merge = state.merges[task.slug] ?? task.merge;
      return { text: `${conflictWords(merge?.conflicts ?? [])} with ${state.target}`, style };
    }
    case 'blocked':
      return { text: waits ?? 'waits', style };
    case 'ready': {
      // A branch that was adopted has work already, which may be in conflict before an agent starts on it.
      const merge = task.launch ? undefined : state.merges[task.slug];
      if (merge?.status === 'conflict')
        return {
          text: `ready, ${conflictWords(merge.conflicts)} with ${state.target}`,
          style: stateStyle.conflicted,
        };
      return { text: queueWords(task, state, now), style };
    }
    case 'done':
      return failedChecks(task)
        ? { text: `done, ${task.validation!.summary}`, style: stateStyle.failed }
        : isHeld(task)
          ? { text: 'done, waits for your approval', style: stateStyle['needs-input'] }
          : { text: 'done, not validated', style };
    case 'validated':
      return { text: 'validated', style };
    case 'stale':
      return { text: 'changed since validation', style };
    case 'landed':
      return { text: task.landedAs ? `landed ${shortCommit(task.landedAs)}` : 'landed', style };
    case 'running':
    case 'draft':
    case 'cancelled':
      return { text: shown, style };
  }
}

const problemWords = ({ code, message }: { code: string; message: string }): string =>
  `${code.replaceAll(/[_-]/g, ' ')}: ${message}`;

function queueWords(task: ListedTask['task'], state: AppState, now: number): string {
  if (!task.launch) return 'ready';
  const pause = state.pauses?.find(({ tasks }) => tasks?.includes(task.slug));
  if (pause) {
    const end = pauseEnd(pause, now);
    return end ? `limit to ${end}` : `${pause.runner} at its limit`;
  }
  const until = task.launch.notBefore ? Date.parse(task.launch.notBefore) : 0;
  if (until > now) return `again in ${formatDuration(until - now)}`;
  if (state.worktrees[task.slug]?.state === 'hydrating') return 'filling worktree';
  const place = placeInQueue(task, state.tasks, state.busy);
  return place === 1 ? 'next slot' : `${ordinal(place)} in line`;
}

/** Ages count in whole units: "0.4s" would only flicker. */
export function formatAge(ms: number): string {
  return ms < 10_000 ? 'now' : formatDuration(ms);
}
