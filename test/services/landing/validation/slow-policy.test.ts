import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readChanges } from '../../../../src/services/landing/validation/changes.js';
import { policiesOn } from '../../../../src/services/landing/validation/policies.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

test("a person's expression that never ends is an error of its policy, and the others are judged", async () => {
  const repo = sandbox.repo();
  const session = await sandbox.session(repo);
  const target = sandbox.git(repo, 'rev-parse', 'HEAD');
  const long = `${'a'.repeat(60)}b`;
  const head = sandbox.commit(repo, { 'a.txt': `${long}\n`, 'b.env': 'x\n' }, long);
  session.config.validator.policies = {
    forbidden_patterns: { level: 'fail', patterns: ['^(a+)+$'] },
    commit_hygiene: { level: 'fail', max_subject: 99, pattern: '^(a+)+$' },
    forbidden_paths: { level: 'fail', paths: ['**/*.env'] },
  };
  const changes = await readChanges(session, `${target}..${head}`, 0);
  const told = await policiesOn(session, changes, { target, head }, {}, 1_000);
  const ended = { status: 'error', detail: 'It took longer than 1 s and was ended.' };
  expect(told).toMatchObject([
    { name: 'forbidden_patterns', ...ended },
    { name: 'commit_hygiene', ...ended },
    { name: 'forbidden_paths', status: 'fail' },
  ]);
});
