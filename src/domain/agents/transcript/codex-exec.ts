/** The stream of `codex exec --json`, as versions 0.163 to 0.169 write it. */
import type { AgentEvent, TranscriptParser } from '../agent-event.js';
import { fileOf } from './codex-items.js';
import { classifyError } from './errors.js';
import { parseJsonl } from './jsonl.js';
import { stepsIn } from './plan.js';
import { asRecord, type JsonRecord, numberOf, recordsOf, textOf, tokensIn } from './records.js';

type ToolEvent = Extract<AgentEvent, { type: 'tool' }>;

export function parseCodexExec(): TranscriptParser {
  return parseJsonl(codexExecEvents);
}

/** Events of one record; undefined when it is of no known kind. */
export function codexExecEvents(record: JsonRecord): AgentEvent[] | undefined {
  switch (record.type) {
    case 'thread.started': {
      const sessionId = textOf(record.thread_id);
      return sessionId ? [{ type: 'session', sessionId }] : undefined;
    }
    case 'turn.started':
      return [{ type: 'turn' }];
    case 'turn.completed':
      return [...usageOf(record.usage), { type: 'end', ok: true }];
    case 'turn.failed': {
      const message =
        textOf(asRecord(record.error)?.message) ??
        textOf(record.error) ??
        'The turn failed without a message.';
      return [
        { type: 'error', error: classifyError(message), final: true },
        { type: 'end', ok: false },
      ];
    }
    case 'error':
      return errorEvent(textOf(record.message) ?? '');
    case 'item.started':
    case 'item.updated':
    case 'item.completed': {
      const item = asRecord(record.item);
      return item && itemEvents(item, record.type === 'item.completed');
    }
    default:
      return undefined;
  }
}

/** An error of the stream is never final: the client retries, and only turn.failed ends the turn. */
function errorEvent(message: string): AgentEvent[] {
  return [codexRetry(message) ?? { type: 'error', error: classifyError(message), final: false }];
}

/** "Reconnecting... 2/5 (why)" as Codex says it on every channel; undefined for any other message. */
export function codexRetry(message: string): AgentEvent | undefined {
  const retry = /^Reconnecting\.\.\.\s*(?:(\d+)\/(\d+))?\s*(.*)$/s.exec(message);
  if (!retry) return undefined;
  const [, attempt, max, reason = ''] = retry;
  return {
    type: 'retry',
    ...(attempt && max ? { attempt: Number(attempt), max: Number(max) } : {}),
    reason: reason.replace(/^\((.*)\)$/s, '$1') || message,
  };
}

/** Totals of the whole thread, earlier turns of a resumed one included. */
function usageOf(value: unknown): AgentEvent[] {
  const usage = asRecord(value);
  if (!usage) return [];
  return [
    {
      type: 'usage',
      usage: {
        scope: 'thread',
        input: tokensIn(usage.input_tokens),
        cached: tokensIn(usage.cached_input_tokens),
        output: tokensIn(usage.output_tokens),
      },
    },
  ];
}

function itemEvents(item: JsonRecord, completed: boolean): AgentEvent[] | undefined {
  switch (item.type) {
    case 'agent_message':
      return completed ? [{ type: 'text', text: textOf(item.text) ?? '', final: true }] : [];
    case 'reasoning':
      return completed ? [{ type: 'thought', text: textOf(item.text) ?? '' }] : [];
    case 'error':
      return completed ? [{ type: 'warning', message: textOf(item.message) ?? '' }] : [];
    case 'command_execution':
      return [commandEvent(item, completed)];
    case 'file_change': {
      const paths = recordsOf(item.changes).flatMap((change) => textOf(change.path) ?? []);
      return [
        {
          ...toolEvent(item, completed, 'edit', 'edit'),
          paths,
          files: recordsOf(item.changes).flatMap(fileOf),
        },
      ];
    }
    case 'mcp_tool_call': {
      const name = [textOf(item.server), textOf(item.tool)].filter(Boolean).join('.');
      return [toolEvent(item, completed, 'mcp', name || 'mcp')];
    }
    case 'web_search':
      return [toolEvent(item, completed, 'search', textOf(item.query) ?? 'web search')];
    case 'todo_list':
      return [{ type: 'plan', steps: stepsIn(item.items) }];
    case 'collab_tool_call':
      return [toolEvent(item, completed, 'other', textOf(item.tool) ?? 'collaboration')];
    default:
      return undefined;
  }
}

function commandEvent(item: JsonRecord, completed: boolean): ToolEvent {
  const exitCode = numberOf(item.exit_code);
  const output = textOf(item.aggregated_output);
  return {
    ...toolEvent(item, completed, 'command', 'shell'),
    command: textOf(item.command) ?? '',
    ...(output ? { output } : {}),
    ...(exitCode === undefined ? {} : { exitCode }),
  };
}

function toolEvent(item: JsonRecord, completed: boolean, kind: ToolEvent['kind'], name: string): ToolEvent {
  const state = !completed
    ? 'started'
    : item.status === 'declined'
      ? 'denied'
      : item.status === 'failed' || (numberOf(item.exit_code) ?? 0) !== 0
        ? 'failed'
        : 'ok';
  return { type: 'tool', itemId: textOf(item.id) ?? '', kind, state, name };
}
