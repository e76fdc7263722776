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
  const ofRecord = (record: JsonRecord, text: string): AgentEvent[] =>
    translate(record) ?? [unknownRecord(textOf(record.type) ?? 'record without a type', text)];
  const toEvents = (line: Line): AgentEvent[] => {
    if (line.text.trim() === '') return [];
    if (line.cut) return ofCut(line.text, translate);
    const dropped = readDropped(line.text);
    if (dropped) return dropped;
    const record = asRecord(parseJson(line.text));
    if (record) return ofRecord(record, line.text);
    // A bar of progress that a tool draws over itself, with records behind it.
    const parts = line.text.split('\r').filter((part) => part.trim() !== '');
    if (!parts.some((part) => asRecord(parseJson(part))))
      return [unknownRecord('not a JSON object', line.text)];
    return parts.flatMap((part) => {
      const own = asRecord(parseJson(part));
      return own ? ofRecord(own, part) : [unknownRecord('not a JSON object', part)];
    });
  };
  return {
    push: (chunk) => splitter.push(chunk).flatMap(toEvents),
    end: () => splitter.end().flatMap(toEvents),
  };
}

/** Of a line that was cut only the end of the run counts: its text may be long, and what it came to stands before. */
function ofCut(text: string, translate: (record: JsonRecord) => AgentEvent[] | undefined): AgentEvent[] {
  const record = /^\s*\{\s*"type"/.test(text) ? asRecord(parseJson(closed(text))) : undefined;
  const events = record && translate(record);
  return events?.some(({ type }) => type === 'end') ? events : [unknownRecord('line over 1 MB', text)];
}

/** JSON that was cut inside of a text, with that text and all that is open closed. */
function closed(text: string): string {
  const open: string[] = [];
  let quoted = false;
  let end = text.length;
  for (let at = 0; at < end; at++) {
    const char = text[at]!;
    if (quoted && char === '\\') {
      const last = at + (text[at + 1] === 'u' ? 5 : 1);
      // An escape that was cut in two goes.
      if (last >= end) end = at;
      else at = last;
    } else if (char === '"') quoted = !quoted;
    else if (!quoted && (char === '{' || char === '[')) open.push(char === '{' ? '}' : ']');
    else if (!quoted && (char === '}' || char === ']')) open.pop();
  }
  return `${text.slice(0, end)}${quoted ? '"' : ''}${open.reverse().join('')}`;
}

/** Parser of a format that this version does not know: every line is kept and counted as of no known kind. */
export function parseUnknown(): TranscriptParser {
  return parseJsonl(() => undefined);
}

/** A record of no known kind; `text` is its beginning. */
export function unknownRecord(name: string, text: string): AgentEvent {
  return { type: 'unknown', name: name.slice(0, 200), text: text.slice(0, shownChars) };
}
