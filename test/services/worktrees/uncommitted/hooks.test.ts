import { createHash } from 'node:crypto';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { addWorktree, commitWork } from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

const more = { message: 'Do the work', runId: 'one-t1-1' };
const lint = '#!/bin/sh\nif git diff --cached | grep -q BADCODE; then echo lint failed; exit 1; fi\n';
const format = '#!/bin/sh\nsed -i s/ugly/pretty/ new.txt && git add new.txt\n';
const ticket = '#!/bin/sh\nsed -i "1s/^/ABC-1: /" "$1"\n';

/** A repository with hooks; those of `trusted` stand in the person's configuration by their bytes. */
async function make(hooks: Record<string, string>, trusted: readonly string[], folder = '.git/hooks') {
  const repo = sandbox.repo({ 'a.txt': 'a\n' });
  if (folder !== '.git/hooks') sandbox.git(repo, 'config', 'core.hooksPath', folder);
  for (const [name, text] of Object.entries(hooks)) {
    sandbox.write(repo, { [`${folder}/${name}`]: text });
    chmodSync(join(repo, folder, name), 0o755);
  }
  if (folder !== '.git/hooks') {
    sandbox.git(repo, 'add', '-A');
    sandbox.git(repo, 'commit', '-q', '--no-verify', '-m', 'Hooks');
  }
  const hashes = trusted.map((text) => createHash('sha256').update(text).digest('hex'));
  const session = await sandbox.session(repo, { git: { filters: {}, hooks: hashes } });
  const added = await sandbox.task(session, 'one');
  const { path, base } = await addWorktree(session, added);
  const said = () =>
    session.events.flatMap((event) =>
      event.type === 'noted' && event.message.includes('hook') ? [event.message] : [],
    );
  return { repo, session, path, task: { ...added, worktree: path, base }, said };
}

test('hooks that nobody trusted do not run, and that is said with the command that changes it', async () => {
  const { session, path, task, said } = await make({ 'pre-commit': lint, 'commit-msg': ticket }, []);
  sandbox.write(path, { 'new.txt': 'BADCODE\n' });
  expect((await commitWork(session, task, more)).files).toEqual(['new.txt']);
  expect(said()).toEqual([
    expect.stringMatching(/pre-commit and commit-msg .*config set --user git\.hooks '\["[0-9a-f]{64}/),
  ]);
});

test.each(['.git/hooks', '.husky'])(
  'a trusted hook in %s refuses what it would refuse a person',
  async (folder) => {
    const { repo, session, path, task, said } = await make({ 'pre-commit': lint }, [lint], folder);
    sandbox.write(path, { 'new.txt': 'BADCODE\n' });
    expect((await commitWork(session, task, more)).problem).toMatch(/the hook pre-commit .*lint failed/);
    expect(sandbox.git(repo, 'rev-parse', task.branch)).toBe(task.base);
    sandbox.write(path, { 'new.txt': 'good\n' });
    expect((await commitWork(session, task, more)).files).toEqual(['new.txt']);
    expect(said()).toEqual([]);
  },
);

test('what a trusted hook formats and how it words the message is what is committed', async () => {
  const { repo, session, path, task } = await make({ 'pre-commit': format, 'commit-msg': ticket }, [
    format,
    ticket,
  ]);
  sandbox.write(path, { 'new.txt': 'ugly\n' });
  await commitWork(session, task, more);
  expect(sandbox.git(repo, 'show', `${task.branch}:new.txt`)).toBe('pretty');
  expect(sandbox.git(repo, 'log', '-1', '--format=%s', task.branch)).toBe('ABC-1: Do the work');
  expect(readFileSync(join(path, 'new.txt'), 'utf8')).toBe('pretty\n');
  expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
});

test('a trusted hook that was changed is another one', async () => {
  const { session, path, task, said } = await make({ 'pre-commit': `${lint}touch canary\n` }, [lint]);
  sandbox.write(path, { 'new.txt': 'BADCODE\n' });
  expect((await commitWork(session, task, more)).commit).toBeDefined();
  expect(said()).toHaveLength(1);
});
