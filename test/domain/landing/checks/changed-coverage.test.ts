import { describe, expect, it } from '@jest/globals';
import {
  changedCoverage,
  judgeCoverage,
  keptCoverage,
} from '../../../../src/domain/landing/checks/changed-coverage.js';
import { readCobertura, readLcov } from '../../../../src/domain/landing/results/coverage.js';
import type { CheckResult } from '../../../../src/domain/landing/validation.js';
import { changeOf } from '../../../support/seeds/change.js';

const check: CheckResult = { name: 'test', kind: 'test', status: 'pass', durationMs: 1, summary: 'ok' };
const lcov = (path: string, hits: number[]) =>
  `SF:${path}\n${hits.map((many, at) => `DA:${at + 1},${many}\n`).join('')}end_of_record\n`;
const covered = (text: string) => keptCoverage((readLcov(text) ?? readCobertura(text))!.coverage!);
const { files } = changeOf({
  'src/a.ts': ['', 'one();\ntwo();\n\nthree();\nfour();\n'],
  'src/a.test.ts': ['', 'test();\n'],
  'notes.md': ['', 'text\n'],
});

describe('coverage of changed lines', () => {
  it('is kept in ranges', () => {
    expect(covered(lcov('src/a.ts', [1, 2, 0, 0, 3]))).toEqual({
      'src/a.ts': { hit: '1-2,5', missed: '3-4' },
    });
  });

  it('counts the added lines that a report says could have been run, whatever check ran them', () => {
    const [one, two] = [lcov('src/a.ts', [1, 0, 0, 0]), lcov('src/a.ts', [0, 3, 0, 0])].map(covered);
    expect(changedCoverage(files, [{ covered: one! }, { covered: two! }])).toEqual({
      lines: 3,
      missed: [{ path: 'src/a.ts', lines: '4' }],
    });
  });

  it('of a file is what the names that fit it best tell: another package speaks of its own', () => {
    const reports = [lcov('a.ts', [1, 1, 1, 1, 1]), lcov('src/a.ts', [0, 0, 0, 0, 0])].map(covered);
    expect(changedCoverage(files, [{ covered: reports[0]! }, { covered: reports[1]! }])).toEqual({
      lines: 4,
      missed: [{ path: 'src/a.ts', lines: '1-2,4-5' }],
    });
  });

  it('is counted in one pass over reports and changes of many lines', () => {
    const many = 40_000;
    const { files: long } = changeOf({ 'src/a.ts': ['', 'one();\n'.repeat(many)] });
    // Each line is a range of its own.
    const report = covered(
      lcov(
        'src/a.ts',
        Array.from({ length: many }, (_, at) => at % 2),
      ),
    );
    const start = process.cpuUsage();
    expect(changedCoverage(long, [{ covered: report }])?.lines).toBe(many);
    expect(process.cpuUsage(start).user).toBeLessThan(5_000_000);
  });

  it('finds a file by the path below its package, and counts one that no report names', () => {
    const cobertura =
      '<coverage><packages><package><classes><class filename="a.ts"><lines><line number="1" hits="1"/></lines></class></classes></package></packages></coverage>';
    expect(changedCoverage(files, [{ covered: covered(cobertura) }])).toEqual({ lines: 1, missed: [] });
    const other = covered(lcov('src/b.ts', [1]));
    expect(changedCoverage(files, [{ covered: other }])).toEqual({
      lines: 4,
      missed: [{ path: 'src/a.ts', lines: '1-2,4-5' }],
    });
    expect(changedCoverage(files, [{ covered: other }], ['src/**'])).toEqual({ lines: 0, missed: [] });
    expect(changedCoverage(files, [{ covered: covered(lcov('src/b.py', [1])) }])).toEqual({
      lines: 0,
      missed: [],
    });
    expect(changedCoverage(files, [{}])).toBeUndefined();
  });

  const coverage = { lines: 10, missed: [{ path: 'src/a.ts', lines: '4-6,9' }] };
  const judge = (
    min: number,
    level: 'warn' | 'fail' = 'fail',
    told: CheckResult[] = [{ ...check, coverage }],
  ) => judgeCoverage(told, { level, min, ignore: [] }, [])[0];

  it('fails the check that tells of it when it is too small, with the places', () => {
    expect(judge(0.6)).toMatchObject({ status: 'pass' });
    expect(judge(0.7)).toMatchObject({
      status: 'fail',
      summary: expect.stringContaining('6 of 10 changed lines were run, fewer than 70 %'),
      problems: [{ path: 'src/a.ts', line: 4, message: 'not run: lines 4-6,9' }],
    });
    expect(judge(0.7, 'warn')).toMatchObject({ status: 'pass', summary: expect.stringContaining('6 of 10') });
  });

  it('is an error where it is wanted and no report tells of it', () => {
    expect(judge(0.7, 'fail', [check])).toMatchObject({ status: 'error', unreported: true });
    expect(judge(0.7, 'warn', [check])).toMatchObject({ status: 'pass' });
    expect(judgeCoverage([check], { level: 'off', min: 1 }, [])).toEqual([check]);
    expect(
      judgeCoverage([{ ...check, coverage }], { level: 'fail', min: 1 }, ['changed_coverage'])[0]?.status,
    ).toBe('pass');
  });
});
