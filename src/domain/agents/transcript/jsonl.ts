/** One JSON object per line: what every JSONL runner has in common. Nothing in a stream can make it throw. */
import type { AgentEvent, TranscriptParser } from '../agent-event.js';
import { createLineSplitter, type Line, readDropped } from './lines.js';
import { asRecord, type JsonRecord, parseJson, textOf } from './records.js';

/** How much of a record of no known kind is kept for showing. */
const shownChars = 2_000;

/**
 * A parser that hands each record to `translate`. Lines that are not JSON objects, and records
 * `translate` has no answer for (undefined), become `unknown` events: kept, counted, never fatal.
 */
export function parseJsonl(translate: (record: JsonRecord) => AgentEvent[] | undefined): TranscriptParser {
  const splitter = createLineSplitter();
  const toEvents = (line: Line): AgentEvent[] => {
    if (line.text.trim() === '') return [];
    if (line.cut) return [unknownRecord('line over 1 MB', line.text)];
    const dropped = readDropped(line.text);
    if (dropped) return dropped;
    const record = asRecord(parseJson(line.text));
    if (!record) return [unknownRecord('not a JSON object', line.text)];
    return translate(record) ?? [unknownRecord(textOf(record.type) ?? 'record without a type', line.text)];
  };
  return {
    push: (chunk) => splitter.push(chunk).flatMap(toEvents),
    end: () => splitter.end().flatMap(toEvents),
  };
}

/** Parser of a format that this version does not know: every line is kept and counted as of no known kind. */
export function parseUnknown(): TranscriptParser {
  return parseJsonl(() => undefined);
}

/** A record of no known kind; `text` is its beginning. */
export function unknownRecord(name: string, text: string): AgentEvent {
  return { type: 'unknown', name: name.slice(0, 200), text: text.slice(0, shownChars) };
}
