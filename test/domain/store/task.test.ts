import { expect, test } from '@jest/globals';
import { nearest } from '../../../src/domain/platform/nearest.js';
import { isSlug, requireSlug, slugify } from '../../../src/domain/store/slug.js';
import { canMove, moveTask, taskStatuses } from '../../../src/domain/store/task.js';
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
  expect([...taken].slice(0, 3)).toEqual([
    'fix-the-lexer',
    'unicode-alpha',
    expect.stringMatching(/^task-[a-z0-9]{6}$/),
  ]);
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
  ).toEqual(['ready', 'done', 'cancelled']);
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

test('titles in any script give slugs that tell tasks apart, the same each time', () => {
  const titles = [
    '修复登录页面的错误',
    '修复登录页面的样式',
    '🚀🚀',
    '🚀',
    'إصلاح',
    'แก้ไข',
    '修复 login 页面',
    '添加 login 页面',
  ];
  const slugs = titles.map((title) => slugify(title));
  expect(new Set(slugs).size).toBe(titles.length);
  expect(slugs.every(isSlug)).toBe(true);
  expect(titles.map((title) => slugify(title))).toEqual(slugs);
  expect(slugs[6]).toMatch(/^login-[a-z0-9]{6}$/);
  expect(slugify('Исправить вход')).toBe('ispravit-vkhod');
  expect(slugify('Διόρθωση')).toBe('diorthosi');
  expect(slugify('Größe ändern')).toBe('grosse-andern');
});
