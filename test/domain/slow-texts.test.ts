/** Texts of agents, tools and servers that are made to be slow to read: each kept the program busy for minutes. */
import { expect, test } from '@jest/globals';
import { classifyError } from '../../src/domain/agents/transcript/errors.js';
import { placeIn } from '../../src/domain/landing/results/places.js';
import { readPytest } from '../../src/domain/landing/results/pytest.js';
import { redactSecrets } from '../../src/domain/landing/secrets.js';
import { higherVersion } from '../../src/domain/landing/structural/versions.js';
import { settingsOf } from '../../src/domain/landing/tamper/read-settings.js';
import { withoutSpans } from '../../src/domain/platform/spans.js';

const long = (piece: string) => piece.repeat(200_000 / piece.length);
const settings = (text: string) => () => {
  try {
    settingsOf('a.json', text);
  } catch (error) {
    // A policy that cannot read a file says so.
    expect((error as Error).message).toContain('too tangled');
  }
};

test.each<[string, () => unknown]>([
  ['words with dots, before secrets are taken out', () => redactSecrets(long('a.'))],
  ['a word, of which error it is', () => classifyError(long('a'))],
  ['words with dots, for a place', () => placeIn(long('a.'))],
  ['empty lines, for the counts of pytest', () => readPytest(long('\n'))],
  ['digits, for versions', () => higherVersion(long('0'), long('0'), long('0'))],
  ['settings in settings that never close', settings(long('{"a":'))],
  ['labels without values', settings(`{${long('a:')}`)],
  [
    'marks that are never closed',
    () => expect(withoutSpans(long('<a>'), /<a>/g, () => '</a>')).toBe(long('<a>')),
  ],
])('%s', (_name, read) => {
  const begun = performance.now();
  read();
  expect(performance.now() - begun).toBeLessThan(10_000);
});

test('what they are read for is still found', () => {
  expect(redactSecrets('see https://me:secret-word@example.com/a')).toBe(
    'see https://me:[redacted]@example.com/a',
  );
  expect(placeIn('at file:///src/a.b/c.ts:12:3')).toEqual({ path: '/src/a.b/c.ts', line: 12 });
  expect(placeIn('(webpack:///./src/a.ts:3)')).toEqual({ path: '/./src/a.ts', line: 3 });
  expect(readPytest('\n=== 1 failed, 2 passed in 0.1s ===\n')?.tests).toEqual({
    passed: 2,
    failed: 1,
    skipped: 0,
  });
  expect(classifyError(`${'x '.repeat(9_000)}429 Too Many Requests`).code).toBe('rate_limit');
  expect(higherVersion('v1.2.3', 'v1.2.4', 'v1.10.0')).toMatchObject({ side: 'theirs' });
  expect(withoutSpans('a<B>b</b>c<B>d', /<b>/gi, () => '</b>')).toBe('ac<B>d');
});
