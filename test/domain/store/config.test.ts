import { expect, test } from '@jest/globals';
import { parseDuration, parseSize } from '../../../src/domain/platform/units.js';
import { defaultConfig, reservedKeys, userOnlyKeys } from '../../../src/domain/store/config.js';
import { schemas } from '../../../src/domain/store/schemas.js';
import { validators } from '../../../src/generated/validators.js';
import { knownKeys } from '../../../src/services/store/config/check.js';

/** Dotted names of the leaves of a plain object. */
function leaves(value: object, prefix = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([key, inner]): [string, unknown][] =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? leaves(inner, `${prefix}${key}.`)
      : [[`${prefix}${key}`, inner]],
  );
}

test('the defaults are valid and name every key there is', () => {
  expect(validators.config(defaultConfig)).toBe(true);
  const named = leaves(defaultConfig).map(([key]) => key);
  const tables = (key: string) => knownKeys(schemas.config).some((other) => other.startsWith(`${key}.`));
  const known = knownKeys(schemas.config).filter((key) => !tables(key) && !key.startsWith('validator.'));
  const reserved = (key: string) => reservedKeys.some((one) => one === key || one === `${key}.`);
  expect(known.filter((key) => !named.includes(key) && !reserved(key))).toEqual([]);
});

test('keys that only the user may set exist', () => {
  const named = leaves(defaultConfig).map(([key]) => key);
  expect(userOnlyKeys.filter((key) => !named.includes(key))).toEqual([]);
});

test('every duration and size that the schema lets through can be read, and the other way round', () => {
  const accepts = (table: object) => validators.config(table) === true;
  const reads = (read: (text: string) => number, text: string) => {
    try {
      return Number.isFinite(read(text));
    } catch {
      return false;
    }
  };
  for (const text of ['1s', '1.5 h', '250ms', '3d', '10 m', 's', '1w', '', '1', '-1s']) {
    expect([text, accepts({ run: { total_timeout: text } })]).toEqual([text, reads(parseDuration, text)]);
  }
  for (const text of ['1 B', '1kB', '1 KB', '1.5 MB', '2 GB', '3TB', 'MB', '1', '1 MiB', '']) {
    expect([text, accepts({ run: { max_output: text } })]).toEqual([text, reads(parseSize, text)]);
  }
});
