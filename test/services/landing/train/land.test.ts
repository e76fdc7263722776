import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Task } from '../../../../src/domain/store/task.js';
import { buildCandidate, type Candidate } from '../../../../src/services/landing/candidates/candidate.js';
import { cleanUpLanded } from '../../../../src/services/landing/train/clean-up.js';
import { landChain } from '../../../../src/services/landing/train/land.js';
import { openGit } from '../../../../src/services/platform/git/git.js';
import type { RepoSession } from '../../../../src/services/store/index.js';
import { addWorktree } from '../../../../src/services/worktrees/index.js';
import { commitWork } from '../../../../src/services/worktrees/uncommitted/index.js';
import { plant } from '../../../support/planted.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** A task whose agent has done its work: a branch with one commit, in a worktree. */
async function make(files: Record<string, string> = { 'a.txt': 'by the agent\n', 'new.txt': 'new\n' }) {
  const repo = sandbox.repo({ '.gitignore': '*.log\n', 'a.txt': 'a\n', 'b.txt': 'b\n' });
  const session = await sandbox.session(repo);
  const planned = await sandbox.task(session, 'one');
  const { path, base } = await addWorktree(session, planned);
  const task: Task = { ...planned, worktree: path, base };
  sandbox.write(path, files);
  const { head } = await commitWork(session, task, { message: 'Work', runId: 'one-1' });
  return { repo, session, task, path, head };
}

/** Lands the candidate of one task: a chain of one. */
function landOne(session: RepoSession, task: Task, candidate: Candidate) {
  if (candidate.status !== 'clean') throw new Error(`the candidate is ${candidate.status}`);
  const { commit, tree, head, target } = candidate;
  const links = [{ task: task.slug, branch: task.branch, head, commit }];
  return landChain(session, { target, links, commit, tree });
}

describe('landing', () => {
  test('moves a checked-out target by fast-forward to exactly the merge that was built', async () => {
    const { repo, session, task, head } = await make();
    const target = sandbox.commit(repo, { 'b.txt': 'meanwhile\n' });
    const planted = plant(sandbox, repo);
    const candidate = await buildCandidate(session, task);
    expect(candidate).toMatchObject({ status: 'clean', target, head });
    expect(sandbox.git(repo, 'rev-parse', 'main')).toBe(target);
    const report = await landOne(session, task, candidate);
    const commit = sandbox.git(repo, 'rev-parse', 'main');
    expect(report).toEqual({ status: 'landed' });
    expect(candidate).toMatchObject({ commit, tree: sandbox.git(repo, 'rev-parse', 'main^{tree}') });
    expect(sandbox.git(repo, 'log', '-1', '--format=%P', 'main')).toBe(`${target} ${head}`);
    expect(readFileSync(join(repo, 'new.txt'), 'utf8')).toBe('new\n');
    expect(planted.fired()).toEqual([]);
    expect(sandbox.git(repo, '-c', 'core.fsmonitor=false', 'status', '--porcelain')).toBe('');
    expect(await landOne(session, task, candidate)).toEqual(report);
    expect(await buildCandidate(session, task)).toEqual({ status: 'landed', commit });
  });

  test('moves a target that is checked out nowhere by compare-and-swap', async () => {
    const { repo, session, task } = await make();
    sandbox.git(repo, 'checkout', '-q', '-b', 'elsewhere');
    const candidate = await buildCandidate(session, task);
    expect(await landOne(session, task, candidate)).toMatchObject({ status: 'landed' });
    expect(sandbox.git(repo, 'show', 'main:new.txt')).toBe('new');
    expect(existsSync(join(repo, 'new.txt'))).toBe(false);
  });

  test('refuses a target that is checked out in several worktrees, and names them', async () => {
    const { repo, session, task } = await make();
    const candidate = await buildCandidate(session, task);
    const second = join(sandbox.root, 'second');
    sandbox.git(repo, 'worktree', 'add', '-q', '--force', second, 'main');
    const before = sandbox.git(repo, 'rev-parse', 'main');
    const reason = `main is checked out in several worktrees: ${repo}, ${second}`;
    expect(await landOne(session, task, candidate)).toEqual({ status: 'refused', reason });
    expect(sandbox.git(repo, 'rev-parse', 'main')).toBe(before);
  });

  test('starts over when the target or the branch moved', async () => {
    const { repo, session, task, path } = await make();
    const candidate = await buildCandidate(session, task);
    const target = sandbox.commit(repo, { 'b.txt': 'meanwhile\n' });
    expect(await landOne(session, task, candidate)).toEqual({ status: 'target-moved' });
    const next = await buildCandidate(session, task);
    sandbox.commit(path, { 'late.txt': 'late\n' });
    expect(await landOne(session, task, next)).toEqual({ status: 'branches-moved', tasks: ['one'] });
    expect(sandbox.git(repo, 'rev-parse', 'main')).toBe(target);
  });

  test.each([
    ['nowhere', 'update-ref "*"heads/main '],
    ['in the main worktree', 'merge --ff-only'],
  ])(
    'does not move a target checked out %s that moves at the very moment it is to be moved',
    async (where, words) => {
      const { repo, session, task } = await make();
      const candidate = await buildCandidate(session, task);
      sandbox.git(repo, 'checkout', '-q', '--detach');
      sandbox.git(repo, 'commit', '-q', '--allow-empty', '-m', 'of a person');
      const persons = sandbox.git(repo, 'rev-parse', 'HEAD');
      if (where !== 'nowhere') sandbox.git(repo, 'checkout', '-q', 'main');
      const bin = join(sandbox.root, 'bin');
      const others = `git -C '${repo}' update-ref refs/heads/main ${persons}`;
      sandbox.write(bin, {
        git: `#!/bin/sh\nPATH='${sandbox.env.PATH}'\ncase " $* " in *" ${words}"*) ${others};; esac\nexec git "$@"\n`,
      });
      chmodSync(join(bin, 'git'), 0o755);
      const env = { ...sandbox.env, PATH: `${bin}:${sandbox.env.PATH}` };
      const git = await openGit({ root: repo, commonDir: join(repo, '.git'), env });
      expect(await landOne({ ...session, git, env }, task, candidate as never)).toEqual({
        status: 'target-moved',
      });
      expect(sandbox.git(repo, 'rev-parse', 'main')).toBe(persons);
    },
  );

  test('refuses a candidate that is not what it claims', async () => {
    const { repo, session, task } = await make();
    const candidate = await buildCandidate(session, task);
    if (candidate.status !== 'clean') throw new Error('not clean');
    const tree = sandbox.git(repo, 'rev-parse', 'main^{tree}');
    const forged = sandbox.git(
      repo,
      'commit-tree',
      tree,
      '-p',
      candidate.target,
      '-p',
      candidate.head,
      '-m',
      'x',
    );
    const report = await landOne(session, task, { ...candidate, commit: forged });
    expect(report).toMatchObject({ status: 'refused', reason: 'the candidate is not what was checked' });
  });

  test('runs no filter process that was planted', async () => {
    const { repo, session, task } = await make({ 'new.talk': 'as it is\n' });
    const planted = plant(sandbox, repo);
    expect(await landOne(session, task, await buildCandidate(session, task))).toEqual({ status: 'landed' });
    expect(readFileSync(join(repo, 'new.talk'), 'utf8')).toBe('as it is\n');
    expect(planted.fired()).toEqual([]);
  });

  test('lands what was checked, whatever a replace ref makes of it meanwhile', async () => {
    const { repo, session, task } = await make();
    const candidate = await buildCandidate(session, task);
    if (candidate.status !== 'clean') throw new Error('not clean');
    const blob = sandbox.git(repo, 'hash-object', '-w', join(repo, '.git', 'HEAD'));
    sandbox.git(repo, 'replace', sandbox.git(repo, 'rev-parse', `${candidate.commit}:new.txt`), blob);
    const commit = ['commit-tree', 'main^{tree}', '-p', candidate.target, '-p', candidate.head, '-m', 'x'];
    sandbox.git(repo, 'replace', candidate.commit, sandbox.git(repo, ...commit));
    expect(await landOne(session, task, candidate)).toEqual({ status: 'landed' });
    expect(readFileSync(join(repo, 'new.txt'), 'utf8')).toBe('new\n');
  });

  test.each([
    ['an edit', 'a.txt', 'my edit\n'],
    ['an untracked file', 'new.txt', 'my own new\n'],
    ['an ignored file', 'mine.log', 'my log\n'],
  ])('is refused while %s is in the way, and nothing of it is lost', async (_, name, text) => {
    const { repo, session, task, path } = await make({ 'a.txt': 'by the agent\n', 'new.txt': 'new\n' });
    sandbox.write(path, { 'mine.log': 'landed log\n' });
    sandbox.git(path, 'add', '-f', 'mine.log');
    sandbox.git(path, 'commit', '-q', '-m', 'An ignored file');
    sandbox.git(repo, 'config', '--global', 'merge.autoStash', 'true');
    sandbox.write(repo, { [name]: text, 'b.txt': 'unrelated edit\n' });
    sandbox.git(repo, 'add', 'b.txt');
    const target = sandbox.git(repo, 'rev-parse', 'main');
    const before = sandbox.git(repo, 'status', '--porcelain', '--ignored');
    const report = await landOne(session, task, await buildCandidate(session, task));
    expect(report).toMatchObject({ status: 'refused', reason: expect.stringMatching(/^local-changes: /) });
    expect(report).toMatchObject({ files: [name] });
    expect(sandbox.git(repo, 'rev-parse', 'main')).toBe(target);
    expect(readFileSync(join(repo, name), 'utf8')).toBe(text);
    expect(readFileSync(join(repo, 'b.txt'), 'utf8')).toBe('unrelated edit\n');
    expect(sandbox.git(repo, 'status', '--porcelain', '--ignored')).toBe(before);
    expect(sandbox.git(repo, 'stash', 'list')).toBe('');
  });

  test.each([
    ['branch.main.mergeOptions', '--squash --no-commit'],
    ['branch.main.mergeOptions', '-s ours'],
    ['merge.ff', 'false'],
    ['merge.verifySignatures', 'true'],
  ])(
    'moves the branch with its files, whatever the person set for merges of their own: %s %s',
    async (key, value) => {
      const { repo, session, task } = await make();
      sandbox.git(repo, 'config', '--global', key, value);
      const candidate = await buildCandidate(session, task);
      expect(await landOne(session, task, candidate)).toMatchObject({ status: 'landed' });
      expect(candidate).toMatchObject({ status: 'clean', commit: sandbox.git(repo, 'rev-parse', 'main') });
      expect(sandbox.git(repo, 'status', '--porcelain')).toBe('');
    },
  );

  test('lands beside edits that are not in the way', async () => {
    const { repo, session, task } = await make();
    sandbox.write(repo, { 'b.txt': 'my edit\n', 'mine.txt': 'mine\n' });
    expect(await landOne(session, task, await buildCandidate(session, task))).toMatchObject({
      status: 'landed',
    });
    expect(readFileSync(join(repo, 'b.txt'), 'utf8')).toBe('my edit\n');
    expect(sandbox.git(repo, 'status', '--porcelain')).toBe(' M b.txt\n?? mine.txt');
  });

  test('waits for a merge or rebase that a person has under way', async () => {
    const { repo, session, task } = await make();
    sandbox.git(repo, 'checkout', '-q', '-b', 'side', 'main');
    sandbox.commit(repo, { 'b.txt': 'side\n' });
    sandbox.git(repo, 'checkout', '-q', 'main');
    sandbox.commit(repo, { 'b.txt': 'main\n' });
    const candidate = await buildCandidate(session, task);
    expect(() => sandbox.git(repo, 'merge', '-q', 'side')).toThrow();
    const merge = `git -C ${repo} merge`;
    expect(await landOne(session, task, candidate)).toMatchObject({
      reason: `a merge is under way in ${repo}: finish it (${merge} --continue) or end it (${merge} --abort)`,
    });
    sandbox.git(repo, 'merge', '--abort');
    expect(() => sandbox.git(repo, 'rebase', '-q', 'side')).toThrow();
    expect(await landOne(session, task, candidate)).toMatchObject({
      reason: expect.stringMatching(/is being rebased in .*rebase --abort/),
    });
  });

  test.each([true, false])(
    'names how git forgets a worktree of the target that is gone, locked: %s',
    async (locked) => {
      const { repo, session, task } = await make();
      const candidate = await buildCandidate(session, task);
      sandbox.git(repo, 'checkout', '-q', '--detach');
      const path = join(sandbox.root, 'gone');
      sandbox.git(repo, 'worktree', 'add', '-q', path, 'main');
      if (locked) sandbox.git(repo, 'worktree', 'lock', path);
      rmSync(path, { recursive: true });
      const landing = await landOne(session, task, candidate);
      const { reason = '' } = landing as { reason?: string };
      const commands = /forget it \((.*)\)$/.exec(reason)?.[1]?.split(' && ') ?? [];
      expect(commands).toHaveLength(locked ? 2 : 1);
      for (const command of commands) sandbox.git(repo, ...command.split(' ').slice(1));
      expect(await landOne(session, task, candidate)).toMatchObject({ status: 'landed' });
    },
  );

  test('says conflict, or that it cannot tell, and builds nothing', async () => {
    const { repo, session, task } = await make();
    sandbox.commit(repo, { 'a.txt': 'by a person\n' });
    const refs = sandbox.git(repo, 'for-each-ref');
    expect(await buildCandidate(session, task)).toMatchObject({
      status: 'conflict',
      conflicts: [{ path: 'a.txt', kind: 'contents' }],
    });
    expect(await buildCandidate(session, { ...task, slug: 'x', branch: 'no-such' })).toMatchObject({
      status: 'unknown',
    });
    expect(await buildCandidate({ ...session, target: 'no-such' }, task)).toMatchObject({
      status: 'unknown',
    });
    expect(sandbox.git(repo, 'for-each-ref')).toBe(refs);
    const idle = await sandbox.task(session, 'idle');
    const { base } = await addWorktree(session, idle);
    expect(await buildCandidate(session, { ...idle, base })).toMatchObject({
      status: 'unknown',
      reason: 'codex-agent/idle has no commits of its own',
    });
  });
});

describe('cleanUpLanded', () => {
  async function landed() {
    const made = await make();
    const report = await landOne(made.session, made.task, await buildCandidate(made.session, made.task));
    expect(report.status).toBe('landed');
    return { ...made, commit: sandbox.git(made.repo, 'rev-parse', 'main') };
  }

  test('removes worktree and branch, keeps the branch as done, and may be repeated', async () => {
    const { repo, session, task, path, head, commit } = await landed();
    for (let round = 0; round < 2; round++) {
      expect(await cleanUpLanded(session, task)).toEqual({});
      expect(existsSync(path)).toBe(false);
      expect(sandbox.git(repo, 'for-each-ref', '--format=%(refname)')).toBe(
        'refs/codex-agents/done/one\nrefs/heads/main',
      );
      expect(sandbox.git(repo, 'rev-parse', 'refs/codex-agents/done/one')).toBe(head);
      expect(await buildCandidate(session, task)).toEqual({ status: 'landed', commit });
    }
  });

  test('says where a branch stays that a dead git holds by a lock, and how it goes', async () => {
    const { repo, session, task } = await landed();
    sandbox.git(repo, 'pack-refs', '--all');
    const lock = join(repo, '.git/packed-refs.lock');
    writeFileSync(lock, '');
    expect(await cleanUpLanded(session, task)).toEqual({});
    expect(sandbox.git(repo, 'branch', '--list', task.branch)).not.toBe('');
    const message = expect.stringMatching(
      /^one has landed, but its branch stays: .*another git holds \S+packed-refs\.lock; .*: `git branch -d codex-agent\/one`$/,
    );
    expect(session.events).toContainEqual({ type: 'noted', level: 'warning', message });
    rmSync(lock);
    sandbox.git(repo, 'branch', '-d', task.branch);
  });

  test('keeps what was left in the worktree in a rescue ref', async () => {
    const { repo, session, task, path } = await landed();
    sandbox.write(path, { 'left.txt': 'left\n' });
    const { rescue } = await cleanUpLanded(session, task);
    expect(sandbox.git(repo, 'show', `${rescue}:left.txt`)).toBe('left');
    expect(session.events).toContainEqual({ type: 'worktree.removed', task: 'one', rescue });
  });

  test('leaves a branch that a person has checked out elsewhere', async () => {
    const { repo, session, task, path } = await make();
    sandbox.git(repo, 'merge', '-q', task.branch);
    sandbox.git(path, 'checkout', '-q', '--detach');
    const mine = join(sandbox.root, 'mine');
    sandbox.git(repo, 'worktree', 'add', '-q', mine, task.branch);
    await cleanUpLanded(session, task);
    expect(sandbox.git(mine, 'status', '--porcelain', '--branch')).toBe(`## ${task.branch}`);
    expect(sandbox.git(mine, 'rev-parse', 'HEAD')).toBe(sandbox.git(repo, 'rev-parse', task.branch));
  });

  test('leaves a branch with commits that have not landed, and one that is not ours', async () => {
    const { repo, session, task, path } = await landed();
    const late = sandbox.commit(path, { 'late.txt': 'late\n' });
    await cleanUpLanded(session, task);
    expect(sandbox.git(repo, 'rev-parse', task.branch)).toBe(late);
    sandbox.git(repo, 'branch', 'theirs', 'main');
    await cleanUpLanded(session, { ...task, slug: 'two', branch: 'theirs', worktree: undefined });
    expect(sandbox.git(repo, 'rev-parse', 'theirs')).toBe(sandbox.git(repo, 'rev-parse', 'main'));
  });
});

describe('cut off anywhere', () => {
  test('landing and cleaning up come to the same end when git calls fail from the n-th on, for every n', async () => {
    const { repo, session, task } = await make();
    const left = join(sandbox.root, 'calls-left');
    const bin = join(sandbox.root, 'bin');
    sandbox.write(bin, {
      git: [
        '#!/bin/sh',
        // In one step: calls side by side must not find it empty, which would fail one call and none after it.
        `n=$(($(cat '${left}') - 1)); echo "$n" > '${left}'.$$; mv '${left}'.$$ '${left}'`,
        '[ "$n" -ge 0 ] || exit 143',
        `PATH='${sandbox.env.PATH}'; exec git "$@"`,
      ].join('\n'),
    });
    chmodSync(join(bin, 'git'), 0o755);
    writeFileSync(left, '1000');
    const env = { ...sandbox.env, PATH: `${bin}:${sandbox.env.PATH}` };
    const git = await openGit({ root: repo, commonDir: join(repo, '.git'), env });
    const fragile = { ...session, git, env };
    const landAndCleanUp = async () => {
      const candidate = await buildCandidate(fragile, task);
      // A try that was cut off after the target had moved only has to tidy up.
      const report = candidate.status === 'landed' ? candidate : await landOne(fragile, task, candidate);
      if (report.status !== 'landed') throw new Error(report.status);
      await cleanUpLanded(fragile, task);
    };
    let cuts = 0;
    for (;;) {
      writeFileSync(left, String(cuts));
      try {
        await landAndCleanUp();
        break;
      } catch {
        cuts++;
        expect(sandbox.git(repo, 'status', '--porcelain')).toBe('');
      }
    }
    expect(cuts).toBeGreaterThan(10);
    sandbox.git(repo, 'fsck', '--connectivity-only');
    expect(sandbox.git(repo, 'show', 'main:new.txt')).toBe('new');
    expect(sandbox.git(repo, 'rev-list', '--merges', '--count', 'main')).toBe('1');
    expect(sandbox.git(repo, 'for-each-ref', '--format=%(refname)', 'refs/heads')).toBe('refs/heads/main');
    expect(sandbox.git(repo, 'worktree', 'list').split('\n')).toHaveLength(1);
  }, 120_000);
});
