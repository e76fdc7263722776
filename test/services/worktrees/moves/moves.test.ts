import { spawn } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fastForwardIn, repairWorktrees, undoCutMove } from '../../../../src/services/worktrees/index.js';
import { moveIn } from '../../../../src/services/worktrees/moves/fast-forward.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

const before = {
  'a.txt': 'a\n',
  'b.txt': 'b\n',
  'gone.txt': 'gone\n',
  'was-file': 'file\n',
  '.gitattributes': '*.crlf eol=crlf\n',
};

/** Main checked out at a commit, the next one ready, and what notes a move between them. */
async function make() {
  const repo = sandbox.repo(before);
  symlinkSync('a.txt', join(repo, 'link'));
  const from = sandbox.commit(repo, { 'end.crlf': 'one\ntwo\n' });
  sandbox.git(repo, 'checkout', '-q', '-b', 'next');
  for (const path of ['gone.txt', 'was-file', 'link']) rmSync(join(repo, path));
  symlinkSync('b.txt', join(repo, 'link'));
  const after = {
    'a.txt': 'a, and more\n',
    'b.txt': 'b, and more\n',
    'was-file/new.txt': 'new\n',
    'deep/er/new.txt': 'new\n',
  };
  const to = sandbox.commit(repo, { ...after, 'end.crlf': 'one\ntwo\nthree\n' });
  sandbox.git(repo, 'checkout', '-q', 'main');
  const session = await sandbox.session(repo);
  const move = { worktree: repo, ref: 'refs/heads/main', from, to };
  const note = join(session.paths.stateDir, 'repositories', session.repo.id, 'move.json');
  /** A process was killed after it had noted the move. */
  const cut = () => sandbox.write('/', { [note.slice(1)]: JSON.stringify(move) });
  return { repo, session, move, note, cut };
}

/** What was told. */
const saidIn = ({ events }: SandboxSession) =>
  events.flatMap((event) => (event.type === 'noted' ? [event.message] : []));

const status = (repo: string) => sandbox.git(repo, 'status', '--porcelain', '--untracked-files=all');
const text = (repo: string, path: string) => readFileSync(join(repo, path), 'utf8');

describe('moving a checked-out branch', () => {
  test('brings branch and files to the commit, and leaves no note', async () => {
    const { repo, session, move, note } = await make();
    await fastForwardIn(session, move);
    expect(sandbox.git(repo, 'rev-parse', 'main')).toBe(move.to);
    expect([status(repo), existsSync(note)]).toEqual(['', false]);
  });

  test('refused for an edit of a person, it leaves the edit, and no note', async () => {
    const { repo, session, move, note } = await make();
    sandbox.write(repo, { 'a.txt': 'mine\n' });
    await expect(fastForwardIn(session, move)).rejects.toMatchObject({ code: 'git-failed' });
    expect([status(repo), existsSync(note)]).toEqual([' M a.txt', false]);
  });

  test('that cannot move the branch after it has written the files takes them back', async () => {
    const { repo, session, move, note } = await make();
    writeFileSync(join(repo, '.git/refs/heads/main.lock'), '');
    await expect(fastForwardIn(session, move)).rejects.toMatchObject({ code: 'git-failed' });
    expect([status(repo), existsSync(note)]).toEqual(['', false]);
    expect(saidIn(session)).toEqual([expect.stringContaining('as they were before')]);
    rmSync(join(repo, '.git/refs/heads/main.lock'));
    await fastForwardIn(session, move);
    expect([status(repo), sandbox.git(repo, 'rev-parse', 'main')]).toEqual(['', move.to]);
  });
});

describe('moving a checked-out branch to any other commit', () => {
  test('brings branch and files there, with edits of other files kept', async () => {
    const { repo, session, move, note } = await make();
    await fastForwardIn(session, move);
    sandbox.write(repo, { 'mine.txt': 'mine\n' });
    await moveIn(session, { ...move, from: move.to, to: move.from }, 'put back');
    expect([status(repo), existsSync(note)]).toEqual(['?? mine.txt', false]);
    expect(sandbox.git(repo, 'rev-parse', 'main')).toBe(move.from);
  });

  test('leaves the files as they are where the branch was moved meanwhile', async () => {
    const { repo, session, move, note } = await make();
    const other = sandbox.commit(repo, { 'c.txt': 'c\n' });
    await expect(moveIn(session, move, 'put back')).rejects.toMatchObject({ code: 'ref-moved' });
    expect([status(repo), existsSync(note)]).toEqual(['', false]);
    expect(sandbox.git(repo, 'rev-parse', 'main')).toBe(other);
  });
});

describe('a move that was cut off', () => {
  test('before it began changes nothing', async () => {
    const { repo, session, note, cut } = await make();
    cut();
    await undoCutMove(session);
    expect([status(repo), existsSync(note), saidIn(session)]).toEqual(['', false, []]);
  });

  test('while git wrote files is undone, whatever of each was written', async () => {
    const { repo, session, note, cut } = await make();
    cut();
    for (const path of ['gone.txt', 'was-file', 'link']) rmSync(join(repo, path));
    symlinkSync('b.txt', join(repo, 'link'));
    const half = { 'a.txt': 'a, and m', 'b.txt': '', 'end.crlf': 'one\r\ntwo\r\nth' };
    sandbox.write(repo, { ...half, 'was-file/new.txt': 'n', 'deep/er/new.txt': 'new\n' });
    writeFileSync(join(repo, '.git/index.lock'), 'DIRC');
    await undoCutMove(session);
    expect([status(repo), existsSync(note), existsSync(join(repo, 'deep'))]).toEqual(['', false, false]);
    expect([text(repo, 'end.crlf'), lstatSync(join(repo, 'was-file')).isFile()]).toEqual([
      'one\r\ntwo\r\n',
      true,
    ]);
    expect(saidIn(session)).toHaveLength(1);
    expect(readdirSync(join(repo, '.git')).filter((name) => name.startsWith('index.lock'))).toEqual([
      expect.stringContaining('stale'),
    ]);
  });

  test('is found and undone by a repair', async () => {
    const { repo, session, note, cut } = await make();
    cut();
    sandbox.write(repo, { 'a.txt': 'a, and m' });
    const plan = await repairWorktrees(session, [], { dryRun: true });
    expect(plan).toMatchObject([{ path: repo, problem: 'git was ended while it moved main' }]);
    expect([status(repo), await repairWorktrees(session, [])]).toEqual([' M a.txt', plan]);
    expect([status(repo), existsSync(note), await repairWorktrees(session, [])]).toEqual(['', false, []]);
  });

  test('leaves what a person wrote since, and what they wrote elsewhere', async () => {
    const { repo, session, cut } = await make();
    cut();
    sandbox.write(repo, {
      'a.txt': 'a, and m',
      'b.txt': 'b, by a person\n',
      'deep/er/new.txt': 'mine\n',
      'mine.txt': 'mine\n',
    });
    await undoCutMove(session);
    expect(
      status(repo)
        .trim()
        .split('\n')
        .map((line) => line.trim()),
    ).toEqual(['M b.txt', '?? deep/er/new.txt', '?? mine.txt']);
    expect([text(repo, 'b.txt'), text(repo, 'deep/er/new.txt')]).toEqual(['b, by a person\n', 'mine\n']);
  });

  test('after the index was written is undone, with edits elsewhere kept', async () => {
    const { repo, session, move, cut } = await make();
    cut();
    sandbox.git(repo, 'read-tree', '-m', '-u', move.from, move.to);
    sandbox.write(repo, { 'mine.txt': 'mine\n' });
    await undoCutMove(session);
    expect(status(repo)).toBe('?? mine.txt');
  });

  test('after the index was written is brought to its end where a person has edited since', async () => {
    const { repo, session, move, cut } = await make();
    cut();
    sandbox.git(repo, 'read-tree', '-m', '-u', move.from, move.to);
    sandbox.write(repo, { 'a.txt': 'mine\n' });
    await undoCutMove(session);
    expect([status(repo), text(repo, 'a.txt')]).toEqual([' M a.txt', 'mine\n']);
    expect(sandbox.git(repo, 'rev-parse', 'main')).toBe(move.to);
  });

  test.each([
    ['staged something of it', (repo: string) => sandbox.git(repo, 'add', 'a.txt'), 'M  a.txt'],
    [
      'went to another branch',
      (repo: string) => sandbox.git(repo, 'switch', '-q', '-c', 'other'),
      ' M a.txt',
    ],
    [
      'committed since',
      (repo: string) => sandbox.git(repo, 'commit', '-q', '--allow-empty', '-m', 'x'),
      ' M a.txt',
    ],
  ])('is left alone where a person %s', async (_, act, after) => {
    const { repo, session, note, cut } = await make();
    cut();
    sandbox.write(repo, { 'a.txt': 'a, and m' });
    act(repo);
    await undoCutMove(session);
    expect([status(repo), existsSync(note)]).toEqual([after, false]);
    expect(saidIn(session)).toEqual([expect.stringContaining('not taken back')]);
  });

  test('by a kill of git at any moment leaves the files as they were', async () => {
    const repo = sandbox.repo({ 'a.txt': 'a\n' });
    const many = (word: string) =>
      Object.fromEntries(
        Array.from({ length: 1_500 }, (_, at) => [`d${at % 30}/f${at}`, `${word} ${at}\n`.repeat(40)]),
      );
    const from = sandbox.commit(repo, many('before'));
    sandbox.git(repo, 'checkout', '-q', '-b', 'next');
    const to = sandbox.commit(repo, many('after'));
    sandbox.git(repo, 'checkout', '-q', 'main');
    const session = await sandbox.session(repo);
    const move = { worktree: repo, ref: 'refs/heads/main', from, to };
    const note = join(session.paths.stateDir, 'repositories', session.repo.id, 'move.json');
    for (const last of ['d0/f0', 'd19/f1009', 'd9/f999']) {
      sandbox.write('/', { [note.slice(1)]: JSON.stringify(move) });
      // One that came too late is no kill: it is tried again.
      for (let tries = 0, cut = false; !cut; tries++) {
        expect(tries).toBeLessThan(20);
        sandbox.git(repo, 'reset', '-q', '--hard', from);
        await killedOnce(repo, to, () => isWritten(join(repo, last)));
        cut = sandbox.git(repo, 'rev-parse', 'main') === from;
      }
      expect(status(repo)).not.toBe('');
      await undoCutMove(session);
      expect([status(repo), sandbox.git(repo, 'rev-parse', 'main')]).toEqual(['', from]);
    }
  });
});

/** A git that moves the branch, and is killed once something is so. */
async function killedOnce(repo: string, to: string, isSo: () => boolean): Promise<void> {
  const git = spawn('git', ['merge', '-q', '--ff-only', to], { cwd: repo, env: sandbox.env });
  const ended = new Promise((done) => git.on('close', done));
  while (git.exitCode === null && !isSo()) await new Promise(setImmediate);
  git.kill('SIGKILL');
  await ended;
}

/** git removes a file before it writes it anew. */
function isWritten(path: string): boolean {
  try {
    return readFileSync(path, 'utf8').startsWith('after');
  } catch {
    return false;
  }
}
