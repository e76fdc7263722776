import { describe, expect, test } from '@jest/globals';
import { describeEvent } from '../../../src/domain/app/event-line.js';
import type { AppEvent } from '../../../src/domain/app/events.js';
import { type AppState, emptyState, reduce } from '../../../src/domain/app/state.js';
import { runOf, taskOf } from '../../fixtures/screen/state.js';

const at = '2026-03-01T12:00:00Z';
const stateAfter = (...events: AppEvent[]): AppState =>
  events.reduce((state, event) => reduce(state, event, at), emptyState);

describe('the registry', () => {
  test('an older revision never replaces a newer one', () => {
    const state = stateAfter(
      { type: 'registry.loaded', rev: 3, tasks: [taskOf('new', 'ready')] },
      { type: 'registry.loaded', rev: 2, tasks: [taskOf('old', 'ready')] },
    );
    expect([state.rev, state.tasks.map((task) => task.slug)]).toEqual([3, ['new']]);
  });
});

test('a run is kept by its id and replaced when it changes', () => {
  const state = stateAfter(
    { type: 'run.started', run: runOf('a') },
    {
      type: 'run.ended',
      run: runOf('a', { phase: 'exited', status: 'failed', error: { code: 'auth', message: '' } }),
    },
  );
  expect(state.runs['a-1']?.status).toBe('failed');
  expect(state.log.at(-1)).toEqual({ at, text: 'a: run failed, auth', level: 'error' });
});

test('the log of a merge check counts the pairs that would collide as well', () => {
  const results = ['a', 'b'].map((task) => ({ task, status: 'clean' as const, conflicts: [] }));
  const pairs = [{ a: 'a', b: 'b', status: 'conflict' as const, paths: ['x'] }];
  expect(describeEvent({ type: 'merge.checked', results, pairs })?.text).toBe(
    'merge check: 2 checked, 0 in conflict, 1 pair of them would collide',
  );
});

test('a merge check adds to what is known; landing forgets the task', () => {
  const clean = (task: string) => ({ task, status: 'clean' as const, conflicts: [] });
  const state = stateAfter(
    { type: 'merge.checked', results: [clean('a')], pairs: [] },
    { type: 'merge.checked', results: [clean('b')], pairs: [] },
    { type: 'task.landed', report: { task: 'a', status: 'landed', target: 'main', commit: '0123456789' } },
  );
  expect(Object.keys(state.merges)).toEqual(['b']);
  expect(state.log.at(-1)?.text).toBe('a: landed on main as 01234567');
});

test('commands under way are counted, also the same one twice', () => {
  const started: AppEvent = { type: 'command.started', id: 'task.validate', label: '' };
  const ended: AppEvent = { type: 'command.ended', id: 'task.validate', ok: true, message: '' };
  expect(stateAfter(started, started, ended).running).toEqual(['task.validate']);
  expect(stateAfter(started, started, ended, ended, ended).running).toEqual([]);
});

test('an error stays until the next command starts', () => {
  const failed: AppEvent = { type: 'command.ended', id: 'x', ok: false, message: 'broken' };
  expect(stateAfter(failed).lastError).toBe('broken');
  expect(stateAfter(failed, { type: 'lease.changed', held: true }).lastError).toBe('broken');
  expect(stateAfter(failed, { type: 'command.started', id: 'y', label: '' }).lastError).toBeUndefined();
});

test('a call is in the log as it would be typed, with its duration and how it ended', () => {
  const call = { at, pid: 1, cause: 'task run', kind: 'git', what: 'git worktree add x', ms: 42 } as const;
  const { log } = stateAfter(
    { type: 'call.ended', call: { ...call, outcome: 'ok', ok: true } },
    { type: 'call.ended', call: { ...call, outcome: 'exit 128', ok: false, said: 'fatal: no' } },
  );
  expect(log).toEqual([
    { at, text: '[42 ms] $ git worktree add x', level: 'info', call: true },
    { at, text: '[42 ms, exit 128] $ git worktree add x: fatal: no', level: 'error', call: true },
  ]);
});

test('the log is bounded', () => {
  const events = Array.from(
    { length: 1500 },
    (_, i): AppEvent => ({ type: 'noted', level: 'info', message: `${i}` }),
  );
  const { log } = stateAfter(...events);
  expect([log.length, log.at(-1)?.text]).toEqual([1000, '1499']);
});

test('validation marks the task as busy and frees it', () => {
  const started: AppEvent = { type: 'validation.started', task: 'a' };
  expect(stateAfter(started).busy).toEqual({ a: 'checking' });
  expect(
    stateAfter(started, { type: 'validation.finished', task: 'a', verdict: 'fail', summary: 'test fail' })
      .busy,
  ).toEqual({});
});

test('what nobody needs to read about is not described', () => {
  expect(describeEvent({ type: 'registry.loaded', rev: 1, tasks: [] })).toBeUndefined();
  expect(describeEvent({ type: 'task.moved', task: 'a', from: 'ready', to: 'running' })?.text).toBe(
    'a: ready → running',
  );
});

test('how a worktree was filled is known still after a look that began before it was there', () => {
  const view = { task: 'a', path: '/w/a', branch: 'b', state: 'ready' as const };
  const filled: AppEvent = {
    ...{ type: 'worktree.hydrated', task: 'a', path: '/w/a', summary: 'ready', method: 'reflink' },
  };
  const looked = (...worktrees: (typeof view)[]): AppEvent => ({ type: 'worktrees.inspected', worktrees });
  expect(stateAfter(filled, looked(), looked(view)).worktrees.a?.method).toBe('reflink');
  const anew = stateAfter(filled, { type: 'worktree.removed', task: 'a' }, looked(view));
  expect(anew.worktrees.a?.method).toBeUndefined();
});

test('a landing that was refused forgets nothing', () => {
  const conflict = { task: 'a', status: 'conflict' as const, conflicts: [] };
  const state = stateAfter(
    { type: 'merge.checked', results: [conflict], pairs: [] },
    { type: 'task.landed', report: { task: 'a', status: 'not-landed', target: 'main', reason: 'no' } },
  );
  expect(Object.keys(state.merges)).toEqual(['a']);
});

test('predictions of tasks that have landed are forgotten, also those that arrive late', () => {
  const clean = (task: string) => ({ task, status: 'clean' as const, conflicts: [] });
  const pair = { a: 'a', b: 'b', status: 'conflict' as const, paths: ['x'] };
  const both = { type: 'merge.checked' as const, results: [clean('a'), clean('b')], pairs: [pair] };
  const landed = [taskOf('a', 'landed'), taskOf('b', 'done')];
  const state = stateAfter(both, { type: 'registry.loaded', rev: 1, tasks: landed });
  expect([Object.keys(state.merges), state.pairs]).toEqual([['b'], []]);
  const late = stateAfter({ type: 'registry.loaded', rev: 1, tasks: landed }, both);
  expect([Object.keys(late.merges), late.pairs]).toEqual([['b'], []]);
});

test('what is said again moves to the end of the log instead of filling it', () => {
  const check: AppEvent = { type: 'merge.checked', results: [], pairs: [] };
  expect(stateAfter(check, check, check).log).toHaveLength(1);
});
