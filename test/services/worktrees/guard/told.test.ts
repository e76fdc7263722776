import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { restoreTask } from '../../../../src/services/app/manager/settle.js';
import { at, guarded, repo, sandbox, session } from '../../../support/guarded-task.js';

describe('what is told and not held', () => {
  test('an ignored file that may hold secrets, in the main worktree, and no other ignored one', async () => {
    writeFileSync(join(repo, '.git/info/exclude'), '.env*\n*.log\n');
    writeFileSync(join(repo, '.env'), 'KEY=mine\n');
    const task = await guarded.agent(
      'echo work >work.txt; echo KEY=theirs >"$main/.env"; echo X >"$main/.env.local"; echo X >"$main/x.log"',
    );
    expect((await guarded.play(task)).status).toBe('done');
    expect(guarded.told()).toContain('files of the main worktree changed: .env, .env.local.');
  });

  test.each([
    [
      'attributes that hide what changes',
      'echo "* -diff" >>"$main/.git/info/attributes"',
      'info/attributes was made',
    ],
    [
      'that what git noted of the target is gone',
      ': >"$main/.git/logs/refs/heads/main"',
      'moves of main is gone',
    ],
  ])('%s', async (_, deed, told) => {
    const task = await guarded.agent(`echo work >work.txt; ${deed}`);
    expect((await guarded.play(task)).status).toBe('done');
    expect(guarded.told()).toContain(told);
  });

  test('a cleared stash comes back whole, in its order', async () => {
    for (const name of ['first', 'second', 'third']) {
      writeFileSync(join(repo, 'a.txt'), `${name}\n`);
      sandbox.git(repo, 'stash', 'push', '-q', '-m', name);
    }
    const list = sandbox.git(repo, 'stash', 'list', '--format=%H %gs');
    const task = await guarded.agent('echo work >work.txt; git stash clear; git gc -q --prune=now');
    expect((await guarded.play(task)).status).toBe('done');
    expect(guarded.told()).toMatch(/3 of 3 stash entries are gone: On main: third.*task restore song/);
    await restoreTask(session, 'song');
    expect(sandbox.git(repo, 'stash', 'list', '--format=%H %gs')).toBe(list);
  });

  test('an agent that hides who it is is told of; what it did is put back by name', async () => {
    sandbox.git(repo, 'branch', 'mine');
    const task = await guarded.agent(
      'echo work >work.txt; cd "$main"; unset GIT_CONFIG_PARAMETERS; git commit -q --allow-empty -m evil; git branch -qD mine',
    );
    const main = at('main');
    expect((await guarded.play(task)).status).toBe('done');
    expect(guarded.told()).toMatch(/main was moved from.*mine, which was at \w+, was deleted/s);
    await restoreTask(session, 'song', { only: ['main'] });
    await restoreTask(session, 'song');
    expect([at('main'), at('mine')]).toEqual([main, main]);
    await expect(restoreTask(session, 'song', { only: ['main'] })).rejects.toMatchObject({
      code: 'not-changed',
    });
  });

  test('commits that stand only on a branch of its own have a way in', async () => {
    const task = await guarded.agent(
      'echo work >work.txt; git add .; git branch \'away;echo\' $(git commit-tree -p HEAD -m away "$(git write-tree)"); git rm -qf work.txt',
    );
    const { problem, worktree } = await guarded.play(task);
    expect(problem).toMatchObject({ code: 'committed-elsewhere' });
    // The agent chose the name, and a person gives the command to a shell.
    const [, merge] = /`(git -C \S+ merge \S+)`/.exec(problem!.message)!;
    execFileSync('sh', ['-c', merge!], { env: sandbox.env, stdio: 'ignore' });
    expect(readFileSync(join(worktree!, 'work.txt'), 'utf8')).toBe('work\n');
  });

  test("the mark is in this repository only: others keep the person's identity", async () => {
    const task = await guarded.agent(
      'd="$root/elsewhere"; mkdir "$d"; git init -q "$d"; cd "$d"; git commit -q --allow-empty -m x',
    );
    await guarded.play(task);
    const email = sandbox.git(join(sandbox.root, 'elsewhere'), 'log', '-1', '--format=%ce');
    expect(email).toBe('test@example.com');
  });

  test('what the person changes between runs is theirs', async () => {
    await guarded.play(await guarded.agent('echo x > x.txt'));
    sandbox.git(repo, 'config', 'core.hooksPath', 'my-hooks');
    symlinkSync('/dev/null', join(repo, '.git/hooks/post-commit'));
    const next = await guarded.agent('echo y > y.txt', 'next');
    expect((await guarded.play(next)).status).toBe('done');
    expect(sandbox.git(repo, 'config', 'core.hooksPath')).toBe('my-hooks');
  });
});
