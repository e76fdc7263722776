/** Reads where everything stands: tasks from the registry, runs from their directories. */

import type { Pause } from '../../../domain/agents/pause.js';
import { isLive, type RunnerName, type RunView } from '../../../domain/agents/run.js';
import type { SpendReport } from '../../../domain/agents/spend.js';
import { hasCode } from '../../../domain/platform/errors.js';
import { inOneLine } from '../../../domain/platform/sanitize.js';
import { isSettled, type RegistryFile, type Task } from '../../../domain/store/task.js';
import {
  askedEnvironment,
  chooseRunner,
  inspectRun,
  readPauses,
  reportSpend,
  type SpendingRun,
} from '../../agents/index.js';
import type { RepoSession } from '../../store/index.js';
import { tasksOf } from '../../store/index.js';
import { tellNoRoom } from './no-room.js';

export interface Survey {
  rev: number;
  tasks: Task[];
  runs: Map<string, RunView>;
  spend: SpendReport;
  /** Tasks that wait since every runner that could take them is at its limit. */
  paused: Map<string, Pause>;
  /** Fallbacks that take a task meanwhile. */
  fallbacks: Map<string, RunnerName>;
}

/** What the last look found, to tell what changed since. */
export interface Memory {
  rev: number;
  phases: Map<string, string>;
  /** Ids of tasks whose agents were at work. */
  running: Set<string>;
  /** Views of runs that are over: they do not change any more. */
  over: Map<string, RunView>;
  /** Sizes of the transcripts of live runs. */
  written: Map<string, number | undefined>;
  /** Ids of runs of which was told that their disk is full. */
  noRoom: Set<string>;
  /** Commit of the target, when finished work was last looked for there. */
  target?: string;
  /** Process that drives, when known. */
  driver?: number | undefined;
  /** That process is halted, and takes no step. */
  suspended?: boolean;
  /** Sums as they were told. */
  spend?: string;
  /** Pauses as they were told. */
  pauses?: string;
}

export const newMemory = (): Memory => ({
  rev: -1,
  phases: new Map(),
  running: new Set(),
  over: new Map(),
  written: new Map(),
  noRoom: new Set(),
});

/** Runs of tasks that are over are only for looking at: the newest will do. */
const settledLimit = 200;

/**
 * Where a task is gone whose agent was at work, the registry judges first who may have taken it out: an edit of an
 * agent's puts it back.
 */
async function readRegistry({ registry, repo }: RepoSession, memory: Memory): Promise<RegistryFile> {
  let file = await registry.read();
  const there = new Set(file.tasks.map(({ id }) => id));
  if ([...memory.running].some((id) => !there.has(id))) {
    await registry.update('look at an edit', (found) => ({ file: found, result: undefined }));
    file = await registry.read();
  }
  const running = tasksOf(file, repo.id).filter(({ status }) => status === 'running');
  memory.running = new Set(running.map(({ id }) => id));
  return file;
}

/** Looks at everything once; emits what changed since the last look. */
export async function survey(session: RepoSession, memory: Memory): Promise<Survey> {
  const file = await readRegistry(session, memory);
  const tasks = tasksOf(file, session.repo.id);
  const runs = new Map<string, RunView>();
  let settled = 0;
  for (const task of [...tasks].reverse()) {
    const runId = task.runIds.at(-1);
    if (!runId || (isSettled(task) && ++settled > settledLimit)) continue;
    const view = memory.over.get(runId) ?? (await viewOf(session, runId));
    if (!view) continue;
    runs.set(runId, view);
    noticeRun(session, memory, view, task);
    await tellNoRoom(session, memory.noRoom, view);
  }
  if (file.rev !== memory.rev) {
    memory.rev = file.rev;
    session.emit({ type: 'registry.loaded', rev: file.rev, tasks });
  }
  const spend = await countSpend(session, memory, [...runs.values(), ...startingRuns(tasks, runs)]);
  return { rev: file.rev, tasks, runs, spend, ...(await lookAtLimits(session, memory, tasks)) };
}

/** Which tasks cannot start because of a limit, and which another runner takes. Told when it changes. */
async function lookAtLimits(
  session: RepoSession,
  memory: Memory,
  tasks: readonly Task[],
): Promise<Pick<Survey, 'paused' | 'fallbacks'>> {
  const pauses = readPauses(session.paths);
  const found: Pick<Survey, 'paused' | 'fallbacks'> = { paused: new Map(), fallbacks: new Map() };
  for (const task of pauses.length === 0 ? [] : tasks) {
    if (!task.launch || task.status !== 'ready') continue;
    const { variables } = askedEnvironment(session, task);
    const { pause, runner } = await chooseRunner(session, task, variables, pauses);
    if (pause) found.paused.set(task.slug, pause);
    if (runner) found.fallbacks.set(task.slug, runner);
  }
  const held = [...found.paused];
  const shown = pauses.map((pause) => ({
    ...pause,
    tasks: held.flatMap(([slug, { runner, account }]) =>
      runner === pause.runner && account === pause.account ? [slug] : [],
    ),
  }));
  const told = JSON.stringify(shown);
  if (told !== (memory.pauses ?? '[]')) session.emit({ type: 'runners.paused', pauses: shown });
  memory.pauses = told;
  return found;
}

/** Runs that are on record and of which nothing is there yet: they will use something all the same. */
function startingRuns(tasks: readonly Task[], runs: ReadonlyMap<string, RunView>): SpendingRun[] {
  return tasks.flatMap(({ slug, status, runIds, updatedAt }) => {
    const runId = runIds.at(-1);
    if (status !== 'running' || runId === undefined || runs.has(runId)) return [];
    return [{ runId, task: slug, agent: 'developer', startedAt: updatedAt }];
  });
}

/** Told when it changes. */
async function countSpend(
  session: RepoSession,
  memory: Memory,
  runs: readonly SpendingRun[],
): Promise<SpendReport> {
  const spend = await reportSpend(session, runs);
  const told = JSON.stringify([spend.total, spend.counted, spend.state]);
  if (told !== memory.spend) session.emit({ type: 'spend.counted', spend });
  memory.spend = told;
  return spend;
}

/** A run whose directory was never made is simply not there yet. */
async function viewOf(session: RepoSession, runId: string): Promise<RunView | undefined> {
  try {
    return await inspectRun(session.paths, runId);
  } catch (error) {
    if (hasCode(error, 'run-not-found')) return undefined;
    throw error;
  }
}

/** The end of a run is told once, by the process that saw it live or takes it in; an old one is only shown. */
function noticeRun(session: RepoSession, memory: Memory, view: RunView, task: Task): void {
  const live = isLive(view.phase) || view.phase === 'not-launched';
  const before = memory.phases.get(view.runId);
  if (!live) memory.over.set(view.runId, view);
  const asks = (view.approvals ?? []).map((approval) => approval.id).join(' ');
  const now = asks === '' ? view.phase : `${view.phase} ${asks}`;
  if (before === now) {
    if (live) noticeProgress(session, memory, view);
    return;
  }
  memory.phases.set(view.runId, now);
  tellQuestions(session, view, before ?? '');
  const ended = !live && (before !== undefined || task.status === 'running');
  session.emit({ type: ended ? 'run.ended' : 'run.changed', run: view });
}

/** How a live run gets on is for a person who looks at a screen; streams of events are for what changed. */
function noticeProgress(session: RepoSession, memory: Memory, view: RunView): void {
  if (!session.attended || view.written === memory.written.get(view.runId)) return;
  memory.written.set(view.runId, view.written);
  session.emit({ type: 'run.progressed', run: view });
}

/** Tells the log what an agent asks. */
function tellQuestions(session: RepoSession, view: RunView, before: string): void {
  const known = new Set(before.split(' ').slice(1));
  for (const { id, kind, detail } of view.approvals ?? []) {
    if (known.has(id)) continue;
    session.emit({
      type: 'noted',
      level: 'warning',
      message: `${view.task} asks: ${kind} ${inOneLine(detail)}`,
    });
  }
}
