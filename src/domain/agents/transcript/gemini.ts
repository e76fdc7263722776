/** The stream of `gemini -o stream-json`, as version 0.61 writes it. */
import type { AgentEvent, FileEdit, TranscriptParser } from '../agent-event.js';
import type { AgentError } from '../run.js';
import { classifyError } from './errors.js';
import { hunksBetween, wholeAs } from './hunks.js';
import { parseJsonl } from './jsonl.js';
import { stepsIn } from './plan.js';
import { asRecord, type JsonRecord, textOf, timeOf, tokensIn } from './records.js';
import { createToolBook, type ToolBook } from './tools.js';

/** A message that grows beyond this is told in parts. */
const maxMessage = 1_000_000;

/** Messages come in pieces and nothing marks the last one: whatever comes next does. */
export function parseGemini(): TranscriptParser {
  const tools = createToolBook();
  let message = '';
  /** An error that nothing has come after; a result that says "success" then is none. */
  let failed: AgentError | undefined;

  const whole = (): AgentEvent[] => {
    if (message === '') return [];
    const text = message;
    message = '';
    return [{ type: 'text', text, final: true }];
  };
  const piece = (text: string): AgentEvent[] => {
    failed = undefined;
    message += text;
    const before = message.length > maxMessage ? whole() : [];
    return [{ type: 'text', text, final: false }, ...before];
  };

  /** When each tool that has not ended was called; a plan is no tool. */
  const since = new Map<string, number | undefined>();
  const begun = (record: JsonRecord): AgentEvent[] => {
    const steps = stepsIn(asRecord(record.parameters)?.todos);
    if (record.tool_name === 'write_todos' && steps.length > 0) return [{ type: 'plan', steps }];
    const id = textOf(record.tool_id) ?? '';
    since.set(id, timeOf(record.timestamp));
    return [tools.started(id, toolOf(record))];
  };
  const ended = (record: JsonRecord): AgentEvent[] => {
    const id = textOf(record.tool_id) ?? '';
    if (/^write_todos\b/.test(id) && !since.has(id)) return [];
    const [from, to] = [since.get(id), timeOf(record.timestamp)];
    since.delete(id);
    const event = resultEvent(record, tools);
    return [from !== undefined && to !== undefined ? { ...event, durationMs: to - from } : event];
  };

  const parser = parseJsonl((record) => {
    switch (record.type) {
      case 'init': {
        const sessionId = textOf(record.session_id);
        const model = textOf(record.model);
        if (!sessionId) return undefined;
        return [...whole(), { type: 'session', sessionId, ...(model ? { model } : {}) }, { type: 'turn' }];
      }
      case 'message': {
        const text = textOf(record.content) ?? '';
        if (record.role !== 'assistant') return whole();
        if (record.delta === true) return piece(text);
        return [...whole(), { type: 'text', text, final: true }];
      }
      case 'tool_use':
        return [...whole(), ...begun(record)];
      case 'tool_result':
        return [...whole(), ...ended(record)];
      case 'error': {
        const error = classifyError(textOf(record.message) ?? '', { http: codeIn(textOf(record.message)) });
        if (record.severity !== 'error') return [...whole(), { type: 'warning', message: error.message }];
        failed = error;
        return [...whole(), { type: 'error', error, final: false }];
      }
      case 'result':
        return [...whole(), ...usageOf(record), ...endEvents(record, failed)];
      default:
        return undefined;
    }
  });
  return { push: parser.push, end: () => [...parser.end(), ...whole()] };
}

/** Requests that failed and are tried again for minutes, without a record: it tells of them on standard error. */
export function geminiFailures(stderr: string): string[] {
  const lines = stderr.matchAll(
    /^(?:\[[^\]\s]+\] \[WARN\] )?(Attempt \d+ failed.* Retrying (?:with|after) .*)$/gm,
  );
  return [...lines].map(([, line]) => line!);
}

function toolOf(record: JsonRecord) {
  const name = textOf(record.tool_name) ?? 'tool';
  const input = asRecord(record.parameters) ?? {};
  const path = textOf(input.file_path) ?? textOf(input.absolute_path);
  if (name === 'run_shell_command') {
    return { kind: 'command', name: 'shell', command: textOf(input.command) ?? '' } as const;
  }
  if (/^(replace|write_file|edit)$/.test(name))
    return {
      kind: 'edit',
      name,
      paths: path ? [path] : [],
      ...(path ? { files: [fileOf(path, input)] } : {}),
    } as const;
  const about = path ?? textOf(input.pattern) ?? textOf(input.query) ?? textOf(input.dir_path) ?? '';
  const kind = name.startsWith('mcp_') ? 'mcp' : /search|glob|grep/.test(name) ? 'search' : 'other';
  return { kind, name: `${name} ${about}`.trim() } as const;
}

/** What is replaced, or all that is written; whether the file is new is not told. */
function fileOf(path: string, input: JsonRecord): FileEdit {
  const content = textOf(input.content);
  if (content !== undefined) return { path, change: 'modified', diff: wholeAs('+', content) };
  const old = textOf(input.old_string);
  const now = textOf(input.new_string);
  if (old === undefined || now === undefined) return { path, change: 'modified' };
  return old === ''
    ? { path, change: 'added', diff: wholeAs('+', now) }
    : { path, change: 'modified', diff: hunksBetween(old, now) };
}

/** A command that failed is a "success" here, and its exit code is not told. */
function resultEvent(record: JsonRecord, tools: ToolBook): Extract<AgentEvent, { type: 'tool' }> {
  const error = asRecord(record.error);
  const output = textOf(error?.message) ?? textOf(record.output);
  const refused = error?.type === 'policy_violation';
  const state = record.status === 'success' ? 'ok' : refused ? 'denied' : 'failed';
  return tools.ended(textOf(record.tool_id) ?? '', state, output ? { output } : {});
}

function usageOf(record: JsonRecord): AgentEvent[] {
  const stats = asRecord(record.stats);
  if (!stats) return [];
  return [
    {
      type: 'usage',
      usage: {
        scope: 'run',
        input: tokensIn(stats.input_tokens),
        cached: tokensIn(stats.cached),
        output: tokensIn(stats.output_tokens),
      },
    },
  ];
}

function endEvents(record: JsonRecord, failed: AgentError | undefined): AgentEvent[] {
  if (record.status === 'success' && !failed) return [{ type: 'end', ok: true }];
  const told = asRecord(record.error);
  const kind = textOf(told?.type);
  const message = textOf(told?.message);
  if (kind === 'FatalCancellationError') return [{ type: 'end', ok: false, interrupted: true }];
  const error = message
    ? { ...classifyError(toldIn(message), { http: codeIn(message), kind }), message }
    : (failed ?? classifyError('The agent failed without a message.'));
  return [
    { type: 'error', error, final: true },
    { type: 'end', ok: false },
  ];
}

/** What the server said; the advice on limits and quotas that may follow is the same for every failure. */
const toldIn = (message: string) => /^\[API Error: .*?\]$/m.exec(message)?.[0] ?? message;

/** The status number in the server's answer, which is told as it came. */
function codeIn(message = ''): number | undefined {
  const code = /"code":\s*(\d{3})\b/.exec(message)?.[1];
  return code ? Number(code) : undefined;
}
