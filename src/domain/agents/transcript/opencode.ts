/** The stream of `opencode run --format json`, as version 1.18 writes it. */
import type { AgentEvent, FileEdit, TranscriptParser } from '../agent-event.js';
import { classifyError } from './errors.js';
import { wholeAs } from './hunks.js';
import { parseJsonl } from './jsonl.js';
import { stepsIn } from './plan.js';
import { asRecord, type JsonRecord, numberOf, parseJson, recordsOf, textOf, tokensIn } from './records.js';

type ToolEvent = Extract<AgentEvent, { type: 'tool' }>;

const refusal = /rejected permission to use|prevents you from using this specific tool/i;

/**
 * No record says that all is done: the stream ends after a step that asks for no more. A refused permission
 * ends the run as well, in the middle of a step that wanted to go on.
 */
export function parseOpencode(): TranscriptParser {
  let session: string | undefined;
  let refused = false;

  return parseJsonl((record) => {
    const part = asRecord(record.part) ?? {};
    const sessionId = textOf(record.sessionID);
    const events: AgentEvent[] = [];
    if (sessionId && sessionId !== session) events.push({ type: 'session', sessionId });
    session = sessionId ?? session;
    switch (record.type) {
      case 'step_start':
        refused = false;
        return [...events, { type: 'turn' }];
      case 'text':
        return [...events, { type: 'text', text: textOf(part.text) ?? '', final: true }];
      case 'reasoning':
        return [...events, { type: 'thought', text: textOf(part.text) ?? '' }];
      case 'tool_use': {
        if (part.tool === 'todowrite') return [...events, ...planEvents(part)];
        const tool = toolEvent(part);
        refused ||= tool.state === 'denied';
        return [...events, tool];
      }
      case 'step_finish': {
        return [...events, ...usageOf(part), ...stepEnd(textOf(part.reason), refused)];
      }
      case 'error':
        return [...events, ...errorEvents(asRecord(record.error) ?? { message: record.error })];
      default:
        return undefined;
    }
  });
}

/** Why a step ended tells whether there will be another one. */
function stepEnd(reason: string | undefined, refused: boolean): AgentEvent[] {
  if (reason === undefined || (reason === 'tool-calls' && !refused)) return [];
  return [{ type: 'end', ok: reason !== 'error' }];
}

function planEvents(part: JsonRecord): AgentEvent[] {
  const steps = stepsIn(asRecord(asRecord(part.state)?.input)?.todos);
  return steps.length > 0 ? [{ type: 'plan', steps }] : [];
}

/** Tools are told of when they are over, and only then. */
function toolEvent(part: JsonRecord): ToolEvent {
  const state = asRecord(part.state) ?? {};
  const metadata = asRecord(state.metadata) ?? {};
  const error = textOf(state.error);
  const exitCode = numberOf(metadata.exit);
  const output = error ?? textOf(state.output);
  const ok = state.status === 'completed' && (exitCode ?? 0) === 0;
  return {
    type: 'tool',
    itemId: textOf(part.callID) ?? '',
    ...aboutTool(textOf(part.tool) ?? 'tool', asRecord(state.input) ?? {}, metadata),
    state: ok ? 'ok' : refusal.test(error ?? '') ? 'denied' : 'failed',
    ...(output ? { output } : {}),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...tookOf(asRecord(state.time)),
  };
}

function tookOf(time: JsonRecord | undefined): { durationMs?: number } {
  const [from, to] = [numberOf(time?.start), numberOf(time?.end)];
  return from === undefined || to === undefined ? {} : { durationMs: to - from };
}

function aboutTool(
  name: string,
  input: JsonRecord,
  metadata: JsonRecord,
): Pick<ToolEvent, 'kind' | 'name' | 'command' | 'paths' | 'files'> {
  if (name === 'bash') return { kind: 'command', name: 'shell', command: textOf(input.command) ?? '' };
  if (/^(edit|write|multiedit|patch|apply_patch)$/.test(name)) {
    const files = recordsOf(metadata.files).flatMap(
      (file) => textOf(file.filePath) ?? textOf(file.file) ?? [],
    );
    const path = textOf(input.filePath) ?? textOf(asRecord(metadata.filediff)?.file);
    const paths = path ? [path] : files;
    return { kind: 'edit', name, paths, ...filesOf(paths, input, metadata) };
  }
  const about =
    textOf(input.filePath) ?? textOf(input.pattern) ?? textOf(input.url) ?? textOf(input.query) ?? '';
  return {
    kind: /^(grep|glob|websearch|codesearch)$/.test(name) ? 'search' : 'other',
    name: `${name} ${about}`.trim(),
  };
}

/** The hunks of the one file that it changed; what was written to a new one is in its input. */
function filesOf(paths: readonly string[], input: JsonRecord, metadata: JsonRecord): { files?: FileEdit[] } {
  const [path, ...others] = paths;
  if (path === undefined || others.length > 0) return {};
  const content = textOf(input.content);
  if (metadata.exists === false && content !== undefined)
    return { files: [{ path, change: 'added', diff: wholeAs('+', content) }] };
  const diff = textOf(metadata.diff) ?? textOf(asRecord(metadata.filediff)?.patch);
  return diff?.includes('@@') ? { files: [{ path, change: 'modified', diff }] } : {};
}

/** Of one step, and without what was cached. */
function usageOf(part: JsonRecord): AgentEvent[] {
  const tokens = asRecord(part.tokens);
  if (!tokens) return [];
  const cache = asRecord(tokens.cache) ?? {};
  const cached = tokensIn(cache.read);
  const costUsd = numberOf(part.cost);
  return [
    {
      type: 'usage',
      usage: {
        scope: 'step',
        input: tokensIn(tokens.input) + cached + tokensIn(cache.write),
        cached,
        output: tokensIn(tokens.output),
        ...(costUsd ? { costUsd } : {}),
      },
    },
  ];
}

/**
 * Requests that failed and are tried again, without end and without a record: its log, on standard error, has them.
 * Those for a title (`small`) do not matter.
 */
export function opencodeFailures(stderr: string): string[] {
  return stderr.split('\n').flatMap((line) => {
    if (!line.includes(' message="stream error" ') || line.includes(' small=true ')) return [];
    const said = /\berror\.error=("(?:[^"\\]|\\.)*"|\S+)/.exec(line)?.[1];
    return said ? [textOf(parseJson(said)) ?? said] : [];
  });
}

function errorEvents(error: JsonRecord): AgentEvent[] {
  const data = asRecord(error.data) ?? {};
  const kind = textOf(error.name);
  const message =
    textOf(data.message) ?? textOf(error.message) ?? kind ?? 'The agent failed without a message.';
  if (kind === 'MessageAbortedError') return [{ type: 'end', ok: false, interrupted: true }];
  return [
    { type: 'error', error: classifyError(message, { http: numberOf(data.statusCode), kind }), final: true },
    { type: 'end', ok: false },
  ];
}
