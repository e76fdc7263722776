/**
 * Kill -9 of the whole process group at random moments of making and removing worktrees, then the same command again.
 * Counts what must never be: a half-made worktree called ready, a second try that fails, work that is gone.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { differencesIn, makeRepo, pictureOf } from './lib/worktree-repo.mjs';
import { makeSandbox, program } from './sandbox.mjs';

const kills = Number(process.env.KILLS ?? 100);
const sandbox = makeSandbox();
const found = { killed: 0, falseReady: 0, secondTryFailed: 0, incomplete: 0, workLost: 0, donorChanged: 0 };

/** Resolves with the exit code, or undefined when it was killed. */
function attempt(repo, argv, killAfterMs) {
  const child = spawn(process.execPath, [program, ...argv], {
    cwd: repo,
    env: sandbox.env,
    stdio: 'ignore',
    detached: true,
  });
  const timer = setTimeout(() => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }, killAfterMs);
  return new Promise((done) =>
    child.on('close', (code) => {
      clearTimeout(timer);
      done(code ?? undefined);
    }),
  );
}

const succeeds = (repo, ...argv) => attempt(repo, argv, 120_000).then((code) => code === 0);

/** The worktree as git lists it: its folder, and whether anything still holds its lock. */
function recordOf(repo, slug) {
  const blocks = sandbox.run(repo, 'git', 'worktree', 'list', '--porcelain').split('\n\n');
  const block = blocks.find((text) => text.split('\n').includes(`branch refs/heads/codex-agent/${slug}`));
  return block && { path: /^worktree (.*)$/m.exec(block)[1], ready: !/^locked/m.test(block) };
}

try {
  const repo = makeRepo(sandbox, { tracked: 1500, ignored: 4000 });
  const donor = pictureOf(repo);
  let addMs = 1000;
  for (let at = 0; found.killed < kills && at < kills * 3; at++) {
    const slug = `task-${at}`;
    sandbox.codexAgent(repo, 'task', 'add', slug, '--slug', slug, '--goal', 'bench');
    const begin = Date.now();
    const code = await attempt(repo, ['task', 'worktree', 'add', slug], 40 + Math.random() * addMs);
    if (code === undefined) found.killed++;
    else addMs = (addMs + (Date.now() - begin)) / 2;
    const half = recordOf(repo, slug);
    const bad =
      half?.ready && existsSync(half.path) && differencesIn(half.path, donor, 'node_modules/').length > 0;
    if (bad) found.falseReady++;
    if (!(await succeeds(repo, 'task', 'worktree', 'add', slug))) found.secondTryFailed++;
    const { path } = recordOf(repo, slug) ?? {};
    const status = path ? sandbox.run(path, 'git', 'status', '--porcelain') : 'no worktree';
    if (status !== '' || differencesIn(path, donor, 'node_modules/').length > 0) found.incomplete++;
    if (!path) continue;

    writeFileSync(join(path, 'work.txt'), `${slug}\n`);
    const removed = await attempt(
      repo,
      ['task', 'worktree', 'remove', slug, '--force', '--yes'],
      40 + Math.random() * 260,
    );
    if (removed === undefined) found.killed++;
    if (!(await succeeds(repo, 'task', 'worktree', 'remove', slug, '--force', '--yes')))
      found.secondTryFailed++;
    if (!holdsWork(repo, slug, path)) found.workLost++;
  }
  const now = pictureOf(repo).filter(({ path }) => !path.startsWith('.codex-agent'));
  const before = donor.filter(({ path }) => !path.startsWith('.codex-agent'));
  if (JSON.stringify(now) !== JSON.stringify(before)) found.donorChanged++;
  sandbox.run(repo, 'git', 'fsck', '--no-dangling');
  console.log(
    Object.entries(found)
      .map(([name, count]) => `${name} ${count}`)
      .join(', '),
  );
  if (Object.entries(found).some(([name, count]) => name !== 'killed' && count > 0)) process.exitCode = 1;
} finally {
  sandbox.cleanup();
}

/** Where the uncommitted file is: still in the worktree, or under a rescue ref. */
function holdsWork(repo, slug, path) {
  if (existsSync(join(path, 'work.txt'))) return readFileSync(join(path, 'work.txt'), 'utf8') === `${slug}\n`;
  const refs = sandbox.run(
    repo,
    'git',
    'for-each-ref',
    '--format=%(refname)',
    `refs/codex-agents/rescue/${slug}`,
  );
  return refs
    .split('\n')
    .filter(Boolean)
    .some((ref) => sandbox.run(repo, 'git', 'show', `${ref}:work.txt`) === `${slug}\n`);
}
