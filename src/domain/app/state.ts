/** The projection the screen and the printers read: events in, state out, no effects. */

import { type Activity, noteActivity } from '../agents/activity.js';
import type { Pause } from '../agents/pause.js';
import type { RunView } from '../agents/run.js';
import type { SpendReport } from '../agents/spend.js';
import type { MergeResult, PairResult, QueueReport } from '../landing/merge.js';
import { isSettled, type Repo, type Task } from '../store/task.js';
import type { TaskChange } from '../store/undo.js';
import { describeEvent } from './event-line.js';
import type { AppEvent, LogLine, MissedRunners, Obstacles, SharedState, WorktreeView } from './events.js';
import { busyOf, type WorkEvent, type WorkKind, type Works, withWork } from './work.js';

export interface AppState {
  repo?: Repo;
  target: string;
  rev: number;
  /** Tasks of this repository, in registry order. */
  tasks: readonly Task[];
  runs: Readonly<Record<string, RunView>>;
  /** How busy live runs were in the last minutes, by run id. */
  activity: Readonly<Record<string, Activity>>;
  worktrees: Readonly<Record<string, WorktreeView>>;
  /** How worktrees were filled, by task: known when it happens, looking at them later does not tell. */
  filledBy: Readonly<Record<string, string>>;
  merges: Readonly<Record<string, MergeResult>>;
  pairs: readonly PairResult[];
  /** The last rehearsal of landing all live tasks. */
  queue?: QueueReport;
  /** Tasks that the program itself works on now: slug → what it does. */
  busy: Readonly<Record<string, WorkKind>>;
  /** That work as it goes on; the newest of a task stays when it is over. */
  works: Works;
  /** Tasks that a command under way was given: slug → the command's title, until it has ended. */
  given: Readonly<Record<string, string>>;
  /** Commands under way. */
  running: readonly string[];
  log: readonly LogLine[];
  /** Whether this process drives, and who does when it does not. */
  lease: { held: boolean; holder?: string };
  lastError?: string;
  /** What runs have used. */
  spend?: SpendReport;
  /** The newest change of a task that a person can take back. */
  undo?: TaskChange;
  /** How many agents are at work at most. */
  atOnce?: number;
  /** Runners that ready tasks want and that are not there. */
  missing?: MissedRunners;
  /** Accounts that are at their limits. */
  pauses?: readonly Pause[];
  /** The repository's configuration is not trusted: nothing is started. */
  untrusted?: boolean;
  /** What keeps every agent from being started. */
  ground?: Obstacles;
  /** What stays dangerous for as long as it is configured. */
  warnings?: readonly string[];
}

export const emptyState: AppState = {
  target: '',
  rev: 0,
  tasks: [],
  runs: {},
  activity: {},
  worktrees: {},
  filledBy: {},
  merges: {},
  pairs: [],
  busy: {},
  works: {},
  given: {},
  running: [],
  log: [],
  lease: { held: false },
};

const logLimit = 1000;

/** The state after an event; `at` is the time of the event, for the log. */
export function reduce(state: AppState, event: AppEvent, at: string): AppState {
  const log = describeEvent(event);
  const next = apply(state, event, at);
  return log ? { ...next, log: withLine(next.log, { at, ...log }) } : next;
}

/** What is only said again moves to the end of the log. */
function withLine(log: readonly LogLine[], line: LogLine): LogLine[] {
  const again = log.at(-1)?.text === line.text;
  return [...(again ? log.slice(0, -1) : log), line].slice(-logLimit);
}

function apply(state: AppState, event: AppEvent, at: string): AppState {
  switch (event.type) {
    case 'repo.opened':
      return {
        ...state,
        repo: event.repo,
        target: event.target,
        atOnce: event.atOnce,
        warnings: event.warnings,
        untrusted: event.untrusted,
      };
    case 'registry.loaded':
      return event.rev < state.rev ? state : withTasks(state, event.rev, event.tasks);
    case 'worktrees.inspected':
      return { ...state, worktrees: withMethods(state, event.worktrees) };
    case 'worktree.hydrated':
      return withFilled(state, event);
    case 'undo.offered':
      return { ...state, undo: event.change };
    case 'state.shared':
      return withTasks(withShared(state, event.shared), state.rev, state.tasks);
    case 'ground.found':
      return { ...state, ground: event.ground };
    case 'spend.counted':
      return { ...state, spend: event.spend };
    case 'runners.paused':
      return { ...state, pauses: event.pauses };
    case 'runners.missed':
      return { ...state, missing: event.missing };
    case 'run.started':
    case 'run.changed':
    case 'run.progressed':
      return withRun(state, event.run, at);
    case 'run.ended':
      return {
        ...state,
        runs: { ...state.runs, [event.run.runId]: event.run },
        activity: without(state.activity, event.run.runId),
      };
    case 'merge.checked':
      return withMerges(state, event);
    case 'validation.started':
      return working(state, { type: 'work.began', tasks: [event.task], kind: 'checking' }, at);
    case 'validation.finished':
      return working(state, checksEnded(event), at);
    case 'work.began':
    case 'work.went':
    case 'work.ended':
      return working(state, event, at);
    case 'train.started':
      return working(state, { type: 'work.began', tasks: event.tasks, kind: 'landing' }, at);
    case 'train.tested': {
      const said = `${event.tasks.length} merged: checks ${event.outcome} ${event.checks.join(', ')}`.trim();
      return working(state, { type: 'work.went', tasks: event.tasks, lines: [said] }, at);
    }
    case 'train.finished':
      return working(state, landingEnded(event.open, false, 'interrupted'), at);
    case 'task.landed': {
      const { task, status, target, reason } = event.report;
      const landed = status === 'landed';
      const ended = landingEnded([task], landed, landed ? `landed on ${target}` : (reason ?? 'not landed'));
      const next = working(state, ended, at);
      return landed ? { ...next, merges: without(state.merges, task) } : next;
    }
    case 'worktree.removed':
      return {
        ...state,
        worktrees: without(state.worktrees, event.task),
        filledBy: without(state.filledBy, event.task),
      };
    case 'command.started':
      return {
        ...state,
        running: [...state.running, event.id],
        lastError: undefined,
        given: withGiven(state.given, event.changes),
      };
    case 'command.ended':
      return {
        ...state,
        running: removeOne(state.running, event.id),
        given: (event.tasks ?? []).reduce(without, state.given),
        lastError: event.ok ? state.lastError : event.message,
      };
    case 'lease.changed':
      return { ...state, lease: { held: event.held, holder: event.holder } };
    case 'noted':
      return event.level === 'error' ? { ...state, lastError: event.message } : state;
    case 'call.ended':
    case 'task.moved':
    case 'work.committed':
    case 'merge.resolved':
    case 'transcript.grew':
    case 'transcript.matched':
      return state;
  }
}

function working(state: AppState, event: WorkEvent, at: string): AppState {
  const works = withWork(state.works, event, at);
  return works === state.works ? state : { ...state, works, busy: busyOf(works, state.busy) };
}

const landingEnded = (tasks: readonly string[], ok: boolean, text: string): WorkEvent => ({
  type: 'work.ended',
  tasks,
  kind: 'landing',
  ok,
  text,
});

const checksEnded = ({ task, verdict, summary }: ChecksEnded): WorkEvent => ({
  type: 'work.ended',
  tasks: [task],
  kind: 'checking',
  ok: verdict === 'pass',
  text: `${verdict}, ${summary}`,
});
type ChecksEnded = Extract<AppEvent, { type: 'validation.finished' }>;

/** Which process drives is the other screen's word as well; this one does not. */
function withShared(state: AppState, { driver, ...shared }: SharedState): AppState {
  const lease = { held: false, ...(driver === undefined ? {} : { holder: driver }) };
  return { ...state, ...shared, lease };
}

function withRun(state: AppState, run: RunView, at: string): AppState {
  const runs = { ...state.runs, [run.runId]: run };
  if (run.written === undefined) return { ...state, runs };
  const noted = noteActivity(state.activity[run.runId], run.written, Date.parse(at));
  return { ...state, runs, activity: { ...state.activity, [run.runId]: noted } };
}

/** A look that began before a worktree was filled does not have it; the next one finds again how that was done. */
function withMethods(
  { worktrees, filledBy }: AppState,
  views: readonly WorktreeView[],
): Record<string, WorktreeView> {
  return Object.fromEntries(
    views.map((view) => {
      const method = filledBy[view.task] ?? worktrees[view.task]?.method;
      return [view.task, { method, ...view }];
    }),
  );
}

function withFilled(state: AppState, event: Extract<AppEvent, { type: 'worktree.hydrated' }>): AppState {
  const { task, method } = event;
  return {
    ...state,
    worktrees: { ...state.worktrees, [task]: freshTree(state, event) },
    ...(method ? { filledBy: { ...state.filledBy, [task]: method } } : {}),
  };
}

function freshTree(
  state: AppState,
  { task: slug, path, method }: Extract<AppEvent, { type: 'worktree.hydrated' }>,
): WorktreeView {
  const branch = state.tasks.find((task) => task.slug === slug)?.branch ?? '';
  return { task: slug, path, branch, state: 'ready', ...(method ? { method } : {}) };
}

/** What was predicted for tasks that have landed meanwhile is history. */
function withTasks(state: AppState, rev: number, tasks: readonly Task[]): AppState {
  const settled = settledSlugs(tasks);
  const merges = Object.entries(state.merges).filter(([slug]) => !settled.has(slug));
  return {
    ...state,
    rev,
    tasks,
    merges: merges.length < Object.keys(state.merges).length ? Object.fromEntries(merges) : state.merges,
    pairs: state.pairs.some((pair) => settled.has(pair.a) || settled.has(pair.b))
      ? state.pairs.filter((pair) => !settled.has(pair.a) && !settled.has(pair.b))
      : state.pairs,
  };
}

/** A check may end after a task it was about has landed. Pairs of tasks it was not about stay as they were. */
function withMerges(state: AppState, event: Extract<AppEvent, { type: 'merge.checked' }>): AppState {
  const { results, pairs, queue } = event;
  const settled = settledSlugs(state.tasks);
  const live = results.filter((result) => !settled.has(result.task));
  const checked = new Set(results.map((result) => result.task));
  const others = state.pairs.filter(({ a, b }) => !checked.has(a) || !checked.has(b));
  const fresh = pairs?.filter(({ a, b }) => !settled.has(a) && !settled.has(b));
  return {
    ...state,
    merges: { ...state.merges, ...Object.fromEntries(live.map((result) => [result.task, result])) },
    pairs: fresh ? [...others, ...fresh] : state.pairs,
    ...(queue ? { queue } : {}),
  };
}

const settledSlugs = (tasks: readonly Task[]): Set<string> =>
  new Set(tasks.filter(isSettled).map((task) => task.slug));

function withGiven(
  given: AppState['given'],
  changes: Extract<AppEvent, { type: 'command.started' }>['changes'],
): AppState['given'] {
  if (!changes || changes.tasks.length === 0) return given;
  return { ...given, ...Object.fromEntries(changes.tasks.map((task) => [task, changes.title])) };
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  const { [key]: _, ...rest } = record;
  return rest;
}

function removeOne(list: readonly string[], item: string): string[] {
  const at = list.indexOf(item);
  return at < 0 ? [...list] : [...list.slice(0, at), ...list.slice(at + 1)];
}
