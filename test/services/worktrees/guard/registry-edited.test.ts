import {
  appendFileSync,
  copyFileSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { acceptTask, restoreTask } from '../../../../src/services/app/manager/settle.js';
import { requireTask, updateTask } from '../../../../src/services/store/tasks/index.js';
import { guarded, sandbox, session, waits } from '../../../support/guarded-task.js';

const edit = (from: string, to: string) => {
  const { registryFile } = session.paths;
  writeFileSync(registryFile, readFileSync(registryFile, 'utf8').replaceAll(from, to));
};

test('tasks.json that was edited while an agent without a sandbox ran is told, stays, and waits for a word', async () => {
  await sandbox.task(session, 'other', { title: 'Other' });
  const task = await guarded.agent(
    `echo work >work.txt; sed -i 's/"title":"Other"/"title":"HACKED"/' '${session.paths.registryFile}'`,
  );
  const held = await guarded.play(task);
  expect(held).toMatchObject(waits(/tasks\.json was edited.*other: .*title/));
  expect((await requireTask(session, 'other')).title).toBe('HACKED');
  const [row] = (await restoreTask(session, 'song')).changes;
  expect(row).toMatchObject({ what: 'tasks.json', done: false });
  expect((await requireTask(session, 'song')).status).toBe('needs-input');
  expect((await acceptTask(session, 'song')).status).toBe('done');
});

test('an edit after which there is nothing more to do is found out before the driving ends', async () => {
  const task = await guarded.agent(
    `sed -i 's/"status":"running"/"status":"landed"/' '${session.paths.registryFile}'`,
  );
  expect(await guarded.play(task)).toMatchObject({
    status: 'needs-input',
    problem: { message: expect.stringContaining('song: status running → landed') },
  });
});

test('a key that an agent doubled ends the driving, with its place, and nothing is written over it', async () => {
  const task = await guarded.agent(
    `echo work >work.txt; sed -i 's/"title":"Do song"/"title":"Do song","owner":"agent"/' '${session.paths.registryFile}'`,
  );
  await expect(guarded.play(task)).rejects.toMatchObject({
    code: 'registry-invalid',
    message: expect.stringContaining('the key "owner" is there twice'),
    hint: expect.stringContaining('tasks.json.1'),
  });
  expect(readFileSync(session.paths.registryFile, 'utf8')).toContain('"owner":"agent"');
  expect(guarded.told()).toContain('song: collect failed');
});

test('a task that the edit took out of its run waits at once, whatever it is said to be', async () => {
  await sandbox.task(session, 'one', { status: 'running', guard: { run: 'one-1', note: 'n' } });
  edit('"status":"running"', '"status":"validated"');
  await sandbox.task(session, 'two');
  expect(await requireTask(session, 'one')).toMatchObject({
    status: 'needs-input',
    problem: { message: expect.stringMatching(/one: status running → validated.*task accept one/) },
  });
});

test('an edit by hand holds nothing while only agents in a sandbox run, and is in the journal', async () => {
  await sandbox.task(session, 'one', { status: 'running', title: 'Written' });
  edit('Written', 'By hand');
  await updateTask(session, 'one', (task) => ({ ...task, owner: 'me' }));
  const one = await requireTask(session, 'one');
  expect(one).toMatchObject({ status: 'running', title: 'By hand', owner: 'me' });
  expect(one.guard).toBeUndefined();
  // What is rebuilt from the journal has both.
  writeFileSync(session.paths.registryFile, '{"cut');
  expect(await requireTask(session, 'one')).toMatchObject({ title: 'By hand', owner: 'me' });
});

test('what only stands otherwise in the file is no edit', async () => {
  await sandbox.task(session, 'one', { status: 'running', guard: { run: 'one-1', note: 'n' } });
  edit('"tasks":', '\n  "tasks": ');
  await sandbox.task(session, 'two');
  expect((await requireTask(session, 'one')).status).toBe('running');
});

test.each([1, 3])(
  'an older tasks.json that is put back byte for byte is an edit, %i changes later',
  async (changes) => {
    await sandbox.task(session, 'one', { status: 'running', guard: { run: 'one-1', note: 'n' } });
    const { registryFile } = session.paths;
    const older = readFileSync(registryFile);
    for (let at = 0; at < changes; at++)
      await updateTask(session, 'one', (task) => ({ ...task, owner: `owner ${at}` }));
    writeFileSync(registryFile, older);
    await sandbox.task(session, 'two');
    const one = await requireTask(session, 'one');
    expect(one.guard?.found).toMatchObject([
      { text: expect.stringMatching(/tasks\.json was edited.*one: owner/) },
    ]);
  },
);

test('the version before that is moved into its place is an edit, and what it took back is told', async () => {
  await sandbox.task(session, 'one', { status: 'running', guard: { run: 'one-1', note: 'n' } });
  await updateTask(session, 'one', (task) => ({ ...task, owner: 'me' }));
  const { registryFile } = session.paths;
  renameSync(`${registryFile}.1`, registryFile);
  await sandbox.task(session, 'two');
  expect((await requireTask(session, 'one')).guard?.found).toMatchObject([
    { text: expect.stringMatching(/tasks\.json was edited.*one: owner/) },
  ]);
});

test('another name of the version before in its place is an edit, and what it took back is told', async () => {
  await sandbox.task(session, 'one', { status: 'running', guard: { run: 'one-1', note: 'n' } });
  await updateTask(session, 'one', (task) => ({ ...task, owner: 'me' }));
  const { registryFile } = session.paths;
  rmSync(registryFile);
  linkSync(`${registryFile}.1`, registryFile);
  await sandbox.task(session, 'two');
  expect((await requireTask(session, 'one')).guard?.found).toMatchObject([
    { text: expect.stringMatching(/tasks\.json was edited.*one: owner/) },
  ]);
});

test('what a killed writer had told the journal and not written yet is no edit', async () => {
  await sandbox.task(session, 'one', { status: 'running', guard: { run: 'one-1', note: 'n' } });
  await updateTask(session, 'one', (task) => ({ ...task, owner: 'me' }));
  const { registryFile } = session.paths;
  const journal = join(dirname(registryFile), 'events.jsonl');
  const last = JSON.parse(readFileSync(journal, 'utf8').trim().split('\n').at(-1)!);
  for (const [at, kept] of ([undefined, linkSync, copyFileSync] as const).entries()) {
    appendFileSync(journal, `${JSON.stringify({ ...last, rev: last.rev + 1 + at, sum: 'unwritten' })}\n`);
    kept?.(registryFile, `${registryFile}.1.tmp.4194305.0123abcd`);
    await sandbox.task(session, `new-${at}`);
    expect((await requireTask(session, 'one')).guard?.found).toBeUndefined();
  }
});

test('a task that was taken out while its agent ran stays, with its run, and waits for a word', async () => {
  const task = await guarded.agent(
    `echo work >work.txt; node -e 'const fs = require("fs"); const path = process.argv[1]; const file = JSON.parse(fs.readFileSync(path)); fs.writeFileSync(path, JSON.stringify({ ...file, tasks: [] }))' '${session.paths.registryFile}'`,
  );
  expect(await guarded.play(task)).toMatchObject(waits(/tasks\.json was edited.*song is gone/));
  expect((await acceptTask(session, 'song')).status).toBe('done');
});

test('a row of the same name takes the place of a task that was taken out', async () => {
  await sandbox.task(session, 'one', { status: 'running', guard: { run: 'one-1', note: 'n' } });
  edit('"id":"t-one"', '"id":"t-other"');
  edit('"status":"running"', '"status":"validated"');
  await sandbox.task(session, 'two');
  expect(await requireTask(session, 'one')).toMatchObject({
    id: 't-one',
    status: 'needs-input',
    problem: { message: expect.stringMatching(/one is gone; one is new/) },
  });
});
