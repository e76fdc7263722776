/** What was marked on the screen outlasts it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createMarksKeeper, readMarks } from '../../../../src/services/store/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

const needs = () =>
  ({ paths: { stateDir: sandbox.root }, repo: { id: 'r1' } }) as unknown as Parameters<typeof readMarks>[0];
const file = () => join(sandbox.root, 'changes', 'r1.marks.json');

test('the last of several changes is what is read', async () => {
  const keep = createMarksKeeper(needs());
  const all = [1, 2, 3].map((at) => ({ marks: ['a', `b${at}`], at }));
  for (let n = 1; n <= all.length; n++) keep(all.slice(0, n));
  const limit = Date.now() + 20_000;
  while ((await readMarks(needs())).length < 3 && Date.now() < limit)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await readMarks(needs())).toEqual(all);
});

test('a file that is missing, cut short or holds something else keeps nothing of it', async () => {
  expect(await readMarks(needs())).toEqual([]);
  mkdirSync(dirname(file()), { recursive: true });
  writeFileSync(file(), '[{"marks":["a"],"at":1},{"marks":[1],"at":2},null,7]');
  expect(await readMarks(needs())).toEqual([{ marks: ['a'], at: 1 }]);
  writeFileSync(file(), readFileSync(file(), 'utf8').slice(0, 9));
  expect(await readMarks(needs())).toEqual([]);
});
