/** What a parsed JSON value holds: each reader gives undefined, or nothing, for a value of another shape. */

export type JsonRecord = Readonly<Record<string, unknown>>;

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

/** More tokens than this no run can use: whatever tells them is wrong, and would use up every budget. */
const mostTokens = 1e12;

/** A number of tokens; 0 for what cannot be one. */
export function tokensIn(value: unknown): number {
  const number = numberOf(value) ?? 0;
  return number >= 0 && number <= mostTokens ? number : 0;
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
