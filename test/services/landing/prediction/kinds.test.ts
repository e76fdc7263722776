import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkMerges } from '../../../../src/services/landing/prediction/index.js';
import { buildCase, mergeCases } from '../../../support/merge-cases.js';
import { fingerprint, reallyMerge } from '../../../support/real-merge.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** The prediction of merging one branch into the other equals what git does, and nothing is left behind. */
async function agree(repo: string, into: string, branch: string): Promise<void> {
  const truth = reallyMerge(sandbox, repo, into, branch);
  const session = await sandbox.session(repo, {}, { target: into });
  const before = fingerprint(repo);
  const report = await checkMerges(session, [{ slug: 'task', branch }], { pairs: true, queue: true });
  expect(fingerprint(repo)).toBe(before);
  const [result] = report.results;
  expect(result?.reason).toBeUndefined();
  expect(result?.status).toBe(truth.clean ? 'clean' : 'conflict');
  expect(result?.tree).toBe(truth.tree);
  const paths = [...new Set(result?.conflicts.map((conflict) => conflict.path))].sort();
  // Where a folder was split git knows not where new files belong, and leaves no file unmerged: the folder is named.
  expect(paths).toEqual(truth.clean || truth.paths.length > 0 ? truth.paths : ['old']);
  for (const conflict of result?.conflicts ?? []) {
    expect(conflict.kind).toMatch(/^[a-z]/);
    expect(conflict.message).toMatch(/\w/);
    expect(conflict.message).not.toMatch(/[0-9a-f]{40}/);
  }
  expect(report.queue?.order).toEqual(['task']);
  expect(report.queue?.firstConflict).toBe(truth.clean ? undefined : 'task');
}

test.each(Object.keys(mergeCases))('agrees with a real merge, both ways: %s', async (name) => {
  const repo = buildCase(sandbox, mergeCases[name]!);
  await agree(repo, 'main', 'side');
  await agree(repo, 'side', 'main');
});

test.each(['the same line edited', 'a file added by both', 'distant lines of one file'])(
  'agrees in a repository with long ids: %s',
  async (name) => {
    const repo = buildCase(sandbox, mergeCases[name]!, 'sha256');
    await agree(repo, 'main', 'side');
    await agree(repo, 'side', 'main');
  },
);
