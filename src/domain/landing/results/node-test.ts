/** The report for people of node's own test runner. */
import { firstLine, placeIn } from './places.js';
import type { Problem, Reader } from './results.js';

export const readNodeTest: Reader = (text) => {
  const count = (what: string) => Number(new RegExp(`^ℹ ${what} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  if (!/^ℹ tests \d+$/m.test(text) || !/^ℹ pass \d+$/m.test(text)) return undefined;
  const [, failures = ''] = /^✖ failing tests:\n([\s\S]*)$/m.exec(text) ?? [];
  return {
    tests: {
      passed: count('pass'),
      failed: count('fail') + count('cancelled'),
      skipped: count('skipped') + count('todo'),
    },
    problems: failures.split(/^(?=test at )/m).flatMap(problemOf),
  };
};

function problemOf(block: string): Problem[] {
  const [, where, name, said = ''] =
    /^test at (.*)\n✖ (.*?) \([\d.]+m?s\)[^\n]*\n?([\s\S]*)$/.exec(block) ?? [];
  if (where === undefined) return [];
  const stack = placeIn(said);
  const declared = placeIn(where);
  // A helper's line tells less than the test's own, where both are known.
  const place =
    stack.path !== '' && where.includes(stack.path.replace(/^.*\/\.\.?\//, '')) ? stack : declared;
  return [
    { kind: 'test', name: name!, ...place, message: firstLine(said) || 'it failed', severity: 'error' },
  ];
}
