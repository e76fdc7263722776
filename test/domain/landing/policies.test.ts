import { describe, expect, it } from '@jest/globals';
import { parseDiff, pathsOf } from '../../../src/domain/landing/diff.js';
import { judgePolicies } from '../../../src/domain/landing/policies.js';
import { isSecretFile, redactSecrets, secretIn } from '../../../src/domain/landing/secrets.js';
import { matchesAny } from '../../../src/domain/platform/glob.js';
import { defaultConfig, type PolicyConfig } from '../../../src/domain/store/config.js';

/** A diff that adds these lines to a new file. */
const adding = (path: string, ...lines: string[]) =>
  `diff --git a/${path} b/${path}\nnew file mode 100644\nindex 0000000..1\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}\n`).join('')}`;

const judge = (diff: string, policies: Record<string, PolicyConfig> = defaultConfig.validator.policies) =>
  Object.fromEntries(
    judgePolicies(parseDiff(diff), policies).map(({ name, status, detail }) => [
      name,
      `${status} ${detail}`.trim(),
    ]),
  );

describe('a diff', () => {
  it('knows what was added where, what was renamed, deleted, binary, and odd names', () => {
    const diff = [
      'diff --git a/old name.ts b/new name.ts',
      'similarity index 90%',
      'rename from old name.ts',
      'rename to new name.ts',
      '--- a/old name.ts\t',
      '+++ b/new name.ts\t',
      '@@ -3,3 +3,3 @@ function',
      ' same',
      '--- looks like a header',
      '+++ looks like one too',
      ' same',
      'diff --git "a/tab\\there\\303\\274" "b/tab\\there\\303\\274"',
      'deleted file mode 100644',
      '--- "a/tab\\there\\303\\274"',
      '+++ /dev/null',
      '@@ -1 +0,0 @@',
      '-gone',
      '\\ No newline at end of file',
      'diff --git a/image.png b/image.png',
      'index 1..2 100644',
      'Binary files a/image.png and b/image.png differ',
      '',
    ].join('\n');
    const files = parseDiff(diff);
    expect(files).toMatchObject([
      { path: 'new name.ts', oldPath: 'old name.ts', change: 'renamed', added: 1, removed: 1, binary: false },
      { path: 'tab\there\u00fc', change: 'deleted', added: 0, removed: 1 },
      { path: 'image.png', change: 'modified', binary: true, hunks: [] },
    ]);
    expect(files[0]!.hunks[0]!.map(({ kind, line }) => [kind, line])).toEqual([
      ['context', 3],
      ['removed', 4],
      ['added', 4],
      ['context', 5],
    ]);
    expect(pathsOf(files)).toEqual(['new name.ts', 'old name.ts', 'tab\there\u00fc', 'image.png']);
  });
});

describe('policies', () => {
  it('pass an ordinary change, and leave out what is off', () => {
    expect(judge(adding('src/a.ts', 'export const a = 1;'))).toEqual({
      changed_lines: 'pass',
      forbidden_paths: 'pass',
      conflict_markers: 'pass',
      secrets: 'pass',
      weakened_tests: 'pass',
      check_definitions: 'pass',
    });
  });

  it.each([
    ['.github/workflows/ci.yml', true],
    ['.gitattributes', true],
    ['.codex-agent/config.toml', true],
    ['docs/.github.md', false],
    ['src/.gitkeep', false],
  ])('forbidden_paths on %s: %s', (path, forbidden) => {
    expect(judge(adding(path, 'x')).forbidden_paths).toBe(forbidden ? `fail ${path}` : 'pass');
  });

  it('see a forbidden file that was renamed away', () => {
    const diff =
      'diff --git a/.gitlab-ci.yml b/x.yml\nsimilarity index 100%\nrename from .gitlab-ci.yml\nrename to x.yml\n';
    expect(judge(diff).forbidden_paths).toBe('fail .gitlab-ci.yml');
  });

  it('find markers, but no rulers of Markdown', () => {
    expect(judge(adding('a.md', 'Title', '=======', '<<<<<<< HEAD')).conflict_markers).toBe('fail a.md:3');
    expect(judge(adding('a.md', 'Title', '=======', '>>>>>>>> quoted')).conflict_markers).toBe('pass');
  });

  it('find secrets by shape and by file name, only in what was added', () => {
    const key = `ghp_${'a1B2'.repeat(10)}`;
    expect(judge(adding('src/a.ts', `const k = '${key}';`)).secrets).toBe('fail src/a.ts:1 (GitHub token)');
    expect(judge(adding('deploy/.env', 'A=1')).secrets).toBe('fail deploy/.env');
    const removed = `diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,1 +0,0 @@\n-${key}\n`;
    expect(judge(removed).secrets).toBe('pass');
  });

  it('count lines, and warn where the level is warn', () => {
    const policies = { changed_lines: { level: 'warn', max: 2 } } as const;
    expect(judge(adding('a', '1', '2', '3'), policies).changed_lines).toBe(
      'warn 3 lines changed, more than 2',
    );
    expect(judge(adding('a', '1', '2'), policies).changed_lines).toBe('pass');
  });

  it('measure lines in characters, not in halves of them', () => {
    const policies = { line_length: { level: 'fail', max: 3 } } as const;
    expect(judge(adding('a', '🙂🙂🙂', 'four'), policies).line_length).toBe('fail a:2');
  });

  it('tell documented declarations from bare ones', () => {
    const policies = { doc_coverage: { level: 'fail', min: 1 } } as const;
    const documented = adding('a.ts', '/** Adds. */', 'export function add() {}', 'function own() {}');
    expect(judge(documented, policies).doc_coverage).toBe('pass');
    const bare = adding('a.py', 'def add():', '    """Adds."""', 'def sub():', '    pass');
    expect(judge(bare, policies).doc_coverage).toBe(
      'fail 50 % of new public declarations are documented, less than 100 %: a.py:3',
    );
  });

  it('are errors, never passes, when unknown, misconfigured or unread', () => {
    const policies = {
      no_such: { level: 'fail' },
      toString: { level: 'warn' },
      changed_lines: { level: 'warn', max: 'many' },
    } as const;
    expect(judge('', policies)).toMatchObject({
      no_such: expect.stringMatching(/^error no such policy/),
      toString: expect.stringMatching(/^error no such policy/),
      changed_lines: 'error max must be a number of 0 or more',
    });
    const unread = judgePolicies([], defaultConfig.validator.policies, { unread: 'too large' });
    expect(unread.filter((policy) => policy.status === 'error').map((policy) => policy.name)).toEqual([
      'conflict_markers',
      'secrets',
    ]);
  });
});

describe('globs', () => {
  it.each<[string, string, boolean]>([
    ['src/**', 'src/a/b.ts', true],
    ['src/**', 'src', false],
    ['src/**/*.ts', 'src/a.ts', true],
    ['src/**/*.ts', 'src/a/b/c.ts', true],
    ['**/*.md', 'README.md', true],
    ['*.md', 'docs/a.md', false],
    ['.git*', '.gitignore', true],
    ['a?c', 'a/c', false],
    ['{lib,src}/*.{js,ts}', 'src/a.ts', true],
    ['{lib,src}/*.{js,ts}', 'src/a.md', false],
    ['[a-c].txt', 'b.txt', true],
    ['[!a-c].txt', 'b.txt', false],
    ['a.b+(c)', 'a.b+(c)', true],
    ['a.b', 'aXb', false],
    ['{open', '{open', true],
    ['[', '[', true],
  ])('%s on %s: %s', (glob, path, matches) => {
    expect(matchesAny(path, [glob])).toBe(matches);
  });
});

describe('secrets', () => {
  it('are known by their shape', () => {
    const pem = ['-----BEGIN', 'RSA', 'PRIVATE', 'KEY-----'].join(' ');
    expect(secretIn(pem)).toBe('private key');
    expect(secretIn(`sk-proj-${'x'.repeat(30)}`)).toBe('OpenAI key');
    expect(secretIn('task-list-with-a-rather-long-name-0123')).toBeUndefined();
  });

  it('are taken out of text, given values as well', () => {
    expect(redactSecrets('a AKIAABCDEFGHIJKLMNOP b hunter22x c', ['hunter22x', 'b'])).toBe(
      'a [redacted] b [redacted] c',
    );
  });

  it('live in environment files, not in their examples', () => {
    expect(['.env', 'a/.env.local', 'id_rsa', 'x.pem'].every(isSecretFile)).toBe(true);
    expect(['.env.example', 'env.ts', '.environment'].some(isSecretFile)).toBe(false);
  });
});
