/** What the screen says when something is refused or has happened, and what it asks then. */
import { expect, test } from '@jest/globals';
import { commands as allCommands, findCommand } from '../../src/commands/registry.js';
import type { RunView } from '../../src/domain/agents/run.js';
import { appError } from '../../src/domain/platform/errors.js';
import { sampleCommands } from '../fixtures/screen/commands.js';
import { story, taskOf } from '../fixtures/screen/state.js';
import { open, openInOrder, press, screen } from '../support/keyed-screen.js';

const realCommands = allCommands.filter(({ surfaces }) => surfaces.includes('screen'));

test('where a person may insist, the screen asks instead of naming a flag, and does it with that flag', async () => {
  const hint = 'Use --force: its branch stays.';
  const row = { ...findCommand('task.remove')!, run: async () => ({}) };
  let refused = false;
  await openInOrder({
    commands: [...sampleCommands.filter(({ id }) => id !== row.id), row],
    async invoke() {
      if (refused) return { ok: true, data: { task: 'palette' }, exit: 0 };
      refused = true;
      const error = appError('task-has-work', 'Task add-oauth-device-flow has a worktree.', { hint });
      return { ok: false, error, exit: 1 };
    },
  });
  await press('D', 'y');
  await screen.until('Task “Add oauth device flow” has a worktree. Say yes: its branch stays.');
  expect(screen.text()).not.toContain('--force');
  await press('y');
  await screen.until(() => screen.calls.length === 2);
  expect(screen.calls[1]).toEqual({
    id: 'task.remove',
    args: { task: 'add-oauth-device-flow', force: true },
  });
});

test('of several marked tasks that are refused the screen asks once, when all have ended', async () => {
  const row = { ...findCommand('task.remove')!, run: async () => ({}) };
  const ends: (() => void)[] = [];
  await openInOrder({
    commands: [...sampleCommands.filter(({ id }) => id !== row.id), row],
    invoke: (_, { task, force }) =>
      new Promise((resolve) => {
        const hint = 'Use --force: its branch stays.';
        const error = appError('task-has-work', `Task ${task} has a worktree.`, { hint });
        ends.push(() => resolve(force ? { ok: true, data: { task }, exit: 0 } : { ok: false, error }));
      }),
  });
  await press(' ', ' ', 'D');
  await screen.until('The same for:');
  await press('y');
  await screen.until(() => ends.length === 2);
  ends[1]!();
  expect(screen.text()).not.toContain('has a worktree');
  ends[0]!();
  await screen.until(/has a worktree\. Task “.*Say yes: its branch stays\./s);
  await press('y');
  await screen.until(() => screen.calls.length === 4);
  const forced = screen.calls.slice(2).map(({ args }) => args);
  expect(forced.map(({ force }) => force)).toEqual([true, true]);
  expect(new Set(forced.map(({ task }) => task)).size).toBe(2);
});

test('what just happened is told above the log and the keys, whole, in as many lines as it takes', async () => {
  const message = `The disk is full. ${'Free some of it, then try again. '.repeat(4)}That was all.`;
  const error = appError('disk-full', message);
  await open({ size: [80, 24], invoke: async () => ({ ok: false, error, exit: 1 }) });
  const below = screen.lines().slice(22);
  await press('m', 'c');
  await screen.until('That was all.');
  expect(screen.lines().slice(22)).toEqual(below);
});

test('of more than there is room for the end is marked as missing', async () => {
  const error = appError('disk-full', `The disk is full. ${'Free some of it, then try again. '.repeat(40)}`);
  await open({ size: [50, 14], invoke: async () => ({ ok: false, error, exit: 1 }) });
  await press('m', 'c');
  await screen.until('The disk is full.');
  expect(screen.text()).toMatch(/Free \S* ?… *│/);
});

test.each(['v', 'd', 'L'])('of a task without any work %s does nothing: a line says why', async (key) => {
  const tasks = [taskOf('parser', 'ready'), ...story.tasks];
  await openInOrder({ state: { ...story, tasks }, commands: realCommands });
  await press('\x1b[H', key);
  await screen.until('✗ There is no work on the task yet.');
  expect(screen.calls).toEqual([]);
});

test('the question before leaving goes with the agents: it counts those that are left, and says when none is', async () => {
  await open({ state: story });
  await press('q');
  await screen.until('2 agents are at work.');
  const [one, other] = Object.values(story.runs).filter(({ phase }) => phase === 'running');
  const ends = (run: RunView) =>
    screen.store.dispatch({ type: 'run.ended', run: { ...run, phase: 'exited', status: 'completed' } });
  ends(one!);
  await screen.until('1 agent is at work.');
  ends(other!);
  await screen.until('No agent is at work any more.');
  expect(screen.text()).not.toContain('Stop all');
  await press('d');
  await expect(screen.ended).resolves.toEqual({ reason: 'quit', code: 0 });
});
