import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ReviewSubject } from '../../../../src/domain/landing/review/document.js';
import type { Task } from '../../../../src/domain/store/task.js';
import {
  changeReview,
  decideReview,
  dropHunk,
  readReview,
} from '../../../../src/services/landing/review/index.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let repo: string;
let worktree: string;
let session: SandboxSession;
let task: Task;
const of: ReviewSubject = { task: 'song' };

const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => `line ${from + at}\n`).join('');

beforeEach(async () => {
  sandbox = makeSandbox();
  repo = sandbox.repo({ 'a.txt': lines(1, 40), 'b.txt': 'b\n' });
  worktree = join(sandbox.root, 'song');
  sandbox.git(repo, 'worktree', 'add', '-q', '-b', 'song', worktree);
  session = await sandbox.session(repo);
  task = await sandbox.task(session, 'song', { status: 'done', branch: 'song', worktree });
  sandbox.commit(worktree, {
    'a.txt': lines(1, 40).replace('line 3\n', 'LINE 3\n').replace('line 30\n', ''),
    'new.txt': 'n1\nn2\nn3\n',
  });
});
afterEach(() => sandbox.cleanup());

const head = () => sandbox.git(repo, 'rev-parse', 'song');
const review = async () => (await readReview(session, of)).review;

describe('a review', () => {
  it('shows all that the branch changes, and keeps what is said of it in the state folder', async () => {
    expect((await review()).files.map(({ path }) => path)).toEqual(['a.txt', 'new.txt']);
    const comment = ['a.txt:3:Why so loud?', 'a.txt:-30:suggestion: keep it', 'new.txt:question: What for?'];
    await changeReview(session, of, { comment, viewed: ['new.txt'] });
    expect(await review()).toMatchObject({
      viewed: ['new.txt'],
      comments: [
        { id: 'c1', kind: 'issue', state: 'draft', now: 3, place: { quote: 'LINE 3' } },
        { id: 'c2', kind: 'suggestion', now: 30, place: { side: 'old', quote: 'line 30' } },
        { id: 'c3', kind: 'question', now: 0 },
      ],
    });
    expect(existsSync(join(session.paths.stateDir, 'reviews', `${task.id}.json`))).toBe(true);
    expect(sandbox.git(repo, 'status', '--porcelain')).toBe('');
    expect(sandbox.git(worktree, 'status', '--porcelain')).toBe('');
  });

  it.each([
    [{ comment: ['a.txt:99:far'] }, 'no-such-line', 'a.txt has no line 99: it has 39.'],
    [{ comment: ['c.txt:1:x'] }, 'no-such-file', 'song has no file c.txt.'],
    [{ viewed: ['b.txt'] }, 'no-such-file', 'Nothing is changed in b.txt.'],
    [{ settle: ['c9'] }, 'no-such-comment', 'There is no comment c9.'],
    [{ comment: ['a.txt'] }, 'bad-comment', undefined],
  ])('refuses %j, and keeps none of it', async (changes, code, message) => {
    const all = { comment: ['a.txt:3:fine', ...('comment' in changes ? changes.comment! : [])] };
    const given = { ...changes, ...all };
    await expect(changeReview(session, of, given)).rejects.toMatchObject({
      code,
      ...(message ? { message } : {}),
    });
    expect((await review()).comments).toEqual([]);
  });

  it('shows only what came after the round, and which comments that met', async () => {
    await changeReview(session, of, {
      comment: ['a.txt:3:Quieter', 'new.txt:3:And this?'],
      viewed: ['a.txt', 'new.txt'],
    });
    await decideReview(session, of, 'changes');
    expect((await review()).comments.map(({ state }) => state)).toEqual(['sent', 'sent']);
    sandbox.commit(worktree, {
      'a.txt': lines(1, 40).replace('line 3\n', 'line three\n').replace('line 30\n', ''),
    });
    const next = await review();
    expect(next.comments.map(({ state }) => state)).toEqual(['met', 'open']);
    expect(next.since!.files.map(({ path, added, removed }) => [path, added, removed])).toEqual([
      ['a.txt', 1, 1],
    ]);
    expect(next.viewed).toEqual(['new.txt']);
  });

  it('leaves out of the difference what came from the target meanwhile', async () => {
    await decideReview(session, of, 'changes');
    sandbox.commit(repo, {
      'b.txt': 'from another\n',
      'a.txt': lines(1, 40).replace('line 15\n', 'line fifteen\n'),
    });
    sandbox.git(worktree, 'merge', '-q', '-m', 'Merge', 'main');
    sandbox.commit(worktree, { 'new.txt': 'n1\nn2\nn three\n' });
    const { since, files } = await review();
    expect(since!.files.map(({ path }) => path)).toEqual(['new.txt']);
    expect(files.map(({ path }) => path)).toEqual(['a.txt', 'new.txt']);
  });

  it('still tells the difference after the branch was rebased', async () => {
    await decideReview(session, of, 'changes');
    sandbox.commit(repo, { 'b.txt': 'from another\n' });
    sandbox.git(worktree, 'rebase', '-q', 'main');
    expect((await review()).since!.files).toEqual([]);
  });

  it('tells what its worktree holds besides', async () => {
    sandbox.write(worktree, { 'b.txt': 'edited\n', 'loose.txt': 'x\n' });
    expect((await review()).uncommitted).toBe(2);
  });

  it('is of any branch, and of what it is compared with', async () => {
    sandbox.git(repo, 'branch', 'theirs', 'song');
    // Who names the branch as if it were a task is told how to come to its review.
    await expect(readReview(session, { task: 'theirs' })).rejects.toMatchObject({
      code: 'task-not-found',
      hint: expect.stringContaining('codex-agent task review --branch theirs'),
    });
    sandbox.git(repo, 'branch', 'old', 'main');
    const subject = { branch: 'theirs', onto: 'old' };
    await changeReview(session, subject, { comment: ['a.txt:3:hm'] });
    await decideReview(session, subject, 'approved');
    const { review: found } = await readReview(session, subject);
    expect(found).toMatchObject({
      bare: true,
      target: 'old',
      approval: { void: false },
      comments: [{ id: 'c1' }],
    });
    expect((await review()).comments).toEqual([]);
    await expect(readReview(session, { branch: 'nowhere' })).rejects.toMatchObject({ code: 'no-branch' });
  });

  it('is not read from a file that it does not understand, and that file stays', async () => {
    await changeReview(session, of, { comment: ['a.txt:3:hm'] });
    const file = join(session.paths.stateDir, 'reviews', `${task.id}.json`);
    writeFileSync(file, '{"version":9}');
    await expect(review()).rejects.toMatchObject({ code: 'bad-review' });
    await expect(changeReview(session, of, { comment: ['a.txt:3:x'] })).rejects.toMatchObject({
      code: 'bad-review',
    });
    expect(readFileSync(file, 'utf8')).toBe('{"version":9}');
  });

  it('loses no comment when many are made at once', async () => {
    await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        changeReview(session, of, { comment: [`a.txt:${at + 1}:n ${at}`] }),
      ),
    );
    expect(new Set((await review()).comments.map(({ id }) => id)).size).toBe(12);
  });
});

describe('an approval', () => {
  it('is of one commit, void after another, and not given for a commit that was not seen', async () => {
    const seen = head();
    await decideReview(session, of, 'approved', seen);
    expect((await review()).approval).toMatchObject({ commit: seen, void: false });
    sandbox.commit(worktree, { 'new.txt': 'other\n' });
    expect((await review()).approval).toMatchObject({ commit: seen, void: true });
    await expect(decideReview(session, of, 'approved', seen)).rejects.toMatchObject({ code: 'head-moved' });
  });

  it('is taken back by asking for changes, and there is none of nothing', async () => {
    await decideReview(session, of, 'approved');
    await decideReview(session, of, 'changes');
    expect((await review()).approval).toBeUndefined();
    sandbox.git(repo, 'branch', 'same', 'main');
    await expect(decideReview(session, { branch: 'same' }, 'approved')).rejects.toMatchObject({
      code: 'nothing-to-approve',
    });
  });
});

describe('a dropped hunk', () => {
  it('is taken back by a commit of the person, in the branch and its worktree', async () => {
    const before = head();
    const { commit } = await dropHunk(session, of, 'a.txt:3');
    expect(head()).toBe(commit);
    expect(sandbox.git(repo, 'log', '-1', '--format=%an %P', 'song')).toBe(`Test ${before}`);
    const now = readFileSync(join(worktree, 'a.txt'), 'utf8');
    expect(now).toBe(lines(1, 40).replace('line 30\n', ''));
    expect(sandbox.git(worktree, 'status', '--porcelain')).toBe('');
  });

  it('of a removed line puts it back, and of a new file removes it', async () => {
    await dropHunk(session, of, 'a.txt:-30');
    await dropHunk(session, of, 'new.txt:1');
    expect((await review()).files.map(({ path, added, removed }) => [path, added, removed])).toEqual([
      ['a.txt', 1, 1],
    ]);
    expect(existsSync(join(worktree, 'new.txt'))).toBe(false);
  });

  it('keeps carriage returns and a missing newline as they are', async () => {
    sandbox.commit(repo, { 'crlf.txt': 'a\r\nb\r\nc' });
    sandbox.git(worktree, 'merge', '-q', '-m', 'Merge', 'main');
    sandbox.commit(worktree, { 'crlf.txt': 'a\r\nB\r\nC' });
    await dropHunk(session, of, 'crlf.txt:2');
    expect(readFileSync(join(worktree, 'crlf.txt'), 'utf8')).toBe('a\r\nb\r\nc');
  });

  it('is not dropped over edits that are not committed: nothing moves, nothing is lost', async () => {
    const before = head();
    sandbox.write(worktree, { 'a.txt': 'mine\n' });
    await expect(dropHunk(session, of, 'a.txt:3')).rejects.toMatchObject({ code: 'local-changes' });
    expect(head()).toBe(before);
    expect(readFileSync(join(worktree, 'a.txt'), 'utf8')).toBe('mine\n');
  });

  it('leaves edits of other files alone', async () => {
    sandbox.write(worktree, { 'b.txt': 'mine\n' });
    await dropHunk(session, of, 'a.txt:3');
    expect(readFileSync(join(worktree, 'b.txt'), 'utf8')).toBe('mine\n');
    expect(sandbox.git(worktree, 'status', '--porcelain')).toBe(' M b.txt');
  });

  it('works where the branch is checked out nowhere', async () => {
    sandbox.git(repo, 'branch', 'theirs', 'song');
    await dropHunk(session, { branch: 'theirs' }, 'a.txt:3');
    expect(sandbox.git(repo, 'show', 'theirs:a.txt')).toContain('line 3\n');
  });

  it.each([
    ['a.txt:20', 'no-hunk'],
    ['nowhere.txt:1', 'no-hunk'],
    ['a.txt', 'bad-place'],
  ])('there is none at %s', async (place, code) => {
    await expect(dropHunk(session, of, place)).rejects.toMatchObject({ code });
  });

  it('runs no hook of the repository', async () => {
    const hook = join(repo, '.git', 'hooks', 'reference-transaction');
    writeFileSync(hook, `#!/bin/sh\ntouch ${join(sandbox.root, 'canary')}\n`);
    chmodSync(hook, 0o755);
    await dropHunk(session, of, 'a.txt:3');
    expect(existsSync(join(sandbox.root, 'canary'))).toBe(false);
  });
});
