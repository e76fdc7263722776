import { describe, expect, test } from '@jest/globals';
import { latestRun, listedTasks, progress, shownState, taskRows } from '../../../src/domain/app/selectors.js';
import { type AppState, emptyState } from '../../../src/domain/app/state.js';
import { manyTasks, runOf, story, taskOf } from '../../fixtures/screen/state.js';

describe('the state a task is shown in', () => {
  const merges = (status: 'clean' | 'conflict', head = 'h1') => ({
    a: { task: 'a', status, conflicts: [], head },
  });
  const validation = { verdict: 'pass' as const, tree: 't', target: 'x', head: 'h1', at: '', summary: '' };

  test.each([
    ['its status', taskOf('a', 'running'), {}, 'running'],
    ['conflicted when done work conflicts', taskOf('a', 'done'), merges('conflict'), 'conflicted'],
    ['not conflicted while it still runs', taskOf('a', 'running'), merges('conflict'), 'running'],
    ['validated', taskOf('a', 'validated', { validation }), merges('clean'), 'validated'],
    [
      'stale when the branch moved on',
      taskOf('a', 'validated', { validation }),
      merges('clean', 'h2'),
      'stale',
    ],
    ['blocked behind what has not landed', taskOf('a', 'ready', { dependsOn: ['b'] }), {}, 'blocked'],
  ] as const)('is %s', (_, task, found, shown) => {
    expect(shownState(task, { tasks: [task, taskOf('b', 'ready')], merges: found })).toBe(shown);
  });
});

test('rows are the same object until tasks or merges change', () => {
  const rows = listedTasks(story);
  const noisier: AppState = { ...story, runs: {}, log: [] };
  expect(listedTasks(noisier)).toBe(rows);
  expect(listedTasks({ ...story, tasks: [...story.tasks] })).not.toBe(rows);
});

test('rows agree with shownState and carry the latest run', () => {
  for (const row of taskRows(story)) {
    expect([row.task.slug, row.shown]).toEqual([row.task.slug, shownState(row.task, story)]);
    expect(row.run).toBe(latestRun(row.task, story));
  }
});

test('the latest known run is the last in the list that the state has', () => {
  const task = taskOf('a', 'running', { runIds: ['r1', 'r2', 'r3'] });
  const runs = { r1: runOf('a', { runId: 'r1' }), r2: runOf('a', { runId: 'r2' }) };
  expect(latestRun(task, { runs })?.runId).toBe('r2');
});

test('progress leaves out what was cancelled', () => {
  expect(progress(story)).toBeCloseTo(1 / 11);
  expect(progress(emptyState)).toBeUndefined();
});

test('10,000 tasks are listed once, not per frame', () => {
  const state = manyTasks(10_000);
  const listed = listedTasks(state);
  expect(listed).toHaveLength(10_000);
  const next: AppState = { ...state, runs: { one: runOf('task-0') } };
  expect(listedTasks(next)).toBe(listed);
});
