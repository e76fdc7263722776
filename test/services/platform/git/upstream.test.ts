import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openGit } from '../../../../src/services/platform/git/git.js';
import { fetchRemote, upstreamOf } from '../../../../src/services/platform/git/upstream.js';
import { upstreamNote } from '../../../../src/services/store/session/upstream.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let up: string;
let repo: string;
beforeEach(() => {
  sandbox = makeSandbox();
  up = sandbox.repo({}, 'up');
  repo = join(sandbox.root, 'repo');
  sandbox.git(sandbox.root, 'clone', '-q', up, repo);
});
afterEach(() => sandbox.cleanup());

const git = () => openGit({ root: repo, commonDir: join(repo, '.git'), env: sandbox.env });
const note = async () => upstreamNote({ git: await git(), target: 'main' });

test('a target that is behind, or has diverged, is told; one that is ahead is not', async () => {
  expect(await note()).toBeUndefined();
  sandbox.commit(up, { 'u.txt': '1' });
  expect(await fetchRemote(await git(), 'origin')).toBeUndefined();
  expect(await upstreamOf(await git(), 'main')).toEqual({
    name: 'origin/main',
    remote: 'origin',
    ahead: 0,
    behind: 1,
  });
  expect(await note()).toMatch(/^main is 1 commit behind origin\/main: .*git merge --ff-only origin\/main$/);
  sandbox.commit(repo, { 'mine.txt': '1' });
  expect(await note()).toMatch(/^main and origin\/main have diverged/);
  sandbox.git(repo, 'rebase', '-q', 'origin/main');
  expect(await note()).toBeUndefined();
});

test('a branch without an upstream is compared with the one of its name at origin', async () => {
  sandbox.git(repo, 'branch', '--unset-upstream');
  sandbox.commit(up, { 'u.txt': '1' });
  await fetchRemote(await git(), 'origin');
  expect(await upstreamOf(await git(), 'main')).toMatchObject({ name: 'origin/main', behind: 1 });
  sandbox.git(repo, 'remote', 'remove', 'origin');
  expect(await upstreamOf(await git(), 'main')).toBeUndefined();
});

test('an upstream that is gone is told, where other branches of its remote are known', async () => {
  sandbox.git(up, 'branch', '-m', 'main', 'trunk');
  sandbox.git(repo, 'fetch', '-q', '--prune');
  expect(await note()).toMatch(/^main follows origin\/main, which is not there any more: .*git branch -u/);
  for (const ref of sandbox.git(repo, 'for-each-ref', '--format=%(refname)', 'refs/remotes').split('\n'))
    sandbox.git(repo, 'update-ref', '--no-deref', '-d', ref);
  expect(await note()).toBeUndefined();
});

test('a fetch that cannot be done says why, and one that would run a planted program is not done', async () => {
  expect(await fetchRemote(await git(), 'nope')).toBe('there is no remote nope');
  sandbox.git(repo, 'remote', 'set-url', 'origin', join(sandbox.root, 'gone'));
  expect(await fetchRemote(await git(), 'origin')).toMatch(/gone/);
  sandbox.git(repo, 'config', 'remote.origin.uploadpack', 'touch /tmp/x');
  expect(await fetchRemote(await git(), 'origin')).toMatch(/remote\.origin\.uploadpack/);
});
