import { describe, expect, it } from '@jest/globals';
import type { AgentEvent } from '../../../../src/domain/agents/agent-event.js';
import { type DiffFile, parseDiff } from '../../../../src/domain/landing/diff.js';
import { patchOf } from '../../../../src/domain/landing/review/patch.js';
import { remarksOf } from '../../../../src/domain/landing/review/remarks.js';
import { visibleText } from '../../../../src/domain/landing/review/visible.js';
import { whyIn } from '../../../../src/domain/landing/review/why.js';

const file = (path: string): DiffFile => ({
  path,
  change: 'modified',
  binary: false,
  added: 0,
  removed: 0,
  hunks: [],
});

describe('what validation found', () => {
  const files = [file('src/a.ts'), file('test/a.test.ts')];
  const parts = { checks: [], policies: [], findings: [] };

  it('stands at each line that a check or policy names', () => {
    const summary =
      'ran 4\n  lib/src/a.ts:9 elsewhere\n  at fn (src/a.ts:12:3)\nnot ok test/a.test.ts(4,1): no\n';
    const checks = [{ name: 'test', kind: 'test', status: 'fail', durationMs: 1, summary } as const];
    const policies = [{ name: 'secrets', status: 'warn', detail: 'src/a.ts:3 looks like a key' } as const];
    expect(remarksOf({ ...parts, checks: [...checks], policies: [...policies] }, files)).toEqual([
      { from: 'policy secrets', severity: 'warning', path: 'src/a.ts', line: 3, text: policies[0]!.detail },
      { from: 'check test', severity: 'error', path: 'src/a.ts', line: 12, text: 'at fn (src/a.ts:12:3)' },
      {
        from: 'check test',
        severity: 'error',
        path: 'test/a.test.ts',
        line: 4,
        text: 'not ok test/a.test.ts(4,1): no',
      },
    ]);
  });

  it('the evidence of a policy stands at its places, those of what is gone among the old lines', () => {
    const evidence = [
      { path: 'src/a.ts', line: 7, isOld: true as const, what: 'the test adds is missing' },
      { path: 'src/a.ts', line: 3, what: 'a is told', mild: true },
      { path: 'gone.ts', line: 3, what: 'is elsewhere' },
      { path: '', line: 0, what: 'too much' },
    ];
    const policies = [{ name: 'weakened_tests', status: 'fail' as const, detail: 'all of it', evidence }];
    expect(remarksOf({ ...parts, policies }, files)).toEqual([
      {
        from: 'policy weakened_tests',
        severity: 'error',
        path: 'src/a.ts',
        line: 7,
        isOld: true,
        text: evidence[0]!.what,
      },
      { from: 'policy weakened_tests', severity: 'warning', path: 'src/a.ts', line: 3, text: 'a is told' },
      {
        from: 'policy weakened_tests',
        severity: 'error',
        path: '',
        line: 0,
        text: 'gone.ts:3: is elsewhere',
      },
      { from: 'policy weakened_tests', severity: 'error', path: '', line: 0, text: 'too much' },
    ]);
  });

  it('stands at the lines of the problems that a check tells, one by one', () => {
    const problem = (path: string, line: number, severity: 'error' | 'warning') =>
      ({ kind: 'test', name: 'adds', path, line, message: 'is wrong', severity }) as const;
    const problems = [problem('src/a.ts', 12, 'error'), problem('lib/b.ts', 3, 'warning')];
    const failed = { name: 'test', kind: 'test', durationMs: 1, summary: 'src/a.ts:1 is not it', problems };
    expect(remarksOf({ ...parts, checks: [{ ...failed, status: 'fail' }] }, files)).toEqual([
      { from: 'check test', severity: 'error', path: 'src/a.ts', line: 12, text: 'adds: is wrong' },
      { from: 'check test', severity: 'warning', path: '', line: 0, text: 'lib/b.ts:3: adds: is wrong' },
    ]);
    expect(remarksOf({ ...parts, checks: [{ ...failed, status: 'error' }] }, files)).toMatchObject([
      { path: 'src/a.ts', line: 1 },
    ]);
  });

  it('without a place is still told, and what passed is not', () => {
    const checks = [
      { name: 'lint', kind: 'lint', status: 'pass', durationMs: 1, summary: '' } as const,
      { name: 'test', kind: 'test', status: 'error', durationMs: 1, summary: 'no such program' } as const,
    ];
    expect(remarksOf({ ...parts, checks }, files)).toEqual([
      { from: 'check test', severity: 'error', path: '', line: 0, text: 'no such program' },
    ]);
    expect(remarksOf(undefined, files)).toEqual([]);
  });
});

describe('code that hides something', () => {
  it.each([
    ['a\tb\tc', 'a   b   c'],
    ['\tif', '    if'],
    ['end\r', 'end␍'],
    ['evil()\r// fine', 'evil()␍// fine'],
    ['is\u202eadmin', 'is<U+202E>admin'],
    ['zero\u200bwidth', 'zero<U+200B>width'],
    ['\u001b[2J', '<U+001B>[2J'],
    ['größe', 'größe'],
  ])('%j is shown as %j', (text, shown) => expect(visibleText(text)).toBe(shown));
});

it('a hunk is a patch that names an odd file as git does', () => {
  const [odd] = parseDiff(
    'diff --git "a/t\\ta \\"b\\"" "b/t\\ta \\"b\\""\n--- "a/t\\ta \\"b\\""\n+++ "b/t\\ta \\"b\\""\n@@ -2,2 +2,1 @@\n same\n-gone\n\\ No newline at end of file\n',
  );
  expect(patchOf(odd!, 0)).toBe(
    'diff --git "a/t\\ta \\"b\\"" "b/t\\ta \\"b\\""\n--- "a/t\\ta \\"b\\""\n+++ "b/t\\ta \\"b\\""\n@@ -2,2 +2,1 @@\n same\n-gone\n\\ No newline at end of file\n',
  );
});

describe('why a hunk is there', () => {
  const edit = (diff?: string, state: 'ok' | 'failed' = 'ok'): AgentEvent => ({
    ...({ type: 'tool', itemId: '1', kind: 'edit', name: 'edit' } as const),
    ...{ state, paths: ['/w/src/a.ts'] },
    ...(diff ? { files: [{ path: '/w/src/a.ts', change: 'modified' as const, diff }] } : {}),
  });
  const hunk = [{ kind: 'added', text: '  killTree(pid);', line: 4 }] as const;
  const thought = { type: 'thought', text: 'Use the session id.' } as const;

  it('is told by the edit that wrote its lines, with what was thought before', () => {
    const events = [thought, edit('@@\n+  killTree(pid);'), edit('@@\n+other();')];
    expect(whyIn(events, 'src/a.ts', hunk)).toMatchObject({ at: 1, sure: 'lines', events: { length: 3 } });
  });

  it('else by the last edit of the file, or by a line that names it', () => {
    expect(whyIn([edit(), thought, edit()], 'src/a.ts', hunk)).toMatchObject({ at: 2, sure: 'file' });
    expect(whyIn([{ type: 'line', text: 'wrote src/a.ts' }], 'src/a.ts', hunk)).toMatchObject({
      sure: 'named',
    });
  });

  it('is not told by an edit that failed or of another file', () => {
    expect(whyIn([edit('+  killTree(pid);', 'failed')], 'src/a.ts', hunk)).toBeUndefined();
    expect(whyIn([edit('+  killTree(pid);')], 'src/b.ts', hunk)).toBeUndefined();
  });
});
