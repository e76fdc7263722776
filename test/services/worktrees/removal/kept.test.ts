import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  addWorktree,
  listKept,
  removeWorktree,
  restoreKept,
} from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** A task with a rescue, whose branch has landed. */
async function make() {
  const repo = sandbox.repo();
  const session = await sandbox.session(repo);
  const task = await sandbox.task(session, 'one');
  const { path } = await addWorktree(session, task);
  sandbox.write(path, { 'new.txt': 'new\n' });
  await removeWorktree(session, { ...task, worktree: path }, { force: true });
  sandbox.git(repo, 'update-ref', 'refs/codex-agents/done/one', 'main');
  return { repo, session };
}

test.each([[['done/one', 'rescue/one/1']], [['rescue/one/1', 'done/one']]])(
  'what has landed and what was rescued of one task come back beside each other: %s',
  async (ids) => {
    const { repo, session } = await make();
    for (const id of ids) await restoreKept(session, id);
    const branches = sandbox.git(repo, 'branch', '--list', '--format=%(refname:short)', 'restored/*');
    expect(branches.split('\n')).toEqual(['restored/one/1', 'restored/one/landed']);
    for (const { id, restore } of await listKept(session)) expect(restore).toContain(id);
  },
);

test('a branch of a person that is in the way is named, with the command that makes room', async () => {
  const { repo, session } = await make();
  sandbox.git(repo, 'branch', 'restored/one');
  const refused = await restoreKept(session, 'rescue/one/1').catch((error: unknown) => error);
  expect(refused).toMatchObject({
    code: 'branch-in-the-way',
    message: 'The branch restored/one is in the way: git cannot make restored/one/1.',
  });
  const [, command] = /\((git branch -m .*) <name>\)/.exec((refused as { hint: string }).hint)!;
  sandbox.git(repo, ...command!.split(' ').slice(1), 'mine');
  expect(await restoreKept(session, 'rescue/one/1')).toMatchObject({ branch: 'restored/one/1' });
});
