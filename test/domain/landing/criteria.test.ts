import { describe, expect, test } from '@jest/globals';
import { judgeCriteria, type RawCriterion, speaksFor } from '../../../src/domain/landing/criteria.js';
import { parseDiff } from '../../../src/domain/landing/diff.js';

const files = parseDiff(`diff --git a/src/a.ts b/src/a.ts
--- a/src/a.ts
+++ b/src/a.ts
@@ -10,3 +10,3 @@
 const before = 1;
-const limit = 10;
+const limit = 20;
 const after = 3;
`);
const answer = (more: Partial<RawCriterion>): RawCriterion => ({
  criterion: 1,
  answer: 'met',
  path: 'src/a.ts',
  line: 11,
  quote: 'const limit = 20;',
  evidence: 'the limit is 20',
  ...more,
});
const judge = (...answers: RawCriterion[]) => judgeCriteria(['The limit is 20'], answers, files);

describe('an answer about a criterion', () => {
  test.each<[string, Partial<RawCriterion>, string, number]>([
    ['with its line', {}, 'met', 11],
    ['with the sign of the diff', { quote: '+const limit = 20;' }, 'met', 11],
    [
      'with another spelling of spaces and path',
      { quote: '  const  limit = 20;', path: './src/a.ts' },
      'met',
      11,
    ],
    ['with a wrong number, whose line is found by what it says', { line: 400 }, 'met', 11],
    ['about a removed line', { answer: 'not met', quote: 'const limit = 10;' }, 'not met', 11],
    [
      'that something is missing, which has no place',
      { answer: 'not met', path: '', quote: '' },
      'not met',
      0,
    ],
    ['that claims success without a place', { path: '', quote: '' }, 'cannot tell', 0],
  ])('%s', (_, more, expected, line) => {
    const { results, invented } = judge(answer(more));
    expect(results).toMatchObject([{ answer: expected, line }]);
    expect(invented).toBe(0);
  });

  test.each<[string, Partial<RawCriterion>]>([
    ['quotes what the file does not say', { quote: 'const limit = 30;' }],
    ['names another file', { path: 'src/b.ts' }],
    ['quotes next to nothing', { quote: ';' }],
    ['quotes without a file', { path: '' }],
    ['is about a criterion that is none', { criterion: 7 }],
    ['invents a failure', { answer: 'not met', quote: 'throw new Error()' }],
  ])('that %s says nothing, and is counted', (_, more) => {
    expect(judge(answer(more))).toMatchObject({ results: [{ answer: 'cannot tell', line: 0 }], invented: 1 });
  });

  test('that is shown outweighs one of another part of the diff that saw nothing', () => {
    const unseen = answer({ answer: 'not met', path: '', quote: '' });
    expect(judge(unseen, answer({}), unseen).results[0]!.answer).toBe('met');
    const broken = answer({ answer: 'not met' });
    expect(judge(answer({}), broken, answer({})).results[0]!.answer).toBe('not met');
  });
});

test('a change is spoken for by what is met, as long as nothing is not met', () => {
  const [met] = judge(answer({})).results;
  const [missing] = judge(answer({ answer: 'not met', path: '', quote: '' })).results;
  const [unknown] = judge().results;
  expect([undefined, [], [met!], [met!, unknown!]].map(speaksFor)).toEqual([true, true, true, true]);
  expect([[unknown!], [met!, missing!]].map(speaksFor)).toEqual([false, false]);
});
