import { expect, it } from '@jest/globals';
import { viewHunk } from '../../../../src/domain/landing/structural/candidates.js';
import { chooseAnswers, likely } from '../../../../src/domain/landing/structural/choose.js';
import { featureNames } from '../../../../src/domain/landing/structural/features.js';
import { scoreTable } from '../../../../src/generated/score-table.js';

const solvable = viewHunk('a.js', false, { base: 'f(a, b)\n', ours: 'f(x, b)\n', theirs: 'f(a, y)\n' });
const contested = viewHunk('a.js', false, { base: 'one\n', ours: 'two\n', theirs: 'three\n' });
const around = { hunks: 1, lineBefore: 'before', lineAfter: 'after', has: () => true };

/** Answers with a table that gives every one of them the same score. */
const choose = (views: (typeof solvable)[], score: number, beside = likely) =>
  chooseAnswers(
    views,
    views.map(() => around),
    { features: featureNames, bias: Math.log(score / (1 - score)), trees: [] },
    beside,
  ).map((choice) => (typeof choice === 'string' ? choice : choice.text));

it('takes an answer that is more likely right than not', () => {
  expect(choose([solvable], 0.55)).toEqual(['f(x, y)\n']);
  expect(choose([solvable], 0.3)).toEqual([expect.stringContaining('only a guess')]);
});

it('takes fewer when several must be right at once', () => {
  expect(choose([solvable, solvable], 0.9)).toEqual(['f(x, y)\n', 'f(x, y)\n']);
  expect(choose([solvable, solvable], 0.6)).toEqual(Array(2).fill(expect.stringContaining('guess')));
});

it('beside hunks that are left over takes only what is likely', () => {
  expect(choose([solvable, contested], 0.65, likely)[0]).toContain('only a guess');
  expect(choose([solvable, contested], 0.8, likely)[0]).toBe('f(x, y)\n');
});

it('is made for the numbers that are weighed now', () => {
  expect(scoreTable.features).toEqual(featureNames);
});
