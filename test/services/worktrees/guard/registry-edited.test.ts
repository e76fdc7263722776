import { readFileSync, writeFileSync } from 'node:fs';
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
    `echo work >work.txt; sed -i 's/"title":"Other"/"title":"HACKED","owner":"agent"/' '${session.paths.registryFile}'`,
  );
  const held = await guarded.play(task);
  expect(held).toMatchObject(waits(/tasks\.json was edited.*other: .*title/));
  expect((await requireTask(session, 'other')).title).toBe('HACKED');
  const [row] = (await restoreTask(session, 'song')).changes;
  expect(row).toMatchObject({ what: 'tasks.json', done: false });
  expect((await requireTask(session, 'song')).status).toBe('needs-input');
  expect((await acceptTask(session, 'song')).status).toBe('done');
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
