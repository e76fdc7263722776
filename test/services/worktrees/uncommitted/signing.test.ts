import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { commitMergeOf } from '../../../../src/services/landing/candidates/chain.js';
import { rebaseTask, resolveByHand } from '../../../../src/services/landing/index.js';
import { requireTask, updateTask } from '../../../../src/services/store/tasks/index.js';
import {
  addWorktree,
  commitWork,
  signsCommits,
  whyUnsigned,
} from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

const more = { message: 'Do the work', runId: 'one-t1-1' };

/** A person whose git signs with an SSH key; `key` false: with one that is not there. */
async function make(key = true) {
  const repo = sandbox.repo();
  const file = join(sandbox.root, 'key');
  if (key) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
  for (const [name, value] of [
    ['gpg.format', 'ssh'],
    ['user.signingkey', `${file}.pub`],
    ['commit.gpgsign', 'true'],
  ]) {
    sandbox.git(repo, 'config', '--global', name!, value!);
  }
  const session = await sandbox.session(repo);
  const added = await sandbox.task(session, 'one');
  const { path, base } = await addWorktree(session, added);
  return { repo, session, path, task: { ...added, worktree: path, base } };
}

const isSigned = (repo: string, commit: string) =>
  /^gpgsig /m.test(sandbox.git(repo, 'cat-file', 'commit', commit));

test.each([
  ['yes', true],
  ['1', true],
  ['0', false],
  ['', false],
  ['maybe', false],
])('a switch for signing that says "%s" is read as git reads it', async (value, signs) => {
  const { session } = await make();
  sandbox.git(session.root, 'config', '--global', 'commit.gpgsign', value);
  expect(await signsCommits(session.git)).toBe(signs);
});

test('what we commit and merge is signed when the person signs', async () => {
  const { repo, session, path, task } = await make();
  sandbox.write(path, { 'new.txt': 'new\n' });
  const { head } = await commitWork(session, task, more);
  expect(isSigned(repo, head)).toBe(true);
  const tree = await session.git.treeOf(head);
  expect(isSigned(repo, await commitMergeOf(session, { task, head }, task.base, tree))).toBe(true);
});

test.each([true, false])('a rebase and a merge by hand are signed too; key: %s', async (key) => {
  const { repo, session, path, task } = await make(key);
  await updateTask(session, 'one', (fresh) => ({ ...fresh, ...task, status: 'done' }));
  sandbox.git(path, '-c', 'commit.gpgsign=false', 'commit', '-q', '--allow-empty', '-m', 'own');
  sandbox.git(repo, '-c', 'commit.gpgsign=false', 'commit', '-q', '--allow-empty', '-m', 'theirs');
  const done = await requireTask(session, 'one');
  expect(await resolveByHand(session, done, 'start')).toMatchObject({ status: 'resolved' });
  expect(isSigned(repo, task.branch)).toBe(key);
  sandbox.git(path, 'reset', '-q', '--hard', 'HEAD^1');
  expect(await rebaseTask(session, done)).toMatchObject({ status: 'rebased' });
  expect(isSigned(repo, task.branch)).toBe(key);
});

test('a signature that cannot be made is said once, with what was wrong, and the work is committed', async () => {
  const { repo, session, path, task } = await make(false);
  for (const text of ['one\n', 'two\n']) {
    sandbox.write(path, { 'new.txt': text });
    const { head, commit } = await commitWork(session, task, more);
    expect(commit).toBe(head);
    expect(isSigned(repo, head)).toBe(false);
  }
  const said = session.events.filter((event) => event.type === 'noted');
  expect(said).toEqual([
    expect.objectContaining({
      message: expect.stringMatching(/not signed although commit\.gpgSign is on: .*key/),
    }),
  ]);
});

test.each([true, false])(
  'whether a commit can be signed is told, and nothing is written; key: %s',
  async (key) => {
    const { repo, session } = await make(key);
    const before = sandbox.git(repo, 'count-objects', '-v');
    const why = await whyUnsigned(session.git, { ...sandbox.env, TMPDIR: sandbox.root });
    if (key) expect(why).toBeUndefined();
    else
      expect(why).toMatch(/key.*; try it with `git commit --allow-empty`, or set commit\.gpgSign to false$/);
    expect(sandbox.git(repo, 'count-objects', '-v')).toBe(before);
  },
);

test('a signing program that only the repository names does not run', async () => {
  const { repo, session, path, task } = await make();
  const canary = join(sandbox.root, 'canary');
  sandbox.write(sandbox.root, { 'evil.sh': `#!/bin/sh\ntouch ${canary}\n` });
  execFileSync('chmod', ['+x', join(sandbox.root, 'evil.sh')]);
  for (const name of ['gpg.program', 'gpg.ssh.program']) {
    sandbox.git(repo, 'config', name, join(sandbox.root, 'evil.sh'));
  }
  sandbox.write(path, { 'new.txt': 'new\n' });
  expect(isSigned(repo, (await commitWork(session, task, more)).head)).toBe(true);
  expect(existsSync(canary)).toBe(false);
});
