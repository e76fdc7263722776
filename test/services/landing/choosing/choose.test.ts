/** A conflict that a person decides hunk by hunk: what is read, chosen, taken back, and what becomes void. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { editHunk } from '../../../../src/services/landing/choosing/edit.js';
import {
  askHunk,
  readConflict,
  takeHunk,
  undoChoice,
  writeHunk,
} from '../../../../src/services/landing/choosing/index.js';
import { resolveTask } from '../../../../src/services/landing/resolution/index.js';
import { eachInItsOwnSandbox, expectUntouched, given, sandbox, server } from '../../../support/conflicted.js';
import { until } from '../../../support/runs.js';
import { commitOn } from '../../../support/thinking.js';

eachInItsOwnSandbox();

const two = {
  base: { 'list.txt': 'one\ntwo\nthree\nfour\nfive\nsix\n' },
  ours: { 'list.txt': 'one\ntwo apples\nthree\nfour\nfive apples\nsix\n' },
  theirs: { 'list.txt': 'one\ntwo pears\nthree\nfour\nfive pears\nsix\n' },
};
const at = (hunk: number | 'all', path = 'list.txt') => ({ path, hunk });

it('shows every hunk with its sides, its place, and what comes next; nothing is written', async () => {
  const ground = await given(two);
  const { document } = await readConflict(ground.session, ground.task);
  expect(document).toMatchObject({
    status: 'open',
    total: 2,
    left: 2,
    ours: ground.head,
    theirs: ground.main,
  });
  expect(document.files[0]!.hunks).toMatchObject([
    {
      index: 1,
      line: 2,
      base: 'two\n',
      ours: 'two apples\n',
      theirs: 'two pears\n',
      before: 'one\n',
      after: 'three\nfour\n',
    },
    { index: 2, line: 5, base: 'five\n', ours: 'five apples\n', theirs: 'five pears\n', after: 'six\n' },
  ]);
  expect(document.next[0]).toBe('codex-agent merge take apples list.txt 1 ours');
  expect(document.cannotAsk).toMatch(/model/);
  expectUntouched(ground);
});

it('keeps each choice for every process, tells the certificate once all is chosen, and takes choices back', async () => {
  const { session, task } = await given(two);
  await takeHunk(session, task, at(1), 'theirs');
  const written = await writeHunk(session, task, at(2), 'five pears, and more');
  expect(written).toMatchObject({ did: 'list.txt, hunk 2: as you wrote it.', document: { left: 0 } });
  expect(written.document.files[0]).toMatchObject({
    left: 0,
    certificate: { status: 'refused', reason: expect.stringContaining('hunk 1 drops apples') },
    hunks: [
      { choice: { took: 'theirs', text: 'two pears\n' } },
      { choice: { took: 'edited', text: 'five pears, and more\n' } },
    ],
  });
  expect(written.document.next[0]).toBe('codex-agent merge finish apples');
  expect(await undoChoice(session, task, false)).toMatchObject({
    did: 'Took back list.txt, hunk 2: edited.',
    document: { left: 1 },
  });
  // Given up, what was chosen is proposed: no text of a person is lost.
  const { document } = await undoChoice(session, task, true);
  expect(document).toMatchObject({
    left: 2,
    files: [{ hunks: [{ answer: { text: 'two pears\n', strategy: 'by-hand' } }, {}] }],
  });
  await expect(undoChoice(session, task, false)).rejects.toMatchObject({ code: 'nothing-chosen' });
});

it('takes both sides, the base, and all hunks of a file', async () => {
  const { session, task } = await given(two);
  await takeHunk(session, task, at('all'), 'both');
  const { document } = await takeHunk(session, task, at(2), 'base');
  expect(document.files[0]!.hunks.map(({ choice }) => choice?.text)).toEqual([
    'two apples\ntwo pears\n',
    'five\n',
  ]);
  // Each answer is a guess, and none is taken for a whole file.
  await expect(takeHunk(session, task, at('all'), 'answer')).rejects.toMatchObject({ code: 'no-answer' });
  await expect(takeHunk(session, task, at(3), 'ours')).rejects.toMatchObject({ code: 'no-hunk' });
  await expect(takeHunk(session, task, at(1, 'other'), 'ours')).rejects.toMatchObject({ code: 'no-file' });
});

it('says that a moved side makes choices void, and proposes them where the same is in conflict', async () => {
  const { session, task } = await given(two);
  const before = await takeHunk(session, task, at(1), 'theirs');
  await writeHunk(session, task, at(2), 'five apples, five pears\n');
  const of = before.document.files[0]!.hunks[1]!.of;
  commitOn(sandbox, session.root, 'main', { 'list.txt': 'one\ntwo pears\nthree\nfour\nfive plums\nsix\n' });
  const { document } = await readConflict(session, task);
  expect(document).toMatchObject({
    left: 2,
    void: expect.stringMatching(/^main moved, so 2 choices made before are void/),
  });
  expect(document.files[0]!.hunks).toMatchObject([
    { answer: { text: 'two pears\n' } },
    { answer: { guess: true, text: 'five apples plums\n' } },
  ]);
  // What a person looked at is not there any more: nothing is chosen for what stands there now.
  await expect(takeHunk(session, task, { ...at(2), of }, 'ours')).rejects.toMatchObject({
    code: 'hunk-changed',
  });
});

it('offers what was chosen again after several moves, also where only another hunk was chosen meanwhile', async () => {
  const { session, task } = await given(two);
  const moves = (last: string) =>
    commitOn(sandbox, session.root, 'main', { 'list.txt': `${two.theirs['list.txt']}${last}\n` });
  await writeHunk(session, task, at(1), 'two of my own\n');
  moves('seven');
  await takeHunk(session, task, at(2), 'theirs');
  moves('eight');
  const { document } = await readConflict(session, task);
  const mine = { text: 'two of my own\n', strategy: 'by-hand' };
  const theirs = { text: 'five pears\n', strategy: 'by-hand' };
  expect(document.files[0]!.hunks).toMatchObject([{ answer: mine }, { answer: theirs }]);
  await takeHunk(session, task, at(2), 'ours');
  const after = await undoChoice(session, task, true);
  expect(after.document.files[0]!.hunks).toMatchObject([
    { answer: mine },
    { answer: { text: 'five apples\n' } },
  ]);
});

it('opens nothing but the hunk in the editor, refuses markers and keeps that text', async () => {
  const ground = await given(two);
  const { task } = ground;
  const editor = join(sandbox.root, 'editor');
  const session = {
    ...ground.session,
    env: { ...ground.session.env, EDITOR: editor, VISUAL: '', TMPDIR: sandbox.root },
  };
  const edits = (script: string) => {
    writeFileSync(editor, `#!/bin/sh\n${script}\n`);
    chmodSync(editor, 0o755);
  };
  edits(`cp "$1" ${join(sandbox.root, 'seen')}; echo again >> "$1"`);
  const refusal = await editHunk(session, task, at(1)).catch(
    (error: unknown) => error as { code: string; hint: string },
  );
  expect(refusal).toMatchObject({ code: 'markers-left' });
  expect(readFileSync(join(sandbox.root, 'seen'), 'utf8')).toBe(
    '<<<<<<< ours\ntwo apples\n||||||| base\ntwo\n=======\ntwo pears\n>>>>>>> theirs\n',
  );
  const kept = /kept in (.+)\.$/.exec((refusal as { hint: string }).hint)![1]!;
  expect(readFileSync(kept, 'utf8')).toContain('again');
  edits(`printf '  two of each' > "$1"`);
  const { document } = await editHunk(session, task, at(1));
  expect(document.files[0]!.hunks[0]!.choice).toMatchObject({ took: 'edited', text: '  two of each\n' });
  // A side moves while the editor is open, so that there is one hunk left: the text is kept all the same.
  const moved = { 'list.txt': 'one\ntwo apples\nthree\nfour\nfive pears\nsix\n' };
  edits(
    `echo mine > "$1"; touch ${join(sandbox.root, 'saved')}; while [ ! -e ${join(sandbox.root, 'moved')} ]; do sleep 0.05; done`,
  );
  const editing = editHunk(session, task, at(2)).catch((error: unknown) => error as { hint: string });
  await until(() => existsSync(join(sandbox.root, 'saved')));
  commitOn(sandbox, session.root, 'main', moved);
  writeFileSync(join(sandbox.root, 'moved'), '');
  const late = await editing;
  expect(late).toMatchObject({ code: 'no-hunk' });
  expect(readFileSync(/kept in (.+)\.$/.exec((late as { hint: string }).hint)![1]!, 'utf8')).toBe('mine\n');
  edits('exit 3');
  await expect(editHunk(session, task, at(1))).rejects.toMatchObject({ code: 'editor-failed' });
  edits('true');
  await expect(editHunk(session, task, at(1))).rejects.toMatchObject({ code: 'nothing-written' });
});

it('asks a model about one hunk with a word, and only proposes what it says', async () => {
  const { session, task } = await given({
    ...two,
    model: () => ({ answer: { hunks: [{ index: 2, content: 'five of each', reason: 'as was said' }] } }),
  });
  const { document, did } = await askHunk(session, task, at(2), 'list them together');
  expect(did).toContain('as was said');
  expect(server!.calls[0]!.user).toContain('list them together');
  expect(server!.calls[0]!.user).not.toContain('two pears\n=======');
  expect(document).toMatchObject({ left: 2 });
  expect(document.files[0]!.hunks[1]).toMatchObject({ answer: { strategy: 'ai', text: 'five of each\n' } });
  const taken = await takeHunk(session, task, at(2), 'answer');
  expect(taken.document.files[0]!.hunks[1]!.choice).toMatchObject({ took: 'answer', text: 'five of each\n' });
});

it('tells why no model can be asked, and what one declines', async () => {
  const without = await given(two);
  await expect(askHunk(without.session, without.task, at(1), 'x')).rejects.toMatchObject({
    code: 'no-model',
  });
});

it('tells a decline, and keeps nothing of it', async () => {
  const { session, task } = await given({
    ...two,
    model: () => ({ answer: { hunks: [{ index: 1, content: null, reason: 'it is a guess' }] } }),
  });
  await expect(askHunk(session, task, at(1), 'x')).rejects.toMatchObject({
    code: 'model-declined',
    message: expect.stringContaining('it is a guess'),
  });
  const { document } = await readConflict(session, task);
  expect(document.files[0]!.hunks[0]!.answer).toMatchObject({ guess: true, strategy: 'structural' });
});

it('proposes what the last resolution answered for the same sides', async () => {
  const { session, task } = await given({
    ...two,
    checks: ['false'],
    attempts: 1,
    model: () => ({
      answer: {
        hunks: [
          { index: 1, content: 'two apples pears\n', reason: 'both' },
          { index: 2, content: 'five apples pears\n', reason: 'both' },
        ],
      },
    }),
  });
  expect(await resolveTask(session, task)).toMatchObject({ status: 'bailed-out' });
  const { document } = await readConflict(session, task);
  expect(document.files[0]).toMatchObject({
    certificate: { status: 'checked' },
    hunks: [{ answer: { strategy: 'ai', text: 'two apples pears\n' } }, { answer: { strategy: 'ai' } }],
  });
});
