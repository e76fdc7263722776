/** The items of a turn, as `codex app-server` tells them. */
import type { AgentEvent, FileEdit } from '../agent-event.js';
import { wholeAs } from './hunks.js';
import { asRecord, type JsonRecord, numberOf, recordsOf, textOf } from './records.js';

type ToolEvent = Extract<AgentEvent, { type: 'tool' }>;

/** Events of an item that began or is done; undefined for no known kind. */
export function itemEvents(item: JsonRecord, completed: boolean): AgentEvent[] | undefined {
  const itemId = textOf(item.id) ?? '';
  switch (item.type) {
    case 'userMessage':
      return completed ? [{ type: 'message', text: wordsOf(item.content) }] : [];
    case 'agentMessage':
      return completed ? [{ type: 'text', text: textOf(item.text) ?? '', final: true, itemId }] : [];
    case 'reasoning':
      return completed ? [{ type: 'thought', text: thoughtOf(item), itemId }] : [];
    case 'commandExecution':
      return [commandEvent(item, completed)];
    case 'fileChange':
      return [editEvent(item, completed)];
    case 'mcpToolCall': {
      const name = [textOf(item.server), textOf(item.tool)].filter(Boolean).join('.');
      return [toolEvent(item, completed, 'mcp', name || 'mcp')];
    }
    case 'dynamicToolCall':
    case 'collabAgentToolCall':
      return [toolEvent(item, completed, 'other', textOf(item.tool) ?? 'tool')];
    case 'webSearch':
      return [toolEvent(item, completed, 'search', textOf(item.query) ?? 'web search')];
    case 'imageView':
      return [toolEvent(item, completed, 'other', `view ${textOf(item.path) ?? 'an image'}`)];
    case 'imageGeneration':
      return [toolEvent(item, completed, 'other', 'generate an image')];
    case 'enteredReviewMode':
    case 'exitedReviewMode':
      return completed
        ? [
            {
              type: 'warning',
              message: item.type === 'enteredReviewMode' ? 'a review began' : 'the review is over',
            },
          ]
        : [];
    case 'plan':
      return completed
        ? [{ ...toolEvent(item, true, 'other', 'plan'), output: textOf(item.text) ?? '' }]
        : [];
    case 'contextCompaction':
      return completed ? [{ type: 'warning', message: 'the conversation was compacted' }] : [];
    case 'subAgentActivity':
    case 'sleep':
    case 'hookPrompt':
    case 'functionCallOutput':
      return [];
    default:
      return undefined;
  }
}

function commandEvent(item: JsonRecord, completed: boolean): ToolEvent {
  const exitCode = numberOf(item.exitCode);
  const output = textOf(item.aggregatedOutput);
  return {
    ...toolEvent(item, completed, 'command', 'shell'),
    command: textOf(item.command) ?? '',
    ...(output ? { output } : {}),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...tookOf(item),
  };
}

/** How long it took: told, or from when to when. */
function tookOf(item: JsonRecord): { durationMs?: number } {
  const [from, to] = [numberOf(item.startedAtMs), numberOf(item.completedAtMs)];
  const durationMs = numberOf(item.durationMs) ?? (from && to ? to - from : undefined);
  return durationMs === undefined ? {} : { durationMs };
}

function editEvent(item: JsonRecord, completed: boolean): ToolEvent {
  const changes = recordsOf(item.changes);
  return {
    ...toolEvent(item, completed, 'edit', 'edit'),
    paths: changes.flatMap((change) => textOf(change.path) ?? []),
    files: changes.flatMap(fileOf),
  };
}

const changeOf: Readonly<Record<string, FileEdit['change']>> = { add: 'added', delete: 'deleted' };

/** One file of an edit: hunks of one that was changed, the text of one that is new or gone. */
export function fileOf(entry: JsonRecord): FileEdit[] {
  const path = textOf(entry.path);
  const change = changeOf[textOf(entry.kind) ?? textOf(asRecord(entry.kind)?.type) ?? ''] ?? 'modified';
  const diff = textOf(entry.diff);
  if (path === undefined) return [];
  if (!diff) return [{ path, change }];
  const whole = change !== 'modified' && !/^@@ /m.test(diff);
  return [{ path, change, diff: whole ? wholeAs(change === 'added' ? '+' : '-', diff) : diff }];
}

function toolEvent(item: JsonRecord, completed: boolean, kind: ToolEvent['kind'], name: string): ToolEvent {
  return { type: 'tool', itemId: textOf(item.id) ?? '', kind, state: stateOf(item, completed), name };
}

function stateOf(item: JsonRecord, completed: boolean): ToolEvent['state'] {
  if (!completed) return 'started';
  if (item.status === 'declined') return 'denied';
  const failed = item.status === 'failed' || (numberOf(item.exitCode) ?? 0) !== 0 || item.success === false;
  return failed ? 'failed' : 'ok';
}

function wordsOf(content: unknown): string {
  return recordsOf(content)
    .flatMap((part) => textOf(part.text) ?? [])
    .join('\n');
}

function thoughtOf(item: JsonRecord): string {
  const texts = [item.summary, item.content].flatMap((list) => (Array.isArray(list) ? list : []));
  return texts.map((text) => textOf(text) ?? textOf(asRecord(text)?.text) ?? '').join('\n');
}
