import { describe, expect, it } from '@jest/globals';
import { type DiffFile, parseDiff } from '../../../../src/domain/landing/diff.js';
import {
  placeComments,
  placeOfLine,
  type ReviewComment,
} from '../../../../src/domain/landing/review/comments.js';
import { changeId, hunkIds } from '../../../../src/domain/landing/review/hunks.js';
import {
  parseComment,
  placeName,
  requestForChanges,
} from '../../../../src/domain/landing/review/spelling.js';

/** A diff of one file: old and new lines, compared line by line between two marks. */
function diffOf(path: string, hunks: [oldStart: number, newStart: number, ...lines: string[]][]): DiffFile {
  const body = hunks.map(([oldStart, newStart, ...lines]) => {
    const olds = lines.filter((line) => !line.startsWith('+')).length;
    const news = lines.filter((line) => !line.startsWith('-')).length;
    return `@@ -${oldStart},${olds} +${newStart},${news} @@\n${lines.join('\n')}\n`;
  });
  return parseDiff(`diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n${body.join('')}`)[0]!;
}

const before = diffOf('a.ts', [[1, 1, ' one', '-two', '+TWO', ' three', ' four', ' five']]);
const text = 'one\nTWO\nthree\nfour\nfive\n';

const comment = (line: number, more: Partial<ReviewComment> = {}, file = before): ReviewComment => ({
  ...{ id: 'c1', kind: 'issue', text: 'Why?', commit: 'first', at: '1', sent: '2' },
  place: placeOfLine('a.ts', 'new', line, text, file)!,
  ...more,
});

const stand = (one: ReviewComment, ...files: DiffFile[]) => {
  const [placed] = placeComments([one], files, 'second');
  return [placed!.state, placed!.now];
};

describe('a hunk', () => {
  it('is known again wherever it stands and whatever is around it', () => {
    const moved = diffOf('a.ts', [[11, 14, ' zero', ' one', '-two', '+TWO', ' three']]);
    expect(hunkIds(moved)).toEqual(hunkIds(before));
  });

  it('is another when a changed line is another, and each of two equal ones has a name', () => {
    const other = diffOf('a.ts', [[1, 1, ' one', '-two', '+Two', ' three']]);
    expect(hunkIds(other)).not.toEqual(hunkIds(before));
    const twice = diffOf('a.ts', [
      [1, 1, '-two', '+TWO'],
      [9, 9, '-two', '+TWO'],
    ]);
    expect(new Set(hunkIds(twice)).size).toBe(2);
    expect(hunkIds(twice)[0]).toBe(hunkIds(before)[0]);
    expect(changeId(twice)).not.toBe(changeId(before));
  });

  it('of a binary file, a rename or a mode is told by what git says of it', () => {
    const binary = (blobs: string) =>
      parseDiff(`diff --git a/x b/x\nindex ${blobs} 100644\nBinary files a/x and b/x differ\n`)[0]!;
    expect(changeId(binary('1..2'))).not.toBe(changeId(binary('1..3')));
    expect(changeId(binary('1..2'))).toBe(changeId(binary('1..2')));
  });
});

describe('a comment after the next attempt', () => {
  it('goes with its line when only other places changed', () => {
    const moved = diffOf('a.ts', [[1, 8, ' one', '-two', '+TWO', ' three', ' four', ' five']]);
    expect(stand(comment(2), moved)).toEqual(['open', 9]);
  });

  it('is met when its line was changed, or one beside it', () => {
    expect(stand(comment(2), diffOf('a.ts', [[1, 1, ' one', '-two', '+2', ' three']]))).toEqual([
      'met',
      undefined,
    ]);
    const beside = diffOf('a.ts', [
      [1, 1, ' one', '-two', '+TWO', '+and a half', ' three', ' four', ' five'],
    ]);
    expect(stand(comment(2), beside)).toEqual(['met', 2]);
  });

  it('is met when the whole change was taken back', () => {
    expect(stand(comment(2))).toEqual(['met', undefined]);
  });

  it('is as it was when a far part of the same hunk changed', () => {
    const lines = Array.from({ length: 30 }, (_, at) => `+line ${at + 1}`);
    const added = diffOf('a.ts', [[0, 1, ...lines]]);
    const place = placeOfLine('a.ts', 'new', 4, lines.map((line) => `${line.slice(1)}\n`).join(''), added)!;
    const changed = diffOf('a.ts', [[0, 1, ...lines.with(25, '+line twenty-six')]]);
    expect(stand(comment(4, { place }), changed)).toEqual(['open', 4]);
  });

  it('on a removed line stands at it until the line is back', () => {
    const place = placeOfLine('a.ts', 'old', 2, 'one\ntwo\nthree\nfour\nfive\n', before)!;
    expect(stand(comment(2, { place }), before)).toEqual(['open', 2]);
    const back = diffOf('a.ts', [[1, 1, ' one', ' two', '+and', ' three']]);
    expect(stand(comment(2, { place }), back)[0]).toBe('met');
  });

  it('on a file is met when anything of the file changed', () => {
    const place = placeOfLine('a.ts', 'new', 0, text, before)!;
    expect(stand(comment(0, { place }), before)).toEqual(['open', 0]);
    expect(stand(comment(0, { place }), diffOf('a.ts', [[1, 1, '-two', '+2']]))).toEqual(['met', 0]);
  });

  it('finds its file under a new name, and a draft or settled one says so', () => {
    const renamed = { ...before, path: 'b.ts', oldPath: 'a.ts' };
    expect(stand(comment(2), renamed)).toEqual(['open', 2]);
    expect(stand(comment(2, { sent: undefined }), before)[0]).toBe('draft');
    expect(stand(comment(2, { settled: '3' }), before)[0]).toBe('settled');
    expect(placeComments([comment(2)], [before], 'first')[0]).toMatchObject({ state: 'sent', now: 2 });
  });
});

describe('a comment as it is typed', () => {
  it.each([
    ['src/a.ts:12:why?', { path: 'src/a.ts', line: 12, side: 'new', kind: 'issue', text: 'why?' }],
    ['src/a.ts:-3:Suggestion: keep it', { line: 3, side: 'old', kind: 'suggestion', text: 'keep it' }],
    ['src/a.ts:question: what for: this?', { line: 0, kind: 'question', text: 'what for: this?' }],
    ['odd:name.ts:7:two\nlines', { path: 'odd:name.ts', line: 7, text: 'two\nlines' }],
    ['src/a.ts::about it all', { path: 'src/a.ts', line: 0, text: 'about it all' }],
  ])('%j', (typed, expected) => {
    expect(parseComment(typed, ['src/a.ts', 'odd:name.ts'])).toMatchObject(expected);
  });

  it.each(['', 'src/a.ts', 'src/a.ts:12:', ':12:text', 'src/a.ts:4:issue:  '])('%j is refused', (typed) => {
    expect(() => parseComment(typed, ['src/a.ts'])).toThrow('names no file, or says nothing');
  });

  it('is named by its place', () => {
    expect([0, 4].map((line) => placeName({ path: 'a.ts', side: 'new', line }))).toEqual(['a.ts', 'a.ts:4']);
    expect(placeName({ path: 'a.ts', side: 'old', line: 4 })).toBe('a.ts (before, line 4)');
  });
});

it('the agent is told every comment with its lines, in one message', () => {
  const all = [comment(2, { text: 'Two lines\nof text' }), comment(0, { kind: 'question', text: 'All?' })];
  expect(requestForChanges(all, [before], { commit: 'abcdef', words: 'Be quick.' })).toMatchInlineSnapshot(`
"A person has reviewed your work as of commit abcdef and asks for changes.

Change the code for each issue; follow a suggestion or say why not; answer each question in your last message. Change nothing else.

Be quick.

1. issue, a.ts:2
        1   one
        2 - two
        2 + TWO
        3   three
        4   four
   Two lines
   of text

2. question, a.ts
   All?"
`);
});
