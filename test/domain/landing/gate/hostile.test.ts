/** Texts that would keep a gate busy for minutes, or use up its stack, if it read them to the end. */
import { expect, test } from '@jest/globals';
import { clauseProblems } from '../../../../src/domain/landing/gate/clauses.js';
import { flowEntries } from '../../../../src/domain/landing/gate/flow-values.js';

test.each([
  ['a.erl', 'f(\n'],
  ['a.ex', 'def f(\n'],
])('heads of functions in %s that are never closed', (path, line) => {
  const sides = { path, ours: '', theirs: '', result: line.repeat(30_000) };
  expect(clauseProblems(sides)).toEqual([]);
});

test('lists of YAML within each other without end', () => {
  const deep = (depth: number) => `${'['.repeat(depth)}x${']'.repeat(depth)}`;
  expect(flowEntries('a', deep(3))).toEqual([['a[][][]', 'x']]);
  expect(flowEntries('a', deep(100_000))).toBeUndefined();
});
