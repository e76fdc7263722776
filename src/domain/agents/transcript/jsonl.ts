/** One JSON object per line: what every JSONL runner has in common. Nothing in a stream can make it throw. */
import type { AgentEvent, TranscriptParser } from '../agent-event.js';
import { createLineSplitter, type Line, readDropped } from './lines.js';

export type JsonRecord = Readonly<Record<string, unknown>>;

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

/** The value of a JSON text, or undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value as a record; undefined for anything else, arrays and null included. */
export function asRecord(value: unknown): JsonRecord | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonRecord)
    : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The records of a list, whatever else it holds; empty for anything but a list. */
export function recordsOf(value: unknown): JsonRecord[] {
  return Array.isArray(value)
    ? value.filter((entry): entry is JsonRecord => asRecord(entry) !== undefined)
    : [];
}

/** A time as milliseconds since 1970, from seconds, milliseconds or ISO text; undefined for anything else. */
export function timeOf(value: unknown): number | undefined {
  const number =
    numberOf(value) ?? (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined);
  const at = number === undefined ? Date.parse(textOf(value) ?? '') : number < 1e11 ? number * 1000 : number;
  // What is no date of these times is none.
  return at > 1e12 && at < 1e13 ? at : undefined;
}
