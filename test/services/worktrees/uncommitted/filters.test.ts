import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { FilterCommands } from '../../../../src/services/platform/index.js';
import { openGit, withFilters } from '../../../../src/services/platform/index.js';
import {
  addWorktree,
  commitWork,
  editedFiles,
  removeWorktree,
} from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

const more = { message: 'Do the work', runId: 'one-t1-1' };
/** Applied twice it gives what was there before, as encryption does. */
const turning = { clean: 'tr a-z n-za-m', smudge: 'tr a-z n-za-m' };
const commands = { clean: 'sed s/token=.*/token=REDACTED/', smudge: 'sed s/REDACTED/local/' };

/** A repository whose own configuration defines a filter for `*.cfg`; `trusted` stands in the person's. */
async function make(trusted: Record<string, FilterCommands> = {}, required = false, defined = commands) {
  const repo = sandbox.repo({ 'a.txt': 'a\n' });
  for (const [kind, value] of Object.entries(defined))
    sandbox.git(repo, 'config', `filter.redact.${kind}`, value);
  if (required) sandbox.git(repo, 'config', 'filter.redact.required', 'true');
  sandbox.commit(repo, {
    '.gitattributes': '*.cfg filter=redact\n',
    'app.cfg': 'token=abc\n',
    'b.cfg': 'token=b\n',
  });
  const env = withFilters(sandbox.env, trusted);
  const git = await openGit({ root: repo, commonDir: join(repo, '.git'), env });
  const session = await sandbox.session(repo, {}, { env, git });
  const added = await sandbox.task(session, 'one');
  const made = await addWorktree(session, added);
  return { repo, session, made, path: made.path, task: { ...added, worktree: made.path, base: made.base } };
}

describe.each([false, true])('a filter of the repository alone (required: %s)', (required) => {
  test('is named with a new worktree, with the command that has it run', async () => {
    const { made, path } = await make({}, required);
    expect(readFileSync(join(path, 'app.cfg'), 'utf8')).toBe('token=REDACTED\n');
    expect(made.warnings).toEqual([
      expect.stringMatching(
        /"redact" is left out, so app\.cfg and 1 more .*config set --user git\.filters\.redact/,
      ),
    ]);
  });

  test('makes no file look edited that its times tell to be as it was', async () => {
    const { repo, session } = await make({}, required);
    const { mtimeMs } = statSync(join(repo, 'app.cfg'));
    // As young as its index: git reads such a file again.
    utimesSync(join(repo, '.git/index'), mtimeMs / 1000 - 1, mtimeMs / 1000 - 1);
    expect(await editedFiles(session, repo)).toEqual([]);
    sandbox.write(repo, { 'app.cfg': 'token=other\n' });
    expect((await editedFiles(session, repo)).map(({ path }) => path)).toEqual(['app.cfg']);
    chmodSync(join(repo, 'b.cfg'), 0o755);
    expect((await editedFiles(session, repo)).map(({ path }) => path)).toEqual(['app.cfg', 'b.cfg']);
  });

  test('holds what it should have changed, and nothing lands', async () => {
    const { repo, session, task, path } = await make({}, required);
    sandbox.write(path, { 'app.cfg': 'token=s3cret\n', 'other.txt': 'other\n' });
    const work = await commitWork(session, task, more);
    expect(work.problem).toMatch(/app\.cfg needs the filter "redact".*git\.filters\.redact/);
    expect(sandbox.git(repo, 'rev-parse', task.branch)).toBe(task.base);
  });

  test('does not hold what the agent committed through it, nor a file that is as it was', async () => {
    const { repo, session, task, path } = await make({}, required);
    sandbox.commit(path, { 'app.cfg': 'token=mine\n' });
    sandbox.write(path, { 'other.txt': 'other\n' });
    const work = await commitWork(session, task, more);
    expect(work).toMatchObject({ files: ['other.txt'] });
    expect(work.problem).toBeUndefined();
    expect(sandbox.git(repo, 'show', `${task.branch}:app.cfg`)).toBe('token=REDACTED');
    sandbox.git(repo, 'merge', '-q', task.branch);
    expect(await removeWorktree(session, task)).toMatchObject({ removed: true });
  });

  test('does not hold what is taken away, renamed, or only given another mode', async () => {
    const { repo, session, task, path } = await make({}, required);
    rmSync(join(path, 'b.cfg'));
    renameSync(join(path, 'app.cfg'), join(path, 'other.cfg'));
    chmodSync(join(path, 'other.cfg'), 0o755);
    const work = await commitWork(session, task, more);
    expect(work.problem).toBeUndefined();
    expect(work.files).toEqual(['app.cfg', 'b.cfg', 'other.cfg']);
    expect(sandbox.git(repo, 'show', `${task.branch}:other.cfg`)).toBe('token=REDACTED');
    expect(sandbox.git(repo, 'ls-tree', task.branch, 'other.cfg')).toMatch(/^100755/);
  });

  test("lets the agent's git leave alone what stands as git stores it", async () => {
    const { task, path } = await make({}, required, turning);
    expect(readFileSync(join(path, 'app.cfg'), 'utf8')).toBe('gbxra=nop\n');
    expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
    sandbox.write(path, { 'new.txt': 'new\n' });
    sandbox.git(path, 'add', '-A');
    sandbox.git(path, 'commit', '-qam', 'own');
    expect(sandbox.git(path, 'diff', '--name-only', task.base!, 'HEAD')).toBe('new.txt');
  });

  test("holds what the agent's git filtered a second time, until it is put back", async () => {
    const { session, task, path } = await make({}, required, turning);
    utimesSync(join(path, 'app.cfg'), new Date(), new Date());
    sandbox.git(path, 'commit', '-qam', 'own');
    expect(sandbox.git(path, 'show', 'HEAD:app.cfg')).toBe('token=abc');
    const { problem = '' } = await commitWork(session, task, more);
    expect(problem).toMatch(/app\.cfg through the filter "redact" a second time/);
    execFileSync('sh', ['-c', /put it back: `([^`]+)`/.exec(problem)![1]!], { env: sandbox.env });
    expect(sandbox.git(path, 'show', 'HEAD:app.cfg')).toBe('gbxra=nop');
    expect(await commitWork(session, task, more)).toMatchObject({ files: [] });
  });
});

test('a filter that the person named runs: files as they are meant, commits through it', async () => {
  const { repo, session, task, path, made } = await make({ redact: commands });
  expect(made.warnings).toEqual([]);
  expect(readFileSync(join(path, 'app.cfg'), 'utf8')).toBe('token=local\n');
  expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
  sandbox.write(path, { 'app.cfg': 'x=1\ntoken=s3cret\n' });
  expect(await commitWork(session, task, more)).toMatchObject({ files: ['app.cfg'] });
  expect(sandbox.git(repo, 'show', `${task.branch}:app.cfg`)).toBe('x=1\ntoken=REDACTED');
});

test('what the repository says instead of the commands that were named does not run', async () => {
  const { repo, session, task, path } = await make({ redact: commands });
  sandbox.git(repo, 'config', 'filter.redact.clean', `touch ${join(sandbox.root, 'canary')}; cat`);
  sandbox.git(repo, 'config', 'filter.redact.process', `touch ${join(sandbox.root, 'canary')}`);
  sandbox.write(path, { 'app.cfg': 'token=s3cret\n' });
  expect((await commitWork(session, task, more)).problem).toContain('filter "redact"');
  expect(sandbox.git(repo, 'rev-parse', task.branch)).toBe(task.base);
  expect(() => readFileSync(join(sandbox.root, 'canary'))).toThrow();
});

test('a program that a filter of the person needs and that is not there is named', async () => {
  const repo = sandbox.repo({ '.gitattributes': '*.bin filter=lfs\n', 'big.bin': 'pointer\n' });
  for (const [kind, value] of [
    ['process', 'git-lfs-is-not-here filter-process'],
    ['clean', 'git-lfs-is-not-here clean -- %f'],
    ['smudge', 'git-lfs-is-not-here smudge -- %f'],
    ['required', 'true'],
  ]) {
    sandbox.git(repo, 'config', '--global', `filter.lfs.${kind}`, value!);
  }
  const session = await sandbox.session(repo);
  await expect(addWorktree(session, await sandbox.task(session, 'one'))).rejects.toMatchObject({
    message: expect.stringContaining('git-lfs-is-not-here'),
  });
});

const hasLfs = spawnSync('git', ['lfs', 'version']).status === 0;

(hasLfs ? test : test.skip)(
  'a file whose content no server of LFS has is named, and its pointer stands if asked',
  async () => {
    const repo = sandbox.repo();
    sandbox.git(repo, 'lfs', 'install', '--skip-repo');
    sandbox.git(repo, 'lfs', 'track', '*.bin');
    sandbox.commit(repo, {
      '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
      'a b.bin': 'content\n',
    });
    sandbox.git(repo, 'clone', '-q', '--bare', repo, join(sandbox.root, 'remote.git'));
    sandbox.git(repo, 'remote', 'add', 'origin', join(sandbox.root, 'remote.git'));
    rmSync(join(repo, '.git/lfs'), { recursive: true });
    // As after a clone that left the pointers: what stands in the main worktree would be taken from there.
    rmSync(join(repo, 'a b.bin'));
    const env = { ...sandbox.env, GIT_LFS_SKIP_SMUDGE: '1' };
    execFileSync('git', ['checkout', '-q', '--', '.'], { cwd: repo, env });
    const session = await sandbox.session(repo);
    const task = await sandbox.task(session, 'one');
    await expect(addWorktree(session, task)).rejects.toMatchObject({
      message: expect.stringMatching(
        /git-lfs cannot get the content of a b\.bin: the remote has no object [0-9a-f]{64}$/,
      ),
      hint: expect.stringContaining('set GIT_LFS_SKIP_SMUDGE=1'),
    });
    const git = await openGit({ root: repo, commonDir: join(repo, '.git'), env });
    const { path } = await addWorktree({ ...session, git, env }, task);
    expect(readFileSync(join(path, 'a b.bin'), 'utf8')).toMatch(/^version https:\/\/git-lfs/);
  },
);
