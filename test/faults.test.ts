import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

/** Rows of the tables in the page: the number of each, and what its tests are called and stand in. */
const rows = readFileSync('docs/faults-and-threats.md', 'utf8')
  .split('\n')
  .filter((line) => /^\| [FTR]\d+ \|/.test(line))
  .map((line) => {
    const cells = line.replace(/^\| | \|$/g, '').split(' | ');
    const named = cells.at(-1)!.matchAll(/`([^`]+)`: (.+?)(?=; `test\/|$)/g);
    return { number: cells[0]!, tests: [...named].map(([, path = '', name = '']) => ({ path, name })) };
  });

const numbers = (letter: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${letter}${at + 1}`);

describe('the page of faults and threats', () => {
  test('has a row for each of them, with a test', () => {
    expect(rows.map(({ number }) => number)).toEqual([
      ...numbers('F', 22),
      ...numbers('T', 13),
      ...numbers('R', 24),
    ]);
    for (const { number, tests } of rows) expect([number, tests.length > 0]).toEqual([number, true]);
  });

  test('names only tests that exist', () => {
    const missing = rows.flatMap(({ number, tests }) =>
      tests
        .filter(({ path, name }) => !existsSync(path) || !holdsTest(readFileSync(path, 'utf8'), name))
        .map(({ path, name }) => `${number}: ${path}: ${name}`),
    );
    expect(missing).toEqual([]);
  });
});

const holdsTest = (source: string, name: string) =>
  ["'", '"', '`'].some((quote) =>
    new RegExp(`((test|it|asRoot)[^\\n]*|\\]\\))\\(\\s*${quote}${escaped(name)}${quote}`).test(source),
  );

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
