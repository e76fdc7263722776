import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { keepPredicting } from '../../../../src/services/app/dashboard/predictions.js';
import { lines } from '../../../support/merge-cases.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';
import { makeTask } from '../../../support/task.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** Branches off one commit. */
function branches(repo: string, files: Record<string, Record<string, string>>): void {
  for (const [name, changed] of Object.entries(files)) {
    sandbox.git(repo, 'checkout', '-q', '-b', name, 'main');
    sandbox.commit(repo, changed);
  }
  sandbox.git(repo, 'checkout', '-q', 'main');
}

const quiet = { changed: () => undefined, overtaken: () => false };

test('tells what moved, once, with the queue', async () => {
  const repo = sandbox.repo({ 'a.txt': lines(), 'b.txt': lines() });
  branches(repo, { one: { 'a.txt': lines([5, 'one']) }, two: { 'b.txt': lines([5, 'two']) } });
  const session = await sandbox.session(repo);
  const tasks = ['one', 'two'].map((slug) => makeTask(slug, { branch: slug }));
  const predictions = keepPredicting(session);
  const told = () =>
    session.events.splice(0).flatMap((event) => (event.type === 'merge.checked' ? [event] : []));
  try {
    await predictions.look(tasks, quiet);
    const [first, second] = told();
    expect(first?.results.map(({ status }) => status)).toEqual(['clean', 'clean']);
    expect(first?.pairs).toMatchObject([{ status: 'clean' }]);
    expect(second?.queue).toMatchObject({ lands: 2 });
    await predictions.look(tasks, quiet);
    expect(told()).toEqual([]);
    sandbox.git(repo, 'checkout', '-q', 'two');
    sandbox.commit(repo, { 'a.txt': lines([5, 'two']) });
    sandbox.git(repo, 'checkout', '-q', 'main');
    await predictions.look(tasks, quiet);
    expect(told()[0]?.pairs).toMatchObject([{ a: 'one', b: 'two', status: 'conflict' }]);
  } finally {
    await predictions.close();
  }
});

test('a queue that is overtaken waits for the next look, the pairs do not', async () => {
  const repo = sandbox.repo({ 'a.txt': lines() });
  branches(repo, { one: { 'a.txt': lines([1, 'one']) }, two: { 'a.txt': lines([10, 'two']) } });
  const session = await sandbox.session(repo);
  const tasks = ['one', 'two'].map((slug) => makeTask(slug, { branch: slug }));
  const predictions = keepPredicting(session);
  try {
    await predictions.look(tasks, { ...quiet, overtaken: () => true });
    const told = session.events.filter((event) => event.type === 'merge.checked');
    expect(told).toMatchObject([{ pairs: [{ status: 'clean' }] }]);
    expect(told[0]).not.toHaveProperty('queue');
  } finally {
    await predictions.close();
  }
});

test('sixty live tasks have their pairs too', async () => {
  const repo = sandbox.repo({ 'a.txt': lines() });
  const base = sandbox.git(repo, 'rev-parse', 'main');
  const slugs = Array.from({ length: 60 }, (_, at) => `t${at}`);
  for (const slug of slugs) sandbox.git(repo, 'update-ref', `refs/heads/${slug}`, base);
  branches(repo, { left: { 'a.txt': lines([5, 'left']) }, right: { 'a.txt': lines([5, 'right']) } });
  const session = await sandbox.session(repo);
  const tasks = [...slugs, 'left', 'right'].map((slug) => makeTask(slug, { branch: slug }));
  const predictions = keepPredicting(session);
  try {
    await predictions.look(tasks, { ...quiet, overtaken: () => true });
    const [event] = session.events.filter((one) => one.type === 'merge.checked');
    expect(event?.type === 'merge.checked' && event.pairs?.length).toBe((62 * 61) / 2);
    const loud = event?.type === 'merge.checked' && event.pairs?.filter(({ status }) => status !== 'clean');
    expect(loud).toMatchObject([{ a: 'left', b: 'right', status: 'conflict' }]);
  } finally {
    await predictions.close();
  }
});
