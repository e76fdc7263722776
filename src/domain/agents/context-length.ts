/** How many tokens a model takes, from what its server tells of it or says when a question was too long. Pure. */
import type { Plain } from './prompt.js';
import { asRecord, recordsOf, textOf } from './transcript/records.js';

/** Fields by which servers tell it, the most certain first: what is loaded, what is configured, what was trained. */
const names = [
  'loaded_context_length',
  'n_ctx',
  'max_model_len',
  'context_length',
  'context_window',
  'max_context_length',
  'n_ctx_train',
];

/** From the answer of `/v1/models`, `/props`, `/api/ps` or `/api/show`; undefined when it tells nothing. */
export function contextIn(body: unknown, model: string): number | undefined {
  const record = asRecord(body);
  if (!record) return undefined;
  const list = recordsOf(record.data ?? record.models);
  const entry =
    list.find((one) => [one.id, one.name, one.model].includes(model)) ??
    (list.length === 1 ? list[0] : undefined);
  if (list.length > 0) return entry && fieldIn(entry);
  return fieldIn(record) ?? parameterIn(textOf(record.parameters) ?? '') ?? architectureIn(record.model_info);
}

function fieldIn(entry: Readonly<Record<string, unknown>>): number | undefined {
  const places = [entry, entry.meta, entry.top_provider, entry.default_generation_settings].map(asRecord);
  for (const name of names) {
    for (const place of places) {
      const told = tokensOf(place?.[name]);
      if (told !== undefined) return told;
    }
  }
  return undefined;
}

/** Of Ollama: "num_ctx  8192" among the parameters, or the length that the architecture has. */
const parameterIn = (text: string): number | undefined => tokensOf(/^num_ctx\s+(\d+)/m.exec(text)?.[1]);

function architectureIn(info: unknown): number | undefined {
  const found = Object.entries(asRecord(info) ?? {}).find(([name]) => name.endsWith('.context_length'));
  return tokensOf(found?.[1]);
}

/** From an error: "maximum context length is 8192 tokens", "exceeds the available context size (4096)", "9000 > 8192". */
export function contextTold(message: string): number | undefined {
  const told =
    /(?:context (?:length|window|size)|n_ctx|max_model_len|context)(?: of this model)?["']?\s*(?:limit)?\s*(?:is|of|:|=|\()?\s*(?:only |limited to |at most )?(\d[\d,]{2,})/i.exec(
      message,
    )?.[1] ??
    /\d[\d,]*\s*>\s*(\d[\d,]{2,})/.exec(message)?.[1] ??
    /(\d[\d,]{2,})[- ]tokens? (?:context|limit|maximum)/i.exec(message)?.[1];
  return tokensOf(told?.replaceAll(',', ''));
}

/** Fewer than any model takes, or more, is another number. */
function tokensOf(value: unknown): number | undefined {
  const number = Number(value ?? Number.NaN);
  return Number.isInteger(number) && number >= 256 && number <= 100_000_000 ? number : undefined;
}

/** Of code and diffs; other scripts than Latin take more tokens, so it is on the careful side. */
const charsPerToken = 2.5;
const leastChars = 1_000;

/** How many characters of outside text a question may hold, besides instructions and the answer. */
export function charsFor(tokens: number): number {
  const kept = Math.min(8_000, tokens * 0.4);
  return Math.max(leastChars, Math.floor((tokens - kept) * charsPerToken));
}

/** What of a question's values was left out, so that all fit. */
export interface LeftOut {
  name: string;
  kept: number;
  of: number;
}

/** Of a value that is cut, so much stays, that it can still be told what it was. */
const leastKept = 200;

/**
 * Cuts values until all together have at most `chars` characters, in the order of `cut`. A list loses whole lines. What
 * may not be cut, or is short, stays.
 */
export function cutToFit(
  values: Readonly<Record<string, string | Plain>>,
  cut: readonly string[],
  chars: number,
): { values: Record<string, string | Plain>; left: LeftOut[]; size: number } {
  const fitted = { ...values };
  const sizeOf = (value: string | Plain) => (typeof value === 'string' ? value : value.plain).length;
  let size = Object.values(fitted).reduce((sum, value) => sum + sizeOf(value), 0);
  const left: LeftOut[] = [];
  for (const name of cut) {
    const text = fitted[name];
    if (size <= chars || typeof text !== 'string') continue;
    const kept = Math.max(leastKept, text.length - (size - chars) - 60);
    if (kept >= text.length) continue;
    // Half a character is no valid text, which servers refuse.
    const head = text.slice(0, kept).replace(/[\ud800-\udbff]$/, '');
    const whole = head.includes('\n') ? head.slice(0, head.lastIndexOf('\n')) : head;
    const shown = whole.length > kept / 2 ? whole : head;
    const short = `${shown}\n[${text.length - shown.length} more characters are left out]`;
    fitted[name] = short;
    left.push({ name, kept: shown.length, of: text.length });
    size += short.length - text.length;
  }
  return { values: fitted, left, size };
}
