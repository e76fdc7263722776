/** The merge that comes of what a person chose: the gate and who overrules it, checks, whole files, what moves meanwhile. */
import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { finishSaid } from '../../../../src/commands/merge/hunks-print.js';
import {
  finishChoices,
  readConflict,
  takeHunk,
  undoChoice,
  writeHunk,
} from '../../../../src/services/landing/choosing/index.js';
import { readResolution, resolveTask } from '../../../../src/services/landing/resolution/index.js';
import { onCall } from '../../../../src/services/platform/index.js';
import { requireTask } from '../../../../src/services/store/tasks/index.js';
import {
  eachInItsOwnSandbox,
  expectUntouched,
  given,
  privateWorktrees,
  sandbox,
  show,
} from '../../../support/conflicted.js';
import { commitOn } from '../../../support/thinking.js';

eachInItsOwnSandbox();

const at = (hunk: number | 'all', path = 'list.txt') => ({ path, hunk });
const both = 'two apples, two pears\n';

it('merges what was chosen, tells the certificate, keeps it for review and remembers it', async () => {
  const { session, task, head, main } = await given({});
  await expect(finishChoices(session, task)).rejects.toMatchObject({
    code: 'choices-missing',
    kind: 'conflict',
  });
  await writeHunk(session, task, at(1), both);
  const report = await finishChoices(session, task);
  expect(report).toMatchObject({
    status: 'resolved',
    files: [{ path: 'list.txt', strategy: 'by-hand', certificate: { status: 'checked' } }],
    next: ['codex-agent merge land apples', 'codex-agent task validate apples'],
  });
  expect(sandbox.git(session.root, 'rev-list', '--parents', '-1', task.branch)).toBe(
    `${report.commit} ${head} ${main}`,
  );
  expect(show(session, `${task.branch}:list.txt`)).toBe(`one\n${both}three\nfour\nfive`);
  expect(privateWorktrees(session)).toBe(0);
  expect((await requireTask(session, 'apples')).merge).toMatchObject({ status: 'clean' });
  expect(await readResolution(session, task)).toMatchObject({
    commit: report.commit,
    files: [{ hunks: [{ result: both }] }],
  });
  expect((await readConflict(session, task)).document).toMatchObject({
    status: 'merged',
    commit: report.commit,
    files: [{ hunks: [{ answer: { text: both } }] }],
  });
  sandbox.git(session.root, 'branch', '-f', task.branch, head);
  const again = await resolveTask(session, task, { strategies: ['rerere'] });
  expect(again.files[0]!.hunks[0]!.reason).toBe('recorded resolution, first made by a person');
});

it('holds back what the gate refuses until a person names the file, and records that', async () => {
  const ground = await given({});
  const { session, task } = ground;
  await takeHunk(session, task, at(1), 'theirs');
  const held = await finishChoices(session, task, ['other.txt']);
  expect(held).toMatchObject({
    status: 'bailed-out',
    refused: [{ path: 'list.txt', problems: ['hunk 1 drops apples'], overrulable: true }],
    next: [
      'codex-agent merge hunks apples',
      'codex-agent merge finish apples --overrule other.txt --overrule list.txt',
    ],
  });
  expectUntouched(ground);
  const report = await finishChoices(session, task, ['list.txt']);
  expect(report.files[0]).toMatchObject({ certificate: { status: 'refused', overruled: true } });
  expect(sandbox.git(session.root, 'log', '-1', '--format=%B', task.branch)).toContain(
    'Overruled by a person: list.txt: hunk 1 drops apples\n',
  );
});

it('never merges conflict markers, whatever a person names', async () => {
  const marked = 'two\n=======\n';
  const ground = await given({ ours: { 'list.txt': 'one\ntwo apples\nthree\nfour\nfive\n' } });
  await expect(writeHunk(ground.session, ground.task, at(1), marked)).rejects.toMatchObject({
    code: 'markers-left',
  });
  expectUntouched(ground);
});

it('runs the checks on that tree; a person may overrule them by name as well', async () => {
  const ground = await given({ checks: ['sh', '-c', 'grep -q plums list.txt'] });
  const { session, task } = ground;
  await writeHunk(session, task, at(1), both);
  expect(await finishChoices(session, task)).toMatchObject({
    status: 'bailed-out',
    refused: [{ path: 'test', overrulable: true }],
  });
  expectUntouched(ground);
  expect(await finishChoices(session, task, ['test'])).toMatchObject({ status: 'resolved' });
  expect(sandbox.git(session.root, 'log', '-1', '--format=%B', task.branch)).toContain(
    'the check test did not pass',
  );
});

it('tells what could not be written once the merge is made, and that it is made', async () => {
  const { session, task, head, main } = await given({});
  await writeHunk(session, task, at(1), both);
  symlinkSync('nowhere', join(session.paths.stateDir, 'resolutions'));
  const report = await finishChoices(session, task);
  expect(report).toMatchObject({ status: 'resolved' });
  expect(report.unwritten).toEqual([
    expect.stringMatching(/^the record of the resolution could not be written: /),
  ]);
  expect(finishSaid(report)).toMatch(/merged as .*but the record of the resolution/);
  expect(sandbox.git(session.root, 'rev-list', '--parents', '-1', task.branch)).toBe(
    `${report.commit} ${head} ${main}`,
  );
  expect((await requireTask(session, 'apples')).merge).toMatchObject({ status: 'clean' });
});

it('reads three hundred files in conflict with a handful of processes', async () => {
  const files = (text: string) =>
    Object.fromEntries(
      Array.from({ length: 300 }, (_, n) => [`f${n}${n % 3 ? '.txt' : '.bin'}`, n % 3 ? text : `\0${text}`]),
    );
  const odd = 'a\nb.txt';
  const { session, task } = await given({
    base: { ...files('base\n'), [odd]: 'base\n' },
    ours: { ...files('ours\n'), [odd]: 'ours\n' },
    theirs: { ...files('theirs\n'), [odd]: 'theirs\n' },
  });
  let calls = 0;
  const stop = onCall(() => calls++);
  const { document } = await readConflict(session, task);
  stop();
  expect(document.files).toHaveLength(301);
  expect(document.files.find(({ path }) => path === odd)!.hunks[0]).toMatchObject({ theirs: 'theirs\n' });
  expect(document.files.find(({ path }) => path === 'f0.bin')!.whole?.ours.words).toBe('not text, 6 B');
  expect(calls).toBeLessThan(40);
});

it('merges nothing when the target moves between choosing and finishing', async () => {
  const ground = await given({});
  const { session, task } = ground;
  await writeHunk(session, task, at(1), both);
  const main = commitOn(sandbox, session.root, 'main', { 'new.txt': 'new\n' });
  sandbox.git(session.root, 'reset', '-q', '--hard');
  await expect(finishChoices(session, task)).rejects.toMatchObject({ code: 'choices-missing' });
  expectUntouched({ ...ground, main });
  // One key takes what was chosen before: the same is in conflict still.
  await takeHunk(session, task, at('all'), 'answer');
  expect(await finishChoices(session, task)).toMatchObject({ status: 'resolved' });
});

it.each(['sha1', 'sha256'])(
  'decides as a whole what has no lines: binaries, deletions; and keeps line ends, with ids of %s',
  async (hash) => {
    sandbox.env.GIT_DEFAULT_HASH = hash;
    const binary = (n: number) => `\0${n}`;
    const { session, task } = await given({
      base: {
        'data.bin': binary(1),
        'gone.txt': 'a\n',
        'crlf.txt': 'a\r\nb\r\nc\r\n',
        'end.txt': 'x\ny',
        link: 'z',
      },
      ours: {
        'data.bin': binary(2),
        'gone.txt': 'changed\n',
        'crlf.txt': 'a\r\nours\r\nc\r\n',
        'end.txt': 'x\nours',
      },
      theirs: {
        'data.bin': binary(3),
        'gone.txt': null,
        'crlf.txt': 'a\r\ntheirs\r\nc\r\n',
        'end.txt': 'x\ntheirs',
      },
    });
    const { document } = await readConflict(session, task);
    expect(
      document.files.map(({ path, whole, hunks }) => [path, whole?.theirs.words ?? hunks.length]),
    ).toEqual([
      ['crlf.txt', 1],
      ['data.bin', 'not text, 2 B'],
      ['end.txt', 1],
      ['gone.txt', 'deleted, or elsewhere'],
    ]);
    await expect(takeHunk(session, task, at(1, 'data.bin'), 'ours')).rejects.toMatchObject({
      code: 'no-hunk',
    });
    await expect(takeHunk(session, task, at('all', 'data.bin'), 'both')).rejects.toMatchObject({
      code: 'not-by-hunk',
    });
    await takeHunk(session, task, at('all', 'data.bin'), 'theirs');
    await takeHunk(session, task, at('all', 'gone.txt'), 'theirs');
    await writeHunk(session, task, at(1, 'crlf.txt'), 'ours theirs');
    await takeHunk(session, task, at(1, 'end.txt'), 'both');
    expect(await finishChoices(session, task)).toMatchObject({
      status: 'resolved',
      files: expect.arrayContaining([
        expect.objectContaining({ path: 'data.bin', reason: 'a person took theirs' }),
      ]),
    });
    expect(show(session, `${task.branch}:crlf.txt`)).toBe('a\r\nours theirs\r\nc\r');
    expect(sandbox.git(session.root, 'cat-file', '-s', `${task.branch}:end.txt`)).toBe('13');
    expect(sandbox.git(session.root, 'ls-tree', '--name-only', task.branch).split('\n')).not.toContain(
      'gone.txt',
    );
    expect(sandbox.git(session.root, 'cat-file', '-s', `${task.branch}:data.bin`)).toBe('2');
  },
);

it('takes links and files that are made executable as a whole, with their mode', async () => {
  const { session, task } = await given({
    base: { 'run.sh': 'base\n', 'list.txt': 'base\n' },
    ours: { 'list.txt': 'ours\n' },
    theirs: { 'list.txt': 'theirs\n' },
  });
  const tree = join(sandbox.root, 'other');
  sandbox.git(session.root, 'worktree', 'add', '-q', tree, task.branch);
  rmSync(join(tree, 'run.sh'));
  symlinkSync('ours', join(tree, 'run.sh'));
  sandbox.commit(tree, {}, 'Link');
  sandbox.git(session.root, 'worktree', 'remove', '--force', tree);
  writeFileSync(join(session.root, 'run.sh'), 'theirs\n');
  chmodSync(join(session.root, 'run.sh'), 0o755);
  sandbox.commit(session.root, {}, 'Executable');
  const { document } = await readConflict(session, task);
  const odd = document.files.filter(({ whole }) => whole);
  expect(odd.length).toBeGreaterThan(0);
  // git puts one of them beside the other, under a name of its own: only a person can say where it goes.
  const apart = odd.find(({ whole }) => whole!.apart);
  if (apart) {
    await expect(takeHunk(session, task, at('all', apart.path), 'ours')).rejects.toMatchObject({
      code: 'not-by-hunk',
    });
    expect(document.blocked).toContain('--by-hand');
  }
});

it('copes with two hundred hunks, and with one of a hundred thousand characters', async () => {
  const many = (word: string) => Array.from({ length: 200 }, (_, n) => `k${n}${word}\na\nb\nc\n`).join('');
  const long = (word: string) => `${word.repeat(20_000)}\n`;
  const { session, task } = await given({
    base: { 'many.txt': many(''), 'long.txt': long('base ') },
    ours: { 'many.txt': many(' ours'), 'long.txt': long('ours ') },
    theirs: { 'many.txt': many(' theirs'), 'long.txt': long('their ') },
  });
  const before = performance.now();
  const { document } = await readConflict(session, task);
  expect(document).toMatchObject({ total: 201, left: 201 });
  expect(performance.now() - before).toBeLessThan(20_000);
  await takeHunk(session, task, at('all', 'many.txt'), 'both');
  await takeHunk(session, task, at('all', 'long.txt'), 'theirs');
  expect(await finishChoices(session, task, ['long.txt', 'many.txt'])).toMatchObject({ status: 'resolved' });
  expect(show(session, `${task.branch}:long.txt`)).toHaveLength(120_000);
}, 120_000);

it('gives way to a resolution that was faster, and takes nothing back then', async () => {
  const { session, task } = await given({ strategies: ['structural'] });
  await writeHunk(session, task, at(1), both);
  const other = sandbox.git(
    session.root,
    'commit-tree',
    `${task.branch}^{tree}`,
    '-p',
    task.branch,
    '-m',
    'moved',
  );
  sandbox.git(session.root, 'branch', '-f', task.branch, other);
  await expect(finishChoices(session, task)).rejects.toMatchObject({ code: 'choices-missing' });
  await expect(undoChoice(session, task, false)).rejects.toMatchObject({ code: 'nothing-chosen' });
});
