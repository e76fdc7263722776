import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { requireTask } from '../../../../src/services/store/tasks/index.js';
import { guardAfter, guardBefore } from '../../../../src/services/worktrees/guard/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

const done = 'refs/codex-agents/done/other';

/** A run of `song` is looked at while the registry says of another task that it is done. Returns what has to be looked at. */
async function foundAfter(meanwhile: (repo: string, tip: string) => void, earlier?: 'same' | 'another') {
  const repo = sandbox.repo();
  const session = await sandbox.session(repo);
  await sandbox.task(session, 'song');
  await sandbox.task(session, 'other', { branch: 'codex-agent/other', status: 'done' });
  sandbox.git(repo, 'branch', 'codex-agent/other');
  const tip = sandbox.commit(repo, { 'other.txt': 'other\n' });
  sandbox.git(repo, 'update-ref', 'refs/heads/codex-agent/other', tip);
  if (earlier) sandbox.git(repo, 'update-ref', done, earlier === 'same' ? tip : `${tip}^`);
  mkdirSync(join(session.paths.runsDir, 'song-1'), { recursive: true });
  await guardBefore(session, 'song', 'song-1');
  meanwhile(repo, tip);
  const { found } = await guardAfter(session, await requireTask(session, 'song'));
  return found.map(({ what }) => what);
}

const remove = (repo: string) => sandbox.git(repo, 'update-ref', '-d', 'refs/heads/codex-agent/other');

test('a task that lands while another runs is not held against the agent, a moment before it is called landed', async () => {
  const land = (repo: string, tip: string) => {
    sandbox.git(repo, 'update-ref', done, tip);
    remove(repo);
  };
  expect(await foundAfter(land)).toEqual([]);
});

test('nor when a landing that was killed goes on', async () => {
  expect(await foundAfter(remove, 'same')).toEqual([]);
});

test.each([undefined, 'another'] as const)(
  'a branch that nothing keeps is told (done before: %s)',
  async (earlier) => {
    expect(await foundAfter(remove, earlier)).toEqual(['refs/heads/codex-agent/other']);
  },
);
