import { expect, test } from '@jest/globals';
import { formatDuration, formatSize, parseDuration, parseSize } from '../../../src/domain/platform/units.js';

test('durations are read as people write them', () => {
  expect(['90s', '2h', '1.5m', '250ms', ' 1 d '].map(parseDuration)).toEqual([
    90_000, 7_200_000, 90_000, 250, 86_400_000,
  ]);
  for (const text of ['', '5', 's', '-1s', '1w', '1s2', '1e3s']) {
    expect(() => parseDuration(text)).toThrow(
      expect.objectContaining({ code: 'bad-duration', kind: 'usage' }),
    );
  }
});

test('sizes are decimal', () => {
  expect(['1 MB', '1.5GB', '10 kB', '7 B'].map(parseSize)).toEqual([1e6, 1.5e9, 1e4, 7]);
  for (const text of ['', '5', 'MB', '1 MiB', '-1 B']) {
    expect(() => parseSize(text)).toThrow(expect.objectContaining({ code: 'bad-size', kind: 'usage' }));
  }
});

test('durations and sizes are short to read', () => {
  expect([820, 9_999, 45_000, 62_000, 7_500_000, 200_000_000].map(formatDuration)).toEqual([
    '0.8s',
    '10.0s',
    '45s',
    '1m',
    '2h',
    '2d',
  ]);
  expect([0, 999, 1_200_000, 5e12].map(formatSize)).toEqual(['0 B', '999 B', '1.2 MB', '5.0 TB']);
});
