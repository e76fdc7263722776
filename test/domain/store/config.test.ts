import { expect, test } from '@jest/globals';
import { parse } from 'smol-toml';
import { parseDuration, parseSize } from '../../../src/domain/platform/units.js';
import { defaultConfig, userOnlyKeys } from '../../../src/domain/store/config.js';
import { describedSchema } from '../../../src/domain/store/config-words.js';
import { schemas } from '../../../src/domain/store/schemas.js';
import { configAsToml } from '../../../src/domain/store/toml-text.js';
import { validators } from '../../../src/generated/validators.js';
import { knownKeys } from '../../../src/services/store/config/check.js';

/** Dotted names of the leaves of a plain object. */
function leaves(value: object, prefix = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([key, inner]): [string, unknown][] =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) && Object.keys(inner).length > 0
      ? leaves(inner, `${prefix}${key}.`)
      : [[`${prefix}${key}`, inner]],
  );
}

test('the defaults are valid and name every key there is', () => {
  expect(validators.config(defaultConfig)).toBe(true);
  const named = leaves(defaultConfig).map(([key]) => key);
  const tables = (key: string) => knownKeys(schemas.config).some((other) => other.startsWith(`${key}.`));
  const known = knownKeys(schemas.config).filter((key) => !tables(key) && !key.startsWith('validator.'));
  expect(known.filter((key) => !named.includes(key))).toEqual([]);
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

test('every key says what it is for, and its default', () => {
  const described = describedSchema(schemas.config, defaultConfig) as Schema;
  const bare = (node: Schema, prefix = ''): string[] =>
    Object.entries(node.properties ?? {}).flatMap(([key, inner]) =>
      inner.properties && !inner.description
        ? bare(inner, `${prefix}${key}.`)
        : inner.description
          ? []
          : [`${prefix}${key}`],
    );
  expect(bare(described)).toEqual([]);
  expect(described.properties!.run!.properties!.max_parallel).toMatchObject({ type: 'integer', default: 4 });
});

interface Schema {
  description?: string;
  properties?: Record<string, Schema>;
}

test('the configuration is printed as a file that reads the same, with the origin of each value', () => {
  const lines = configAsToml(defaultConfig, {
    'run.max_parallel': { origin: 'user', where: '/u/config.toml' },
  });
  expect(parse(lines.join('\n'))).toEqual(JSON.parse(JSON.stringify(defaultConfig)));
  expect(lines).toContain('max_parallel = 4 # user: /u/config.toml');
  expect(lines).toContain('target = "" # default');
});
