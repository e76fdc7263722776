import { describe, expect, it } from '@jest/globals';
import { parseConflicts } from '../../../src/domain/landing/hunks.js';
import { linesAround, whyNotShown, withoutSecrets } from '../../../src/domain/landing/question.js';

/** Parts, so that no scanner takes this file for a leak. */
const made: Record<string, string> = {
  'a token of three parts': [
    'eyJhbGciOiJIUzI1NiJ9',
    'eyJzdWIiOiIxMjM0NTY3ODkwIn0',
    'dozjgNryP4J3jVmNHl0w5N',
  ].join('.'),
  'a token of DigitalOcean': `dop_v1_${'4f9c2b7a1e8d6035'.repeat(4)}`,
  'a key of age': `AGE-SECRET-KEY-1${'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L'.repeat(2).slice(0, 58)}`,
  'a token of GitLab': ['glrt', 'x7Kd93LmQ2vBn8Rt5YpW'].join('-'),
  'a key of AWS': ['AKIA', 'QWERT2345ZXCV67P'].join(''),
};

const line = (value: string) => `const j = '${value}';\n`;
const conflict = (before: string, side: string, after: string) =>
  parseConflicts(
    `${before}<<<<<<< a\n${side}||||||| b\ncall(0);\n=======\ncall(two, 2);\n>>>>>>> c\n${after}`,
  )!;

describe.each(Object.entries(made))('%s', (_, value) => {
  it('does not leave with the lines around a hunk', () => {
    const parts = conflict(line(value), 'call(one, 1);\n', `// ${value}\n`);
    const hunk = parts.flatMap((part) => (part.type === 'hunk' ? [part.hunk] : []))[0]!;
    const { before, after } = linesAround(parts, hunk);
    expect(before + after).not.toContain(value.slice(0, 12));
    expect(before).toContain('const j =');
    expect(whyNotShown(parts)).toBeUndefined();
  });

  it('keeps a hunk that holds it from being shown', () => {
    expect(whyNotShown(conflict('', line(value), ''))).toMatch(/what looks like a secret/);
  });

  it('does not leave within a goal or a change', () => {
    expect(withoutSecrets(`Use this: ${value} for the tests`)).not.toContain(value.slice(0, 12));
  });
});

it('leaves ordinary text as it is', () => {
  const plain = `import { eye } from './eyes.js';
const id = '9b2e1c44-0d5f-4f6a-8a77-1f2e3d4c5b6a';
const sha = '4f9c2b7a1e8d60354f9c2b7a1e8d60354f9c2b7a';
export const describe = (path) => path.split('/');
`;
  expect(withoutSecrets(plain)).toBe(plain);
});
