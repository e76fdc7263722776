import { describe, expect, it } from '@jest/globals';
import { parseDiff, pathsOf } from '../../../src/domain/landing/diff.js';
import { type JudgedChange, judgePolicies } from '../../../src/domain/landing/policies/judge.js';
import { fingerprintOf } from '../../../src/domain/landing/policies/secret-places.js';
import { redactSecrets, secretIn } from '../../../src/domain/landing/secrets.js';
import { matchesAny } from '../../../src/domain/platform/glob.js';
import { defaultConfig } from '../../../src/domain/store/config.js';
import type { PolicyConfig } from '../../../src/domain/store/policies.js';
import { harmless, seeds } from '../../support/seeded-changes.js';

/** A diff that adds these lines to a new file. */
const adding = (path: string, ...lines: string[]) =>
  `diff --git a/${path} b/${path}\nnew file mode 100644\nindex 0000000..1\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}\n`).join('')}`;

const changeOf = (diff: string): JudgedChange => ({ files: parseDiff(diff), texts: [], runs: [] });

const judge = (
  diff: string,
  policies: Record<string, PolicyConfig> = defaultConfig.validator.policies,
  allowed: string[] = [],
) =>
  Object.fromEntries(
    judgePolicies(changeOf(diff), policies, { allowed }).map(({ name, status, detail }) => [
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
  it.each(
    seeds.map((seed): [string, string, string, (typeof seeds)[number]] => [
      seed.policy!,
      seed.kind,
      seed.path,
      seed,
    ]),
  )('%s tells: %s in %s', (policy, _, __, { change, policies = {}, status = 'fail' }) => {
    const told = judgePolicies(change(), { ...defaultConfig.validator.policies, ...policies });
    expect(told.find(({ name }) => name === policy)).toMatchObject({
      status,
      detail: expect.stringMatching(/./),
    });
  });

  it.each(harmless.map((one): [string, string, (typeof harmless)[number]] => [one.kind, one.path, one]))(
    'let by default: %s in %s',
    (_, __, { change }) => {
      const told = judgePolicies(change(), defaultConfig.validator.policies);
      expect(told.filter(({ status }) => status === 'fail' || status === 'error')).toEqual([]);
    },
  );

  it('leave out what is off', () => {
    // What checks ran is judged after them, not by the change.
    const on = Object.entries(defaultConfig.validator.policies).filter(
      ([name, { level }]) => level !== 'off' && name !== 'fewer_tests',
    );
    expect(Object.keys(judge(adding('src/a.ts', 'export const a = 1;'))).sort()).toEqual(
      on.map(([name]) => name).sort(),
    );
  });

  it.each([
    ['.github/workflows/ci.yml', 'protected_paths', true],
    ['.github/ISSUE_TEMPLATE/bug.md', 'protected_paths', false],
    ['.gitattributes', 'forbidden_paths', true],
    ['.gitignore', 'forbidden_paths', false],
    ['.codex-agent/config.toml', 'forbidden_paths', true],
    ['docs/.github.md', 'protected_paths', false],
    ['src/.gitkeep', 'forbidden_paths', false],
  ])('%s by %s: %s', (path, policy, forbidden) => {
    expect(judge(adding(path, 'x'))[policy]).toBe(forbidden ? `fail ${path}` : 'pass');
  });

  it('fail no more for what a person allowed: all of it, a file, a secret by its fingerprint', () => {
    const diff = adding('.github/workflows/ci.yml', 'x');
    const told = (allowed: string) => judge(diff, undefined, [allowed]).protected_paths;
    expect(told('protected_paths')).toMatch(/^warn .*allowed/);
    expect(told('protected_paths:.github/**')).toMatch(/^warn .*allowed/);
    expect(told('protected_paths:.gitlab-ci.yml')).toMatch(/^fail/);
    const key = `ghp_${'a1B2c3'.repeat(7)}`;
    const leak = adding('src/a.ts', `const k = '${key}';`);
    expect(judge(leak).secrets).toMatch(/^fail/);
    expect(judge(leak, undefined, [`secrets:${fingerprintOf(key)}`]).secrets).toMatch(/^warn/);
    const config = { secrets: { level: 'fail', allow: [fingerprintOf(key)] } } as const;
    expect(judge(leak, config).secrets).toBe('pass');
    expect(fingerprintOf(key)).not.toContain(key.slice(0, 6));
  });

  it('see a forbidden file that was renamed away', () => {
    const diff =
      'diff --git a/.gitlab-ci.yml b/x.yml\nsimilarity index 100%\nrename from .gitlab-ci.yml\nrename to x.yml\n';
    expect(judge(diff).protected_paths).toBe('fail .gitlab-ci.yml');
  });

  it('find markers, but no rulers of Markdown', () => {
    expect(judge(adding('a.ts', 'a', '=======', '<<<<<<< HEAD')).conflict_markers).toMatch(/^fail a.ts:3/);
    expect(judge(adding('a.md', 'Title', '=======', '>>>>>>>> quoted')).conflict_markers).toBe('pass');
  });

  it('find secrets by shape and by file name, only in what was added', () => {
    const key = `ghp_${'a1B2c3'.repeat(7)}`;
    expect(judge(adding('src/a.ts', `const k = '${key}';`)).secrets).toMatch(
      /^fail src\/a.ts:1: GitHub token/,
    );
    expect(judge(adding('deploy/.env', 'DB_PASSWORD=hunter22-and-more')).secrets).toMatch(
      /^fail deploy\/.env:1/,
    );
    expect(judge(adding('deploy/.env', 'A=1')).secrets).toBe('pass');
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
    expect(judge(adding('a', '🙂🙂🙂', 'four'), policies).line_length).toMatch(/^fail a:2/);
  });

  it('tell documented declarations from bare ones', () => {
    const policies = { doc_coverage: { level: 'fail', min: 1 } } as const;
    const documented = adding('a.ts', '/** Adds. */', 'export function add() {}', 'function own() {}');
    expect(judge(documented, policies).doc_coverage).toBe('pass');
    const bare = adding('a.py', 'def add():', '    """Adds."""', 'def sub():', '    pass');
    expect(judge(bare, policies).doc_coverage).toBe('fail a.py:3: is public and not documented');
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
    const unread = judgePolicies(
      { files: [], texts: [], runs: [], unread: 'too large' },
      defaultConfig.validator.policies,
    );
    expect(unread.filter((policy) => policy.status === 'error').map((policy) => policy.name)).toEqual([
      'forbidden_patterns',
      'conflict_markers',
      'secrets',
      'suppressions',
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
});
