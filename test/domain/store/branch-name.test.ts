import { expect, test } from '@jest/globals';
import { branchName, isBranchName, isOwnBranch } from '../../../src/domain/store/branch-name.js';

const task = { slug: 'fix-login', id: 'ab12cd34', owner: 'Ann B', labels: ['ui', 'ABC-12'] };

test.each([
  ['codex-agent/{slug}', 'codex-agent/fix-login'],
  ['{slug}', 'fix-login'],
  ['users/{owner}/{ticket}-{slug}', 'users/Ann-B/ABC-12-fix-login'],
  ['feature/{id}', 'feature/ab12cd34'],
])('%s gives %s', (template, name) => {
  expect(branchName(template, task)).toBe(name);
});

test('what has no value leaves no trace of its separator', () => {
  const bare = { ...task, owner: '', labels: ['ui'] };
  expect(branchName('{owner}/{ticket}-{slug}', bare)).toBe('fix-login');
  expect(branchName('x/{slug}-{ticket}', { ...task, labels: ['#42'] })).toBe('x/fix-login-42');
});

test.each(['bad name/{slug}', 'a..b/{slug}', '{nope}/{slug}', 'x/{slug}.lock'])(
  '%s is refused, with the setting named',
  (template) => {
    expect(() => branchName(template, task)).toThrow(/worktree\.branch/);
  },
);

test('what git takes for a branch', () => {
  expect(['a', 'a/b', 'ä/ö'].every(isBranchName)).toBe(true);
  expect(['', '-a', 'a/', '/a', 'a//b', 'a.lock', '.a', 'a~1', '@', 'a b', 'a@{1}'].some(isBranchName)).toBe(
    false,
  );
});

test('a task of an older version tells by the name whose branch it is', () => {
  expect(isOwnBranch({ branch: 'codex-agent/x' })).toBe(true);
  expect(isOwnBranch({ branch: 'feature/x' })).toBe(false);
  expect(isOwnBranch({ branch: 'agents/x', branchBy: 'program' })).toBe(true);
  expect(isOwnBranch({ branch: 'codex-agent/x', branchBy: 'person' })).toBe(false);
});
