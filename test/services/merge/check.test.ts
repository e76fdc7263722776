import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkMerges, mergeTree } from '../../../src/services/merge/index.js';
import { plant } from '../../support/planted.js';
import { makeSandbox, type Sandbox } from '../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

const lines = (...changed: [number, string][]) => {
  const text = Array.from({ length: 12 }, (_, at) => `line ${at}`);
  for (const [at, value] of changed) text[at] = value;
  return `${text.join('\n')}\n`;
};
const binary = (seed: number) => Buffer.from(Array.from({ length: 64 }, (_, at) => (at * seed) % 256));

type Change = (repo: string) => void;
interface Case {
  base: Record<string, string>;
  ours: Change;
  theirs: Change;
}
const put =
  (files: Record<string, string | Buffer>): Change =>
  (repo) => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(repo, path, '..'), { recursive: true });
      writeFileSync(join(repo, path), content);
    }
  };
const remove =
  (...paths: string[]): Change =>
  (repo) => {
    for (const path of paths) rmSync(join(repo, path), { recursive: true });
  };
const rename =
  (from: string, to: string): Change =>
  (repo) => {
    mkdirSync(join(repo, to, '..'), { recursive: true });
    renameSync(join(repo, from), join(repo, to));
  };
const all =
  (...changes: Change[]): Change =>
  (repo) => {
    for (const change of changes) change(repo);
  };

const cases: Record<string, Case> = {
  'the same line edited': {
    base: { 'a.txt': lines() },
    ours: put({ 'a.txt': lines([5, 'ours']) }),
    theirs: put({ 'a.txt': lines([5, 'theirs']) }),
  },
  'a file added by both': {
    base: {},
    ours: put({ 'n.txt': 'ours\n' }),
    theirs: put({ 'n.txt': 'theirs\n' }),
  },
  'edited here, deleted there': {
    base: { 'a.txt': lines() },
    ours: put({ 'a.txt': lines([1, 'ours']) }),
    theirs: remove('a.txt'),
  },
  'renamed here, edited on both sides': {
    base: { 'a.txt': lines() },
    ours: all(rename('a.txt', 'b.txt'), put({ 'b.txt': lines([5, 'ours']) })),
    theirs: put({ 'a.txt': lines([5, 'theirs']) }),
  },
  'renamed to two names': {
    base: { 'a.txt': lines() },
    ours: rename('a.txt', 'b.txt'),
    theirs: rename('a.txt', 'c.txt'),
  },
  'a file here, a folder there': {
    base: { 'keep.txt': 'k\n' },
    ours: put({ thing: 'file\n' }),
    theirs: put({ 'thing/in.txt': 'folder\n' }),
  },
  'a folder renamed here, a file added to it there': {
    base: { 'old/a.txt': lines(), 'old/b.txt': lines([0, 'b']) },
    ours: rename('old', 'new'),
    theirs: put({ 'old/c.txt': 'new file\n' }),
  },
  'a binary file added by both': {
    base: {},
    ours: put({ 'b.bin': binary(7) }),
    theirs: put({ 'b.bin': binary(11) }),
  },
  'two files renamed onto one name': {
    base: { 'a.txt': lines([0, 'a']), 'b.txt': lines([0, 'b'], [3, 'bb'], [6, 'bbb']) },
    ours: rename('a.txt', 'same.txt'),
    theirs: rename('b.txt', 'same.txt'),
  },
  'renamed here, deleted there': {
    base: { 'a.txt': lines() },
    ours: rename('a.txt', 'b.txt'),
    theirs: remove('a.txt'),
  },
  'a link here, a file there': {
    base: {},
    ours: (repo) => symlinkSync('target', join(repo, 'x')),
    theirs: put({ x: 'file\n' }),
  },
  'distant lines of one file': {
    base: { 'a.txt': lines() },
    ours: put({ 'a.txt': lines([0, 'ours']) }),
    theirs: put({ 'a.txt': lines([11, 'theirs']) }),
  },
  'renamed here, edited there': {
    base: { 'a.txt': lines() },
    ours: rename('a.txt', 'b.txt'),
    theirs: put({ 'a.txt': lines([5, 'theirs']) }),
  },
  'marker text inside a file': {
    base: { 'a.txt': lines() },
    ours: put({ 'a.txt': `<<<<<<< ours\n${lines()}` }),
    theirs: put({ 'b.txt': '>>>>>>> theirs\n' }),
  },
  'a file whose attribute takes both sides': {
    base: { 'log.txt': lines(), '.gitattributes': 'log.txt merge=union\n' },
    ours: put({ 'log.txt': lines([5, 'ours']) }),
    theirs: put({ 'log.txt': lines([5, 'theirs']) }),
  },
  'a file whose attribute forbids merging': {
    base: { 'a.dat': lines(), '.gitattributes': '*.dat -merge\n' },
    ours: put({ 'a.dat': lines([0, 'ours']) }),
    theirs: put({ 'a.dat': lines([11, 'theirs']) }),
  },
};

/** Makes branches main and side from a case. */
function build({ base, ours, theirs }: Case): string {
  const repo = sandbox.repo({ 'README.md': 'r\n', ...base });
  sandbox.git(repo, 'checkout', '-q', '-b', 'side');
  theirs(repo);
  sandbox.commit(repo, {}, 'theirs');
  sandbox.git(repo, 'checkout', '-q', 'main');
  ours(repo);
  sandbox.commit(repo, {}, 'ours');
  return repo;
}

/** What a real merge in a clone says. */
function reallyMerge(repo: string): { clean: boolean; paths: string[]; tree?: string } {
  const clone = join(sandbox.root, 'clone');
  sandbox.git(sandbox.root, 'clone', '-q', repo, clone);
  try {
    sandbox.git(clone, 'merge', '-q', '-m', 'm', 'origin/side');
    return { clean: true, paths: [], tree: sandbox.git(clone, 'rev-parse', 'HEAD^{tree}') };
  } catch {
    const unmerged = sandbox.git(clone, 'ls-files', '-u', '-z').split('\0').filter(Boolean);
    // Where a file and a folder collide git invents a name; people know the file by its own.
    const paths = unmerged.map((line) => line.slice(line.indexOf('\t') + 1).replace(/~.*$/, ''));
    return { clean: false, paths: [...new Set(paths)].sort() };
  }
}

/** Everything in the repository that a check could change, as one text. */
function fingerprint(repo: string): string {
  const files = (readdirSync(repo, { recursive: true }) as string[]).sort().map((name) => {
    const path = join(repo, name);
    const found = statSync(path, { throwIfNoEntry: false });
    const content = found?.isFile() ? createHash('sha1').update(readFileSync(path)).digest('hex') : '';
    return `${name} ${found?.mode} ${content}`;
  });
  return [...files, sandbox.git(repo, 'for-each-ref')].join('\n');
}

describe('checkMerges', () => {
  test.each(Object.keys(cases))('agrees with a real merge: %s', async (name) => {
    const repo = build(cases[name]!);
    const truth = reallyMerge(repo);
    const session = await sandbox.session(repo);
    const before = fingerprint(repo);
    const report = await checkMerges(session, [{ slug: 'side', branch: 'side' }], {
      pairs: true,
      queue: true,
    });
    expect(fingerprint(repo)).toBe(before);
    const [result] = report.results;
    expect(result).toMatchObject({
      task: 'side',
      status: truth.clean ? 'clean' : 'conflict',
      ahead: 1,
      behind: 1,
    });
    expect(result?.tree).toBe(truth.tree);
    expect(result?.conflicts.map((conflict) => conflict.path).sort()).toEqual(truth.paths);
    expect(report.queue).toEqual({ order: ['side'], ...(truth.clean ? {} : { firstConflict: 'side' }) });
  });

  test('what cannot be known is unknown, never clean', async () => {
    const repo = sandbox.repo({ 'a.txt': lines() });
    sandbox.git(repo, 'checkout', '-q', '--orphan', 'unrelated');
    sandbox.commit(repo, { 'b.txt': 'b\n' });
    sandbox.git(repo, 'checkout', '-q', '-b', 'broken', 'main');
    sandbox.commit(repo, { 'a.txt': lines([3, 'broken']) });
    const blob = sandbox.git(repo, 'rev-parse', 'HEAD:a.txt');
    sandbox.git(repo, 'checkout', '-q', 'main');
    sandbox.git(repo, 'checkout', '-q', '-b', 'good');
    sandbox.commit(repo, { 'c.txt': 'c\n' });
    sandbox.git(repo, 'checkout', '-q', 'main');
    sandbox.commit(repo, { 'a.txt': lines([9, 'main']) });
    rmSync(join(repo, '.git', 'objects', blob.slice(0, 2), blob.slice(2)));
    const session = await sandbox.session(repo);
    const branches = ['missing', 'unrelated', 'broken', 'good'];
    const report = await checkMerges(
      session,
      branches.map((branch) => ({ slug: branch, branch })),
      { pairs: true, queue: true },
    );
    expect(report.results.map((result) => [result.task, result.status])).toEqual([
      ['missing', 'unknown'],
      ['unrelated', 'unknown'],
      ['broken', 'unknown'],
      ['good', 'clean'],
    ]);
    for (const result of report.results.slice(0, 3)) expect(result.reason).toMatch(/\w/);
    const unsure = report.pairs.filter((pair) => pair.a === 'missing' || pair.a === 'unrelated');
    expect(unsure.map((pair) => pair.status)).not.toContain('clean');
    expect(report.queue?.firstConflict).toBe('missing');
    const nowhere = await checkMerges(session, [{ slug: 'good', branch: 'good' }], { into: 'no-such' });
    expect(nowhere.results[0]).toMatchObject({ status: 'unknown', reason: 'there is no branch no-such' });
  });

  test('pairs are judged on top of the target, and the queue goes on past a conflict', async () => {
    const repo = sandbox.repo({ 'a.txt': lines(), 'b.txt': lines() });
    const branch = (name: string, files: Record<string, string>) => {
      sandbox.git(repo, 'checkout', '-q', '-b', name, 'main');
      sandbox.commit(repo, files);
      return { slug: name, branch: name };
    };
    const tasks = [
      branch('one', { 'a.txt': lines([5, 'one']) }),
      branch('two', { 'a.txt': lines([5, 'two']) }),
      branch('three', { 'b.txt': lines([5, 'three']) }),
    ];
    sandbox.git(repo, 'checkout', '-q', 'main');
    const session = await sandbox.session(repo);
    const report = await checkMerges(session, tasks, { pairs: true, queue: true });
    expect(report.results.map((result) => result.status)).toEqual(['clean', 'clean', 'clean']);
    expect(report.pairs).toEqual([
      { a: 'one', b: 'two', status: 'conflict', paths: ['a.txt'] },
      { a: 'one', b: 'three', status: 'clean', paths: [] },
      { a: 'two', b: 'three', status: 'clean', paths: [] },
    ]);
    expect(report.queue).toEqual({ order: ['one', 'two', 'three'], firstConflict: 'two' });
  });

  test("a merge driver in the repository is not run, the person's own is", async () => {
    const repo = build(cases['the same line edited']!);
    const planted = plant(sandbox, repo);
    const session = await sandbox.session(repo);
    const check = async () => (await checkMerges(session, [{ slug: 'side', branch: 'side' }])).results[0];
    expect(await check()).toMatchObject({
      status: 'conflict',
      conflicts: [{ path: 'a.txt', kind: 'contents' }],
    });
    expect(planted.fired()).toEqual([]);
    sandbox.git(repo, 'config', '--global', 'merge.evil.driver', 'true');
    expect(await check()).toMatchObject({ status: 'clean' });
  });
});

describe('without an identity of the user', () => {
  test.each([
    ['the repository has one', ['user.email', 'own@example.com']],
    ['nobody has one', undefined],
  ])('pairs and queue are told when %s', async (_, own) => {
    const repo = build(cases['distant lines of one file']!);
    writeFileSync(sandbox.env.GIT_CONFIG_GLOBAL!, '');
    if (own) sandbox.git(repo, 'config', ...own);
    const session = await sandbox.session(repo);
    const tasks = ['side', 'main'].map((branch) => ({ slug: branch, branch }));
    const report = await checkMerges(session, tasks, { pairs: true, queue: true });
    expect(report.results.map((result) => [result.task, result.status])).toEqual([
      ['side', 'clean'],
      ['main', 'clean'],
    ]);
    expect(report.queue).toEqual({ order: ['side', 'main'] });
  });
});

describe('mergeTree', () => {
  test('keeps the tree when asked, and only then', async () => {
    const repo = build(cases['distant lines of one file']!);
    const session = await sandbox.session(repo);
    const [ours, theirs] = [await session.git.commitOf('main'), await session.git.commitOf('side')];
    const passing = await mergeTree(session, ours!, theirs!);
    expect(passing.status).toBe('clean');
    await expect(session.git.run(['cat-file', '-e', passing.tree!])).rejects.toMatchObject({
      code: 'git-failed',
    });
    const kept = await mergeTree(session, ours!, theirs!, { keep: true });
    expect(kept.tree).toBe(passing.tree);
    await session.git.run(['cat-file', '-e', kept.tree!]);
    expect(await mergeTree(session, ours!, '0'.repeat(40))).toMatchObject({ status: 'unknown' });
  });
});
