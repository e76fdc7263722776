/** What keeps agents from starting, and what they do not get, by a real repository. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { findObstacles } from '../../../../src/services/app/manager/ground.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let box: Sandbox;
beforeEach(() => {
  box = makeSandbox();
});
afterEach(() => box.cleanup());

test('edits and new files of the main worktree are named, stubs and ignored files are not', async () => {
  const repo = box.repo({ 'a.txt': 'a', '.gitignore': 'out\n' });
  const session = await box.session(repo);
  expect(await findObstacles(session)).toEqual({});
  box.write(repo, { 'a.txt': 'b', 'new.txt': 'n', 'out/x': 'x', '.codex-agent/tasks/t.md': 't' });
  expect(await findObstacles(session)).toEqual({ uncommitted: { count: 2, first: ['a.txt', 'new.txt'] } });
  for (const name of ['m', 'o']) box.write(repo, { [`${name}.txt`]: 'x' });
  expect(await findObstacles(session)).toMatchObject({ uncommitted: { count: 4 } });
  box.git(repo, 'add', '-A');
  box.git(repo, 'commit', '-qm', 'All of it');
  expect(await findObstacles(session)).toEqual({});
});
