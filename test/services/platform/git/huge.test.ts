import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkMerges } from '../../../../src/services/landing/prediction/index.js';
import { changedFiles } from '../../../../src/services/platform/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

const count = 100_000;

test('a hundred thousand files are looked at whole, and merged', async () => {
  const repo = sandbox.repo({ 'a.txt': 'a\n' });
  const session = await sandbox.session(repo);
  const { git } = session;
  const blob = await git.run(['rev-parse', 'HEAD:a.txt']).then(({ stdout }) => stdout.trim());
  const lines = Array.from(
    { length: count },
    (_, at) => `100644 ${blob}\tsrc/part-${at % 300}/file-${at}.txt\n`,
  );
  await git.run(['update-index', '--index-info'], { input: lines.join('') });
  sandbox.git(repo, 'commit', '-qm', 'Many files');
  sandbox.git(repo, 'branch', 'side');
  for (const [branch, text] of [
    ['main', 'ours\n'],
    ['side', 'theirs\n'],
  ]) {
    const changed = await git.run(['hash-object', '-w', '--stdin'], { input: text! });
    await git.run(['read-tree', branch!]);
    const entry = `100644 ${changed.stdout.trim()}\tsrc/part-7/file-7.txt\n`;
    await git.run(['update-index', '--index-info'], { input: entry });
    const tree = (await git.run(['write-tree'])).stdout.trim();
    const commit = await git.run(['commit-tree', tree, '-p', branch!, '-m', 'Change one']);
    sandbox.git(repo, 'update-ref', `refs/heads/${branch}`, commit.stdout.trim());
  }
  await git.run(['read-tree', 'main']);
  // None of them stands in the worktree: each is one that a person has deleted.
  const gone = await changedFiles({ ...session, commonDir: git.commonDir }, repo);
  expect(gone.filter(({ path }) => path.startsWith('src/'))).toHaveLength(count);
  const { results } = await checkMerges(session, [{ slug: 'task', branch: 'side' }], {});
  expect(results).toMatchObject([
    { status: 'conflict', conflicts: [{ path: 'src/part-7/file-7.txt', kind: 'contents' }] },
  ]);
}, 120_000);
