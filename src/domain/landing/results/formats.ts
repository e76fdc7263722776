/** Which of the known forms a text is, and what it says. */
import { readCargo } from './cargo.js';
import { readLines, readTsc } from './compilers.js';
import { readCobertura, readLcov } from './coverage.js';
import { readEslintJson, readEslintStylish } from './eslint.js';
import type { Format } from './format-names.js';
import { readGo, readGoJson } from './go-test.js';
import { readJest, readJestJson, readVitest } from './jest.js';
import { readJunit } from './junit.js';
import { readNodeTest } from './node-test.js';
import { readPytest } from './pytest.js';
import type { Reader, Results } from './results.js';
import { readSarif } from './sarif.js';
import { readTap } from './tap.js';

/** By the name that `report` gives; what is surest to be of its form comes first. */
const readers = {
  junit: [readJunit],
  cobertura: [readCobertura],
  sarif: [readSarif],
  jest: [readJestJson, readJest],
  vitest: [readJestJson, readVitest],
  eslint: [readEslintJson, readEslintStylish],
  go: [readGoJson, readGo],
  lcov: [readLcov],
  tap: [readTap],
  node: [readNodeTest, readTap],
  pytest: [readPytest],
  cargo: [readCargo],
  tsc: [readTsc],
  lines: [readLines],
} as const satisfies Record<Format, readonly Reader[]>;

/** What a text of a known form says; undefined when it is of another. */
export function readAs(format: Format, text: string): Results | undefined {
  return firstOf(readers[format], text);
}

/** What the output of a tool says; undefined when it is of no form that is known. */
export function readOutput(text: string): Results | undefined {
  return firstOf(Object.values(readers).flat(), text);
}

const firstOf = (all: readonly Reader[], text: string): Results | undefined => {
  const plain = text.replace(/\x1b\[[0-?]*[ -/]*[@-~]/g, '').replaceAll('\r\n', '\n');
  for (const reader of all) {
    const results = reader(plain);
    if (results) return results;
  }
  return undefined;
};
