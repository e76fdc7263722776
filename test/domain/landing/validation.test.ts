import { describe, expect, it } from '@jest/globals';
import {
  type CheckResult,
  commandAfter,
  exitOfVerdict,
  type Finding,
  type PolicyResult,
  summarizeValidation,
  verdictOf,
  verdictOnTree,
} from '../../../src/domain/landing/validation.js';

const check = (status: CheckResult['status'], name = 'test'): CheckResult => ({
  name,
  kind: 'test',
  status,
  durationMs: 1,
  summary: '',
});
const unreported: CheckResult = { ...check('error'), unreported: true };
const policy = (status: PolicyResult['status']): PolicyResult => ({ name: 'secrets', status, detail: '' });
const finding = (severity: Finding['severity']): Finding => ({ severity, path: 'a', line: 1, message: 'm' });
const parts = (more: {
  checks?: CheckResult[];
  policies?: PolicyResult[];
  findings?: Finding[];
  read?: boolean;
}) => ({
  checks: [],
  policies: [],
  findings: [],
  ...more,
});

describe('the verdict', () => {
  it.each([
    ['pass', {}],
    [
      'pass',
      {
        checks: [check('pass'), check('skipped')],
        policies: [policy('warn')],
        findings: [finding('warning')],
      },
    ],
    ['fail', { checks: [check('pass'), check('fail')] }],
    ['fail', { policies: [policy('fail')] }],
    ['held', { checks: [check('pass')], policies: [policy('held'), policy('warn')] }],
    ['fail', { policies: [policy('held'), policy('fail')] }],
    ['fail', { checks: [check('fail')], policies: [policy('held')] }],
    ['fail', { policies: [policy('held')], findings: [finding('error')] }],
    ['error', { checks: [check('error')], policies: [policy('held')] }],
    ['error', { checks: [unreported], policies: [policy('held')] }],
    ['fail', { findings: [finding('error')] }],
    ['error', { checks: [check('fail'), check('error')] }],
    ['error', { policies: [policy('error')], findings: [finding('error')] }],
    ['error', { checks: [check('pass'), unreported] }],
    ['error', { checks: [check('fail'), check('error'), unreported] }],
    ['fail', { checks: [check('fail'), unreported] }],
    ['fail', { checks: [unreported], findings: [finding('error')] }],
    ['fail', { checks: [check('error'), unreported], policies: [policy('fail')] }],
  ] as const)('is %s', (verdict, more) => {
    expect(verdictOf(parts(more as Parameters<typeof parts>[0]))).toBe(verdict);
  });
});

describe('the verdict on a tree', () => {
  it('needs a check that ran, or an agent that read the change, for a pass', () => {
    expect(verdictOnTree(parts({ read: true }))).toBe('pass');
    expect(verdictOnTree(parts({ read: true, policies: [policy('fail')] }))).toBe('fail');
    expect(verdictOnTree(parts({ checks: [check('pass'), check('skipped')] }))).toBe('pass');
    expect(verdictOnTree(parts({ checks: [check('skipped')], policies: [policy('pass')] }))).toBe(
      'unchecked',
    );
    expect(verdictOnTree(parts({ policies: [policy('fail')] }))).toBe('fail');
    expect(verdictOnTree(parts({ policies: [policy('held')] }))).toBe('held');
  });

  it('has an exit code, and a command that goes on unless it is a pass', () => {
    for (const verdict of Object.keys(exitOfVerdict) as (keyof typeof exitOfVerdict)[]) {
      expect(exitOfVerdict[verdict] === 0).toBe(verdict === 'pass');
      expect(commandAfter(verdict, 'a') === undefined).toBe(verdict === 'pass');
    }
  });
});

describe('the summary', () => {
  const summary = (
    verdict: 'pass' | 'fail' | 'error',
    more: Parameters<typeof parts>[0] & { reason?: string },
  ) => summarizeValidation({ verdict, ...parts(more), ...more } as Parameters<typeof summarizeValidation>[0]);

  it('names what went wrong', () => {
    const checks = [check('fail', 'lint'), check('error', 'test'), check('pass', 'types')];
    expect(summary('error', { checks, findings: [finding('error'), finding('info')] })).toBe(
      'lint fail, test error, 1 finding',
    );
    const missing = { ...check('error', 'test'), summary: 'The program "x" was not found.\nmore' };
    expect(summary('error', { checks: [missing] })).toBe('test error: The program "x" was not found');
    expect(summary('error', { reason: 'validator agent: the model fell silent' })).toContain('fell silent');
  });

  it('says what passed, and that nothing was there to pass', () => {
    expect(summary('pass', { checks: [check('pass'), check('skipped')] })).toBe('1 check passed');
    expect(summary('pass', {})).toBe('no checks configured');
  });
});
