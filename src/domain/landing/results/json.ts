/** JSON of tools, of which nothing is taken for granted. */

/** The value; undefined for what is no JSON object or array. A tool's first words before it are passed over. */
export function jsonOf(text: string): unknown {
  const start = /^[[{]/m.exec(text)?.index;
  if (start === undefined) return undefined;
  try {
    return JSON.parse(text.slice(start));
  } catch {
    return undefined;
  }
}

export const asObject = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;

export const asArray = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
