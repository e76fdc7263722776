import { chmodSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { addWorktree } from '../../../src/services/worktrees/index.js';
import { settleLater } from '../../../src/services/worktrees/settle.js';
import { until } from '../../support/runs.js';
import { makeSandbox, type Sandbox } from '../../support/sandbox.js';

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
      readdirSync(folder).filter((name) => /^index\./.test(name)),
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
  const [bin, done] = [join(sandbox.root, 'bin'), join(sandbox.root, 'done')];
  const { PATH } = sandbox.env;
  // An agent stages a file at the worst moment: between the copy and its return.
  const agent = `env -u GIT_INDEX_FILE PATH="$PATH" git update-index --add --cacheinfo 100644,$(git hash-object -w /dev/null),new`;
  sandbox.write(bin, {
    git: `#!/bin/sh\nPATH='${PATH}'\ncase "$GIT_INDEX_FILE" in *.settled.*) ${agent}; touch '${done}';; esac\nexec git "$@"\n`,
  });
  chmodSync(join(bin, 'git'), 0o755);
  sandbox.env.PATH = `${bin}:${PATH}`;
  const { session, path, leftovers } = await make();
  await settleLater(session, path, 1);
  await until(() => existsSync(done) && leftovers().length === 0);
  expect(sandbox.git(path, 'status', '--porcelain')).toBe('AD new');
});

it('gives up while another git holds the lock', async () => {
  const { session, path, gitDir, leftovers } = await make();
  const before = statSync(join(gitDir, 'index'));
  writeFileSync(join(gitDir, 'index.lock'), 'held');
  await settleLater(session, path, 1);
  await until(() => leftovers().some((name) => name.startsWith('index.settled')));
  await until(() => leftovers().length === 1);
  expect(statSync(join(gitDir, 'index')).ino).toBe(before.ino);
  expect(leftovers()).toEqual(['index.lock']);
});
