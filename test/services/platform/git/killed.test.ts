import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openGit } from '../../../../src/services/platform/git/git.js';
import { endedFromOutside } from '../../../../src/services/platform/git/killed.js';
import type { Git } from '../../../../src/services/platform/index.js';
import { gitBefore } from '../../../support/git-before.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let repo: string;
let git: Git;
beforeEach(async () => {
  sandbox = makeSandbox();
  repo = sandbox.repo();
  git = await openGit({ root: repo, commonDir: join(repo, '.git'), env: sandbox.env });
});
afterEach(() => sandbox.cleanup());

const at = (name: string) => join(repo, '.git', name);
/** What git does before it is killed, the first time that it is called for this. */
const killedOnce = (command: string, before: string, name = 'first') =>
  gitBefore(sandbox, `case " $* " in *" ${command} "*) once ${name} && { ${before}; kill -9 $$; };; esac`);

describe('a git that was killed', () => {
  test('is called again where it only reads, and where it writes what it wrote before', async () => {
    killedOnce('rev-parse', 'printf 0123');
    expect(await git.commitOf('main')).toBe(sandbox.git(repo, 'rev-parse', 'main'));
  });

  test('is given up on when it is killed each time, and said to have been killed', async () => {
    gitBefore(sandbox, 'case " $* " in *" rev-parse "*) kill -9 $$;; esac');
    const error = await git.commitOf('main').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'git-failed', message: 'git rev-parse was killed from outside' });
    expect(endedFromOutside(new Error('so', { cause: error }))).toBe(true);
  });

  test('is not called again where what it did may stand in the way', async () => {
    killedOnce('worktree', ':');
    const path = join(sandbox.root, 'more');
    await expect(git.run(['worktree', 'add', '-q', path])).rejects.toMatchObject({ killed: true });
    await git.run(['worktree', 'add', '-q', path]);
  });

  test('has moved a ref or has not: it is moved once', async () => {
    const [first, second] = [
      sandbox.git(repo, 'rev-parse', 'main'),
      sandbox.commit(repo, { 'b.txt': 'b\n' }),
    ];
    for (const [name, before] of [
      ['early', ':'],
      ['late', '$real "$@"'],
    ] as const) {
      const ref = `refs/heads/${name}`;
      killedOnce('update-ref', before, `make-${name}`);
      await git.moveRef(ref, first, '', 'make it');
      killedOnce('update-ref', before, `move-${name}`);
      await git.moveRef(ref, second, first, 'move it');
      expect(await git.commitOf(ref)).toBe(second);
      killedOnce('update-ref', before, `drop-${name}`);
      await git.dropRef(ref, second, 'drop it');
      expect(await git.commitOf(ref)).toBeUndefined();
    }
    await expect(git.moveRef('refs/heads/main', first, first, 'too late')).rejects.toMatchObject({
      code: 'ref-moved',
    });
  });
});

describe('locks that a killed git left', () => {
  const commit = () => sandbox.git(repo, 'rev-parse', 'main');

  test('go, so that the next one need not wait', async () => {
    killedOnce('update-ref', `: > ${at('refs/heads/new.lock')}; : > ${at('index.lock')}`);
    await git.moveRef('refs/heads/new', commit(), '', 'make it');
    expect([existsSync(at('refs/heads/new.lock')), existsSync(at('index.lock'))]).toEqual([false, false]);
  });

  test('stay where they are older than its call, or where a process has them open', async () => {
    writeFileSync(at('packed-refs.lock'), '');
    const before = Date.now();
    while (Date.now() - before < 60) await git.commitOf('main');
    const held = at('config.lock');
    killedOnce(
      'update-ref',
      `: > ${held}; : > ${at('HEAD.lock')}; until [ -e ${at('opened')} ]; do sleep 0.01; done`,
    );
    const moved = git.moveRef('refs/heads/new', commit(), '', 'make it');
    while (!existsSync(held)) await new Promise(setImmediate);
    const descriptor = openSync(held, 'r');
    writeFileSync(at('opened'), '');
    await moved;
    closeSync(descriptor);
    expect([at('packed-refs.lock'), held, at('HEAD.lock')].map((path) => existsSync(path))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('stay while a git is at work in another worktree of the repository', async () => {
    const linked = join(sandbox.root, 'linked');
    sandbox.git(repo, 'worktree', 'add', '-q', linked);
    const over = join(sandbox.root, 'over');
    const editor = `sh -c 'until [ -e ${over} ]; do sleep 0.05; done' editor`;
    const other = spawn('git', ['commit', '--allow-empty'], {
      cwd: linked,
      env: { ...sandbox.env, GIT_EDITOR: editor },
      stdio: 'ignore',
    });
    const ended = new Promise((done) => other.on('close', done));
    while (!existsSync(at('worktrees/linked/COMMIT_EDITMSG'))) await new Promise(setImmediate);
    killedOnce('update-ref', `: > ${at('packed-refs.lock')}`);
    await git.moveRef('refs/heads/new', commit(), '', 'make it');
    expect(existsSync(at('packed-refs.lock'))).toBe(true);
    writeFileSync(over, '');
    await ended;
  });
});
