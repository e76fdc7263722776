import { describe, expect, it } from '@jest/globals';
import { judgeCounts } from '../../../../src/domain/landing/checks/fewer-tests.js';
import { asFlaky, besideBase, toMend, withResults } from '../../../../src/domain/landing/checks/outcome.js';
import type { Problem, Results } from '../../../../src/domain/landing/results/results.js';
import type { CheckResult, PolicyResult } from '../../../../src/domain/landing/validation.js';

const result = (more: Partial<CheckResult> = {}): CheckResult => ({
  ...{ name: 'test', kind: 'test', status: 'fail', durationMs: 1, summary: 'exit code 1\nthe end' },
  ...more,
});
const failed = (name: string): Problem => ({
  ...{ kind: 'test', name, path: 'a.js', line: 3, message: 'is wrong', severity: 'error' },
});
const run = (passed: number, names: readonly string[], skipped = 0): Results => ({
  tests: { passed, failed: names.length, skipped },
  problems: names.map(failed),
});
const ran = (...given: Parameters<typeof run>) => withResults(result(), run(...given));

describe('a check that is red on the base', () => {
  const old = Array.from({ length: 12 }, (_, at) => `old ${at}`);

  it('fails work only by what is new, and names it alone', () => {
    const now = besideBase(ran(412, [...old, 'added'], 3), ran(410, old), 'main');
    expect(now).toMatchObject({
      status: 'fail',
      known: 12,
      problems: [{ name: 'added' }],
      summary: '412 passed, 3 skipped, 1 new failure, 12 known on main\na.js:3: added: is wrong',
    });
  });

  it('passes work that adds no problem, or takes some away', () => {
    for (const names of [old, old.slice(3)]) {
      const now = besideBase(ran(412, names), ran(412, old), 'main');
      expect(now).toMatchObject({ status: 'pass', known: names.length, problems: [] });
      expect(now.summary).toBe(`412 passed, 0 new failures, ${names.length} known on main`);
    }
  });

  it.each<[string, CheckResult, CheckResult]>([
    ['tells nothing one by one', result(), result()],
    [
      'tells of a few of many',
      withResults(result(), { ...run(1, ['a']), tests: { passed: 1, failed: 9, skipped: 0 } }),
      ran(1, ['a']),
    ],
    ['told nothing on the base', ran(1, ['a']), result()],
  ])('stays failed where it %s', (_, now, base) => {
    const beside = besideBase(now, base, 'main');
    expect(beside.status).toBe('fail');
    expect(beside.summary).toMatch(/fails on main as well, and does not tell what is new/);
  });

  it('is nothing to a base that passes or could not be run', () => {
    for (const status of ['pass', 'error', 'skipped'] as const) {
      expect(besideBase(ran(1, ['a']), result({ status }), 'main')).toEqual(ran(1, ['a']));
    }
  });
});

describe('a check that is run again', () => {
  it('is told as flaky, with how it failed', () => {
    const passed = result({ status: 'pass', summary: '3 passed' });
    expect(asFlaky(passed, ran(2, ['a']), 2)).toMatchObject({
      status: 'pass',
      flaky: 2,
      summary:
        'flaky: it failed (exit code 1: 2 passed, 1 failed) and passed at attempt 2 on the same tree; 3 passed',
    });
  });
});

describe('fewer tests than on the base', () => {
  const fewer = [result({ status: 'pass', summary: '9 passed', fewer: { now: 9, before: 10 } })];
  const given = { policy: { level: 'fail' }, policies: [], allowed: [], target: 'main' } as const;
  const gone = (mild: boolean): PolicyResult => ({
    ...{ name: 'weakened_tests', status: mild ? 'warn' : 'fail', detail: '' },
    evidence: [{ path: 'a.test.js', line: 1, what: 'the test a is missing', ...(mild ? { mild } : {}) }],
  });

  it('fail what passes', () => {
    const failing = { status: 'fail', summary: 'fewer tests ran than on main: 9 of 10\n9 passed' };
    expect(judgeCounts(fewer, given)).toMatchObject([failing]);
    expect(judgeCounts(fewer, { ...given, policies: [gone(false)] })).toMatchObject([failing]);
    expect(judgeCounts(judgeCounts(fewer, given), given)).toMatchObject([failing]);
  });

  it('are told where they are explained or hold the work, allowed, or only to be told', () => {
    const told = [{ status: 'pass', summary: '9 passed (fewer tests ran than on main: 9 of 10)' }];
    expect(judgeCounts(fewer, { ...given, policies: [gone(true)] })).toMatchObject(told);
    const held: PolicyResult = { ...gone(false), status: 'held' };
    expect(judgeCounts(fewer, { ...given, policies: [held] })).toMatchObject(told);
    expect(judgeCounts(fewer, { ...given, allowed: ['fewer_tests'] })).toMatchObject(told);
    expect(judgeCounts(fewer, { ...given, policy: { level: 'warn' } })).toMatchObject(told);
    expect(judgeCounts(fewer, { ...given, policy: { level: 'off' } })).toEqual(fewer);
  });
});

describe('what is to be mended', () => {
  it('is each problem at its place, errors before all else; or what the check said', () => {
    const warning: Problem = { ...failed('odd'), kind: 'finding', severity: 'warning' };
    const both = withResults(result(), { problems: [warning, failed('bad')] });
    expect(toMend(both)).toEqual([
      { severity: 'error', path: 'a.js', line: 3, message: 'The check "test" failed: bad: is wrong' },
    ]);
    expect(toMend(withResults(result(), { problems: [warning] }))).toHaveLength(1);
    expect(toMend(result())).toMatchObject([{ path: '', message: expect.stringContaining('the end') }]);
  });
});
