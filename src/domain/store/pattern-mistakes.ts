/** What a schema cannot say of the globs and expressions in a configuration: that each can match something at all. */
import { messageOf } from '../platform/errors.js';
import { globMistake } from '../platform/glob.js';
import type { ConfigMistake } from './check-config.js';

type Way = readonly string[];

/** Keys that hold globs; `*` is any key or any place in a list. */
const globKeys: readonly Way[] = [
  ['worktree', 'include', '*'],
  ['worktree', 'exclude', '*'],
  ['validator', 'checks', '*', 'when', '*'],
  ...['paths', 'allow', 'ignore', 'sources'].map((name) => ['validator', 'policies', '*', name, '*']),
];

/** Keys that hold regular expressions. */
const expressionKeys: readonly Way[] = [
  ['validator', 'policies', 'forbidden_patterns', 'patterns', '*'],
  ['validator', 'policies', 'commit_hygiene', 'pattern'],
];

/** The mistakes of a configuration file, glob by glob; nothing when all is well. */
export function patternMistakes(table: unknown): ConfigMistake[] {
  const mistakes: ConfigMistake[] = [];
  const look = (ways: readonly Way[], mistakeOf: (text: string) => string | undefined) => {
    for (const way of ways)
      for (const { path, value } of valuesAt(table, way)) {
        const message = typeof value === 'string' ? mistakeOf(value) : undefined;
        if (message !== undefined) mistakes.push({ path, message: `${dotted(path)}: ${message}` });
      }
  };
  look(globKeys, globMistake);
  look(expressionKeys, expressionMistake);
  return mistakes;
}

function expressionMistake(text: string): string | undefined {
  try {
    new RegExp(text);
    return undefined;
  } catch (error) {
    const why = messageOf(error).split(': ').at(-1);
    return `${JSON.stringify(text)} is no regular expression (${why}); put a backslash before a character that means itself`;
  }
}

/** Every value that a way leads to. */
function valuesAt(
  value: unknown,
  way: Way,
  path: (string | number)[] = [],
): { path: typeof path; value: unknown }[] {
  const [key, ...rest] = way;
  if (key === undefined) return [{ path, value }];
  if (typeof value !== 'object' || value === null) return [];
  const names: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return names
    .filter((name) => key === '*' || name === key)
    .flatMap((name) => valuesAt((value as Record<string | number, unknown>)[name], rest, [...path, name]));
}

/** A path as people write it: `validator.checks[0].run`. */
export function dotted(path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${part}` : part),
    '',
  );
}
