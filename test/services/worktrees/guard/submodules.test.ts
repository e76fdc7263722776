import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { restoreTask } from '../../../../src/services/app/manager/settle.js';
import { guarded, repo, sandbox, waits } from '../../../support/guarded-task.js';

let entry: string;
const allow = ['-c', 'protocol.file.allow=always'];
beforeEach(() => {
  const sub = sandbox.repo({ 's.txt': 's\n' }, 'sub');
  sandbox.git(repo, ...allow, 'submodule', '--quiet', 'add', sub, 'deep/sub');
  sandbox.git(repo, 'commit', '-qm', 'Add a submodule');
  entry = join(repo, 'deep/sub/.git');
});

test.each([
  [
    'to a folder of the agent',
    'mkdir -p "$root/fake"; git init -q --bare "$root/fake"; echo "gitdir: $root/fake" > "$main/deep/sub/.git"',
  ],
  [
    'by a repository in its place',
    'rm "$main/deep/sub/.git"; cp -r "$main/.git/modules/deep/sub" "$main/deep/sub/.git"; git config -f "$main/deep/sub/.git/config" core.fsmonitor evil',
  ],
])('a submodule of the main worktree that is led elsewhere, %s, is told and put back', async (_, deed) => {
  const before = readFileSync(entry, 'utf8');
  const task = await guarded.agent(`echo work > work.txt; ${deed}`);
  expect(await guarded.play(task)).toMatchObject(waits(/deep\/sub\/\.git leads git elsewhere/));
  await restoreTask(guarded.session, 'song');
  expect(readFileSync(entry, 'utf8')).toBe(before);
});

test('a submodule that keeps its repository in its own folder is looked at there', async () => {
  const own = join(repo, 'own');
  mkdirSync(own);
  sandbox.git(own, 'init', '-q');
  sandbox.commit(own, { 'o.txt': 'o\n' }, 'Own');
  appendFileSync(join(repo, '.gitmodules'), '[submodule "own"]\n\tpath = own\n\turl = ../own\n');
  sandbox.git(repo, 'add', 'own', '.gitmodules');
  sandbox.git(repo, 'commit', '-qm', 'Add another');
  const task = await guarded.agent(
    'echo work > work.txt; git config -f "$main/own/.git/config" core.fsmonitor evil',
  );
  expect(await guarded.play(task)).toMatchObject(waits(/own\/\.git\/config: core\.fsmonitor is evil/));
});

test('a submodule that the person adds, takes away or fills meanwhile is everyday', async () => {
  const sub = join(sandbox.root, 'sub');
  const task = await guarded.agent('echo work > work.txt');
  const done = await guarded.play(task, () => {
    sandbox.git(repo, ...allow, 'submodule', '--quiet', 'add', sub, 'second');
    sandbox.git(repo, 'submodule', '--quiet', 'deinit', '-f', 'deep/sub');
    sandbox.git(repo, ...allow, 'submodule', '--quiet', 'update', '--init', 'deep/sub');
  });
  expect(done.status).toBe('done');
});
