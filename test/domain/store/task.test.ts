import { expect, test } from '@jest/globals';
import { nearest } from '../../../src/domain/platform/nearest.js';
import {
  canMove,
  isSlug,
  moveTask,
  requireSlug,
  slugify,
  taskStatuses,
} from '../../../src/domain/store/task.js';
import { makeTask } from '../../support/task.js';

test('a slug is safe as a folder, a branch and an argument', () => {
  const good = ['a', '0', 'fix-lexer', 'v1.2_x', 'a'.repeat(63)];
  const bad = [
    '',
    '-x',
    '.x',
    'a..b',
    'a.',
    'x.lock',
    'A',
    'ä',
    'a b',
    'a/b',
    '../a',
    'a\n',
    '$(x)',
    'a'.repeat(64),
  ];
  expect(good.filter((text) => !isSlug(text))).toEqual([]);
  expect(bad.filter((text) => isSlug(text))).toEqual([]);
  expect(() => requireSlug('../a')).toThrow(expect.objectContaining({ code: 'bad-slug', kind: 'usage' }));
});

test('every title gives a slug, and none twice', () => {
  const titles = [
    'Fix the lexer!',
    'Ünïcode Ålpha',
    '日本語',
    '--rm -rf /',
    '...',
    'x'.repeat(300),
    'a.lock',
    '',
  ];
  const taken = new Set<string>();
  for (const title of [...titles, ...titles]) {
    const slug = slugify(title, taken);
    expect([title, slug, isSlug(slug), taken.has(slug)]).toEqual([title, slug, true, false]);
    taken.add(slug);
  }
  expect([...taken].slice(0, 3)).toEqual(['fix-the-lexer', 'unicode-alpha', 'task']);
});

test('landed is final, and every other status can be left', () => {
  const ways = (from: (typeof taskStatuses)[number]) =>
    taskStatuses.filter((to) => to !== from && canMove(from, to));
  expect(ways('landed')).toEqual([]);
  for (const status of taskStatuses)
    if (status !== 'landed') expect([status, ways(status).length > 0]).toEqual([status, true]);
  expect(taskStatuses.filter((from) => from !== 'landed' && canMove(from, 'landed'))).toEqual([
    'done',
    'validated',
  ]);
  expect(
    taskStatuses.filter((from) => from !== 'running' && canMove('draft', from) && from !== 'draft'),
  ).toEqual(['ready', 'cancelled']);
});

test('a move that is not allowed names what is', () => {
  expect(moveTask(makeTask('a'), 'running', { attempts: 1 })).toMatchObject({
    status: 'running',
    attempts: 1,
  });
  expect(() => moveTask(makeTask('a', { status: 'landed' }), 'ready')).toThrow(
    expect.objectContaining({ code: 'bad-transition', hint: 'From landed a task can become: nothing else.' }),
  );
});

test('a mistyped name finds the nearest', () => {
  expect(nearest('lexxer', ['lexer', 'parser', 'lexers'])).toEqual(['lexer', 'lexers']);
  expect(nearest('LEXER', ['lexer'])).toEqual(['lexer']);
  expect(nearest('zzzzzz', ['lexer', 'parser'])).toEqual([]);
});
