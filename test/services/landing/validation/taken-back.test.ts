import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { changesOf } from '../../../../src/services/landing/validation/changes.js';
import { policiesOn } from '../../../../src/services/landing/validation/policies.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

const code = 'export const add = (a, b) => a + b;\n';
const sum = 'export const sum = (list) => list.reduce(add, 0);\n';
const test = (name: string) => `it('${name}', () => {\n  expect(${name}(1, 2)).toBe(3);\n});\n`;

/** What the policy on tests says of a change on a branch `work` from main, whose tests and code `change` commits. */
async function judged(change: (root: string, git: (...args: string[]) => string) => void) {
  const root = sandbox.repo({ 'add.js': code, 'add.test.js': test('add') });
  const git = (...args: string[]) => sandbox.git(root, ...args);
  sandbox.commit(root, { 'add.js': code + sum, 'add.test.js': test('add') + test('sum') }, 'Add sums');
  const target = git('rev-parse', 'HEAD');
  git('checkout', '-q', '-b', 'work');
  change(root, git);
  const session = await sandbox.session(root);
  const sides = { target, head: git('rev-parse', 'HEAD') };
  const changes = await changesOf(session, sides.target, sides.head);
  return (await policiesOn(session, changes, sides)).find(({ name }) => name === 'weakened_tests')?.status;
}

it('only warns of tests that go with the code of a commit of the target', async () => {
  expect(await judged((_, git) => git('revert', '--no-edit', 'HEAD'))).toBe('warn');
});

it('holds the work for a person where tests are gone that only a commit beside the target seems to have brought', async () => {
  const status = await judged((root, git) => {
    const tip = git('rev-parse', 'HEAD');
    // The commit that it names takes both tests in with one line of code, and was made for that alone.
    sandbox.commit(root, { 'add.js': code, 'add.test.js': '' }, 'Before');
    sandbox.commit(root, { 'add.js': code + sum, 'add.test.js': test('add') + test('sum') }, 'Made up');
    const made = git('rev-parse', 'HEAD');
    git('reset', '-q', '--hard', tip);
    const message = `Take sums back\n\nThis reverts commit ${made}.`;
    sandbox.commit(root, { 'add.js': code, 'add.test.js': '' }, message);
  });
  expect(status).toBe('held');
});
