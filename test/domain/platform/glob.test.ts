import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { matchesName } from '../../../src/domain/platform/environment.js';
import { matchesAny } from '../../../src/domain/platform/glob.js';

test.each([
  ['*.ts', ['a.ts', '.ts'], ['a.tsx', 'src/a.ts']],
  ['src/**', ['src/a', 'src/a/b.c'], ['src', 'a/src/b', 'srcs/a']],
  ['**/*.test.js', ['a.test.js', 'x/y/a.test.js'], ['a.js', 'x/a.test.jsx', 'atest.js']],
  ['src/**/x', ['src/x', 'src/a/x', 'src/a/b/x'], ['src/ax', 'src/a/bx']],
  ['a**b', ['ab', 'a/x/b', 'axb'], ['ba', 'a/x/bc']],
  ['v?/[a-c][!0-9]', ['v1/ax', 'vv/b-'], ['v1/dx', 'v1/a1', 'v1/a/', 'v//ax']],
  ['{src,lib/{a,b}}/*.{c,h}', ['src/x.c', 'lib/a/x.h', 'lib/b/.c'], ['lib/x.c', 'lib/c/x.c', 'src/x.d']],
  ['{a,}b{c}', ['abc', 'bc'], ['ac', 'abbc']],
  ['a{b', ['a{b'], ['ab']],
  ['{a,{b}', ['{a,{b}'], ['a', 'b']],
  ['[a', ['[a'], ['a']],
  ['[z-a]x', [], ['ax', 'zx', '-x']],
  ['[-a][b-][!-c]', ['a-a', '-bb'], ['b-a', 'ab-', '--c']],
  ['[]][^]]', [']a'], [']]', 'a]']],
  ['a.b+c(d)|$^\\', ['a.b+c(d)|$^\\'], ['aXb+c(d)|$^\\']],
  ['{a/,}**/z', ['a/z', 'z/z'], ['az', 'za']],
  ['😀*', ['😀', '😀x'], ['x']],
])('%s', (glob, yes, no) => {
  expect(yes.filter((path) => !matchesAny(path, [glob]))).toEqual([]);
  expect(no.filter((path) => matchesAny(path, [glob]))).toEqual([]);
});

test.each([
  ['**/'.repeat(12), 'a/'.repeat(40)],
  [`${'*a'.repeat(20)}b`, 'a'.repeat(200)],
  [`${'**a'.repeat(20)}b`, 'a'.repeat(200)],
  [`${'{a,aa}'.repeat(30)}b`, 'a'.repeat(45)],
  [`${'{a,*}'.repeat(30)}b`, 'a'.repeat(100)],
])('%s is answered at once, whoever wrote it', (glob, path) => {
  const begin = performance.now();
  expect(matchesAny(`${path}c`, [glob])).toBe(false);
  expect(performance.now() - begin).toBeLessThan(20_000);
});

test('a hundred thousand questions take no longer than a look', () => {
  const globs = ['src/**/*.ts', '**/*.{test,spec}.{ts,js}', '**/node_modules/**', 'packages/*/src/**'];
  const begin = process.cpuUsage().user;
  let found = 0;
  for (let at = 0; at < 25_000; at++)
    if (matchesAny(`packages/pkg-${at % 50}/lib/deep/file-${at}.ts`, globs)) found++;
  expect(found).toBe(0);
  expect((process.cpuUsage().user - begin) / 1000).toBeLessThan(10_000);
});

test('a pattern of variables is too, with any number of stars', () => {
  const begin = performance.now();
  expect(matchesName('A'.repeat(300), `${'*A'.repeat(40)}*B`)).toBe(false);
  expect(performance.now() - begin).toBeLessThan(20_000);
  for (const [name, pattern, is] of [
    ['AWS_KEY', 'AWS_*', true],
    ['AWS_', 'AWS_*', true],
    ['MY_AWS_KEY', 'AWS_*', false],
    ['A_B_C', 'A*B*C', true],
    ['ABA', 'AB*BA', false],
    ['ABBA', 'AB*BA', true],
    ['A_C', 'A*B*C', false],
    ['A.B', 'A?B', false],
    ['ANY', '*', true],
  ] as const)
    expect([name, pattern, matchesName(name, pattern)]).toEqual([name, pattern, is]);
});

test('ten thousand globs, used once each, leave no memory behind', () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const used = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const ask = (from: number) => {
    for (let at = from; at < from + 10_000; at++) matchesAny('a/b/c.ts', [`${'{a,b}*'.repeat(40)}${at}`]);
  };
  ask(0);
  const before = used();
  ask(10_000);
  ask(20_000);
  expect(used() - before).toBeLessThan(30_000_000);
});
