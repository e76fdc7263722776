import { describe, expect, it } from '@jest/globals';
import { concernOf, groupTasks, inTree, placeInQueue } from '../../../src/domain/app/groups.js';
import { listedTasks } from '../../../src/domain/app/selectors.js';
import type { Task } from '../../../src/domain/store/task.js';
import { makeTask } from '../../support/task.js';

const tasks = [
  makeTask('landed', { status: 'landed' }),
  makeTask('works', { status: 'running', labels: ['ui'] }),
  makeTask('asks', { status: 'running' }),
  makeTask('later', { status: 'ready', dependsOn: ['works'] }),
  makeTask('wished', { status: 'ready', launch: { land: false, at: '2026-01-01T10:00:00Z' } }),
  makeTask('wished-first', { status: 'ready', launch: { land: false, at: '2026-01-01T09:00:00Z' } }),
  makeTask('free', { status: 'ready' }),
  makeTask('broke', { status: 'failed' }),
  makeTask('checked', { status: 'validated' }),
];
const rows = listedTasks({ tasks, merges: {} });
const facts = { asking: new Set(['asks']), busy: { checked: 'checking' as const } };
const shape = (grouping: Parameters<typeof groupTasks>[1]) =>
  groupTasks(rows, grouping, facts).map(({ name, rows: of }) => `${name}: ${of.map((row) => row.task.slug)}`);

describe('the groups of the task list', () => {
  it('say what a task means for the person, most urgent first', () => {
    expect(shape('state')).toEqual([
      'needs you: asks,broke',
      'working: works,checked',
      'queued: wished,wished-first',
      'ready: free',
      'blocked: later',
      'landed: landed',
    ]);
  });

  it('leave what failed its checks with the person, until it is tried again', () => {
    const validation = {
      verdict: 'fail',
      tree: '',
      target: '',
      head: '',
      at: '',
      summary: 'test fail',
    } as const;
    const concern = (change: Partial<Task>) => {
      const task = makeTask('judged', { status: 'done', validation, ...change });
      return concernOf(listedTasks({ tasks: [task], merges: {} })[0]!, { asking: new Set(), busy: {} });
    };
    expect(concern({})).toBe('needs you');
    expect(concern({ validation: { ...validation, verdict: 'error' } })).toBe('needs you');
    expect(concern({ launch: { land: true, at: '' } })).toBe('to land');
    // The wish of the launch that made the work stays with it.
    expect(concern({ launch: { land: false, at: '' } })).toBe('needs you');
    expect(concern({ launch: { land: false, at: '2026-03-01T12:00:00.000Z' } })).toBe('to land');
    expect(concern({ validation: undefined })).toBe('to land');
  });

  it('can be waves, labels or statuses, and hold every task once', () => {
    for (const grouping of ['tree', 'wave', 'label', 'status', 'none'] as const) {
      const all = groupTasks(rows, grouping, facts).flatMap((group) => group.rows);
      expect(all).toHaveLength(rows.length);
    }
    expect(shape('label')[1]).toBe('ui: works');
  });

  it('can be a tree of dependencies: each task below the last one that it waits for', () => {
    const tree = ['a', 'b', 'c', 'd', 'x', 'y'].map((slug) =>
      makeTask(slug, { dependsOn: { b: ['a'], c: ['a', 'b'], d: ['a'], x: ['y'], y: ['x'] }[slug] ?? [] }),
    );
    const found = inTree(listedTasks({ tasks: tree, merges: {} }));
    expect(found.map(({ row, depth }) => `${depth} ${row.task.slug}`)).toEqual([
      ...['0 a', '1 b', '2 c', '1 d', '0 x', '0 y'],
    ]);
  });

  it('count a task on which a command works as at work, and one that asks as waiting for the person', () => {
    expect(concernOf(rows.find((row) => row.task.slug === 'checked')!, facts)).toBe('working');
    expect(concernOf(rows.find((row) => row.task.slug === 'asks')!, facts)).toBe('needs you');
  });

  it('know the place of a task among those that wait for a slot', () => {
    const launch = { land: false, at: '2026-01-01' };
    const queue = [
      makeTask('low', { priority: 'low', launch }),
      makeTask('behind', { priority: 'urgent', dependsOn: ['low'], launch }),
      makeTask('high', { priority: 'high', launch }),
      makeTask('unasked'),
    ];
    const placed = queue.map((task) => `${task.slug} ${placeInQueue(task, queue, {})}`);
    expect(placed).toEqual(['low 2', 'behind 3', 'high 1', 'unasked 3']);
    // What is being filled has its place already.
    expect(placeInQueue(queue[0]!, queue, { high: 'filling' })).toBe(1);
  });
});
