import { describe, expect, it } from '@jest/globals';
import { type Case, judge } from '../../../support/judged-answer.js';

const sides = {
  around: ['x: 0\n', 'z: 0\n'] as [string, string],
  base: 'a: 1\nb: 1\n',
  ours: 'a: 2\nb: 1\n',
  theirs: 'a: 1\nb: 2\n',
};
const signs = {
  'the end of a string': '\0',
  'the begin of a colour': '\x1b',
  'a turn of direction': '\u202e',
  'one that is isolated': '\u2066',
  'a space without width': '\u200b',
  'a mark of byte order': '\ufeff',
  'a tag': '\u{e0041}',
  'a page break': '\f',
  'a line end of its own': '\r',
  'what could not be decoded': '\ufffd',
};
const paths = ['a.sql', 'a.txt', 'a.yml', 'a.py', 'a.go', 'Makefile'];

describe.each(paths)('an answer for %s', (path) => {
  it.each(Object.entries(signs))('is refused with %s', (_, sign) => {
    const answer: Case = { ...sides, path, answer: `a: 2${sign} \nb: 2\n` };
    expect(judge(answer).join()).toMatch(/unseen sign/);
  });

  it('passes with a sign that a side has, and without any', () => {
    expect(judge({ ...sides, path, answer: 'a: 2\nb: 2\n' })).toEqual([]);
    const marked = { ...sides, path, ours: 'a: 2\ufeff\nb: 1\n', answer: 'a: 2\ufeff\nb: 2\n' };
    expect(judge(marked)).toEqual([]);
  });
});
