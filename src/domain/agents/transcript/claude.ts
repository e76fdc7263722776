/** The stream of `claude -p --output-format stream-json --verbose`, as version 2.1 writes it. */
import type { AgentEvent, FileEdit, TranscriptParser } from '../agent-event.js';
import type { AgentErrorCode } from '../run.js';
import { createTaskList, type TaskList } from './claude-plan.js';
import { classifyError } from './errors.js';
import { wholeAs } from './hunks.js';
import { parseJsonl } from './jsonl.js';
import { asRecord, type JsonRecord, numberOf, recordsOf, textOf, timeOf, tokensIn } from './records.js';
import { createToolBook, type ToolBook } from './tools.js';

/** Records that tell nothing a transcript needs: progress bars, hooks, telemetry. */
const quiet = new Set(['keep_alive', 'tool_progress', 'tool_use_summary', 'prompt_suggestion']);
const quietSystem =
  /^(thinking|thinking_tokens|status|hook_\w+|stop_hook_summary|session_state_changed|task_\w+|turn_\w+|post_turn_summary|commands_changed|files_persisted|file_snapshot|memory_\w+|plugin_install|worker_shutting_down|mirror_error)$/;

/** A refused tool is told of as an error first; only its words tell the two apart until the end. */
const refusal =
  /^(Error: )?(Claude requested permissions? to|Permission to use \S+ .*(denied|not been granted)|This command requires approval)/s;

export function parseClaude(): TranscriptParser {
  const tools = createToolBook();
  const tasks = createTaskList();
  /** Input of the answer that is being written; its output is known when it is whole. */
  let asked: JsonRecord | undefined;
  /** Claude's own name for the last failure; the end tells only its text. */
  let trouble: string | undefined;
  /** A failure that it put in place of an answer: what it said then is none, whatever the end calls it. */
  let failure: string | undefined;
  /** What the agent said last; the end says it again. */
  let said: string | undefined;

  const streamEvents = (record: JsonRecord): AgentEvent[] => {
    const event = asRecord(record.event);
    const delta = asRecord(event?.delta);
    // A subagent's pieces would mix with the agent's own.
    if (record.parent_tool_use_id) return [];
    if (event?.type === 'message_start') asked = asRecord(asRecord(event.message)?.usage);
    if (event?.type === 'message_delta') return stepUsage({ ...asked, ...asRecord(event.usage) });
    const text = delta?.type === 'text_delta' ? textOf(delta.text) : undefined;
    return text ? [{ type: 'text', text, final: false }] : [];
  };

  return parseJsonl((record) => {
    switch (record.type) {
      case 'system':
        return systemEvents(record, tools);
      case 'assistant':
        trouble = textOf(record.error);
        failure = failureIn(record);
        return assistantEvents(record, tools, tasks).map((event) => {
          if (event.type === 'text') said = event.text;
          return event;
        });
      case 'user':
        return recordsOf(asRecord(record.message)?.content).flatMap(
          (block) =>
            tasks.result(textOf(block.tool_use_id) ?? '', contentText(block.content)) ??
            resultEvents(block, tools, asRecord(record.tool_use_result)),
        );
      case 'stream_event':
        return streamEvents(record);
      case 'rate_limit_event':
        return limitEvents(asRecord(record.rate_limit_info));
      case 'result':
        return [
          ...refusedTools(record, tools),
          ...usageOf(record),
          ...endEvents(record, { kind: trouble, said, failure }),
        ];
      default:
        return quiet.has(String(record.type)) ? [] : undefined;
    }
  });
}

function systemEvents(record: JsonRecord, tools: ToolBook): AgentEvent[] | undefined {
  const subtype = textOf(record.subtype) ?? '';
  switch (subtype) {
    case 'init': {
      const sessionId = textOf(record.session_id);
      const model = textOf(record.model);
      if (!sessionId) return undefined;
      return [{ type: 'session', sessionId, ...(model ? { model } : {}) }, { type: 'turn' }];
    }
    case 'api_retry': {
      const attempt = numberOf(record.attempt);
      const max = numberOf(record.max_retries);
      const reason = [numberOf(record.error_status), textOf(record.error)].filter(Boolean).join(' ');
      const count = attempt === undefined || max === undefined ? {} : { attempt, max };
      return [{ type: 'retry', ...count, reason: reason || 'the API did not answer' }];
    }
    case 'permission_denied':
      return [tools.ended(textOf(record.tool_use_id) ?? '', 'denied', { name: textOf(record.tool_name) })];
    case 'compact_boundary':
      return [{ type: 'warning', message: 'The conversation grew too long and was summarised.' }];
    case 'model_fallback':
    case 'model_refusal_fallback':
    case 'informational':
    case 'notification': {
      const message = textOf(record.content) ?? textOf(record.message) ?? textOf(record.text);
      return message ? [{ type: 'warning', message }] : undefined;
    }
    default:
      return quietSystem.test(subtype) ? [] : undefined;
  }
}

/** One content block a line, mostly; a whole message otherwise. What a subagent says is not the answer. */
function assistantEvents(record: JsonRecord, tools: ToolBook, tasks: TaskList): AgentEvent[] {
  const message = asRecord(record.message);
  const inner = Boolean(record.parent_tool_use_id);
  const kind = textOf(record.error);
  return recordsOf(message?.content).flatMap((block): AgentEvent[] => {
    const text = textOf(block.text) ?? '';
    switch (block.type) {
      case 'text':
        if (kind) return [{ type: 'error', error: classifyError(text, { kind }), final: false }];
        return [inner ? { type: 'thought', text } : { type: 'text', text, final: true }];
      case 'thinking':
        return [{ type: 'thought', text: textOf(block.thinking) ?? '' }];
      case 'tool_use':
      case 'server_tool_use':
        return (
          (inner ? undefined : tasks.use(block)) ?? [tools.started(textOf(block.id) ?? '', toolOf(block))]
        );
      default:
        return [];
    }
  });
}

/** The text of an answer that Claude made up itself, since the API gave none; undefined for an answer of the model's. */
function failureIn(record: JsonRecord): string | undefined {
  const message = asRecord(record.message);
  const text = recordsOf(message?.content)
    .flatMap((block) => (block.type === 'text' ? (textOf(block.text) ?? []) : []))
    .join('\n');
  if (textOf(record.error) !== undefined) return text;
  const made = message?.model === '<synthetic>' || record.isApiErrorMessage === true;
  return made && classifyError(text).code !== 'other' ? text : undefined;
}

/** A limit that is reached, with its end; one that is only near is no news. */
function limitEvents(info: JsonRecord | undefined): AgentEvent[] {
  const resetsAt = timeOf(info?.resetsAt ?? info?.resets_at);
  return info?.status === 'rejected' && resetsAt !== undefined ? [{ type: 'limit', resetsAt }] : [];
}

function toolOf(block: JsonRecord) {
  const name = textOf(block.name) ?? 'tool';
  const input = asRecord(block.input) ?? {};
  const path = textOf(input.file_path) ?? textOf(input.notebook_path);
  if (name === 'Bash')
    return { kind: 'command', name: 'shell', command: textOf(input.command) ?? '' } as const;
  if (/^(Edit|MultiEdit|Write|NotebookEdit)$/.test(name)) {
    return { kind: 'edit', name, paths: path ? [path] : [] } as const;
  }
  const about = path ?? textOf(input.pattern) ?? textOf(input.query) ?? textOf(input.url) ?? '';
  const kind = name.startsWith('mcp__') ? 'mcp' : /^(Grep|Glob|WebSearch)$/.test(name) ? 'search' : 'other';
  return { kind, name: `${name} ${about}`.trim() } as const;
}

function resultEvents(block: JsonRecord, tools: ToolBook, told: JsonRecord | undefined): AgentEvent[] {
  if (block.type !== 'tool_result') return [];
  const output = contentText(block.content);
  const exitCode = /^(?:Error: )?Exit code (\d+)/.exec(output)?.[1];
  const state = block.is_error !== true ? 'ok' : refusal.test(output) ? 'denied' : 'failed';
  return [
    tools.ended(textOf(block.tool_use_id) ?? '', state, {
      ...(output ? { output } : {}),
      ...(exitCode ? { exitCode: Number(exitCode) } : {}),
      ...(state === 'ok' ? filesOf(told) : {}),
    }),
  ];
}

/** What an edit changed, as Claude works it out itself. */
function filesOf(told: JsonRecord | undefined): { files?: FileEdit[] } {
  const path = textOf(told?.filePath);
  const hunks = recordsOf(told?.structuredPatch);
  if (path === undefined) return {};
  const content = textOf(told?.content);
  if (told?.type === 'create' && content !== undefined)
    return { files: [{ path, change: 'added', diff: wholeAs('+', content) }] };
  const diff = hunks
    .map((hunk) => {
      const lines = Array.isArray(hunk.lines) ? hunk.lines.flatMap((line) => textOf(line) ?? []) : [];
      return `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@\n${lines.join('\n')}\n`;
    })
    .join('');
  return diff === '' ? {} : { files: [{ path, change: 'modified', diff }] };
}

function contentText(content: unknown): string {
  return (
    textOf(content) ??
    recordsOf(content)
      .flatMap((part) => textOf(part.text) ?? [])
      .join('\n')
  );
}

/** The end names every refused tool, also those whose refusal was not recognised on the way. */
function refusedTools(record: JsonRecord, tools: ToolBook): AgentEvent[] {
  return recordsOf(record.permission_denials).flatMap((denial) => {
    const id = textOf(denial.tool_use_id) ?? '';
    return tools.wasDenied(id) ? [] : [tools.ended(id, 'denied', { name: textOf(denial.tool_name) })];
  });
}

/** Input comes without what was cached. */
function counted(usage: JsonRecord) {
  const cached = tokensIn(usage.cache_read_input_tokens);
  const written = tokensIn(usage.cache_creation_input_tokens);
  return {
    input: tokensIn(usage.input_tokens) + cached + written,
    cached,
    output: tokensIn(usage.output_tokens),
  };
}

function stepUsage(usage: JsonRecord): AgentEvent[] {
  return [{ type: 'usage', usage: { scope: 'step', ...counted(usage) } }];
}

/** The count of the whole run takes the place of its steps. */
function usageOf(record: JsonRecord): AgentEvent[] {
  const usage = asRecord(record.usage);
  if (!usage) return [];
  const costUsd = numberOf(record.total_cost_usd);
  return [{ type: 'usage', usage: { scope: 'run', ...counted(usage), ...(costUsd ? { costUsd } : {}) } }];
}

/** `subtype` says "success" even of a refused key: the error flag decides. */
function endEvents(
  record: JsonRecord,
  { kind, said, failure }: Partial<Record<'kind' | 'said' | 'failure', string | undefined>>,
): AgentEvent[] {
  const text = textOf(record.result);
  const good = failure === undefined || text !== failure;
  if (record.subtype === 'success' && record.is_error === false && good) {
    const structured = record.structured_output;
    return [
      {
        type: 'end',
        ok: true,
        ...(text === undefined || text === said ? {} : { text }),
        ...(structured === undefined || structured === null ? {} : { structured }),
      },
    ];
  }
  const errors = (Array.isArray(record.errors) ? record.errors : [])
    .flatMap((error) => textOf(error) ?? [])
    .filter((error) => !error.startsWith('[ede_diagnostic]'));
  const message = text || errors.join('\n') || `It ended with ${textOf(record.subtype) ?? 'an error'}.`;
  const interrupted = record.subtype === 'error_during_execution';
  const http = numberOf(record.api_error_status);
  // "server_error" is also what it calls a server that it could not reach: then the text knows more.
  const told = classifyError(message, {
    http,
    kind: http === undefined && kind === 'server_error' ? '' : kind,
  });
  const code: AgentErrorCode =
    interrupted && errors.length > 0 && told.code === 'other' ? 'bad_usage' : told.code;
  return [
    ...(interrupted && errors.length === 0
      ? []
      : [{ type: 'error' as const, error: { ...told, code }, final: true }]),
    { type: 'end', ok: false, ...(interrupted ? { interrupted } : {}) },
  ];
}
