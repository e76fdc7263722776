import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { drive, planTasks } from '../../../../src/services/app/manager/index.js';
import { buildCandidate } from '../../../../src/services/landing/candidates/candidate.js';
import {
  landingLock,
  settleLandedElsewhere,
  withLandedElsewhere,
} from '../../../../src/services/landing/train/elsewhere.js';
import { landTasks } from '../../../../src/services/landing/train/index.js';
import { acquireLock } from '../../../../src/services/platform/index.js';
import { requireTask, updateTask } from '../../../../src/services/store/tasks/index.js';
import { addWorktree } from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let repo: string;
let session: SandboxSession;
beforeEach(async () => {
  sandbox = makeSandbox();
  repo = sandbox.repo({ 'a.txt': 'one\ntwo\nthree\n' });
  session = await sandbox.session(repo);
});
afterEach(() => sandbox.cleanup());

const branch = 'codex-agent/one';

/** A task with two commits in a worktree of its own. */
async function worked() {
  const task = await sandbox.task(session, 'one', { branch, branchBy: 'program', status: 'done' });
  const { path, base } = await addWorktree(session, task);
  sandbox.commit(path, { 'a.txt': 'one\nTWO\nthree\n' });
  sandbox.commit(path, { 'b.txt': 'new\n' });
  await session.registry.update('test', (file) => ({
    file: { ...file, tasks: file.tasks.map((one) => ({ ...one, base, worktree: path })) },
    result: undefined,
  }));
  return path;
}

const ways: [string, () => void][] = [
  ['squash-merged', () => sandbox.git(repo, 'merge', '-q', '--squash', branch)],
  ['cherry-picked', () => sandbox.git(repo, 'cherry-pick', `main..${branch}`)],
  [
    'rebased onto newer work',
    () => {
      sandbox.commit(repo, { 'c.txt': 'other\n' });
      sandbox.git(repo, 'cherry-pick', `main..${branch}`);
    },
  ],
  [
    'squash-merged, and built upon',
    () => {
      sandbox.git(repo, 'merge', '-q', '--squash', branch);
      sandbox.commit(repo, {}, 'One (#1)');
      sandbox.commit(repo, { 'a.txt': 'one\nTwo again\nthree\n', 'b.txt': 'newer\n' });
    },
  ],
];

test.each(ways)('a task that was %s counts as landed; nothing empty is merged', async (_, merge) => {
  const path = await worked();
  merge();
  sandbox.commit(repo, {}, 'One (#1)');
  const before = sandbox.git(repo, 'rev-parse', 'main');
  const known = await requireTask(session, 'one');
  expect(await withLandedElsewhere(session, [known])).toMatchObject([{ slug: 'one', status: 'landed' }]);
  // Looking writes nothing.
  expect(await requireTask(session, 'one')).toEqual(known);
  expect(existsSync(path)).toBe(true);
  expect(await settleLandedElsewhere(session)).toEqual(['one']);
  const task = await requireTask(session, 'one');
  expect(task).toMatchObject({ status: 'landed', landedAs: expect.stringMatching(/^[0-9a-f]{40}$/) });
  expect(sandbox.git(repo, 'rev-parse', 'main')).toBe(before);
  expect(existsSync(path)).toBe(false);
  expect(sandbox.git(repo, 'log', '-1', '--format=%s', 'refs/codex-agents/done/one')).toBe('Change');
});

test('landing it by name makes no empty merge either', async () => {
  await worked();
  sandbox.git(repo, 'merge', '-q', '--squash', branch);
  const squashed = sandbox.commit(repo, {}, 'One (#1)');
  expect((await landTasks(session, { tasks: ['one'] })).landed).toEqual([{ task: 'one', commit: squashed }]);
  expect(sandbox.git(repo, 'rev-parse', 'main')).toBe(squashed);
});

test('work that was merged by hand and taken back lands again, and that is told', async () => {
  await worked();
  sandbox.git(repo, 'merge', '-q', '--squash', branch);
  const squashed = sandbox.commit(repo, {}, 'One (#1)');
  sandbox.git(repo, 'revert', '--no-edit', 'HEAD');
  const { landed } = await landTasks(session, { tasks: ['one'] });
  expect(landed).toMatchObject([{ task: 'one' }]);
  const told = session.events.flatMap((event) => (event.type === 'noted' ? [event.message] : []));
  const words = `main had this work as ${squashed.slice(0, 8)}, and took it back`;
  expect(told.filter((message) => message.includes(words))).toHaveLength(1);
});

test('a branch that took the target in, and has nothing else any more, makes no empty merge', async () => {
  const path = await worked();
  const amended = sandbox.commit(
    repo,
    { 'a.txt': 'one\nTWO and more\nthree\n', 'b.txt': 'new\n' },
    'One (#1)',
  );
  sandbox.git(path, 'merge', '-q', '-X', 'theirs', 'main');
  expect(sandbox.git(path, 'diff', 'main')).toBe('');
  const [shown] = await withLandedElsewhere(session, [await requireTask(session, 'one')]);
  expect(shown).toMatchObject({ status: 'landed', landedAs: amended });
  expect((await landTasks(session, { tasks: ['one'] })).landed).toEqual([{ task: 'one', commit: amended }]);
  expect(sandbox.git(repo, 'rev-parse', 'main')).toBe(amended);
});

test('a branch that took the target in, and whose commits undo each other, never had work', async () => {
  const path = await worked();
  sandbox.git(path, 'revert', '--no-edit', `${branch}~1`, branch);
  sandbox.commit(repo, { 'c.txt': 'other\n' });
  sandbox.git(path, 'merge', '-q', '--no-edit', 'main');
  expect(await settleLandedElsewhere(session)).toEqual([]);
});

test.each([
  ['half of it', () => sandbox.git(repo, 'cherry-pick', `${branch}~1`)],
  [
    'the same but for white space',
    () => sandbox.commit(repo, { 'a.txt': 'one\n  TWO\nthree\n', 'b.txt': 'new\n' }),
  ],
  ['nothing', () => sandbox.commit(repo, { 'c.txt': 'other\n' })],
])('a target with %s lacks the work', async (_, change) => {
  await worked();
  change();
  const candidate = await buildCandidate(session, await requireTask(session, 'one'));
  expect(['clean', 'conflict']).toContain(candidate.status);
  expect(await settleLandedElsewhere(session)).toEqual([]);
});

test('merged by hand, and the branch deleted: its commits name the run', async () => {
  const path = await worked();
  const runId = 'one-t1-1';
  sandbox.commit(path, { 'c.txt': 'c\n' }, `More\n\nTask: one\nRun: ${runId}`);
  await updateTask(session, 'one', (task) => ({ ...task, runIds: [runId] }));
  sandbox.git(repo, 'merge', '-q', '--no-ff', '--no-edit', branch);
  sandbox.git(repo, 'worktree', 'remove', path);
  sandbox.git(repo, 'branch', '-D', branch);
  expect(await settleLandedElsewhere(session)).toEqual(['one']);
});

test('whatever drives the repository writes it off', async () => {
  await worked();
  sandbox.git(repo, 'merge', '-q', '--squash', branch);
  sandbox.commit(repo, {}, 'One (#1)');
  await drive(session, { until: 'rest' });
  expect((await requireTask(session, 'one')).status).toBe('landed');
});

test('a task that waits for it can be run; nothing is written off while another landing is under way', async () => {
  await worked();
  sandbox.git(repo, 'merge', '-q', '--squash', branch);
  sandbox.commit(repo, {}, 'One (#1)');
  const lock = await acquireLock(landingLock(session), { command: 'land' });
  expect(await settleLandedElsewhere(session)).toEqual([]);
  await lock.release();
  await sandbox.task(session, 'two', { dependsOn: ['one'] });
  expect(await planTasks(session)).toMatchObject({ waves: [{ tasks: ['two'] }], blocked: [] });
});
