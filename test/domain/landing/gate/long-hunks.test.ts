import { expect, it } from '@jest/globals';
import { judge } from '../../../support/judged-answer.js';

const many = 3000;
const lines = (one: (at: number) => string) => Array.from({ length: many }, (_, at) => one(at)).join('');

it.each([
  [
    'in which both sides change every line',
    {
      path: 'a.js',
      base: lines((at) => `  call(one${at}, left${at}, base${at});\n`),
      ours: lines((at) => `  call(uno${at}, left${at}, base${at});\n`),
      theirs: lines((at) => `  call(one${at}, left${at}, basis${at});\n`),
      answer: lines((at) => `  call(uno${at}, left${at}, basis${at});\n`),
    },
  ],
  [
    'of items that say the same',
    {
      path: 'a.yml',
      around: ['list:\n', ''] as [string, string],
      ours: lines((at) => `- name: a${at}\n  value: 1\n`),
      theirs: lines((at) => `- name: b${at}\n  value: 1\n`),
      answer: lines((at) => `- name: a${at}\n  value: 1\n`) + lines((at) => `- name: b${at}\n  value: 1\n`),
    },
  ],
])('a hunk of thousands of lines, %s, is judged in seconds', (_, one) => {
  const begun = performance.now();
  expect(judge(one)).toEqual([]);
  expect(performance.now() - begun).toBeLessThan(20_000);
});
