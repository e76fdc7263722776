import { describe, expect, it } from '@jest/globals';
import { type TrainReport, trainSaid } from '../../../src/domain/landing/landing.js';

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
