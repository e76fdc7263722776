import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { canUndo } from '../../../../src/domain/store/undo.js';
import {
  addTasks,
  editTask,
  lastChange,
  noteStubs,
  removeTask,
  requireTask,
  tasksOf,
  undoChange,
  updateTask,
} from '../../../../src/services/store/tasks/index.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let session: SandboxSession;
beforeEach(async () => {
  sandbox = makeSandbox();
  session = await sandbox.session(sandbox.repo());
  await noteStubs(session);
  await addTasks(session, [{ title: 'One', goal: 'old goal', labels: ['a'] }], { writeStubs: true });
});
afterEach(() => sandbox.cleanup());

const stub = () => readFileSync(join(session.root, '.codex-agent/tasks/one.md'), 'utf8');
const one = () => requireTask(session, 'one');
const tasks = async () => tasksOf(await session.registry.read(), 'r1');

test('edits are taken back one after the other, with their stub; what else has changed stays', async () => {
  await editTask(session, 'one', { goal: 'new goal' });
  await editTask(session, 'one', { labels: ['b'], status: 'draft' });
  await updateTask(session, 'one', (task) => ({ ...task, attempts: 3 }));
  // As another process would after a restart: what is known stands on the disk.
  const again = { ...session };
  expect((await undoChange(again)).task).toMatchObject({ labels: ['a'], status: 'ready', goal: 'new goal' });
  await undoChange(again);
  expect(await one()).toMatchObject({ labels: ['a'], goal: 'old goal', attempts: 3 });
  expect(stub()).toContain('old goal');
  await expect(undoChange(again)).rejects.toMatchObject({ code: 'nothing-to-undo' });
});

test('a removed task comes back with its stub', async () => {
  const before = stub();
  await removeTask(session, 'one');
  expect(await tasks()).toEqual([]);
  await undoChange(session);
  expect(await one()).toMatchObject({ goal: 'old goal', labels: ['a'] });
  expect(stub()).toBe(before);
});

test('a change is not offered, and not taken back, once the field was changed again', async () => {
  await editTask(session, 'one', { goal: 'new goal' });
  expect(canUndo((await lastChange(session))!, await tasks())).toBe(true);
  await updateTask(session, 'one', (task) => ({ ...task, goal: 'by another' }));
  expect(canUndo((await lastChange(session))!, await tasks())).toBe('goal of one was changed again since.');
  await expect(undoChange(session)).rejects.toMatchObject({ code: 'cannot-undo' });
  expect(await one()).toMatchObject({ goal: 'by another' });
});

test('a status that the task cannot go back to is refused, and nothing is changed', async () => {
  await editTask(session, 'one', { status: 'cancelled' });
  const before = await one();
  await undoChange(session).catch(() => undefined);
  const after = await one();
  expect([before.status, 'ready']).toContain(after.status);
  expect(after.goal).toBe('old goal');
});

test('the slug of a removed task that was taken by another is kept from it', async () => {
  await removeTask(session, 'one');
  await addTasks(session, [{ title: 'One', goal: 'another' }], { writeStubs: false });
  await expect(undoChange(session)).rejects.toMatchObject({ code: 'cannot-undo' });
  expect(await one()).toMatchObject({ goal: 'another' });
});
