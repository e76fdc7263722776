import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkMerges, mergeTree } from '../../../../src/services/landing/prediction/index.js';
import { buildCase, lines, mergeCases } from '../../../support/merge-cases.js';
import { plant } from '../../../support/planted.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

describe('checkMerges', () => {
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
      {
        a: 'one',
        b: 'two',
        status: 'conflict',
        paths: ['a.txt'],
        conflicts: [
          { path: 'a.txt', kind: 'contents', message: 'CONFLICT (content): Merge conflict in a.txt' },
        ],
      },
      { a: 'one', b: 'three', status: 'clean', paths: [] },
      { a: 'two', b: 'three', status: 'clean', paths: [] },
    ]);
    expect(report.queue).toMatchObject({
      order: ['one', 'two', 'three'],
      firstConflict: 'two',
      with: ['one'],
      lands: 2,
    });
    expect(report.queue?.proposal).toBeUndefined();
  });

  test("a merge driver in the repository is not run, the person's own is", async () => {
    const repo = buildCase(sandbox, mergeCases['the same line edited']!);
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
    const repo = buildCase(sandbox, mergeCases['distant lines of one file']!);
    writeFileSync(sandbox.env.GIT_CONFIG_GLOBAL!, '');
    if (own) sandbox.git(repo, 'config', ...own);
    const session = await sandbox.session(repo);
    const tasks = ['side', 'main'].map((branch) => ({ slug: branch, branch }));
    const report = await checkMerges(session, tasks, { pairs: true, queue: true });
    expect(report.results.map((result) => [result.task, result.status])).toEqual([
      ['side', 'clean'],
      ['main', 'clean'],
    ]);
    expect(report.queue).toMatchObject({ order: ['side', 'main'], lands: 2 });
    expect(report.queue?.firstConflict).toBeUndefined();
  });
});

describe('mergeTree', () => {
  test('keeps the tree when asked, and only then', async () => {
    const repo = buildCase(sandbox, mergeCases['distant lines of one file']!);
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
