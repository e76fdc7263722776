import { chmodSync, existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { refreshIndexLater } from '../../../../src/services/worktrees/filling/refresh-index.js';
import { addWorktree } from '../../../../src/services/worktrees/index.js';
import { until } from '../../../support/runs.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

async function make(files: Record<string, string> = { 'a.txt': 'a\n' }) {
  const repo = sandbox.repo(files);
  const session = await sandbox.session(repo);
  const { path } = await addWorktree(session, await sandbox.task(session, 'one'));
  const gitDir = await session.git.gitDir(path);
  const leftovers = () =>
    [gitDir, session.git.commonDir].flatMap((folder) =>
      readdirSync(folder).filter((name) => /^(codex-agents-)?index\./.test(name)),
    );
  return { session, path, gitDir, leftovers };
}

/** Files that git would read again, having been written no earlier than the index. */
function racy(path: string, gitDir: string): number {
  const seconds = Math.floor(statSync(join(gitDir, 'index')).mtimeMs / 1000);
  const entries = sandbox.git(path, 'ls-files', '--debug').matchAll(/mtime: (\d+):/g);
  return [...entries].filter(([, mtime]) => Number(mtime) >= seconds).length;
}

it('has the index written once more, so that later looks need not read the files', async () => {
  const many = Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`f/${at % 50}/${at}`, `${at}\n`]));
  const { path, gitDir, leftovers } = await make(many);
  const first = statSync(join(gitDir, 'index')).ino;
  await until(() => statSync(join(gitDir, 'index')).ino !== first && leftovers().length === 0);
  expect(racy(path, gitDir)).toBe(0);
  expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
});

it('leaves an index alone that somebody has written meanwhile', async () => {
  const { session, path, leftovers } = await make();
  // An agent stages a file at the worst moment: between the copy and its return.
  const began = atTheRefresh(
    session.env,
    'env -u GIT_INDEX_FILE git update-index --add --cacheinfo 100644,$(git hash-object -w /dev/null),new',
  );
  await refreshIndexLater(session, path, 1);
  await until(() => began() && leftovers().length === 0);
  expect(sandbox.git(path, 'status', '--porcelain')).toBe('AD new');
});

it('gives up while another git holds the lock, and sweeps what a crash has left', async () => {
  const { session, path, gitDir, leftovers } = await make();
  const before = statSync(join(gitDir, 'index'));
  const old = join(session.git.commonDir, 'codex-agents-index.1.was');
  for (const file of [join(gitDir, 'index.lock'), old]) writeFileSync(file, 'held');
  utimesSync(old, 0, 0);
  const began = atTheRefresh(session.env);
  await refreshIndexLater(session, path, 1);
  await until(() => began() && leftovers().length === 1);
  expect(statSync(join(gitDir, 'index')).ino).toBe(before.ino);
  expect(leftovers()).toEqual(['index.lock']);
});

/** Has git run a command first when it refreshes the copy. Returns whether that has happened. */
function atTheRefresh(env: NodeJS.ProcessEnv, command = ':'): () => boolean {
  const [bin, began] = [join(sandbox.root, 'bin'), join(sandbox.root, 'began')];
  const git = `#!/bin/sh
PATH='${env.PATH}'
case "$GIT_INDEX_FILE" in */codex-agents-index.*) ${command}; touch '${began}';; esac
exec git "$@"
`;
  sandbox.write(bin, { git });
  chmodSync(join(bin, 'git'), 0o755);
  env.PATH = `${bin}:${env.PATH}`;
  return () => existsSync(began);
}
