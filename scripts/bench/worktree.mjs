/**
 * How fast a worktree is ready, beside what git and cp take for the same, interleaved in one run: filled, from a
 * spare, removed, and twelve at once. TRACKED, IGNORED and ROUNDS change the size, MANY how many at once (0: none).
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { loadInside } from './inside.mjs';
import { differencesIn, makeRepo, pictureOf, timed } from './lib/worktree-repo.mjs';
import { makeSandbox, median, program } from './sandbox.mjs';

const tracked = Number(process.env.TRACKED ?? 10_000);
const ignored = Number(process.env.IGNORED ?? 20_000);
const rounds = Number(process.env.ROUNDS ?? 3);
const many = Number(process.env.MANY ?? 12);
const sandbox = makeSandbox();

const add = (repo, slug) => sandbox.codexAgent(repo, 'task', 'worktree', 'add', slug, '--no-input').trim();
const remove = (repo, slug) => sandbox.codexAgent(repo, 'task', 'worktree', 'remove', slug, '--yes');
const newTask = (repo, slug) =>
  sandbox.codexAgent(repo, 'task', 'add', slug, '--slug', slug, '--goal', 'bench');

/** git's own worktree, then one cp of every ignored entry: what a careful person would do by hand. */
function reference(repo, slug) {
  const folder = join(sandbox.root, slug);
  sandbox.run(repo, 'git', 'worktree', 'add', '-q', '--no-track', '-b', slug, folder);
  sandbox.run(repo, 'cp', '-a', '--reflink=auto', '--parents', '-t', folder, '--', 'node_modules', 'target');
  return folder;
}

const { sessions, worktrees, tasks, paths } = await loadInside({
  sessions: 'services/store/session/index',
  worktrees: 'services/worktrees/index',
  tasks: 'services/store/tasks/index',
  paths: 'services/platform/files/paths',
});

/** What was just written is not what a removal waits for: mostly that is long on disk. */
const settle = () => sandbox.run(sandbox.root, 'sync', '-f', '.');

/** What the dashboard does for the key, in this process. Resolves with seconds. */
async function removeInside(repo, slug) {
  const session = await sessions.openSession({
    cwd: repo,
    env: sandbox.env,
    paths: paths.pathsFrom(sandbox.env),
    emit: () => {},
    signal: new AbortController().signal,
  });
  const task = await tasks.requireTask(session, slug);
  const begin = process.hrtime.bigint();
  await worktrees.removeWorktree(session, task);
  await tasks.updateTask(session, slug, (fresh) => ({ ...fresh, worktree: undefined }));
  return Number(process.hrtime.bigint() - begin) / 1e9;
}

function addProcess(repo, slug) {
  const child = spawn(process.execPath, [program, 'task', 'worktree', 'add', slug, '--no-input'], {
    cwd: repo,
    env: sandbox.env,
    stdio: 'ignore',
  });
  return new Promise((done) => child.on('close', done));
}

try {
  const repo = makeRepo(sandbox, { tracked, ignored });
  const donor = pictureOf(repo);
  const times = {
    ...{ reference: [], filled: [], status: [], spare: [], remove: [], bare: [], within: [] },
    ...{ byGit: [], node: [] },
  };
  let different = 0;
  for (let round = 0; round < rounds; round++) {
    const by = timed(() => reference(repo, `by-hand-${round}`));
    times.reference.push(by.seconds);
    settle();
    const byGit = ['git', 'worktree', 'remove', '--force', by.result];
    times.byGit.push(timed(() => sandbox.run(repo, ...byGit)).seconds);
    times.node.push(timed(() => sandbox.run(repo, process.execPath, '-e', '0')).seconds);
    const slug = `filled-${round}`;
    newTask(repo, slug);
    const filled = timed(() => add(repo, slug));
    times.filled.push(filled.seconds);
    const status = timed(() => sandbox.run(filled.result, 'git', 'status', '--porcelain'));
    times.status.push(status.seconds);
    different += differencesIn(filled.result, donor, 'node_modules/').length + (status.result === '' ? 0 : 1);
    settle();
    times.remove.push(timed(() => remove(repo, slug)).seconds);
    times.bare.push(timed(() => sandbox.codexAgent(repo, 'version')).seconds);
    sandbox.codexAgent(repo, 'task', 'worktree', 'prepare', '--count', '1');
    newTask(repo, `spare-${round}`);
    const spare = timed(() => add(repo, `spare-${round}`));
    times.spare.push(spare.seconds);
    different += differencesIn(spare.result, donor, 'node_modules/').length;
    settle();
    times.within.push(await removeInside(repo, `spare-${round}`));
  }
  const ratios = times.filled.map((seconds, at) => seconds / times.reference[at]);
  const ms = (key) => (median(times[key]) * 1000).toFixed(0);
  console.log(
    `${tracked} tracked and ${ignored} ignored files, ${rounds} rounds, the program's start included`,
  );
  console.log(
    `filled ${ms('filled')} ms = ${median(ratios).toFixed(2)} x git worktree add + cp (${ms('reference')} ms)`,
  );
  console.log(`first status ${ms('status')} ms; from a spare ${ms('spare')} ms`);
  console.log(`removal replies in ${ms('remove')} ms, of which the program's start is ${ms('bare')} ms;`);
  console.log(`within a program that runs already, in ${ms('within')} ms;`);
  console.log(`git worktree remove --force takes ${ms('byGit')} ms, and an empty node ${ms('node')} ms`);
  console.log(`ignored files that differ from the main worktree's: ${different}`);

  sandbox.codexAgent(repo, 'task', 'worktree', 'prepare', '--count', '0');
  if (many > 0) await manyAtOnce(repo);
} finally {
  sandbox.cleanup();
}

async function manyAtOnce(repo) {
  const slugs = Array.from({ length: many }, (_, at) => `many-${at}`);
  for (const slug of slugs) newTask(repo, slug);
  const one = await secondsOf(() => inTurn(slugs, (slug) => addProcess(repo, slug)));
  for (const slug of slugs) remove(repo, slug);
  const all = await secondsOf(() => Promise.all(slugs.map((slug) => addProcess(repo, slug))));
  const failed = [...one.codes, ...all.codes].filter((code) => code !== 0).length;
  const share = (all.seconds / one.seconds).toFixed(2);
  console.log(
    `${many} at once ${all.seconds.toFixed(1)} s = ${share} x one after the other; failed ${failed}`,
  );
}

async function inTurn(slugs, work) {
  const codes = [];
  for (const slug of slugs) codes.push(await work(slug));
  return codes;
}

async function secondsOf(work) {
  const begin = process.hrtime.bigint();
  const codes = await work();
  return { codes, seconds: Number(process.hrtime.bigint() - begin) / 1e9 };
}
