import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readPages } from '../../../../src/services/app/index.js';
import { addWorktree } from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

async function make() {
  const repo = sandbox.repo({ 'a.txt': 'a\n' });
  const session = await sandbox.session(repo);
  const task = await sandbox.task(session, 'one');
  const { path, base } = await addWorktree(session, task);
  return { repo, session, task: { ...task, worktree: path, base }, worktree: path };
}

describe('the pages of a task', () => {
  test('show commits and edits since the branch left the target, and files that git does not know', async () => {
    const { repo, session, task, worktree } = await make();
    sandbox.commit(worktree, { 'b.txt': 'b\n' }, 'of the task');
    sandbox.write(worktree, { 'a.txt': 'edited\n', 'new.txt': 'new\n' });
    sandbox.commit(repo, { 'c.txt': 'c\n' }, 'of the target');
    const pages = await readPages(session, task);
    expect(pages.diff).toContain('+++ b/b.txt');
    expect(pages.diff).toContain('+edited');
    expect(pages.diff).not.toContain('c.txt');
    expect(pages).toMatchObject({ task: 'one', cut: false, untracked: [{ path: 'new.txt', text: 'new\n' }] });
  });

  test('have no text of new files that are links, no text, or more than is shown', async () => {
    const { session, task, worktree } = await make();
    symlinkSync('/etc/hostname', join(worktree, 'a-link'));
    writeFileSync(join(worktree, 'b.bin'), Buffer.from([1, 0, 2]));
    sandbox.write(worktree, { 'c.txt': 'x\n'.repeat(250_000), 'd.txt': 'd\n' });
    expect((await readPages(session, task)).untracked).toEqual([
      { path: 'a-link' },
      { path: 'b.bin' },
      { path: 'c.txt' },
      { path: 'd.txt', text: 'd\n' },
    ]);
  });

  test('without a branch or with a broken worktree say why, and are never an empty change', async () => {
    const { session, task, worktree } = await make();
    const nowhere = await readPages(session, { ...task, branch: 'codex-agent/none', worktree: undefined });
    expect(nowhere).toMatchObject({ diff: '', reason: 'The task has no branch yet.' });
    rmSync(worktree, { recursive: true });
    expect((await readPages(session, task)).reason).toBeTruthy();
  });

  test('cut a diff that is too long at the end of a line, and say so', async () => {
    const { session, task, worktree } = await make();
    sandbox.commit(worktree, { 'big.txt': `${'x'.repeat(99)}\n`.repeat(6_000) }, 'big');
    const { diff, cut } = await readPages(session, task);
    expect(cut).toBe(true);
    expect(diff.length).toBeLessThanOrEqual(400_000);
    expect(diff.endsWith('x\n')).toBe(true);
  });
});
