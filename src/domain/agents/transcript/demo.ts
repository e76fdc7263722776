/** The stream of the scripted demo agent (src/demo-agent.ts): our own small JSONL. */

import type { AgentEvent, FileEdit, TranscriptParser } from '../agent-event.js';
import type { Approval } from '../approval.js';
import { parseJsonl } from './jsonl.js';
import { asRecord, type JsonRecord, numberOf, textOf } from './records.js';

/** What the demo agent prints, one record a line. */
export type DemoRecord =
  | { type: 'demo.started'; session: string; notice: string }
  | { type: 'demo.thought'; text: string }
  | { type: 'demo.message'; text: string }
  | { type: 'demo.command'; id: string; command: string }
  | { type: 'demo.output'; id: string; command: string; exitCode: number; output: string }
  | { type: 'demo.edit'; id: string; path: string; diff?: string; added?: boolean }
  | { type: 'demo.told'; text: string }
  | { type: 'demo.asked'; approval: Approval }
  | { type: 'demo.answered'; approval: string; option: string }
  | { type: 'demo.finished'; text: string }
  | { type: 'demo.failed'; message: string };

export function parseDemo(): TranscriptParser {
  return parseJsonl(translate);
}

function translate(record: JsonRecord): AgentEvent[] | undefined {
  const text = textOf(record.text) ?? '';
  switch (record.type as DemoRecord['type']) {
    case 'demo.started':
      return [
        { type: 'session', sessionId: textOf(record.session) ?? 'demo', model: 'scripted demo' },
        { type: 'warning', message: textOf(record.notice) ?? '' },
        { type: 'turn' },
      ];
    case 'demo.thought':
      return [{ type: 'thought', text }];
    case 'demo.message':
      return [{ type: 'text', text, final: true }];
    case 'demo.command':
      return [commandEvent(record, 'started')];
    case 'demo.output': {
      const exitCode = numberOf(record.exitCode) ?? 1;
      return [
        {
          ...commandEvent(record, exitCode === 0 ? 'ok' : 'failed'),
          exitCode,
          output: textOf(record.output) ?? '',
        },
      ];
    }
    case 'demo.edit': {
      const path = textOf(record.path) ?? '';
      const diff = textOf(record.diff);
      const file: FileEdit = {
        path,
        change: record.added === true ? 'added' : 'modified',
        ...(diff ? { diff } : {}),
      };
      return [
        {
          type: 'tool',
          itemId: textOf(record.id) ?? '',
          kind: 'edit',
          state: 'ok',
          name: 'edit',
          paths: [path],
          files: [file],
        },
      ];
    }
    case 'demo.told':
      return [{ type: 'message', text }];
    case 'demo.asked':
      return asRecord(record.approval)
        ? [{ type: 'approval', approval: record.approval as unknown as Approval }]
        : undefined;
    case 'demo.answered':
      return [
        { type: 'answered', approval: textOf(record.approval) ?? '', option: textOf(record.option) ?? '' },
      ];
    case 'demo.finished':
      return [
        { type: 'text', text, final: true },
        { type: 'end', ok: true },
      ];
    case 'demo.failed':
      return [
        { type: 'error', error: { code: 'other', message: textOf(record.message) ?? '' }, final: true },
        { type: 'end', ok: false },
      ];
    default:
      return undefined;
  }
}

function commandEvent(record: JsonRecord, state: 'started' | 'ok' | 'failed') {
  return {
    type: 'tool' as const,
    itemId: textOf(record.id) ?? '',
    kind: 'command' as const,
    state,
    name: 'shell',
    command: textOf(record.command) ?? '',
  };
}
