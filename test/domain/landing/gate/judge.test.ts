import { describe, expect, it } from '@jest/globals';
import { judgeResolution } from '../../../../src/domain/landing/gate/judge.js';
import { isGenerated } from '../../../../src/domain/landing/generated.js';
import { parseConflicts } from '../../../../src/domain/landing/hunks.js';

/** Judges an answer to one hunk between `top` and `bottom`. */
function judge(
  sides: { base?: string; ours: string; theirs: string },
  answer: string,
  reason = '',
  trusted = false,
) {
  const { base = '', ours, theirs } = sides;
  const whole = (middle: string) => `top\n${middle}bottom\n`;
  const text = `<<<<<<< a\n${ours}||||||| b\n${base}=======\n${theirs}>>>>>>> c\n`;
  return judgeResolution({
    path: 'x.js',
    parts: parseConflicts(whole(text))!,
    base: whole(base),
    ours: whole(ours),
    theirs: whole(theirs),
    result: whole(answer),
    reasons: new Map([[1, reason]]),
    trusted,
  });
}

const test = (name: string) => `it('${name}', () => {});\n`;

describe('words', () => {
  const sides = { base: 'limit = 5\n', ours: 'limit = 10\n', theirs: 'limit = 20 // more\n' };

  it('of both sides satisfy the gate', () => {
    expect(judge({ ours: 'apples\n', theirs: 'pears\n' }, 'apples\npears\n')).toEqual([]);
  });

  it('that go must be named', () => {
    expect(judge(sides, 'limit = 20 // more\n')).toEqual(['hunk 1 drops 10 and its reason does not say so']);
    expect(judge(sides, 'limit = 20 // more\n', 'The larger limit wins, 10 is dropped.')).toEqual([]);
    expect(judge(sides, 'limit = 20 // more\n', 'The larger limit wins, 100 is dropped.')).toHaveLength(1);
  });

  it('that only the base had may go without a word', () => {
    expect(judge({ base: 'old\n', ours: 'new\n', theirs: '' }, 'new\n')).toEqual([]);
  });

  it('may go unnamed when a person resolved it before', () => {
    expect(judge(sides, 'limit = 20 // more\n', '', true)).toEqual([]);
  });
});

describe('tests', () => {
  it('of both sides must be there', () => {
    const sides = { ours: test('adds'), theirs: test('subtracts') };
    expect(judge(sides, test('adds') + test('subtracts'))).toEqual([]);
    expect(judge(sides, test('adds'), 'drops subtracts')).toEqual(['the test subtracts is missing']);
  });

  it('that a side removed on purpose may stay away', () => {
    const sides = { base: test('old'), ours: '', theirs: test('old') + test('fresh') };
    expect(judge(sides, test('fresh'))).toEqual([]);
  });

  it('may not be skipped, emptied of others by only, or commented into another name', () => {
    const sides = { ours: test('adds'), theirs: test('subtracts') };
    const skipped = `it.skip('adds', () => {});\n${test('subtracts')}`;
    expect(judge(sides, skipped)).toContain('a test was skipped');
    expect(judge(sides, `it.only('adds', () => {});\n${test('subtracts')}`)).toContain('a test was skipped');
  });

  it.each([
    ['Python', 'def test_a():\n    pass\n', '@pytest.mark.skip\ndef test_a():\n    pass\n'],
    ['Go', 'func TestA(t *testing.T) {\n}\n', 'func TestA(t *testing.T) {\n  t.Skip()\n}\n'],
    ['Rust', '#[test]\nfn a() {}\n', '#[test]\n#[ignore]\nfn a() {}\n'],
  ])('are known in %s', (_, ours, skipped) => {
    expect(judge({ ours, theirs: 'x\n' }, `${skipped}x\n`)).toContain('a test was skipped');
    expect(judge({ ours, theirs: 'x\n' }, 'x\n', ours)).toEqual([
      expect.stringMatching(/^the test \w+ is missing$/),
    ]);
  });
});

it('markers, and text outside, are refused whoever made them', () => {
  const sides = { ours: 'a\n', theirs: 'b\n' };
  expect(judge(sides, 'a\nb\n=======\n', '', true)).toEqual(['conflict markers remain']);
  const outside = judgeResolution({
    path: 'x',
    parts: parseConflicts('top\n<<<<<<< a\na\n||||||| b\n=======\nb\n>>>>>>> c\n')!,
    base: 'top\n',
    ours: 'top\na\n',
    theirs: 'top\nb\n',
    result: 'Top\na\nb\n',
    trusted: true,
  });
  expect(outside).toEqual(['text outside the conflict was changed']);
});

it('a secret in an answer is refused', () => {
  expect(judge({ ours: 'a\n', theirs: 'b\n' }, `a\nb\nAKIA${'X'.repeat(16)}\n`)).toEqual([
    'an answer holds what looks like a secret (AWS access key)',
  ]);
});

it('generated files are known by name', () => {
  expect(
    ['package-lock.json', 'a/go.sum', 'lib/dist/x.js', 'x.min.css', 'a.snap', 'Podfile.lock'].every(
      isGenerated,
    ),
  ).toBe(true);
  expect(['src/lock.ts', 'distance/x.js', 'package.json'].some(isGenerated)).toBe(false);
});
