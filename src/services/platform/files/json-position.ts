/** Where things are in JSON text, for messages that say line and column. */

export interface Position {
  line: number;
  column: number;
}

const syntaxError = Symbol('syntax error');

/** Offset → line and column, both from 1. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  return { line: before.split('\n').length, column: offset - lastBreak };
}

/**
 * Scans JSON text strictly (RFC 8259).
 * @param pointer JSON pointer to look for
 * @returns `errorAt`: offset of the first syntax error; `foundAt`: offset of the pointer's value; `twice`: the first key
 *   that its object has had before, of which readers see the last value only
 */
export function scanJson(
  text: string,
  pointer?: string,
): { errorAt?: number; foundAt?: number; twice?: { key: string; at: number } } {
  let at = 0;
  let foundAt: number | undefined;
  let twice: { key: string; at: number } | undefined;
  const fail = (): never => {
    throw syntaxError;
  };
  const token = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const space = () => token(/[ \t\r\n]*/y);
  const punctuation = (mark: string) => {
    space();
    if (text[at] !== mark) return false;
    at += 1;
    return true;
  };
  const need = (mark: string) => {
    if (!punctuation(mark)) fail();
  };
  const string = (): string => {
    space();
    const raw = token(/"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y);
    if (raw !== undefined) return JSON.parse(raw);
    token(/"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*(?:\\(?:u[0-9a-fA-F]{0,3})?)?/y);
    return fail();
  };
  const members = (close: string, one: (index: number) => void) => {
    if (punctuation(close)) return;
    for (let index = 0; ; index++) {
      one(index);
      if (punctuation(close)) return;
      need(',');
    }
  };
  const value = (path: string) => {
    space();
    if (path === pointer) foundAt = at;
    if (punctuation('{')) {
      const keys = new Set<string>();
      members('}', () => {
        space();
        const keyAt = at;
        const key = string();
        if (keys.has(key)) twice ??= { key, at: keyAt };
        keys.add(key);
        need(':');
        value(`${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
      });
    } else if (punctuation('[')) {
      members(']', (index) => value(`${path}/${index}`));
    } else if (text[at] === '"') {
      string();
    } else if (
      token(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|true\b|false\b|null\b/y) === undefined
    ) {
      token(/-?\d+(?:\.\d*)?(?:[eE][+-]?)?$|-$|t(?:ru?)?$|f(?:a(?:ls?)?)?$|n(?:ul?)?$/y);
      fail();
    }
  };
  try {
    value('');
    space();
    return at < text.length ? { errorAt: at } : { foundAt, ...(twice && { twice }) };
  } catch (error) {
    if (error !== syntaxError) throw error;
    return { errorAt: at, foundAt };
  }
}
