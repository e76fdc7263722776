/** Events and facts to a judgement. Success needs both a terminal event and exit code 0; nothing else is one. */
import type { AgentEvent, RunFacts, SessionReport, TranscriptParser } from '../agent-event.js';
import type { Usage } from '../cost.js';
import type { AgentError, RunStatus } from '../run.js';
import { classifyError } from './errors.js';
import { createKept } from './kept.js';
import { asRecord, parseJson } from './records.js';

/**
 * How a stream says that it is over: by a record of its own, or, for programs without a protocol,
 * by nothing but the exit code.
 */
export type Terminal = 'event' | 'exit';

/** How streams of one format are judged. */
export interface Judging {
  terminal: Terminal;
  /**
   * Lowest exit code that is the program's own although it looks like a signal's (128 + n). Default: none is,
   * every code over 128 is a signal.
   */
  ownCodesFrom?: number;
  /** Failed tries that the program tells of on its standard error only: what each said. */
  failedTries?: (stderr: string) => string[];
}

/** Collects events one by one; holds what the report needs, and the events themselves only when asked. */
export interface Fold {
  add(events: readonly AgentEvent[]): void;
  report(facts: RunFacts): SessionReport;
}

interface Seen {
  any: boolean;
  end?: Extract<AgentEvent, { type: 'end' }>;
  error?: AgentError;
  /** The agent named that error as its end. */
  fatal?: boolean;
  /** Reason of the last retry, while nothing has come of it. */
  retry?: string;
}

export function createFold(runner: string, how: Judging, keepEvents: boolean): Fold {
  const seen: Seen = { any: false };
  const edits = new Set<string>();
  const kept = createKept();
  const found: Pick<
    SessionReport,
    'sessionId' | 'model' | 'finalText' | 'usage' | 'structured' | 'resetsAt'
  > = {};
  const counts = { retries: 0, unknown: 0 };
  const tools = createToolCount();

  const ended = (end: Extract<AgentEvent, { type: 'end' }>) => {
    seen.end = end;
    if (end.ok) seen.error = undefined;
    if (end.text !== undefined) found.finalText = end.text;
    if (end.structured !== undefined) found.structured = end.structured;
  };
  const note = (event: AgentEvent) => {
    seen.any = true;
    if (isProgress(event)) seen.retry = undefined;
    switch (event.type) {
      case 'session':
        found.sessionId = event.sessionId;
        if (event.model) found.model = event.model;
        return;
      case 'turn':
        seen.end = undefined;
        return;
      case 'text':
        if (event.final) found.finalText = event.text;
        return;
      case 'tool':
        tools.add(event);
        for (const path of editedBy(event)) edits.add(path);
        return;
      case 'usage':
        found.usage = addUsage(found.usage, event.usage);
        return;
      case 'retry':
        counts.retries++;
        seen.retry = event.reason;
        return;
      case 'limit':
        found.resetsAt = event.resetsAt;
        return;
      case 'unknown':
        counts.unknown++;
        return;
      case 'error':
        seen.error = event.error;
        seen.fatal = event.final;
        return;
      case 'end':
        ended(event);
        return;
      // Nothing that a report tells.
      case 'thought':
      case 'message':
      case 'diff':
      case 'plan':
      case 'approval':
      case 'answered':
      case 'warning':
      case 'line':
    }
  };

  return {
    add(events) {
      // One by one: spread as arguments, a piece full of empty lines would be too many for the stack.
      for (const event of events) {
        note(event);
        if (keepEvents) kept.add(event);
      }
    },
    report(facts) {
      const judged = how.terminal === 'event' ? judge(seen, facts, how) : judgeExit(facts);
      const { structured = asRecord(parseJson(found.finalText ?? '')), ...rest } = found;
      return {
        runner,
        ...checkAnswer(judged, structured, facts),
        ...rest,
        ...(facts.wantsJson && structured !== undefined ? { structured } : {}),
        ...counts,
        ...tools.counts(),
        edits: [...edits],
        events: kept.all(),
      };
    },
  };
}

/** Paths of an edit that was made. */
function editedBy({ kind, state, paths = [] }: Extract<AgentEvent, { type: 'tool' }>): readonly string[] {
  return kind === 'edit' && state === 'ok' ? paths : [];
}

const isProgress = ({ type }: AgentEvent) => type === 'text' || type === 'thought' || type === 'tool';

/** A refusal may be told of twice, first as a failure: each tool use counts once, and a refusal weighs more. */
function createToolCount() {
  const bad = new Map<string, 'failed' | 'denied'>();
  let nameless = 0;
  return {
    add({ itemId, state }: Extract<AgentEvent, { type: 'tool' }>) {
      if (state !== 'failed' && state !== 'denied') return;
      const key = itemId || `nameless ${nameless++}`;
      if (bad.get(key) !== 'denied') bad.set(key, state);
    },
    counts() {
      const denied = [...bad.values()].filter((state) => state === 'denied').length;
      return { denied, toolsFailed: bad.size - denied };
    },
  };
}

/** Steps are added up to the run; any other count is of everything so far. */
export function addUsage(before: Usage | undefined, more: Usage): Usage {
  if (more.scope !== 'step') return more;
  const costUsd = (before?.costUsd ?? 0) + (more.costUsd ?? 0);
  return {
    scope: 'run',
    input: (before?.input ?? 0) + more.input,
    cached: (before?.cached ?? 0) + more.cached,
    output: (before?.output ?? 0) + more.output,
    ...(before?.costUsd === undefined && more.costUsd === undefined ? {} : { costUsd }),
  };
}

/** Judges a whole stream at once. Pure. */
export function sessionReportOf(
  parser: TranscriptParser,
  stdout: Uint8Array,
  facts: RunFacts,
  how: Judging & { runner: string },
): SessionReport {
  const fold = createFold(how.runner, how, true);
  fold.add(parser.push(stdout));
  fold.add(parser.end());
  return fold.report(facts);
}

interface Judgement {
  status: RunStatus;
  error?: AgentError;
}

/** A terminal event wins; without one, what we asked for; then the exit code. */
function judge(seen: Seen, facts: RunFacts, { ownCodesFrom = 256, failedTries }: Judging): Judgement {
  const { exitCode } = facts;
  const tried = seen.retry ?? failedTries?.(facts.stderr ?? '').at(-1);
  const asked = askedFor(facts, tried);
  if (seen.end && !seen.end.ok) {
    if (seen.end.interrupted && asked) return asked;
    if (seen.end.interrupted && !seen.fatal) return { status: 'interrupted' };
    return {
      status: 'failed',
      error: seen.error ?? { code: 'other', message: 'The agent gave up without saying why.' },
    };
  }
  // One that has said that it is done is judged by that, whatever clock ended it after, where its supervisor saw the end.
  const late = exitCode !== undefined && ['ended', 'idle', 'timeout'].includes(facts.requested ?? '');
  if (seen.end?.ok && (exitCode === 0 || late)) return { status: 'completed' };
  if (asked) return asked;
  if (exitCode === undefined) return lost;
  if (exitCode > 128 && exitCode < ownCodesFrom) return crashedBySignal(exitCode);
  if (seen.end) {
    const message = `The agent said that it was done, but ended with exit code ${exitCode}.`;
    return { status: 'failed', error: { code: 'protocol', message } };
  }
  if (!seen.any) return { status: 'failed', error: silentFailure(exitCode, facts.stderr) };
  return {
    status: 'crashed',
    error: seen.error ?? {
      code: 'protocol',
      message: `The agent ended with exit code ${exitCode} in the middle of its work.${stderrNote(facts.stderr)}`,
    },
  };
}

/** A program without a protocol: its exit code is all there is. */
function judgeExit(facts: RunFacts): Judgement {
  const { exitCode } = facts;
  const asked = askedFor(facts);
  if (asked) return asked;
  if (exitCode === undefined) return lost;
  if (exitCode === 0) return { status: 'completed' };
  if (exitCode > 128) return crashedBySignal(exitCode);
  if (exitCode === 126 || exitCode === 127)
    return { status: 'failed', error: silentFailure(exitCode, facts.stderr) };
  return { status: 'failed', error: lastWord(exitCode, facts) };
}

/** What a wrapper around another agent says last may well be why: only what is sure to be a failure is believed. */
function lastWord(exitCode: number, { said = '', stderr }: Pick<RunFacts, 'said' | 'stderr'>): AgentError {
  const message = `It ended with exit code ${exitCode}.${stderrNote(stderr || said)}`;
  const plain: AgentError = { code: 'other', message };
  const lines = said.split('\n').map((line) => line.trim());
  const telling = lines.filter((line) => line !== '' && line.length < 500).slice(-3);
  for (const line of telling.reverse()) {
    const told = classifyError(line);
    if (['quota', 'rate_limit'].includes(told.code))
      return { ...told, message: `${line} (exit code ${exitCode})` };
  }
  return plain;
}

const lost: Judgement = {
  status: 'lost',
  error: { code: 'killed', message: 'Its supervisor was gone before it had written how the agent ended.' },
};

function askedFor({ requested }: RunFacts, retry?: string): Judgement | undefined {
  const last = retry ? ` The last try failed: ${retry}` : '';
  switch (requested) {
    case undefined:
      return undefined;
    case 'interrupt':
    case 'budget':
      return { status: 'interrupted' };
    case 'timeout':
      return timedOut(`It ran longer than its total time limit.${last}`);
    case 'idle':
      return timedOut(`It showed no sign of life within its idle limit.${last}`);
    case 'connect':
      return timedOut(`It got no answer within its connect limit.${last}`);
    case 'ended':
      return undefined;
    case 'retries':
      return { status: 'failed', error: failedTry(retry) };
  }
}

/** Programs try again what may pass by itself: what tells nothing else is trouble of the server's. */
function failedTry(said = 'It failed again and again.'): AgentError {
  const told = classifyError(said);
  return told.code === 'other' ? { ...told, code: 'server' } : told;
}

function timedOut(message: string): Judgement {
  return { status: 'timeout', error: { code: 'stalled', message } };
}

function crashedBySignal(exitCode: number): Judgement {
  const message = `Signal ${exitCode - 128} ended the agent.`;
  return { status: 'crashed', error: { code: 'killed', message } };
}

/** Nothing was said on standard output: the program is missing, refused its arguments, or its sandbox failed. */
function silentFailure(exitCode: number, stderr = ''): AgentError {
  const message = `It ended with exit code ${exitCode} before it did anything.${stderrNote(stderr)}`;
  if (exitCode === 127 || exitCode === 126) return { code: 'not_installed', message };
  if (/could not create PATH aliases|^bwrap:/m.test(stderr)) return { code: 'sandbox', message };
  const told = classifyError(stderr);
  return ['auth', 'model_not_found'].includes(told.code)
    ? { ...told, message }
    : { code: 'bad_usage', message };
}

function stderrNote(stderr = ''): string {
  const last = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== 'Reading additional input from stdin...')
    .at(-1);
  return last ? ` ${last.slice(0, 500)}` : '';
}

/** The runner does not check that a structured answer is one, so it is checked here. */
function checkAnswer(judged: Judgement, answer: unknown, facts: RunFacts): Judgement {
  if (!facts.wantsJson || judged.status !== 'completed' || answer !== undefined) return judged;
  return {
    status: 'failed',
    error: { code: 'bad_output', message: 'The answer is not the JSON that was asked for.' },
  };
}
