/** Events and facts to a judgement. Success needs both a terminal event and exit code 0; nothing else is one. */
import type { AgentEvent, RunFacts, SessionReport, TranscriptParser } from '../agent-event.js';
import type { AgentError, RunStatus } from '../run.js';
import { classifyError } from './errors.js';
import { asRecord, parseJson } from './jsonl.js';

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
}

export function createFold(runner: string, how: Judging, keepEvents: boolean): Fold {
  const seen: Seen = { any: false };
  const edits = new Set<string>();
  const kept: AgentEvent[] = [];
  const found: Pick<SessionReport, 'sessionId' | 'finalText' | 'usage'> = {};
  const counts = { retries: 0, denied: 0, toolsFailed: 0, unknown: 0 };

  const note = (event: AgentEvent) => {
    seen.any = true;
    if (event.type === 'session') found.sessionId = event.sessionId;
    else if (event.type === 'text' && event.final) found.finalText = event.text;
    else if (event.type === 'usage') found.usage = event.usage;
    else if (event.type === 'retry') counts.retries++;
    else if (event.type === 'unknown') counts.unknown++;
    else if (event.type === 'error') seen.error = event.error;
    else if (event.type === 'end') {
      seen.end = event;
      if (event.ok) seen.error = undefined;
      if (event.text !== undefined) found.finalText = event.text;
    } else if (event.type === 'turn') seen.end = undefined;
    else if (event.type === 'tool') {
      if (event.state === 'failed') counts.toolsFailed++;
      if (event.state === 'denied') counts.denied++;
      if (event.kind === 'edit' && event.state === 'ok')
        for (const path of event.paths ?? []) edits.add(path);
    }
  };

  return {
    add(events) {
      // One by one: spread as arguments, a piece full of empty lines would be too many for the stack.
      for (const event of events) {
        note(event);
        if (keepEvents) kept.push(event);
      }
    },
    report(facts) {
      const judged = how.terminal === 'event' ? judge(seen, facts, how) : judgeExit(facts);
      return {
        runner,
        ...checkAnswer(judged, found.finalText, facts),
        ...found,
        ...counts,
        edits: [...edits],
        events: kept,
      };
    },
  };
}

/** Judges a whole stream at once. Pure. */
export function reportOf(
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
function judge(seen: Seen, facts: RunFacts, { ownCodesFrom = 256 }: Judging): Judgement {
  const { exitCode } = facts;
  if (seen.end?.interrupted) return askedFor(facts) ?? { status: 'interrupted' };
  if (seen.end && !seen.end.ok) {
    return {
      status: 'failed',
      error: seen.error ?? { code: 'other', message: 'The agent gave up without saying why.' },
    };
  }
  if (seen.end?.ok && exitCode === 0) return { status: 'completed' };
  const asked = askedFor(facts);
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
  return { status: 'failed', error: { code: 'other', message: `It ended with exit code ${exitCode}.` } };
}

const lost: Judgement = {
  status: 'lost',
  error: { code: 'killed', message: 'The agent is gone and left no exit code.' },
};

function askedFor({ requested }: RunFacts): Judgement | undefined {
  switch (requested) {
    case undefined:
      return undefined;
    case 'interrupt':
      return { status: 'interrupted' };
    case 'timeout':
      return timedOut('It ran longer than its total time limit.');
    case 'idle':
      return timedOut('It showed no sign of life within its idle limit.');
    case 'connect':
      return timedOut('It got no answer within its connect limit.');
  }
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

/** Nobody else checks that a structured answer is one. */
function checkAnswer(judged: Judgement, answer: string | undefined, facts: RunFacts): Judgement {
  if (!facts.wantsJson || judged.status !== 'completed') return judged;
  if (asRecord(parseJson(answer ?? ''))) return judged;
  return {
    status: 'failed',
    error: { code: 'bad_output', message: 'The answer is not the JSON that was asked for.' },
  };
}
