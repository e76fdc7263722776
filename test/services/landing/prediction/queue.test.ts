import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkMerges, rehearseQueue } from '../../../../src/services/landing/prediction/index.js';
import { lines } from '../../../support/merge-cases.js';
import { fingerprint } from '../../../support/real-merge.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** A repository with one branch per entry, each off the first commit, and `main` with a commit of its own. */
function make(branches: Record<string, Record<string, string>>, main: Record<string, string> = {}) {
  const repo = sandbox.repo({ 'a.txt': lines(), 'b.txt': lines(), 'c.txt': lines() });
  const tasks = Object.entries(branches).map(([name, files]) => {
    sandbox.git(repo, 'checkout', '-q', '-b', name, 'main');
    sandbox.commit(repo, files);
    return { slug: name, branch: name, dependsOn: [] as string[] };
  });
  sandbox.git(repo, 'checkout', '-q', 'main');
  sandbox.commit(repo, main);
  return { repo, tasks };
}

const wide = { 'a.txt': lines([5, 'wide']), 'b.txt': lines([5, 'wide']) };

test('the order that lands most is proposed, and proven by rehearsing it', async () => {
  const { repo, tasks } = make(
    { wide, left: { 'a.txt': lines([5, 'left']) }, right: { 'b.txt': lines([5, 'right']) } },
    { 'd.txt': 'main went on\n' },
  );
  const session = await sandbox.session(repo);
  const before = fingerprint(repo);
  const { queue, pairs } = await checkMerges(session, tasks, { queue: true });
  expect(fingerprint(repo)).toBe(before);
  expect(pairs).toEqual([]);
  expect(queue).toMatchObject({
    order: ['wide', 'left', 'right'],
    firstConflict: 'left',
    with: ['wide'],
    lands: 1,
    proposal: { order: ['left', 'right', 'wide'], lands: 2, leavesOut: ['wide'] },
  });
  expect(queue?.steps.map(({ task, status, with: others }) => [task, status, others])).toEqual([
    ['wide', 'lands', []],
    ['left', 'conflict', ['wide']],
    ['right', 'conflict', ['wide']],
  ]);
  expect(queue?.steps[1]?.conflicts).toMatchObject([{ path: 'a.txt', kind: 'contents' }]);
});

test("a task that has changed nothing, or the same as another, stands in nobody's way", async () => {
  const left = { 'a.txt': lines([5, 'left']) };
  const { repo, tasks } = make({ left, none: {}, same: left, right: { 'b.txt': lines([5, 'right']) } });
  const { queue } = await checkMerges(await sandbox.session(repo), tasks, { queue: true });
  expect(queue?.steps.map(({ task, status }) => [task, status])).toEqual([
    ['left', 'lands'],
    ['none', 'lands'],
    ['same', 'lands'],
    ['right', 'lands'],
  ]);
});

test('a conflict with the target alone names the target, and dependencies keep their order', async () => {
  const { repo, tasks } = make(
    { wide, left: { 'a.txt': lines([5, 'left']) }, far: { 'c.txt': lines([5, 'far']) } },
    { 'c.txt': lines([5, 'main']) },
  );
  tasks[1]!.dependsOn = ['wide'];
  const { queue } = await checkMerges(await sandbox.session(repo), tasks, { queue: true });
  expect(queue?.steps.map(({ status, with: others }) => [status, others])).toEqual([
    ['lands', []],
    ['conflict', ['wide']],
    ['conflict', ['main']],
  ]);
  expect(queue?.proposal).toBeUndefined();
});

test('what landed earlier stays in the way of those behind', async () => {
  const { repo, tasks } = make({
    one: { 'n.txt': 'one\n' },
    two: { 'm.txt': 'two\n' },
    three: { 'n.txt': 'three\n', 'm.txt': 'two\n' },
  });
  const { queue } = await checkMerges(await sandbox.session(repo), tasks, { queue: true });
  expect(queue?.steps.map(({ status }) => status)).toEqual(['lands', 'lands', 'conflict']);
  expect(queue?.with).toEqual(['one']);
});

test('commits that are on no branch can be rehearsed', async () => {
  const { repo, tasks } = make({ wide, left: { 'a.txt': lines([5, 'left']) } });
  const session = await sandbox.session(repo);
  const target = (await session.git.commitOf('main'))!;
  const heads = tasks.map(({ slug, branch }) => ({
    name: slug,
    commit: sandbox.git(repo, 'rev-parse', branch),
  }));
  sandbox.git(repo, 'update-ref', '-d', 'refs/heads/left');
  const queue = await rehearseQueue(session, target, [...heads, { name: 'gone', commit: '1'.repeat(40) }]);
  expect(queue.steps.map(({ task, status }) => [task, status])).toEqual([
    ['wide', 'lands'],
    ['left', 'conflict'],
    ['gone', 'unknown'],
  ]);
  expect(queue.steps[2]?.reason).toMatch(/\w/);
});

test('a branch built on another one does not quarrel over what both have', async () => {
  const { repo, tasks } = make({ lower: { 'a.txt': lines([5, 'lower']) } }, { 'd.txt': 'main went on\n' });
  sandbox.git(repo, 'checkout', '-q', '-b', 'upper', 'lower');
  sandbox.commit(repo, { 'a.txt': lines([5, 'upper']), 'b.txt': lines([5, 'upper']) });
  sandbox.git(repo, 'checkout', '-q', '-b', 'beside', 'lower');
  sandbox.commit(repo, { 'a.txt': lines([5, 'beside']) });
  sandbox.git(repo, 'checkout', '-q', 'main');
  const all = [...tasks, ...['upper', 'beside'].map((slug) => ({ slug, branch: slug }))];
  const { pairs } = await checkMerges(await sandbox.session(repo), all, { pairs: true });
  expect(pairs.map(({ a, b, status }) => [a, b, status])).toEqual([
    ['lower', 'upper', 'clean'],
    ['lower', 'beside', 'clean'],
    ['upper', 'beside', 'conflict'],
  ]);
});

test('a head that conflicts with the target is still paired, without what is between it and the target', async () => {
  const { repo, tasks } = make(
    {
      one: { 'a.txt': lines([5, 'one']), 'b.txt': lines([5, 'one']) },
      two: { 'b.txt': lines([5, 'two']) },
      three: { 'c.txt': lines([5, 'three']) },
    },
    { 'a.txt': lines([5, 'main']) },
  );
  const { results, pairs } = await checkMerges(await sandbox.session(repo), tasks, { pairs: true });
  expect(results.map(({ status }) => status)).toEqual(['conflict', 'clean', 'clean']);
  expect(pairs.map(({ status, paths }) => [status, paths])).toEqual([
    ['conflict', ['b.txt']],
    ['clean', []],
    ['clean', []],
  ]);
});
