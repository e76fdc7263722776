import { describe, expect, it } from '@jest/globals';
import { type TrainReport, trainSaid, verdictOfBlame } from '../../../src/domain/landing/landing.js';

const report: TrainReport = {
  target: 'main',
  landed: [{ task: 'add-a', commit: 'c0ffee' }],
  ...{ refused: [], pairs: [], flaky: [], checkRuns: 0, oneByOne: 0 },
};

describe('what is said of a landing', () => {
  it('tells that no check has seen what landed, and why', () => {
    expect(trainSaid(report)).toBe('1 landed on main.');
    const unchecked = 'no check looks at what changed';
    expect(trainSaid({ ...report, unchecked })).toBe(
      '1 landed on main. Nothing was checked: no check looks at what changed.',
    );
  });

  it('names the tasks whose conflicts were resolved on the way', () => {
    const certificates = [{ path: 'a.ts', status: 'checked' as const }];
    const landed = [...report.landed, { task: 'add-b', commit: 'beef', certificates }];
    expect(trainSaid({ ...report, landed })).toBe(
      '2 landed on main; with conflicts that were resolved: add-b.',
    );
  });

  it('names checks that failed and then passed on the same tree', () => {
    const flaky = [{ tasks: ['add-a'], checks: ['test'] }];
    expect(trainSaid({ ...report, flaky })).toContain('flaky: test failed and then passed on the same tree');
  });
});

describe('why a task did not land', () => {
  const check = { name: 'format', kind: 'lint', durationMs: 1, summary: '' };
  const of = (wrote?: string[]) => [{ ...check, status: 'error' as const, ...(wrote ? { wrote } : {}) }];

  it('names what a check wrote, with whom, or that the target itself is the reason', () => {
    expect(verdictOfBlame({ code: 'error', with: ['a'] }, of(['x.ts']), 'main').reason).toBe(
      'validation error: with a the check "format" wrote to the tree being judged: x.ts',
    );
    expect(verdictOfBlame({ code: 'error', bare: true }, of(['x.ts']), 'main').reason).toBe(
      'validation error: the check "format" wrote to the tree being judged: x.ts, on main itself with nothing merged',
    );
    expect(verdictOfBlame({ code: 'error' }, of(), 'main').reason).toBe(
      'validation error: the check "format" could not be run to the end',
    );
  });
});
