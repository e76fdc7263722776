/**
 * Recordings of a conversation in both directions, one message a line: `{"ms":…,"dir":"<",…message}` from the agent,
 * `>` to it, `exit` when its process ended, `host` for what the host in between has to say. Lines without
 * `dir` are the agent's own.
 */
import type { AgentEvent, TranscriptParser } from '../agent-event.js';
import { parseJsonl } from './jsonl.js';
import { type JsonRecord, textOf } from './records.js';

/** Turns the messages of one conversation, in order, into events. */
export interface Dialogue {
  /** Events of a message from the agent; undefined when it is of no known kind. */
  received(message: JsonRecord): AgentEvent[] | undefined;
  /** Events of a message to the agent. */
  sent(message: JsonRecord): AgentEvent[];
}

/** What the host itself writes into a recording. */
export type HostRecord =
  /** Something people should know. */
  | { dir: 'host'; type: 'note'; text: string }
  /** The turn was ended on request, and the agent did not say so itself. */
  | { dir: 'host'; type: 'interrupted' }
  /** The agent could not be talked to and had done nothing: what follows is the stream of another format. */
  | { dir: 'host'; type: 'fallback'; text: string };

/** @param fallback reads records after a fallback */
export function parseTwoWay(
  dialogue: Dialogue,
  fallback?: (record: JsonRecord) => AgentEvent[] | undefined,
): TranscriptParser {
  let fellBack = false;
  return parseJsonl((record) => {
    if (fellBack && record.dir === undefined) return fallback?.(record);
    switch (record.dir) {
      case undefined:
      case '<':
        return dialogue.received(record);
      case '>':
        return dialogue.sent(record);
      case 'exit':
        return [];
      case 'host': {
        fellBack ||= record.type === 'fallback';
        return hostEvents(record);
      }
      default:
        return undefined;
    }
  });
}

function hostEvents(record: JsonRecord): AgentEvent[] | undefined {
  switch (record.type as HostRecord['type']) {
    case 'note':
    case 'fallback':
      return [{ type: 'warning', message: textOf(record.text) ?? '' }];
    case 'interrupted':
      return [{ type: 'end', ok: false, interrupted: true }];
    default:
      return undefined;
  }
}

/** The method of each request that has not been answered yet, by id. */
export function createPending() {
  const methods = new Map<string, string>();
  return {
    asked(message: JsonRecord): void {
      const method = textOf(message.method);
      if (method !== undefined && message.id !== undefined) methods.set(String(message.id), method);
    },
    /** What a response answers; undefined when the request was not seen. */
    answered(message: JsonRecord): string | undefined {
      const id = String(message.id);
      const method = methods.get(id);
      methods.delete(id);
      return method;
    },
    /** Whether a request of this method is under way. */
    waits: (method: string): boolean => [...methods.values()].includes(method),
  };
}
