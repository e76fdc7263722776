import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openAnswerCache } from '../../../../src/services/landing/prediction/cache.js';
import { checkMerges, openChecker } from '../../../../src/services/landing/prediction/index.js';
import type { RepoSession } from '../../../../src/services/store/types.js';
import { lines } from '../../../support/merge-cases.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** Four branches: two quarrel over a.txt, two go their own way. */
async function make() {
  const repo = sandbox.repo({ 'a.txt': lines(), 'b.txt': lines() });
  const edits = { one: ['a.txt', 5], two: ['a.txt', 5], three: ['b.txt', 1], four: ['b.txt', 10] } as const;
  const tasks = Object.entries(edits).map(([name, [file, line]]) => {
    sandbox.git(repo, 'checkout', '-q', '-b', name, 'main');
    sandbox.commit(repo, { [file]: lines([line, name]) });
    return { slug: name, branch: name };
  });
  sandbox.git(repo, 'checkout', '-q', 'main');
  sandbox.commit(repo, { 'c.txt': 'main went on\n' });
  return { repo, tasks, session: await sandbox.session(repo) };
}

/** The session, and how many merges git was asked for. */
function counting(session: RepoSession) {
  const count = { merges: 0, processes: 0 };
  const git: RepoSession['git'] = {
    ...session.git,
    run: (args, options = {}) => {
      count.processes += 1;
      if (args[0] === 'merge-tree') count.merges += String(options.input ?? '\n').split('\n').length - 1;
      return session.git.run(args, options);
    },
  };
  return { counted: { ...session, git }, count };
}

const all = { pairs: true, queue: true };

test('what was answered once is not asked again, in this process or the next', async () => {
  const { session, tasks } = await make();
  const { counted, count } = counting(session);
  const checker = await openChecker(counted);
  const first = await checker.check(tasks, all);
  const { merges } = count;
  // Four on the target, two pairs that share a file, and the queue.
  expect(merges).toBeGreaterThanOrEqual(6);
  expect(await checker.check(tasks, all)).toEqual(first);
  expect(count.merges).toBe(merges);
  await checker.close();
  const { processes } = count;
  expect(await checkMerges(counted, tasks, all)).toEqual(first);
  expect(count.processes).toBe(processes);
});

test('one new commit costs its own merge and its candidates', async () => {
  const { repo, session, tasks } = await make();
  const { counted, count } = counting(session);
  await checkMerges(counted, tasks, { pairs: true });
  sandbox.git(repo, 'checkout', '-q', 'three');
  sandbox.commit(repo, { 'b.txt': lines([10, 'three now']) });
  sandbox.git(repo, 'checkout', '-q', 'main');
  count.merges = 0;
  const report = await checkMerges(counted, tasks, { pairs: true });
  expect(report.pairs.filter((pair) => pair.status === 'conflict').map(({ a, b }) => [a, b])).toEqual([
    ['one', 'two'],
    ['three', 'four'],
  ]);
  // Its own; in a new process the other side's objects once more; the pair.
  expect(count.merges).toBeLessThanOrEqual(3);
});

test('a new commit that comes to the same costs its own merge, and the queue behind it nothing', async () => {
  const { repo, session, tasks } = await make();
  const { counted, count } = counting(session);
  const before = await checkMerges(counted, tasks, all);
  sandbox.git(repo, 'checkout', '-q', 'one');
  sandbox.git(repo, 'commit', '-q', '--amend', '-m', 'other words');
  sandbox.git(repo, 'checkout', '-q', 'main');
  count.merges = 0;
  const { pairs, queue } = await checkMerges(counted, tasks, all);
  expect({ pairs, queue }).toEqual({ pairs: before.pairs, queue: before.queue });
  expect(count.merges).toBe(1);
});

test('settings and attributes that change an answer are part of the question', async () => {
  const { repo, session, tasks } = await make();
  const status = async () => (await checkMerges(session, tasks, { pairs: true })).pairs[0]?.status;
  expect(await status()).toBe('conflict');
  writeFileSync(join(repo, '.git/info/attributes'), 'a.txt merge=union\n');
  expect(await status()).toBe('clean');
  writeFileSync(join(repo, '.git/info/attributes'), '');
  expect(await status()).toBe('conflict');
  sandbox.git(repo, 'config', '--global', 'core.attributesFile', '~/attributes');
  expect(await status()).toBe('conflict');
  writeFileSync(join(sandbox.root, 'home/attributes'), 'a.txt merge=union\n');
  expect(await status()).toBe('clean');
  sandbox.git(repo, 'config', '--global', '--unset', 'core.attributesFile');
  sandbox.commit(repo, { '.gitattributes': 'a.txt merge=union\n' });
  expect(await status()).toBe('clean');
});

const fileOf = (session: RepoSession) => {
  const folder = join(session.paths.cacheDir, 'merges');
  return join(folder, readdirSync(folder)[0]!);
};

test('a damaged cache is none', async () => {
  const { session, tasks } = await make();
  const truth = await checkMerges(session, tasks, all);
  const file = fileOf(session);
  const text = readFileSync(file, 'utf8');
  const damaged = [
    () => truncateSync(file, Math.floor(text.length / 2)),
    () => writeFileSync(file, text.replaceAll('"conflict"', '"clean"')),
    () => writeFileSync(file, Buffer.from([0, 255, 10, 7])),
    () => writeFileSync(file, ''),
  ];
  for (const damage of damaged) {
    damage();
    expect(await checkMerges(session, tasks, all)).toEqual(truth);
    expect(readFileSync(file, 'utf8')).toMatch(/^codex-agents merges 1 [0-9a-f]{40}\n/);
  }
});

test('a cache that cannot be kept changes nothing', async () => {
  const { session, tasks } = await make();
  const blocked = join(sandbox.root, 'a-file');
  writeFileSync(blocked, '');
  const paths = { ...session.paths, cacheDir: join(blocked, 'cache') };
  const report = await checkMerges({ ...session, paths }, tasks, { pairs: true });
  expect(report.results.map(({ status }) => status)).toEqual(['clean', 'clean', 'clean', 'clean']);
});

test('two that write at once both leave a whole file, and keep what the other had', async () => {
  const folder = sandbox.root;
  const [one, other] = await Promise.all([openAnswerCache(folder, 'r'), openAnswerCache(folder, 'r')]);
  one.set('a', { one: 1 });
  other.set('b', { two: 2 });
  await one.save();
  await other.save();
  const third = await openAnswerCache(folder, 'r');
  expect([third.get('a'), third.get('b'), third.get('c')]).toEqual([{ one: 1 }, { two: 2 }, undefined]);
  await Promise.all(
    Array.from({ length: 8 }, async (_, at) => {
      const cache = await openAnswerCache(folder, 'r');
      cache.set(`k${at}`, at);
      await cache.save();
    }),
  );
  const last = await openAnswerCache(folder, 'r');
  expect(last.get('a')).toEqual({ one: 1 });
  expect(readdirSync(join(folder, 'merges'))).toHaveLength(1);
});

test('it stays small: the longest unused goes first, and so do files of other repositories', async () => {
  const folder = sandbox.root;
  const cache = await openAnswerCache(folder, 'r');
  const text = 'x'.repeat(30_000);
  cache.set('old', text);
  for (let at = 0; at < 400; at++) cache.set(`k${at}`, text);
  cache.set('huge', 'x'.repeat(100_000));
  await cache.save();
  const again = await openAnswerCache(folder, 'r');
  expect(again.get('old')).toBeUndefined();
  expect(again.get('huge')).toBeUndefined();
  expect(again.get('k399')).toBe(text);
  mkdirSync(join(folder, 'merges'), { recursive: true });
  for (let at = 0; at < 60; at++) writeFileSync(join(folder, 'merges', `${at}.json`), '');
  again.set('one more', 1);
  await again.save();
  expect(readdirSync(join(folder, 'merges')).length).toBeLessThanOrEqual(51);
});
