import { describe, expect, test } from '@jest/globals';
import {
  configChanges,
  moverOf,
  parseConfigList,
  parseReflog,
  runMark,
} from '../../../src/domain/worktrees/guard.js';

const id = (letter: string) => letter.repeat(40);
const mark = runMark('song-1');
const line = (before: string, after: string, email: string, why = 'commit: x') =>
  `${before} ${after} Somebody <${email}> 1795644724 +0000\t${why}\n`;
const log = (...moves: [string, string, string][]) =>
  parseReflog(moves.map(([before, after, email]) => line(id(before), id(after), email)).join(''));
const judge = (
  moves: [string, string, string][],
  before: string,
  after: string,
  good: readonly string[] = [],
) =>
  moverOf(log(...moves), mark, {
    before: before && id(before),
    after: id(after),
    good: new Set(good.map(id)),
  });

describe('who moved a ref', () => {
  test('a chain of marked moves from where it was is certain', () => {
    expect(
      judge(
        [
          ['0', 'a', 'me@x'],
          ['a', 'b', mark],
          ['b', 'c', mark],
        ],
        'a',
        'c',
      ),
    ).toEqual({
      by: 'agent',
      to: id('a'),
    });
    expect(judge([['0', 'a', mark]], '', 'a')).toEqual({ by: 'agent', to: '' });
  });

  test("a person's commit in between or on top is never undone", () => {
    expect(
      judge(
        [
          ['a', 'b', mark],
          ['b', 'c', 'me@x'],
        ],
        'a',
        'c',
      ),
    ).toEqual({ by: 'both' });
    expect(
      judge(
        [
          ['a', 'b', 'me@x'],
          ['b', 'c', mark],
        ],
        'a',
        'c',
      ),
    ).toEqual({ by: 'both' });
    expect(judge([['a', 'b', 'me@x']], 'a', 'b')).toMatchObject({
      by: 'other',
      last: { name: 'Somebody', why: 'commit: x' },
    });
  });

  test('what landed meanwhile is a good place to go back to; what only the log claims is not', () => {
    const moves: [string, string, string][] = [
      ['a', 'b', 'me@x'],
      ['b', 'c', mark],
    ];
    expect(judge(moves, 'a', 'c', ['b'])).toEqual({ by: 'agent', to: id('b') });
    expect(judge([['e', 'c', mark]], 'a', 'c')).toEqual({ by: 'both' });
  });

  test('a log that does not end where the ref is tells that no git moved it; one that is none tells nothing', () => {
    expect(judge([['a', 'b', mark]], 'a', 'c')).toEqual({ by: 'stealth' });
    expect(judge([['a', 'b', mark]], '', 'c')).toEqual({ by: 'other' });
    expect(parseReflog('not a log\n')).toEqual([]);
    expect(judge([], 'a', 'b')).toEqual({ by: 'other' });
  });
});

describe('changes of configuration', () => {
  const values = (lines: Record<string, string>) =>
    parseConfigList(
      Object.entries(lines)
        .map(([key, value]) => `${key}\n${value}\0`)
        .join(''),
    );
  const before = values({ 'remote.origin.url': 'https://host/a.git', 'user.email': 'me@x' });

  test.each([
    ['branch.song.remote', 'origin', true],
    ['branch.song.mergeoptions', '-s evil', false],
    ['remote.fork.url', 'https://host/b.git', true],
    ['remote.fork.url', 'ext::sh -c evil', false],
    ['remote.origin.url', 'https://evil/a.git', false],
    ['remote.origin.uploadpack', 'evil', false],
    ['submodule.lib.url', 'https://host/lib.git', true],
    ['submodule.lib.update', '!evil', false],
    ['user.email', 'agent@x', false],
    ['core.fsmonitor', 'evil', false],
    ['core.hookspath', '/evil', false],
    ['alias.status', '!evil', false],
    ['include.path', '/evil', false],
    ['includeif.gitdir:/x.path', '/evil', false],
    ['url.https://evil/.insteadof', 'https://host/', false],
    ['filter.lfs.clean', 'evil', false],
    ['lfs.https://host/a.git/info/lfs.access', 'basic', true],
  ])('%s = %s', (key, value, everyday) => {
    const after = new Map([...before, [key, [value]]]);
    expect(configChanges(before, after)).toEqual([{ key, everyday }]);
  });

  test('a key that is gone, and one that was given twice, are changes too', () => {
    const after = new Map([['remote.origin.url', ['https://host/a.git', 'https://evil/a.git']]]);
    expect(configChanges(before, after).map(({ key }) => key)).toEqual(['remote.origin.url', 'user.email']);
    expect(configChanges(before, after).every(({ everyday }) => !everyday)).toBe(true);
  });
});
