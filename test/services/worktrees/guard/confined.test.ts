import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { requireTask, updateTask } from '../../../../src/services/store/tasks/index.js';
import { guardAfter, guardBefore, restoreFound } from '../../../../src/services/worktrees/guard/index.js';
import { files, guarded, repo, sandbox, session } from '../../../support/guarded-task.js';

describe('what the transcript says of files outside of the worktree', () => {
  test('in the checkout and in the worktree of another task waits; in the checkout it is put back', async () => {
    const other = join(sandbox.root, 'repo.worktrees/other');
    sandbox.git(repo, 'worktree', 'add', '-q', '-b', 'codex-agent/other', other);
    await sandbox.task(session, 'other', { status: 'done', worktree: other });
    await sandbox.task(session, 'song', { status: 'running', runIds: ['song-1'] });
    mkdirSync(join(session.paths.runsDir, 'song-1'), { recursive: true });
    writeFileSync(join(repo, 'mine.txt'), 'of the person\n');
    writeFileSync(join(repo, 'a.txt'), 'of the person\n');
    await guardBefore(session, 'song', 'song-1');
    const strays = [join(repo, 'a.txt'), join(repo, 'new.txt'), join(other, 'a.txt')];
    for (const path of strays) writeFileSync(path, 'of the agent\n');
    writeFileSync(join(repo, 'mine.txt'), 'of the person, more\n');

    const { found } = await guardAfter(session, await requireTask(session, 'song'), strays);
    expect(found.map(({ what }) => what)).toEqual([strays[0], strays[1], other]);
    expect(guarded.told()).toContain('files of the main worktree changed: mine.txt');
    await updateTask(session, 'song', (task) => ({ ...task, guard: { ...task.guard!, found } }));
    const rows = await restoreFound(session, await requireTask(session, 'song'), {});
    expect(rows.map(({ done }) => done)).toEqual([true, true, false]);
    expect([files('a.txt'), existsSync(join(repo, 'new.txt'))]).toEqual(['of the person\n', false]);
    expect(files('mine.txt')).toBe('of the person, more\n');
  });

  test('in ignored files of the checkout waits; what stood there is not known, so they stay as they are', async () => {
    await sandbox.task(session, 'song', { status: 'running', runIds: ['song-1'] });
    mkdirSync(join(session.paths.runsDir, 'song-1'), { recursive: true });
    mkdirSync(join(repo, 'conf'));
    writeFileSync(join(repo, '.git/info/exclude'), '.env\n');
    const strays = [join(repo, '.env'), join(repo, 'conf/.env')];
    for (const path of strays) writeFileSync(path, 'KEY=mine\n');
    await guardBefore(session, 'song', 'song-1');
    for (const path of strays) writeFileSync(path, 'KEY=theirs\n');
    // Now git tells the ignored file of this folder apart.
    writeFileSync(join(repo, 'conf/new.txt'), 'of the agent\n');

    const { found } = await guardAfter(session, await requireTask(session, 'song'), strays);
    expect(found.map(({ what }) => what)).toEqual(strays);
    await updateTask(session, 'song', (task) => ({ ...task, guard: { ...task.guard!, found } }));
    const rows = await restoreFound(session, await requireTask(session, 'song'), {});
    expect(rows.map(({ how }) => how)).toEqual(['cannot be put back by us', 'cannot be put back by us']);
    expect([files('.env'), files('conf/.env')]).toEqual(['KEY=theirs\n', 'KEY=theirs\n']);
  });
});

describe('a run that a sandbox confines', () => {
  const intent = (confined: boolean) =>
    writeFileSync(
      join(session.paths.runsDir, 'song-1', 'intent.json'),
      JSON.stringify({ confined, confinement: { by: confined ? 'box' : 'none' } }),
    );
  const begin = async (confined: boolean) => {
    const worktree = join(sandbox.root, 'repo.worktrees/song');
    sandbox.git(repo, 'worktree', 'add', '-q', '-b', 'codex-agent/song', worktree);
    await sandbox.task(session, 'song', { status: 'running', runIds: ['song-1'], worktree });
    mkdirSync(join(session.paths.runsDir, 'song-1'), { recursive: true });
    intent(confined);
    await guardBefore(session, 'song', 'song-1');
    sandbox.git(repo, 'config', 'core.fsmonitor', 'evil');
  };
  const found = async () => (await guardAfter(session, await requireTask(session, 'song'))).found;

  test('is not looked at for what it cannot do', async () => {
    await begin(true);
    expect((await requireTask(session, 'song')).guard).toBeUndefined();
    expect(await found()).toEqual([]);
  });

  test('is one only when it was one at its start, whatever its folder says later', async () => {
    await begin(false);
    intent(true);
    expect(await found()).toMatchObject([{ look: true, text: expect.stringContaining('core.fsmonitor') }]);
  });
});
