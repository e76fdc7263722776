import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openGit } from '../../../../src/services/platform/git/git.js';
import { treeReader } from '../../../../src/services/platform/git/trees.js';
import type { Git } from '../../../../src/services/platform/types.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** A reader of trees, with the commands that it gave to git. */
async function reading() {
  const root = sandbox.repo();
  sandbox.commit(root, { 'a.txt': 'a\n' }, 'Second');
  const { run } = await openGit({ root, commonDir: `${root}/.git`, env: sandbox.env });
  const asked: string[] = [];
  const counted: Git['run'] = (args, options) => {
    asked.push(args[0]!);
    return run(args, options);
  };
  const idOf = (revision: string) => sandbox.git(root, 'rev-parse', revision);
  return { ...treeReader(counted), asked, idOf };
}

it('tells the trees of many commits from one process, and knows them then', async () => {
  const { treesOf, treeOf, asked, idOf } = await reading();
  const [first, second] = [idOf('HEAD~1'), idOf('HEAD')];
  const trees = [idOf('HEAD^{tree}'), idOf('HEAD~1^{tree}'), idOf('HEAD^{tree}')];
  expect(await treesOf([second, first, second])).toEqual(trees);
  expect([await treeOf(first), await treeOf(second)]).toEqual([trees[1], trees[0]]);
  expect(asked).toEqual(['cat-file']);
});

it('remembers nothing of a name that may come to mean another commit', async () => {
  const { treeOf, asked, idOf } = await reading();
  expect([await treeOf('HEAD'), await treeOf('HEAD')]).toEqual([idOf('HEAD^{tree}'), idOf('HEAD^{tree}')]);
  expect(asked).toEqual(['rev-parse', 'rev-parse']);
});

it('throws for a commit that is not there, however many are asked for', async () => {
  const { treesOf, idOf } = await reading();
  const missing = '1'.repeat(40);
  await expect(treesOf([idOf('HEAD'), missing])).rejects.toMatchObject({ code: 'git-failed' });
  await expect(treesOf([missing])).rejects.toMatchObject({ code: 'git-failed' });
});
