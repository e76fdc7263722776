import { describe, expect, it } from '@jest/globals';
import { parseDiff } from '../../../src/domain/landing/diff.js';
import { placeInDiff } from '../../../src/domain/landing/finding-places.js';

const files = parseDiff(
  [
    'diff --git a/src/old.ts b/src/new.ts',
    'rename from src/old.ts',
    'rename to src/new.ts',
    '--- a/src/old.ts',
    '+++ b/src/new.ts',
    '@@ -40,3 +10,3 @@',
    ' same',
    '-gone',
    '+came',
    ' same',
    'diff --git a/a/b.go b/a/b.go',
    '--- a/a/b.go',
    '+++ b/a/b.go',
    '@@ -1 +1 @@',
    '-x',
    '+y',
    '',
  ].join('\n'),
);

const place = (path: string, line = 0) => {
  const found = placeInDiff(path, line, files);
  return found.kind === 'placed' ? found.path : found.kind;
};

describe('the place of a finding', () => {
  it.each([
    'src/new.ts',
    './src/new.ts',
    'b/src/new.ts',
    'src/new.ts:10',
    'src/new.ts:10:4',
    'src/new.ts:10-12',
    'src/new.ts#L10',
    'src/new.ts (line 10)',
    'src/new.ts, line 10',
    'src/lib/../new.ts',
    '/home/someone/repo/src/new.ts',
    '"b/src/new.ts"',
    '`src/new.ts`',
    'src\\new.ts',
    '.\\src\\new.ts:10',
    ' src/new.ts ',
    'src//new.ts',
    'SRC/New.ts',
    'new.ts',
    'src/old.ts',
    'a/src/old.ts',
  ])('spelled %j is the file of the diff', (path) => {
    expect(place(path)).toBe('src/new.ts');
  });

  it('takes a folder named like a prefix for what it is', () => {
    expect([place('a/b.go'), place('a/a/b.go'), place('b/a/b.go')]).toEqual(['a/b.go', 'a/b.go', 'a/b.go']);
  });

  it.each([
    '',
    ' ',
    '.',
    'N/A',
    'unknown',
    'general',
    'the whole change',
    'src/[redacted].ts',
    'src/new.ts and a/b.go',
  ])('that is %j cannot be told, and stays', (path) => {
    expect(place(path)).toBe('unplaced');
  });

  it.each(['src/other.ts', 'other/file.js', 'other/new.ts', 'README.md'])(
    'in %s is provably not in the diff',
    (path) => {
      expect(place(path)).toBe('elsewhere');
    },
  );

  it.each([
    ['src/a\tb.ts', 'src/a\\tb.ts'],
    ['src/a"b.ts', '"src/a\\"b.ts"'],
    ['src/\u00e4.ts', 'src/\\303\\244.ts'],
    ['src/a\u200bb.ts', 'src/ab.ts'],
    ['src/a\u202eb.ts', 'src/a⟨U+202E⟩b.ts'],
    ['sr\u0441/a.ts', 'src/a.ts'],
    ['src/a%b.ts', 'src/a%25b.ts'],
    ['src/a.ts', 'src/*.ts'],
    ['src/x/y/a.ts', 'src/…/a.ts'],
    ['src/a.ts', 'src/a'],
    ['src/a.ts', 'src/a.mts'],
    ['src/a.ts', 'A.TSX'],
    ['src/a_b.ts', 'src.ab.ts'],
    ['src/a.ts', 'src /a.ts'],
  ])('in %j, spelled %j, is not thrown away', (path, spelled) => {
    const odd = [{ ...files[0]!, path, oldPath: undefined }] as never;
    expect(placeInDiff(spelled, 0, odd).kind).not.toBe('elsewhere');
  });

  it('at a line is looked for in both files', () => {
    expect([place('src/new.ts', 11), place('src/new.ts', 41), place('src/new.ts', -1)]).toEqual(
      Array(3).fill('src/new.ts'),
    );
    expect(place('src/new.ts', 500)).toBe('unshown');
  });
});
