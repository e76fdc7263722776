import { expect, test } from '@jest/globals';
import { dependentsIn, perList, tasksBySlug } from '../../../src/domain/app/lookups.js';
import { taskOf } from '../../fixtures/screen/state.js';

test('an answer is made once a list, and anew for another list, also an empty one', () => {
  let made = 0;
  const first = perList((list: readonly string[]) => {
    made++;
    return list[0];
  });
  const [one, other, none] = [['a'], ['b'], []];
  expect([one, one, other, one, none, none].map(first)).toEqual(['a', 'a', 'b', 'a', undefined, undefined]);
  expect(made).toBe(3);
});

test('tasks are found by slug, and by what they depend on, each once', () => {
  const tasks = [
    taskOf('a', 'ready'),
    taskOf('b', 'ready', { dependsOn: ['a', 'a'] }),
    taskOf('c', 'done', { dependsOn: ['b', 'a', 'gone'] }),
  ];
  expect(tasksBySlug(tasks).get('c')).toBe(tasks[2]);
  expect(tasksBySlug(tasks).get('d')).toBeUndefined();
  const needing = (slug: string) =>
    dependentsIn(tasks)
      .get(slug)
      ?.map((task) => task.slug);
  expect([needing('a'), needing('b'), needing('c'), needing('gone')]).toEqual([
    ['b', 'c'],
    ['c'],
    undefined,
    ['c'],
  ]);
});
