import { describe, expect, it } from '@jest/globals';
import { type CallFact, callOf, callSaid, isNotable, parseCall } from '../../../src/domain/platform/call.js';

const known = { at: '2026-01-02T03:04:05.678Z', pid: 7, cause: 'status', secrets: ['hunter2-hunter2'] };
const fact = (words: string[], more: Partial<CallFact> = {}): CallFact => ({
  kind: 'git',
  words,
  ms: 12.4,
  outcome: 'ok',
  ok: true,
  ...more,
});
const what = (...words: string[]) => callOf(fact(words), known).what;

describe('a line of the log', () => {
  it('says what was called as it would be typed, how long it took, and how it ended', () => {
    const call = callOf(
      fact(['git', 'commit', '-m', "it's"], { outcome: 'exit 128', ok: false, said: 'fatal: no' }),
      known,
    );
    expect(call).toMatchObject({ cause: 'status', kind: 'git', ms: 12, what: "git commit -m 'it'\\''s'" });
    expect(callSaid(call)).toBe("[12 ms, exit 128] $ git commit -m 'it'\\''s': fatal: no");
    expect(parseCall(JSON.stringify(call))).toEqual(call);
    expect(parseCall('{"at":"half a li')).toBeUndefined();
  });

  it.each([
    ['an option', ['tool', '--api-token', 'abc123'], 'tool --api-token [redacted]'],
    ['an option with =', ['tool', '--password=abc123', 'x'], 'tool --password=[redacted] x'],
    ['a setting', ['git', '-c', 'http.token=abc', 'fetch'], 'git -c http.token=[redacted] fetch'],
    ['a setting of its own', ['git', 'config', 'api.secret', 'abc'], 'git config api.secret [redacted]'],
    ['an address', ['git', 'fetch', 'https://me:abc@host/x'], 'git fetch https://me:[redacted]@host/x'],
    ['a parameter', ['curl', 'http://h/?a=1&token=abc&b=2'], "curl 'http://h/?a=1&token=[redacted]&b=2'"],
    ['a header', ['curl', '-H', 'Authorization: Bearer abc'], "curl -H 'Authorization: Bearer [redacted]'"],
    ['a known shape', ['echo', `ghp_${'a'.repeat(36)}`], 'echo [redacted]'],
    ['a value of the environment', ['echo', 'x=hunter2-hunter2!'], "echo 'x=[redacted]!'"],
  ])('has no secret in %s', (_, words, told) => expect(what(...words)).toBe(told));

  it('keeps the names of people, and is never long', () => {
    expect(what('git', 'commit', '--author=Ann <a@b.c>')).toBe("git commit '--author=Ann <a@b.c>'");
    const long = what('agent', 'p'.repeat(100_000), ...Array.from({ length: 50 }, () => 'q'.repeat(100)));
    expect(long.length).toBeLessThan(1100);
    expect(long).toContain('characters)');
  });
});

it('a call is shown while it happens when it changes something, costs something or fails', () => {
  const shown = (words: string[], more: Partial<CallFact> = {}) =>
    isNotable(callOf(fact(words, more), known));
  expect(shown(['git', 'status', '--porcelain'])).toBe(false);
  expect(shown(['git', '-c', 'a=b', 'merge-tree', 'x', 'y'])).toBe(false);
  expect(shown(['git', 'worktree', 'list'])).toBe(false);
  expect(shown(['git', 'status'], { ok: false })).toBe(true);
  expect(shown(['git', 'worktree', 'add', 'x'])).toBe(true);
  expect(shown(['git', 'update-ref', 'x'])).toBe(true);
  expect(shown(['npm', 'test'], { kind: 'process' })).toBe(true);
});
