/** What is known of a run, for lists, the manager and the screen. */
import { statSync } from 'node:fs';
import { constants } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import type { AgentEvent, RunFacts, SessionReport } from '../../../domain/agents/agent-event.js';
import { ownUsage } from '../../../domain/agents/cost.js';
import { nowOf } from '../../../domain/agents/now.js';
import { resetTimeIn } from '../../../domain/agents/reset-time.js';
import {
  type AgentError,
  isLive,
  type RunIntent,
  type RunStatus,
  type RunView,
  streamNames,
} from '../../../domain/agents/run.js';
import { renderEvents } from '../../../domain/agents/transcript/render.js';
import { createFold } from '../../../domain/agents/transcript/report.js';
import {
  foldOf,
  isTwoWay,
  parserOf,
  streamNamed,
  streamOf,
} from '../../../domain/agents/transcript/streams.js';
import { appError, hasCode, messageOf } from '../../../domain/platform/errors.js';
import type { Paths } from '../../platform/index.js';
import { readPlainSync, writeFileDurably } from '../../platform/index.js';
import {
  exitRecord,
  fileState,
  findIntent,
  hasForgedExit,
  readClaim,
  readIntent,
  readPending,
  readStop,
  readUsage,
  runFolder,
} from '../../worktrees/index.js';
import type { Executor, OutputName, RunState } from '../types.js';
import { chunksOf, transcriptOf } from './chunks.js';
import { transcriptCut } from './cut.js';
import { executorOf } from './executor.js';
import { rewrittenRecord } from './remembered.js';

const tailBytes = 64_000;
const maxStray = 5;

/** Grows when the way runs are judged changes: outcomes written before are then judged anew. */
const outcomeVersion = 3;

/**
 * A run as it stands. One that is over is judged by its whole transcript once; the judgement is kept beside
 * it (outcome.json), since nothing about it can change any more. Throws `run-not-found`.
 */
export async function inspectRun(paths: Pick<Paths, 'runsDir'>, runId: string): Promise<RunView> {
  const folder = runFolder(paths, runId);
  const kept = readOutcome(folder);
  if (kept) return kept;
  const executor = executorOf(paths);
  const look = await executor.phase(runId);
  const intent = readIntent(folder);
  const events = await lastEvents(executor, intent);
  const view = { ...summaryOf(intent), phase: look.phase, ...lastLineOf(events, intent) };
  if (isLive(look.phase) || look.phase === 'not-launched') {
    const used = readUsage(folder);
    return {
      ...view,
      ...doingOf(folder, intent, events),
      ...talkOf(folder, intent),
      ...(used ? { spent: ownUsage(used, intent.usedBefore) } : {}),
    };
  }
  const { status, error, sessionId, model, finalText, usage, edits, resetsAt } = await judge(
    executor,
    folder,
    intent,
    look,
    false,
  );
  const stray = edits.filter((path) => isAbsolute(path) && !isInside(intent.cwd, path)).slice(0, maxStray);
  const requested = readStop(folder)?.why;
  const endedAt = endOf(folder);
  const reset = resetOf(error, resetsAt, endedAt);
  const over: RunView = {
    ...view,
    status,
    ...(look.exitCode === undefined ? {} : { exitCode: look.exitCode }),
    ...(error ? { error } : {}),
    ...(sessionId ? { sessionId } : {}),
    ...(finalText === undefined ? {} : { finalText }),
    ...(usage ? { usage, spent: ownUsage(usage, intent.usedBefore) } : {}),
    ...(model ? { model } : {}),
    ...(requested ? { requested } : {}),
    ...(stray.length > 0 ? { strayEdits: stray } : {}),
    ...(reset === undefined ? {} : { resetsAt: new Date(reset).toISOString() }),
    endedAt,
  };
  const outcome = { version: outcomeVersion, word: exitRecord(folder)?.word, view: over };
  await writeFileDurably(join(folder, 'outcome.json'), JSON.stringify(outcome));
  return over;
}

/** When the limit ends that a run ran into: as a number where the agent gave one, else by its words. */
function resetOf(
  error: AgentError | undefined,
  told: number | undefined,
  endedAt: string,
): number | undefined {
  if (error?.code !== 'quota' && error?.code !== 'rate_limit') return undefined;
  return told ?? resetTimeIn(error.message, Date.parse(endedAt));
}

const isInside = (folder: string, path: string): boolean => !relative(folder, path).startsWith('..');

/** Whether it can be talked to, and what it asks. */
function talkOf(folder: string, intent: RunIntent): Pick<RunView, 'twoWay' | 'approvals'> {
  if (!isTwoWay(intent)) return {};
  const approvals = readPending(folder);
  return { twoWay: true, ...(approvals.length > 0 ? { approvals } : {}) };
}

/** Every run there is, newest first; only those of one repository when asked. What is not a run is left alone. */
export async function listRuns(
  paths: Pick<Paths, 'runsDir'>,
  options: { repo?: string } = {},
): Promise<RunView[]> {
  const views = await Promise.all(
    (await executorOf(paths).known()).map(async (runId) => {
      try {
        const intent = findIntent(join(paths.runsDir, runId));
        if (!intent || (options.repo !== undefined && intent.repo !== options.repo)) return [];
        return [await inspectRun(paths, runId)];
      } catch (error) {
        // One damaged run must not hide the others. Whose it is cannot be told: a list of everything has it.
        return options.repo === undefined ? [unreadable(runId, join(paths.runsDir, runId), error)] : [];
      }
    }),
  );
  return views.flat().sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

/** A run whose files cannot be read: it is there, and nothing is known of it. */
function unreadable(runId: string, folder: string, error: unknown): RunView {
  return {
    runId,
    task: '?',
    taskId: '',
    repo: '',
    agent: 'developer',
    runner: 'command',
    attempt: 0,
    phase: 'unknown',
    startedAt: endOf(folder),
    error: { code: 'protocol', message: `Its files cannot be read: ${messageOf(error)}` },
  };
}

/** Whether there is a run of this id; false also for what cannot be an id. */
export async function hasRun(paths: Pick<Paths, 'runsDir'>, runId: string): Promise<boolean> {
  try {
    return findIntent(runFolder(paths, runId)) !== undefined;
  } catch (error) {
    if (hasCode(error, 'bad-run-id')) return false;
    throw error;
  }
}

/** The whole report of a run, events included, as far as it has come. Throws `run-not-found`. */
export async function reportRun(paths: Pick<Paths, 'runsDir'>, runId: string): Promise<SessionReport> {
  const folder = runFolder(paths, runId);
  const executor = executorOf(paths);
  const look = await executor.phase(runId);
  const report = await judge(executor, folder, readIntent(folder), look, true);
  const live = isLive(look.phase) || look.phase === 'not-launched';
  return { ...report, ...(live ? ({ status: 'running', error: undefined } as const) : {}), run: runId };
}

export interface FileFacts {
  exitCode?: number;
  /** Name of the signal that ended it: "SIGKILL" or "KILL". */
  signal?: string;
  requested?: RunFacts['requested'];
  stderr?: string;
  wantsJson?: boolean;
}

/** Judges a recorded stream. Throws `unknown-runner`, `unknown-signal` (usage), `file-not-found`. */
export async function reportFile(
  path: string,
  runner: string,
  given: FileFacts = {},
): Promise<SessionReport> {
  const { signal, ...facts } = given;
  const exitCode = signal ? 128 + signalNumber(signal) : (facts.exitCode ?? 0);
  const stream = streamNamed(runner);
  if (!stream) {
    throw appError('unknown-runner', `There is no runner called ${JSON.stringify(runner)}.`, {
      kind: 'usage',
      hint: `Recordings can be of ${streamNames.join(', ')}.`,
    });
  }
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw appError('file-not-found', `There is no file ${path}.`, { kind: 'usage' });
  }
  const parser = parserOf(stream);
  const fold = foldOf(stream);
  for await (const chunk of chunksOf(path)) fold.add(parser.push(chunk));
  fold.add(parser.end());
  return fold.report({ ...facts, exitCode });
}

function signalNumber(name: string): number {
  const full = name.startsWith('SIG') ? name : `SIG${name}`;
  const number = constants.signals[full as NodeJS.Signals];
  if (number) return number;
  throw appError('unknown-signal', `There is no signal called ${name}.`, { kind: 'usage' });
}

function summaryOf(intent: RunIntent): Omit<RunView, 'phase'> {
  const {
    runId,
    task,
    taskId,
    repo,
    agent,
    runner,
    attempt,
    model,
    at,
    account,
    heldBack = [],
    confinement,
  } = intent;
  return {
    ...{ runId, task, taskId, repo, agent, runner, attempt, startedAt: at },
    ...(model ? { model } : {}),
    ...(account ? { account } : {}),
    ...(confinement ? { confinement } : {}),
    ...(heldBack.length > 0 ? { heldBack } : {}),
  };
}

/** Reads the transcript in pieces: a run may have written a gigabyte. */
async function judge(
  executor: Executor,
  folder: string,
  intent: RunIntent,
  look: RunState,
  keepEvents: boolean,
): Promise<SessionReport & { status: RunStatus }> {
  const stream = streamOf(intent);
  const parser = stream.parser();
  const fold = createFold(intent.runner, stream, keepEvents);
  // Where the exit code is all there is, nothing that was said changes the judgement.
  if (keepEvents || stream.terminal === 'event') {
    for await (const chunk of transcriptOf(executor, intent.runId)) fold.add(parser.push(chunk));
    fold.add(parser.end());
  }
  const stop = readStop(folder);
  const report = fold.report({
    ...(look.exitCode === undefined ? {} : { exitCode: look.exitCode }),
    ...(stop ? { requested: stop.why } : {}),
    stderr: await tailOf(executor, intent.runId, 'stderr'),
    ...(stream.terminal === 'exit' && look.exitCode
      ? { said: await tailOf(executor, intent.runId, 'transcript') }
      : {}),
  });
  return {
    ...report,
    status: report.status as RunStatus,
    ...withoutExitCode(folder, intent, look, stop !== undefined),
  };
}

/** Ends that no exit code tells of, or none that can be believed. */
function withoutExitCode(
  folder: string,
  intent: RunIntent,
  look: RunState,
  stopped: boolean,
): (Pick<RunView, 'error'> & { status: RunStatus }) | undefined {
  if (look.phase === 'interrupted') return { status: 'interrupted', error: undefined };
  const broken = brokenRecord(folder, intent);
  if (broken && !stopped) return { status: 'crashed', error: { code: 'protocol', message: broken } };
  if (look.phase !== 'never-started' || look.exitCode !== undefined || stopped) return undefined;
  const message = 'Its supervisor ended before the agent was started.';
  return { status: 'crashed', error: { code: 'killed', message } };
}

/** What of a run's record is not what its supervisor left; undefined when all is. */
function brokenRecord(folder: string, intent: RunIntent): string | undefined {
  const rewritten = rewrittenRecord(folder);
  if (rewritten) return `Its ${rewritten}.json was changed while it ran: the agent may have done it.`;
  if (hasForgedExit(folder)) return 'Its exit code was not written by its supervisor: the agent may have.';
  if (exitRecord(folder)?.sameTranscript === false) {
    return 'Another file was put in its transcript’s place while it ran: the agent may have done it.';
  }
  const cut = transcriptCut(folder, intent);
  if (cut) {
    return `Its transcript was cut while it ran, when it had ${cut.from} bytes: the agent may have done it.`;
  }
  return undefined;
}

/** The end of what a run has written, as text; empty when it has not. */
async function tailOf(executor: Executor, runId: string, output: OutputName): Promise<string> {
  const { bytes } = await executor.read(runId, output, -tailBytes, tailBytes);
  return Buffer.from(bytes).toString('utf8');
}

/** Events of the last piece of the transcript; what the piece cuts in two at its beginning is none of them. */
async function lastEvents(executor: Executor, intent: RunIntent): Promise<AgentEvent[]> {
  const parser = streamOf(intent).parser();
  const tail = await tailOf(executor, intent.runId, 'transcript');
  const events = [...parser.push(Buffer.from(tail)), ...parser.end()];
  return events.filter((event) => event.type !== 'unknown');
}

function lastLineOf(events: readonly AgentEvent[], intent: RunIntent): { lastLine?: string } {
  const shown = renderEvents(
    events.filter((event) => !['usage', 'end', 'unknown'].includes(event.type)),
    { cwd: intent.cwd },
  );
  const line = shown.findLast(({ text }) => text.trim() !== '');
  if (!line) return {};
  const mark = line.kind === 'command' ? '$ ' : '';
  return { lastLine: `${mark}${line.text}`.slice(0, 500) };
}

/** What a live run does, how much it has written, and since when it has been silent. */
function doingOf(
  folder: string,
  intent: RunIntent,
  events: readonly AgentEvent[],
): Pick<RunView, 'now' | 'written' | 'wroteAt' | 'idleMs'> {
  const now = nowOf(events, { cwd: intent.cwd });
  const file = fileState(join(folder, 'transcript.log'));
  return {
    ...(now ? { now } : {}),
    ...(file ? { written: file.size, wroteAt: new Date(file.mtimeMs).toISOString() } : {}),
    idleMs: intent.limits.idleMs,
  };
}

function endOf(folder: string): string {
  const at = ['exit.json', 'transcript.log', 'claim.json', 'intent.json']
    .map((name) => fileState(join(folder, name))?.mtimeMs)
    .find((mtime) => mtime !== undefined);
  return new Date(at ?? Date.now()).toISOString();
}

function readOutcome(folder: string): RunView | undefined {
  try {
    const kept = JSON.parse(readPlainSync(join(folder, 'outcome.json')).toString('utf8'));
    if (kept.version !== outcomeVersion || rewrittenRecord(folder)) return undefined;
    // The agent cannot have written it: it does not know the supervisor's word before the end.
    const sealed = readClaim(folder)?.seal !== undefined;
    const word = exitRecord(folder)?.word;
    return !sealed || (word !== undefined && kept.word === word) ? kept.view : undefined;
  } catch {
    // Missing or unreadable: it is only a copy of what the other files say.
    return undefined;
  }
}
