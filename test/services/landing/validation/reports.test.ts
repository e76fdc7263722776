import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CheckConfig } from '../../../../src/domain/store/config.js';
import { defaultConfig } from '../../../../src/domain/store/config.js';
import { runChecks } from '../../../../src/services/landing/validation/checks.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'codex-agents-reports-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What becomes of one check in a folder. */
async function resultOf(script: string, more: Partial<CheckConfig> = {}) {
  const check = { name: 'test', kind: 'test', run: ['sh', '-c', script], timeout: '60s', when: [], ...more };
  const config = { ...defaultConfig, validator: { ...defaultConfig.validator, checks: [check] } };
  const session = { config, env: { PATH: process.env.PATH } };
  const [result] = await runChecks(session, folder, [], new AbortController().signal);
  return result!;
}

const failure = '<failure message="not two">at node_modules/lib/y.js:1\n src/a.js:7:3</failure>';
const junit = (inner: string) =>
  `<testsuites><testsuite name="s"><testcase name="one"/><testcase name="two">${inner}</testcase></testsuite></testsuites>`;
const writes = (text: string, file = 'out/report.xml') =>
  `mkdir -p out; cat > ${file} <<'END'\n${text}\nEND\n`;

describe('the report of a check', () => {
  it("gives counts and exact places; it is this run's own, and is gone afterwards", async () => {
    execFileSync('sh', ['-c', writes(junit('')).replace('report.xml', 'old.xml')], { cwd: folder });
    const result = await resultOf(`${writes(junit(failure))}exit 1`, { report: 'junit:out/*.xml' });
    expect(result).toMatchObject({
      status: 'fail',
      tests: { passed: 1, failed: 1, skipped: 0 },
    });
    expect(result.problems).toEqual([
      { kind: 'test', name: 's > two', path: 'src/a.js', line: 7, message: 'not two', severity: 'error' },
    ]);
    expect(result.summary).toBe('exit code 1: 1 passed, 1 failed\nsrc/a.js:7: s > two: not two');
    expect(existsSync(join(folder, 'out/report.xml'))).toBe(false);
  });

  it.each<[string, string, CheckConfig['report'], string, string]>([
    ['is missing', 'true', 'junit:out/*.xml', 'error', 'missing: junit:out/*.xml'],
    ['is none', writes('oops'), 'junit:out/*.xml', 'error', 'out/report.xml is no junit'],
    ['has no test', writes('<testsuites/>'), 'junit:out/*.xml', 'error', 'empty: junit:out/*.xml'],
    ['is not its output', 'echo fine', 'tap', 'error', 'its output is no tap'],
    [
      'is one of two',
      writes(junit('')),
      ['junit:out/*.xml', 'lcov:cov.info'],
      'error',
      'missing: lcov:cov.info',
    ],
    [
      'says that tests fail',
      writes(junit(failure)),
      'junit:out/*.xml',
      'fail',
      'exit code 0, but by its report',
    ],
    ['passes', writes(junit('<skipped/>')), 'junit:out/*.xml', 'pass', '1 passed, 1 skipped'],
  ])('that %s decides where the exit code says pass', async (_, script, report, status, said) => {
    const result = await resultOf(script, { report });
    expect(result).toMatchObject({ status, summary: expect.stringContaining(said) });
  });

  it('leaves a failure a failure when it is missing', async () => {
    const result = await resultOf('echo broken; exit 3', { report: 'junit:out/*.xml' });
    expect(result).toMatchObject({
      status: 'fail',
      summary: expect.stringMatching(/missing.*\nexit code 3\nbroken/),
    });
  });
});

describe('the output of a check', () => {
  it('is read where it is of a form that is known', async () => {
    const result = await resultOf('printf "src/a.js(3,1): error TS1005: nothing expected.\\n"; exit 2');
    expect(result.problems).toMatchObject([{ path: 'src/a.js', line: 3, name: 'TS1005' }]);
    expect(result.summary).toBe('exit code 2: 1 error\nsrc/a.js:3: TS1005: nothing expected.');
  });

  it('is only words where it shows failures that the exit code does not know of', async () => {
    const result = await resultOf('printf "1..1\\nnot ok 1 - meant to fail\\n"; echo tested a runner');
    expect(result).toMatchObject({ status: 'pass', summary: 'tested a runner' });
    expect(result).not.toHaveProperty('tests');
  });
});
