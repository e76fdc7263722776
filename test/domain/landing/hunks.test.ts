import { describe, expect, it } from '@jest/globals';
import {
  answersIn,
  fillHunks,
  hasMarkers,
  hunksOf,
  missingWords,
  parseConflicts,
  whitespaceAnswer,
} from '../../../src/domain/landing/hunks.js';

const marked = (ours: string, base: string, theirs: string) =>
  `<<<<<<< HEAD\n${ours}||||||| 1234567\n${base}=======\n${theirs}>>>>>>> main\n`;
const two = `start\n${marked('a\n', '', 'b\n')}between\n${marked('c\n', 'd\n', '')}end\n`;
const hunk = (ours: string, theirs: string, base = '') => ({ index: 1, ours, base, theirs });

describe('a marked file', () => {
  it('is text and hunks, and filled in again it is the file', () => {
    const parts = parseConflicts(two)!;
    expect(hunksOf(parts)).toEqual([
      { index: 1, ours: 'a\n', base: '', theirs: 'b\n' },
      { index: 2, ours: 'c\n', base: 'd\n', theirs: '' },
    ]);
    const answers = new Map([
      [1, 'a\nb\n'],
      [2, ''],
    ]);
    expect(fillHunks(parts, answers)).toBe('start\na\nb\nbetween\nend\n');
  });

  it('may have Windows line ends and a conflict at its very end', () => {
    const parts = parseConflicts(`x\r\n${marked('a\n', '', 'b\n').replaceAll('\n', '\r\n')}`)!;
    expect(hunksOf(parts)[0]).toMatchObject({ ours: 'a\r\n', theirs: 'b\r\n' });
  });

  it('takes longer markers, of a conflict within a virtual base, for text', () => {
    const nested = '<<<<<<<<< x\nd\n=========\ne\n>>>>>>>>> y\n';
    expect(hunksOf(parseConflicts(marked('a\n', nested, 'b\n'))!)[0]!.base).toBe(nested);
  });

  it.each([
    ['ends within a hunk', '<<<<<<< HEAD\na\n||||||| b\n=======\nc\n'],
    ['closes what is not open', 'a\n>>>>>>> main\n'],
    ['opens twice', '<<<<<<< HEAD\n<<<<<<< HEAD\n'],
    ['has no base', '<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main\n'],
  ])('is not believed when it %s', (_, text) => {
    expect(parseConflicts(text)).toBeUndefined();
  });

  it('is never filled in with a hunk unanswered', () => {
    expect(() => fillHunks(parseConflicts(two)!, new Map([[1, 'a\n']]))).toThrow(RangeError);
  });
});

describe('a resolved file', () => {
  const parts = parseConflicts(two)!;

  it('gives its answers back', () => {
    expect(answersIn(parts, 'start\na\nb\nbetween\nend\n')).toEqual(
      new Map([
        [1, 'a\nb\n'],
        [2, ''],
      ]),
    );
  });

  it.each([
    ['before', 'Start\na\nbetween\nc\nend\n'],
    ['between', 'start\na\nBetween\nc\nend\n'],
    ['after', 'start\na\nbetween\nc\nend\nmore\n'],
    ['by cutting it off', 'start\na\nbetween\n'],
    ['by using one line for two', 'start\nend\n'],
  ])('is refused when text was changed %s', (_, text) => {
    expect(answersIn(parts, text)).toBeUndefined();
  });

  it('without any hunk must be the file itself', () => {
    const plain = parseConflicts('a\n')!;
    expect(answersIn(plain, 'a\n')).toEqual(new Map());
    expect(answersIn(plain, 'xa\n')).toBeUndefined();
  });
});

describe('white space', () => {
  it.each<[string, string, string, string | undefined]>([
    ['a.js', '  f( x )\n', '\tf(x)\n', '  f( x )\n'],
    ['a.js', 'return a;\n', 'returna;\n', undefined],
    ['a.js', 'f(x)\n', 'f(y)\n', undefined],
    ['a.py', '  f(x)\n', '    f(x)\n', undefined],
    ['a.py', 'f(x)  \n\n', 'f(x)\n', 'f(x)  \n\n'],
    ['Makefile', '\tcc\n', '        cc\n', undefined],
  ])('in %s: %j against %j', (path, ours, theirs, answer) => {
    expect(whitespaceAnswer(path, hunk(ours, theirs))).toBe(answer);
  });
});

describe('words', () => {
  it('missing are those a side added that are nowhere in the result', () => {
    const present = new Set(['apples', 'kept']);
    expect(missingWords(hunk('apples old\n', 'pears 10\n', 'old\n'), present)).toEqual(['pears', '10']);
  });
});

it('markers of its own make a text untrustworthy, longer rulers do not', () => {
  expect(['a\n=======\n', '>>>>>>> x\n', '||||||| \n'].every(hasMarkers)).toBe(true);
  expect(['========\n', 'a ======= b\n', ' <<<<<<< x\n'].some(hasMarkers)).toBe(false);
});
