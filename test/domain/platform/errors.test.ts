import { describe, expect, test } from '@jest/globals';
import {
  appError,
  exitCodeOf,
  hasCode,
  isAppError,
  messageOf,
  toAppError,
  withHint,
} from '../../../src/domain/platform/errors.js';

test('an error carries code, kind, hint and cause', () => {
  const cause = new Error('below');
  const error = appError('task-not-found', 'There is none.', { kind: 'usage', hint: 'Look.', cause });
  expect(error).toMatchObject({
    name: 'AppError',
    code: 'task-not-found',
    kind: 'usage',
    hint: 'Look.',
    cause,
  });
  expect(isAppError(error)).toBe(true);
  expect(appError('x', 'y')).not.toHaveProperty('hint');
});

test('each kind has the exit code that scripts rely on', () => {
  const kinds = [
    'failure',
    'usage',
    'validation',
    'conflict',
    'run',
    'trust',
    'input',
    'interrupted',
  ] as const;
  expect(kinds.map((kind) => exitCodeOf(appError('x', 'y', { kind })))).toEqual([1, 2, 3, 4, 5, 6, 7, 130]);
});

test('codes are compared, whoever threw', () => {
  expect(hasCode(Object.assign(new Error(), { code: 'ENOENT' }), 'ENOENT')).toBe(true);
  expect([undefined, null, 'ENOENT', {}].map((thrown) => hasCode(thrown, 'ENOENT'))).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test('anything thrown becomes an error, our own stays as it is', () => {
  const own = appError('x', 'y');
  expect(toAppError(own)).toBe(own);
  expect(toAppError(new TypeError('boom'))).toMatchObject({
    code: 'internal',
    kind: 'failure',
    message: 'boom',
  });
  expect(toAppError('text')).toMatchObject({ code: 'internal', message: 'text' });
  expect(toAppError(new DOMException('stop', 'AbortError'))).toMatchObject({
    code: 'interrupted',
    kind: 'interrupted',
  });
  expect(messageOf(undefined)).toBe('undefined');
});

describe('what the system refused', () => {
  const refused = (code: string, more: object = {}) =>
    Object.assign(new Error(`${code}: raw words`), { code, syscall: 'write', ...more });

  test('is told by what, where and how to go on', () => {
    const error = toAppError(refused('ENOSPC', { path: '/state/x.json' }));
    expect(error).toMatchObject({
      kind: 'failure',
      code: 'disk-full',
      message: 'The disk is full: /state/x.json cannot be written.',
      hint: expect.stringContaining('Make room'),
    });
    expect(messageOf(refused('EROFS', { path: '/a', dest: '/b' }))).toBe(
      'The file system is read-only: /b cannot be written.',
    );
    expect(messageOf(refused('ENOTSUP', { syscall: 'link', dest: '/b' }))).toContain('no hard link at /b');
  });

  test('so is what stands where something else belongs', () => {
    for (const [code, words] of [
      ['EISDIR', '/state/x is a folder, where a file belongs.'],
      ['ENOTDIR', 'A part of the path /state/x is a file, where a folder belongs.'],
      ['EEXIST', '/state/x is there already, and is not what belongs there.'],
      ['ELOOP', '/state/x is a link that leads back to itself.'],
    ] as const) {
      const error = toAppError(refused(code, { path: '/state/x' }));
      expect(error).toMatchObject({ code: 'in-the-way', message: words, hint: expect.any(String) });
    }
  });

  test('and nothing else is: a program of ours that says the same, a file that is missing', () => {
    expect(messageOf(Object.assign(new Error('raw'), { code: 'ENOSPC' }))).toBe('raw');
    expect(toAppError(refused('ENOENT'))).toMatchObject({ code: 'internal', message: 'ENOENT: raw words' });
  });
});

test('a folder for which there is no room is told as that, though Node says that it is not there', () => {
  const more = { code: 'ENOENT', syscall: 'mkdir', path: '/a/b' };
  const refused = Object.assign(new Error("ENOENT: no such file or directory, mkdir '/a/b'"), more);
  expect(messageOf(refused)).toMatch(/^The folder \/a\/b cannot be made: its disk has no room/);
  expect(toAppError(refused)).toMatchObject({ code: 'no-folder', hint: expect.stringContaining('df -i') });
  expect(messageOf(Object.assign(refused, { syscall: 'open' }))).toContain('no such file');
});

test('what happened and its hint are sentences of their own, also where a program ended without a full stop', () => {
  const hint = 'Make room there.';
  const line = (message: string, more = {}) => withHint(appError('git-failed', message, more));
  expect(line('git add failed: No space left on device', { hint })).toBe(
    'git add failed: No space left on device. Make room there.',
  );
  expect(line('The disk is full.', { hint })).toBe('The disk is full. Make room there.');
  expect(line('It failed')).toBe('It failed');
});
