import { describe, expect, it } from '@jest/globals';
import { partsOf } from '../../../src/domain/landing/reading-parts.js';
import { redactSecrets } from '../../../src/domain/landing/secrets.js';

const file = (path: string, ...lines: string[]) =>
  `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}\n`).join('')}`;

describe('a diff in parts', () => {
  it('begins with what people wrote, the small before the large, and ends with what tools wrote', () => {
    const diff =
      file('package-lock.json', 'lock') + file('a.txt', ...Array(50).fill('pad')) + file('z.js', 'evil');
    const { parts, unread } = partsOf(diff, { size: 200, most: 9 });
    const whole = parts.join('');
    expect(whole.indexOf('+evil')).toBeLessThan(whole.indexOf('+pad'));
    expect(whole.indexOf('+pad')).toBeLessThan(whole.indexOf('+lock'));
    expect(parts.every((part) => part.length <= 200 && part.startsWith('diff --git'))).toBe(true);
    expect(unread).toEqual([]);
  });

  it('names what did not fit', () => {
    const { parts, unread } = partsOf(file('a.txt', ...Array(90).fill('pad')) + file('b.js', 'x'), {
      size: 200,
      most: 2,
    });
    expect(parts).toHaveLength(2);
    expect(unread).toEqual([expect.stringMatching(/^a\.txt \(\d+ of \d+ characters\)$/)]);
  });

  it('cuts a line that is longer than a part', () => {
    const { parts } = partsOf(file('a.js', `${'x'.repeat(900)}END`), { size: 300, most: 9 });
    expect(parts.join('')).toContain('END');
  });

  it('hides no code behind the first line of a key', () => {
    const key = `-----BEGIN ${'PRIVATE'} KEY-----`;
    const diff = file('a.js', `// ${key}`, 'evil_call({})') + file('b.js', 'more_evil()');
    const [part] = partsOf(diff, { size: 9999, most: 1, redact: redactSecrets }).parts;
    expect(part).toContain('_call({})');
    expect(part).toContain('+more_evil()');
    const whole = redactSecrets(
      `${key}\nProc-Type: 4,ENCRYPTED (x)\n\nMIIE+a/b=\n-----END ${'PRIVATE'} KEY-----\nafter`,
    );
    expect(whole).toBe('[redacted]\nafter');
  });
});
