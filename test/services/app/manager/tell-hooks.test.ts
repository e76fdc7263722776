/** What the driver tells hooks, by programs that really run: what comes up together is told together. */
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { hookNames } from '../../../../src/domain/store/config.js';
import { hookTeller } from '../../../../src/services/app/manager/tell-hooks.js';
import { until } from '../../../support/runs.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';
import { makeTask } from '../../../support/task.js';

let box: Sandbox;
const out = () => join(box.root, 'told');
const told = () =>
  existsSync(out())
    ? readFileSync(out(), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];
beforeEach(() => {
  box = makeSandbox();
  box.write(box.root, { 'hook.sh': `#!/bin/sh\nline=$(cat); echo "$line" >> "${out()}"\n` });
  chmodSync(join(box.root, 'hook.sh'), 0o755);
});
afterEach(() => box.cleanup());

const hooked = async () => {
  const all = Object.fromEntries(hookNames.map((name) => [name, [[join(box.root, 'hook.sh')]]]));
  return box.session(box.repo(), { hooks: all as never });
};
const failed = (...slugs: string[]) => ({
  tasks: slugs.map((slug) => makeTask(slug, { status: 'failed', runIds: [`${slug}-1`] })),
  runs: new Map(),
});

test('three tasks that fail at once are one call, what fails soon after is told with the next', async () => {
  const teller = hookTeller(await hooked());
  teller.found(failed());
  teller.found(failed('a', 'b', 'c'));
  await until(() => told().length > 0);
  expect(told()).toMatchObject([
    { hook: 'on_attention', task: 'c', count: 3, others: [{ task: 'b' }, { task: 'a' }] },
  ]);
  teller.found(failed('a', 'b', 'c', 'd'));
  teller.found(failed('a', 'b', 'c', 'd', 'e'));
  expect(told()).toHaveLength(1);
  teller.close();
  await until(() => told().length > 1);
  expect(told()[1]).toMatchObject({ task: 'e', count: 5, others: [{ task: 'd' }] });
});

test('a person who wants no calls gets none, and a limit is told all the same', async () => {
  const session = await hooked();
  const teller = hookTeller({ ...session, quiet: () => true });
  teller.found(failed());
  teller.found(failed('a'));
  const since = new Date(Date.now() + 1000).toISOString();
  const pause = { runner: 'codex', since, until: since, message: 'Too many requests.' };
  teller.event({ type: 'runners.paused', pauses: [pause as never] });
  teller.close();
  await until(() => told().length > 0);
  expect(told().map(({ hook }) => hook)).toEqual(['on_limit']);
});

test('work that a validation holds or fails is told once for each commit, in order even by a slow program', async () => {
  const slowAtFirst = `line=$(cat); mkdir "${out()}.first" && sleep 1; echo "$line" >> "${out()}"`;
  box.write(box.root, { 'hook.sh': `#!/bin/sh\n${slowAtFirst}\n` });
  const teller = hookTeller(await hooked());
  const judged = (slug: string, verdict: 'held' | 'fail', head: string) =>
    makeTask(slug, {
      status: 'done',
      validation: { verdict, tree: '', target: '', head, at: '', summary: 'expectations held' },
    });
  const found = (...tasks: ReturnType<typeof makeTask>[]) => teller.found({ tasks, runs: new Map() });
  found();
  found(judged('a', 'held', '1'));
  found(judged('a', 'held', '1'), judged('b', 'fail', '1'));
  found(judged('a', 'held', '1'), judged('b', 'fail', '1'));
  found(judged('a', 'held', '1'), judged('b', 'fail', '2'));
  teller.close();
  await until(() => told().length > 1);
  expect(told()).toMatchObject([
    { task: 'a', kind: 'held', text: 'waits for your approval: expectations held' },
    { task: 'b', kind: 'checks failed', count: 2, others: [{ task: 'b' }] },
  ]);
});
