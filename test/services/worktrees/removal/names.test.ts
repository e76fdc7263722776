/** Files whose names are no UTF-8: a rescue holds them byte for byte, like all others. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Task } from '../../../../src/domain/store/task.js';
import { pathBelow } from '../../../../src/services/platform/index.js';
import { addWorktree, commitWork, removeWorktree } from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

interface Made {
  repo: string;
  session: SandboxSession;
  task: Task;
  path: string;
}

/** "café" as Latin-1 writes it, and its twin, which a look at the text could not tell from it. */
const [name, twin] = ['caf\u00e9', 'caf\u00e8'];

async function make(): Promise<Made> {
  const repo = sandbox.repo({ '.gitignore': 'in/\n' });
  writeFileSync(pathBelow(repo, name), 'committed\n');
  sandbox.git(repo, 'add', '-A');
  sandbox.git(repo, 'commit', '-qm', 'Add a name');
  const session = await sandbox.session(repo);
  const added = await sandbox.task(session, 'one');
  const { path, base } = await addWorktree(session, added);
  return { repo, session, path, task: { ...added, worktree: path, base } };
}

const write = (folder: string, file: string, text: string) => writeFileSync(pathBelow(folder, file), text);
/** A shell gives git a name that is no text: `$n`, `$t`. */
const sh = (cwd: string, script: string) =>
  execFileSync('sh', ['-ec', `n=$(printf 'caf\\351'); t=$(printf 'caf\\350'); ${script}`], {
    cwd,
    env: sandbox.env,
    encoding: 'utf8',
  }).trim();
const shown = ({ repo }: Made, ref: string, file: '$n' | '$t' | 'd$n/new') =>
  sh(repo, `git cat-file -p "${ref}:${file}"`);

test('edited, new and staged ones are in the rescue of a removal by force', async () => {
  const made = await make();
  const { session, task, path } = made;
  write(path, name, 'staged\n');
  sh(path, 'git add "$n"');
  write(path, name, 'edited\n');
  write(path, twin, 'new\n');
  mkdirSync(pathBelow(path, `d${name}`));
  write(path, `d${name}/new`, 'below\n');
  await expect(removeWorktree(session, task)).rejects.toMatchObject({ code: 'worktree-dirty' });
  const { rescue } = await removeWorktree(session, task, { force: true });
  expect(shown(made, rescue!, '$n')).toBe('edited');
  expect(shown(made, rescue!, '$t')).toBe('new');
  expect(shown(made, rescue!, 'd$n/new')).toBe('below');
  expect(shown(made, `${rescue}^2`, '$n')).toBe('staged');
});

test('an edit under assume-unchanged is seen, and every side of an unfinished merge is kept', async () => {
  const made = await make();
  const { repo, session, task, path } = made;
  sh(path, 'git update-index --assume-unchanged "$n"');
  write(path, name, 'hidden\n');
  await expect(removeWorktree(session, task)).rejects.toMatchObject({
    message: expect.stringContaining('not to look at'),
  });
  sh(
    path,
    'i=$(echo side | git hash-object -w --stdin); printf "100644 $i 2\\t$t\\n" | git update-index --index-info',
  );
  const { rescue } = await removeWorktree(session, task, { force: true });
  expect(shown(made, rescue!, '$n')).toBe('hidden');
  expect(sh(repo, `git cat-file -p "${rescue}^2:codex-agents-unmerged/2/$t"`)).toBe('side');
});

test('a repository below such an ignored folder refuses the removal', async () => {
  const { session, task, path } = await make();
  sh(path, 'mkdir in && git init -q "in/$n" && cd "in/$n" && git commit -q --allow-empty -m "Only copy"');
  await expect(removeWorktree(session, task)).rejects.toMatchObject({
    message: expect.stringContaining('nowhere else'),
  });
  expect((await removeWorktree(session, task, { force: true })).trash).toMatch(/\.kept$/);
});

test('the work of an agent is committed with them, and a link out of the worktree is refused by any name', async () => {
  const made = await make();
  const { session, task, path } = made;
  write(path, name, 'edited\n');
  write(path, twin, 'new\n');
  const { commit } = await commitWork(session, task, { message: 'Work', runId: 'one#1' });
  expect(shown(made, commit!, '$n')).toBe('edited');
  expect(shown(made, commit!, '$t')).toBe('new');
  sh(path, 'ln -s /etc/passwd "l$n"');
  const { problem } = await commitWork(session, task, { message: 'Work', runId: 'one#2' });
  expect(problem).toContain('leads out of the worktree');
});
