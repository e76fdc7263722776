import { expect, test } from '@jest/globals';
import { blockedBy, findCycle, planWaves, waveIndex } from '../../../src/domain/store/graph.js';
import type { Task } from '../../../src/domain/store/task.js';
import { growth } from '../../support/growth.js';
import { makeTask } from '../../support/task.js';

const on = (slug: string, dependsOn: string[] = [], more: Partial<Task> = {}) =>
  makeTask(slug, { dependsOn, ...more });
const waves = (tasks: Task[]) => planWaves(tasks).waves.map((wave) => wave.tasks);

test('a diamond is three waves', () => {
  expect(waves([on('d', ['b', 'c']), on('b', ['a']), on('c', ['a']), on('a')])).toEqual([
    ['a'],
    ['b', 'c'],
    ['d'],
  ]);
});

test('a task is in the wave of its longest path', () => {
  expect(waves([on('a'), on('b', ['a']), on('c', ['a', 'b'])])).toEqual([['a'], ['b'], ['c']]);
});

test('a dependency named twice counts once or twice alike', () => {
  expect(waves([on('a'), on('b', ['a', 'a'])])).toEqual([['a'], ['b']]);
});

test('within a wave the urgent come first, then the older, then by name', () => {
  const tasks = [
    on('low', [], { priority: 'low' }),
    on('young', [], { createdAt: '2026-02-02' }),
    on('b'),
    on('a'),
    on('urgent', [], { priority: 'urgent', createdAt: '2027-01-01' }),
  ];
  expect(waves(tasks)).toEqual([['urgent', 'a', 'b', 'young', 'low']]);
});

test('what is waited for is called by its slug, or as the caller calls tasks', () => {
  const a = on('a', [], { title: 'Do the first' });
  const of = (task: Task) => new Map([[task.slug, task]]);
  expect(blockedBy(on('b', ['a']), of(a))).toBe('waits for a to land');
  expect(blockedBy(on('b', ['a']), of(a), ({ title }) => title)).toBe('waits for Do the first to land');
  const dead = { ...a, status: 'cancelled' as const };
  expect(blockedBy(on('b', ['a']), of(dead), ({ title }) => title)).toContain('Do the first, which was');
});

test('what has landed is waited for no longer', () => {
  expect(waves([on('a', [], { status: 'landed' }), on('b', ['a'])])).toEqual([['b']]);
});

test('what cannot start is listed with the reason', () => {
  const plan = planWaves([
    on('missing', ['nowhere']),
    on('dead', ['broken']),
    on('broken', [], { status: 'failed' }),
    on('behind', ['dead']),
    on('x', ['y']),
    on('y', ['x']),
    on('idea', [], { status: 'draft' }),
    on('fine'),
  ]);
  expect(plan).toEqual({
    waves: [{ index: 1, tasks: ['fine'] }],
    blocked: [
      { slug: 'missing', reason: 'depends on nowhere, which does not exist' },
      { slug: 'dead', reason: 'depends on broken, which is failed' },
      { slug: 'behind', reason: 'waits for dead, which cannot start' },
      { slug: 'x', reason: 'waits for y, which cannot start' },
      { slug: 'y', reason: 'waits for x, which cannot start' },
      { slug: 'idea', reason: 'is still a draft' },
    ],
  });
});

test('ten thousand tasks in a chain are planned in one go', () => {
  const plan = (count: number) => {
    const tasks = Array.from({ length: count }, (_, n) => on(`t${n}`, n === 0 ? [] : [`t${n - 1}`]));
    expect(planWaves(tasks).waves).toHaveLength(count);
    expect(findCycle(tasks)).toBeUndefined();
  };
  // One pass over the open tasks per wave took a hundred million steps.
  expect(growth(plan, 625)).toBeLessThan(100);
});

test('a cycle is given in order, first and last the same', () => {
  expect(findCycle([on('a', ['b']), on('b', ['c']), on('c', ['b'])])).toEqual(['b', 'c', 'b']);
  expect(findCycle([on('a', ['a'])])).toEqual(['a', 'a']);
  expect(findCycle([on('a', ['gone']), on('b', ['a'])])).toBeUndefined();
});

test('why a task cannot start now', () => {
  const tasks = [
    on('landed', [], { status: 'landed' }),
    on('running', [], { status: 'running' }),
    on('off', [], { status: 'cancelled' }),
    on('bad', [], { status: 'failed' }),
  ];
  const bySlug = new Map(tasks.map((task) => [task.slug, task]));
  expect(['landed', 'running', 'off', 'bad', 'no'].map((slug) => blockedBy(on('x', [slug]), bySlug))).toEqual(
    [
      undefined,
      'waits for running to land',
      'depends on off, which was cancelled',
      'depends on bad, which failed',
      'depends on no, which does not exist',
    ],
  );
});

test('each planned task knows its wave', () => {
  expect([...waveIndex(planWaves([on('a'), on('b', ['a'])]))]).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
});
