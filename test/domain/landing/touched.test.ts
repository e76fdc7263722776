import { describe, expect, it } from '@jest/globals';
import { parseDiff } from '../../../src/domain/landing/diff.js';
import { possibleLooks, sameNumbers } from '../../../src/domain/landing/looks.js';
import { touchedBy } from '../../../src/domain/landing/touched.js';

type Change = readonly [path: string, removed: string[], added: string[]];

/** What a change of these lines touches; a file without removed lines is new. */
const touched = (...changes: Change[]) =>
  touchedBy(
    parseDiff(
      changes
        .map(([path, removed, added]) =>
          [
            `diff --git a/${path} b/${path}`,
            ...(removed.length === 0 ? ['new file mode 100644'] : []),
            `--- a/${path}`,
            `+++ b/${path}`,
            `@@ -5,${removed.length} +5,${added.length} @@`,
            ...removed.map((line) => `-${line}`),
            ...added.map((line) => `+${line}`),
          ].join('\n'),
        )
        .join('\n'),
    ),
  );

const looks = (ours: Change[], theirs: Change[]) =>
  possibleLooks({ ours: touched(...ours), theirs: touched(...theirs) }).map(({ kind, name, now, used }) => [
    kind,
    name,
    now,
    `${used.side} ${used.path}:${used.line}`,
  ]);

describe('a name that one side changes and the other uses', () => {
  it.each<[string, string, string[], string[], string, unknown[]]>([
    ['deleted', 'a.js', ['function gone(a) {'], [], 'gone(1);', ['deleted', 'gone', undefined]],
    [
      'renamed',
      'a.js',
      ['export function total(list) {'],
      ['export function sum(list) {'],
      'total(x);',
      ['renamed', 'total', 'sum'],
    ],
    [
      'with one more parameter in Go',
      'a.go',
      ['func Send(to string) error {'],
      ['func Send(to, body string) error {'],
      'Send(x)',
      ['signature', 'Send', 'Send(to, body string) error'],
    ],
    [
      'with one parameter less in Python',
      'a.py',
      ['    def send(self, to, body):'],
      ['    def send(self, to):'],
      'm.send(x, y)',
      ['signature', 'send', 'send(self, to)'],
    ],
    [
      'with another result in Rust',
      'a.rs',
      ['pub fn read(at: u8) -> u8 {'],
      ['pub fn read(at: u8) -> Option<u8> {'],
      'read(1)',
      ['signature', 'read', 'read(at: u8) -> Option<u8>'],
    ],
    [
      'a method of Java',
      'A.java',
      ['  public int size(String of) {'],
      ['  public int size(String of, int from) {'],
      'x.size("a");',
      ['signature', 'size', 'size(String of, int from)'],
    ],
    [
      'a function of C',
      'a.c',
      ['static int put(int a)'],
      ['static int put(int a, int b)'],
      'put(1);',
      ['signature', 'put', 'put(int a, int b)'],
    ],
    ['a constant', 'a.ts', ['export const limit = 3;'], [], 'use(limit);', ['deleted', 'limit', undefined]],
  ])('%s', (_, path, removed, added, use, [kind, name, now]) => {
    const user = path.replace(/^\w+/, 'other');
    const change: Change = [path, removed.length > 0 ? removed : ['x'], added];
    const uses: Change = [user, [], [use]];
    expect(looks([change], [uses])).toEqual([[kind, name, now, `theirs ${user}:5`]]);
    expect(looks([uses], [change])).toEqual([[kind, name, now, `ours ${user}:5`]]);
  });
});

describe('nothing to look at is', () => {
  it.each<[string, Change[], Change[]]>([
    [
      'a function that moved',
      [
        ['a.js', ['function moved(a) {'], []],
        ['b.js', [], ['function moved(a) {']],
      ],
      [['c.js', [], ['moved(1);']]],
    ],
    [
      'a parameter that may be left out',
      [['a.ts', ['function f1(a: string) {'], ['function f1(a: string, more = 1, b?: string) {']]],
      [['c.ts', [], ['f1(1);']]],
    ],
    ['a name in a comment', [['a.js', ['function gone(a) {'], []]], [['c.js', [], ['// gone(1)']]]],
    ['a name in prose', [['a.js', ['function gone(a) {'], []]], [['c.md', [], ['gone(1)']]]],
    [
      'a name that the other side declares itself',
      [['a.js', ['function gone(a) {'], []]],
      [['c.js', [], ['function gone(a) {', 'gone(1);']]],
    ],
    [
      'a line that the other side only changes',
      [['a.js', ['function gone(a) {'], []]],
      [['c.js', ['gone(1);'], ['gone(2);']]],
    ],
    ['a value inside of a block', [['a.js', ['  const gone = 1;'], []]], [['c.js', [], ['use(gone);']]]],
    ['another language', [['a.js', ['function gone(a) {'], []]], [['c.py', [], ['gone(1)']]]],
  ])('%s', (_, ours, theirs) => {
    expect(looks(ours, theirs)).toEqual([]);
  });
});

it('tells files that both sides add with one number where numbers are an order', () => {
  const both = (one: string, other: string) =>
    sameNumbers(touched([one, [], ['x']]), touched([other, [], ['y']])).map(({ name }) => name);
  expect(both('db/migrations/0007_users.sql', 'db/migrations/0007_posts.sql')).toEqual(['0007']);
  expect(both('app/migrations/0012_a.py', 'app/migrations/0012_b.py')).toEqual(['0012']);
  expect(both('sql/flyway/V2.1__a.sql', 'sql/flyway/V2.1__b.sql')).toEqual(['V2.1']);
  expect(both('db/migrations/0007_users.sql', 'db/migrations/0008_posts.sql')).toEqual([]);
  expect(both('docs/0007_users.md', 'docs/0007_posts.md')).toEqual([]);
  expect(both('one/migrations/0007_a.py', 'two/migrations/0007_a.py')).toEqual([]);
});
