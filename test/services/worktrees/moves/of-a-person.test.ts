import { spawn } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fastForwardIn, undoCutMove } from '../../../../src/services/worktrees/index.js';
import { moveIn } from '../../../../src/services/worktrees/moves/fast-forward.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** Main checked out at a commit; the next one is what `act` makes of it. */
async function make(before: Record<string, string>, act: (repo: string) => void) {
  const repo = sandbox.repo({ other: 'other\n', ...before });
  const from = sandbox.git(repo, 'rev-parse', 'HEAD');
  act(repo);
  sandbox.git(repo, 'add', '-A');
  sandbox.git(repo, 'commit', '-q', '-m', 'Next');
  const to = sandbox.git(repo, 'rev-parse', 'HEAD');
  sandbox.git(repo, 'reset', '-q', '--hard', from);
  const session = await sandbox.session(repo);
  const move = { worktree: repo, ref: 'refs/heads/main', from, to };
  const note = join(session.paths.stateDir, 'repositories', session.repo.id, 'move.json');
  /** A process was killed after it had noted this move. */
  const cut = (noted: object = move) => sandbox.write('/', { [note.slice(1)]: JSON.stringify(noted) });
  return { repo, session, move, note, cut };
}

const status = (repo: string) =>
  sandbox
    .git(repo, 'status', '--porcelain', '--untracked-files=all')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
const text = (...path: string[]) => readFileSync(join(...path), 'utf8');

describe('undoing a move that was cut off leaves', () => {
  test('a folder that a person made where a file was', async () => {
    const { repo, session, note, cut } = await make({ foo: 'foo\n' }, (repo) =>
      sandbox.write(repo, { foo: 'foo, and more\n' }),
    );
    cut();
    rmSync(join(repo, 'foo'));
    sandbox.write(repo, { 'foo/mine.txt': 'mine\n' });
    await undoCutMove(session);
    expect([status(repo), existsSync(note)]).toEqual([['D foo', '?? foo/mine.txt'], false]);
  });

  test('a folder that a person made where a file was to come', async () => {
    const { repo, session, note, cut } = await make({}, (repo) => sandbox.write(repo, { foo: 'foo\n' }));
    cut();
    sandbox.write(repo, { 'foo/mine.txt': 'mine\n' });
    await undoCutMove(session);
    expect([status(repo), existsSync(note)]).toEqual([['?? foo/mine.txt'], false]);
  });

  test('files behind a link that stands in place of a folder', async () => {
    const { repo, session, cut } = await make({ 'old/foo': 'foo\n' }, (repo) =>
      sandbox.write(repo, { 'old/foo': 'foo, and more\n', 'new/foo': 'foo\n' }),
    );
    cut();
    const elsewhere = join(sandbox.root, 'elsewhere');
    sandbox.write(elsewhere, { foo: 'foo\n' });
    rmSync(join(repo, 'old'), { recursive: true });
    for (const name of ['old', 'new']) symlinkSync(elsewhere, join(repo, name));
    await undoCutMove(session);
    expect(text(elsewhere, 'foo')).toBe('foo\n');
    expect(lstatSync(join(repo, 'old')).isSymbolicLink()).toBe(true);
  });

  test('a file that stood there before the move', async () => {
    const { repo, session, note, cut } = await make({}, (repo) => sandbox.write(repo, { foo: 'foo\n' }));
    writeFileSync(join(repo, 'foo'), '');
    const { ctimeMs } = statSync(join(repo, 'foo'));
    // Clocks of file systems move on in steps.
    do cut();
    while (statSync(note).mtimeMs <= ctimeMs);
    await undoCutMove(session);
    expect(status(repo)).toEqual(['?? foo']);
  });

  test('an ignored file where an old one would come back, and says so', async () => {
    const { repo, session, move, note, cut } = await make({ 'x.log': 'x\n' }, (repo) => {
      rmSync(join(repo, 'x.log'));
      sandbox.write(repo, { '.gitignore': '*.log\n' });
    });
    cut();
    sandbox.git(repo, 'read-tree', '-m', '-u', move.from, move.to);
    sandbox.write(repo, { 'x.log': 'mine\n' });
    await expect(undoCutMove(session)).rejects.toMatchObject({
      code: 'files-in-the-way',
      message: expect.stringContaining('x.log'),
    });
    expect([text(repo, 'x.log'), existsSync(note)]).toEqual(['mine\n', true]);
    rmSync(join(repo, 'x.log'));
    await undoCutMove(session);
    expect([status(repo), existsSync(note)]).toEqual([[], false]);
  });

  test('the index to a git that waits while a person writes the message of a commit', async () => {
    const { repo, session, cut } = await make({}, (repo) => sandbox.write(repo, { foo: 'foo\n' }));
    sandbox.write(repo, { other: 'mine\n' });
    const written = join(sandbox.root, 'written');
    const editor = `sh -c 'until [ -e ${written} ]; do sleep 0.05; done; echo Mine >"$1"' editor`;
    const git = spawn('git', ['commit', '-a', '-q'], {
      cwd: repo,
      env: { ...sandbox.env, GIT_EDITOR: editor },
      stdio: 'ignore',
    });
    const ended = new Promise((done) => git.on('close', done));
    while (!existsSync(join(repo, '.git/COMMIT_EDITMSG'))) await new Promise(setImmediate);
    cut();
    const undone = undoCutMove(session);
    await Promise.race([undone, new Promise((done) => setTimeout(done, 300))]);
    writeFileSync(written, '');
    expect(await ended).toBe(0);
    await undone;
    expect(status(repo)).toEqual([]);
  });
});

describe('undoing a move that was cut off takes back', () => {
  test('a file whose name is no UTF-8', async () => {
    const pathIn = (repo: string) => Buffer.concat([Buffer.from(`${repo}/n`), Buffer.from([0xe9])]);
    const { repo, session, cut } = await make({}, (repo) => {
      writeFileSync(pathIn(repo), 'one\ntwo\n');
    });
    cut();
    writeFileSync(pathIn(repo), 'one\nt');
    await undoCutMove(session);
    expect(status(repo)).toEqual([]);
  });

  test('a link that leads nowhere', async () => {
    const { repo, session, cut } = await make({}, (repo) => symlinkSync('nowhere', join(repo, 'link')));
    cut();
    symlinkSync('nowhere', join(repo, 'link'));
    await undoCutMove(session);
    expect(status(repo)).toEqual([]);
  });

  test('files beside the empty folder of a submodule', async () => {
    const { repo, session, note, cut } = await make({}, (repo) => {
      const commit = sandbox.git(repo, 'rev-parse', 'HEAD');
      mkdirSync(join(repo, 'sub'));
      sandbox.git(repo, 'update-index', '--add', '--cacheinfo', `160000,${commit},sub`);
      sandbox.write(repo, { foo: 'foo\n' });
    });
    cut();
    mkdirSync(join(repo, 'sub'), { recursive: true });
    sandbox.write(repo, { foo: 'f' });
    await undoCutMove(session);
    expect([status(repo), existsSync(note)]).toEqual([[], false]);
  });
});

test('the note of a move is dropped where its worktree or its commit is gone', async () => {
  const { repo, session, move, note, cut } = await make({}, (repo) => sandbox.write(repo, { foo: 'foo\n' }));
  const worktree = join(sandbox.root, 'linked');
  mkdirSync(worktree);
  for (const change of [{ worktree }, { to: 'a'.repeat(40) }]) {
    cut({ ...move, ...change });
    await undoCutMove(session);
    expect([status(repo), existsSync(note)]).toEqual([[], false]);
  }
});

test('no move of a branch overwrites an ignored file', async () => {
  const { repo, session, move, note } = await make({ 'x.log': 'x\n' }, (repo) => {
    rmSync(join(repo, 'x.log'));
    sandbox.write(repo, { '.gitignore': '*.log\n' });
  });
  await fastForwardIn(session, move);
  sandbox.write(repo, { 'x.log': 'mine\n' });
  const back = { ...move, from: move.to, to: move.from };
  await expect(moveIn(session, back, 'put back')).rejects.toMatchObject({ code: 'files-in-the-way' });
  expect([text(repo, 'x.log'), existsSync(note)]).toEqual(['mine\n', false]);
  expect(sandbox.git(repo, 'rev-parse', 'main')).toBe(move.to);
});
