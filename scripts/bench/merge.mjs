/**
 * What predicting merges costs, on a generated repository: one check against one `git merge-tree` process and against
 * a temporary worktree; all pairs of 50 and 200 heads against a process per pair; one new commit; nothing new; the
 * queue. In this process, and by the command line, which adds the start of Node. CPU counts git's processes too: on a
 * busy machine it says more than the clock.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { loadInside } from './inside.mjs';
import { makeSandbox, median, program } from './sandbox.mjs';

const sandbox = makeSandbox();
const files = Number(process.env.FILES ?? 3000);
const [few, many] = [Number(process.env.FEW ?? 50), Number(process.env.MANY ?? 200)];
let seed = 1;
const random = () => {
  seed = (seed * 48271) % 2147483647;
  return seed / 2147483647;
};
const below = (many) => Math.floor(random() * many);
const line = () => `words ${below(1e6)} of a line`;

/** A repository whose branches start from one commit; some edits go to a few files that many want. */
function generate(name, heads) {
  const repo = join(sandbox.root, name);
  sandbox.run(sandbox.root, 'git', 'init', '-q', repo);
  const paths = Array.from({ length: files }, (_, at) => `src/area${at % 17}/part${at % 13}/file${at}.txt`);
  const texts = new Map(paths.map((path) => [path, Array.from({ length: 40 + below(120) }, line)]));
  const stream = [];
  let marks = 0;
  const data = (text) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const put = (path, text) => `M 100644 inline ${path}\n${data(`${text.join('\n')}\n`)}`;
  const commit = (ref, from, changes) => {
    marks += 1;
    stream.push(
      `commit ${ref}\nmark :${marks}\ncommitter b <b@localhost> ${1_700_000_000 + marks} +0000\n${data('c')}${from ? `from :${from}\n` : ''}${changes.join('')}\n`,
    );
    return marks;
  };
  const edit = () => {
    const path = random() < 0.15 ? paths[below(6)] : paths[below(files)];
    const text = [...texts.get(path)];
    text[below(text.length)] = line();
    return put(path, text);
  };
  const base = commit(
    'refs/heads/main',
    0,
    paths.map((path) => put(path, texts.get(path))),
  );
  for (let at = 0; at < heads; at++) {
    const ref = `refs/heads/codex-agent/h${at}`;
    const changes = Array.from({ length: 2 + below(5) }, edit);
    if (random() < 0.5) changes.push(put(`src/area${below(17)}/new${at}.txt`, [line()]));
    if (random() < 0.05)
      changes.push(`R ${paths[100 + at]} ${paths[100 + at].replace('.txt', '-moved.txt')}\n`);
    stream.push(`reset ${ref}\nfrom :${base}\n\n`);
    commit(ref, base, changes);
  }
  let tip = base;
  for (let at = 0; at < 10; at++) tip = commit('refs/heads/main', tip, [edit()]);
  const done = spawnSync('git', ['fast-import', '--quiet'], {
    cwd: repo,
    env: sandbox.env,
    input: stream.join(''),
  });
  if (done.status !== 0) throw new Error(String(done.stderr));
  sandbox.run(repo, 'git', 'reset', '-q', '--hard');
  return repo;
}

const git = (repo, ...args) => sandbox.run(repo, 'git', ...args).trim();
const tasksOf = (heads) =>
  Array.from({ length: heads }, (_, at) => ({ slug: `h${at}`, branch: `codex-agent/h${at}` }));

/** CPU milliseconds of this process and of all its ended children; undefined where the system does not tell. */
function cpuMs() {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ');
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * 10;
  } catch {
    return undefined;
  }
}

async function timed(work) {
  const before = cpuMs();
  const started = performance.now();
  const value = await work();
  const ms = performance.now() - started;
  const after = cpuMs();
  return { ms, cpu: before === undefined ? undefined : after - before, value };
}

const show = ({ ms, cpu }) => `${ms.toFixed(0)} ms${cpu === undefined ? '' : `, ${cpu} ms of CPU`}`;

/** One process as cheap as Node can start it. */
const bare = (repo, ...args) =>
  new Promise((resolve) => {
    const child = spawn('git', args, { cwd: repo, env: sandbox.env, stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.resume();
    child.on('close', resolve);
  });

/** What a check must leave alone. */
const state = (repo) =>
  JSON.stringify([
    git(repo, 'for-each-ref'),
    git(repo, 'worktree', 'list', '--porcelain'),
    statSync(join(repo, '.git', 'index')).mtimeMs,
    git(repo, '--no-optional-locks', 'status', '--porcelain'),
    readdirSync(join(repo, '.git', 'objects'), { recursive: true }).length,
  ]);

/** Commits a small change to a branch, without a worktree. */
function commitTo(repo, branch) {
  const old = git(repo, 'rev-parse', branch);
  const index = join(sandbox.root, 'index');
  const env = { ...sandbox.env, GIT_INDEX_FILE: index };
  const run = (args, input) =>
    spawnSync('git', args, { cwd: repo, env, input, encoding: 'utf8' }).stdout.trim();
  rmSync(index, { force: true });
  run(['read-tree', old]);
  const blob = run(['hash-object', '-w', '--stdin'], line());
  run(['update-index', '--add', '--cacheinfo', `100644,${blob},src/area1/part1/more.txt`]);
  const next = run(['commit-tree', run(['write-tree']), '-p', old, '-m', 'one more']);
  git(repo, 'update-ref', `refs/heads/${branch}`, next, old);
}

try {
  const { gits, checks } = await loadInside({
    gits: 'services/platform/git/git',
    checks: 'services/landing/prediction/check',
  });
  const open = async (repo) => {
    const opened = await gits.openGit({ root: repo, commonDir: join(repo, '.git'), env: sandbox.env });
    return { git: opened, root: repo, env: sandbox.env, target: 'main' };
  };
  const [small, large] = [generate('small', few), generate('large', many)];
  console.log(
    `${files} files; load ${loadavg()[0].toFixed(1)}; ${git(small, '--version')}, node ${process.version}`,
  );

  const session = await open(small);
  const tasks = tasksOf(few);
  // One at a time, in turn, so that what else the machine does weighs on all alike.
  const checker = await checks.openChecker(session);
  await checker.check(tasks.slice(0, 1));
  const [processes, doors, singles, worktrees] = [[], [], [], []];
  for (const task of tasks.slice(1, 17)) {
    const args = ['merge-tree', '--write-tree', '-z', 'main', task.branch];
    processes.push((await timed(() => bare(small, ...args))).ms);
    doors.push((await timed(() => session.git.run(args, { ok: [0, 1] }))).ms);
    singles.push((await timed(() => checker.check([task]))).ms);
  }
  await checker.close();
  for (const task of tasks.slice(1, 4)) {
    const path = join(sandbox.root, 'tree');
    const slow = await timed(async () => {
      await bare(small, 'worktree', 'add', '-q', '--detach', path, 'main');
      await bare(path, 'merge', '-q', '--no-edit', task.branch);
      await bare(small, 'worktree', 'remove', '--force', path);
    });
    worktrees.push(slow.ms);
  }
  const [process1, door, single, worktree] = [processes, doors, singles, worktrees].map(median);
  console.log(
    `one check ${single.toFixed(1)} ms; a merge-tree process ${process1.toFixed(1)} ms bare, ${door.toFixed(1)} ms through the program's own door: ${(single / process1).toFixed(2)} x and ${(single / door).toFixed(2)} x; a temporary worktree ${worktree.toFixed(0)} ms, ${(worktree / single).toFixed(0)} x`,
  );
  console.log(
    `  (medians of up to 16, 16, 16 and 3, each head new to the checker; session and target known)`,
  );

  for (const { repo, heads } of [
    { repo: small, heads: few },
    { repo: large, heads: many },
  ]) {
    const all = tasksOf(heads);
    const own = await open(repo);
    const fresh = await checks.openChecker(own);
    const cold = await timed(() => fresh.check(all, { pairs: true }));
    const pairs = (heads * (heads - 1)) / 2;
    const loud = cold.value.pairs.filter((pair) => pair.status === 'conflict').length;
    const times = [];
    for (let at = 0; at < 12; at++) {
      const [a, b] = [below(heads), below(heads)];
      const args = ['merge-tree', '--write-tree', `codex-agent/h${a}`, `codex-agent/h${b}`];
      times.push((await timed(() => bare(repo, ...args))).ms);
    }
    const each = median(times);
    console.log(
      `all ${pairs} pairs of ${heads}: ${show(cold)}; ${loud} conflict; a process per pair ${((each * pairs) / 1000).toFixed(1)} s (extrapolated), ${((each * pairs) / cold.ms).toFixed(0)} x`,
    );
    console.log(`  nothing new: ${show(await timed(() => fresh.check(all, { pairs: true })))}`);
    // One process a step and rehearsal: two hundred say no more than fifty.
    if (heads === few) {
      const rehearsal = await timed(() => fresh.check(all, { pairs: true, queue: true }));
      const { queue } = rehearsal.value;
      const steps = heads * (queue.lands === heads ? 1 : 2);
      const step = rehearsal.ms / steps;
      const better = queue.proposal ? `, ${queue.proposal.lands} in the order proposed` : '';
      console.log(
        `  queue: ${show(rehearsal)}, ${step.toFixed(1)} ms a branch and rehearsal, ${(step / each).toFixed(1)} x a process; ${queue.lands} land${better}`,
      );
    }
    const news = [];
    for (let at = 0; at < 5; at++) {
      commitTo(repo, `codex-agent/h${at}`);
      news.push(await timed(() => fresh.check(all, { pairs: true })));
    }
    news.sort((a, b) => a.ms - b.ms);
    console.log(`  after one new commit: ${show(news[2])} (median of 5)`);
    await fresh.close();
  }

  const before = state(large);
  const last = await checks.openChecker(await open(large));
  await last.check(tasksOf(5), { pairs: true, queue: true });
  await last.close();
  console.log(`refs, index, worktrees, status and objects as before: ${state(large) === before}`);

  sandbox.codexAgent(small, 'init');
  sandbox.codexAgent(small, 'task', 'add', 'h0', '--slug', 'h0', '--branch', tasks[0].branch, '--no-input');
  // The others as copies of the first: fifty processes would take longer than all the rest.
  const registry = join(sandbox.env.XDG_DATA_HOME, 'codex-agents', 'tasks.json');
  const known = JSON.parse(readFileSync(registry, 'utf8'));
  const [model] = known.tasks;
  known.tasks = tasks.map((task) => ({
    ...model,
    ...task,
    id: `${model.id}-${task.slug}`,
    title: task.slug,
  }));
  writeFileSync(registry, JSON.stringify(known));
  const cli = (...args) =>
    timed(() =>
      spawnSync(process.execPath, [program, 'merge', 'check', ...args, '--json'], {
        cwd: small,
        env: sandbox.env,
      }),
    );
  const start = await timed(() =>
    spawnSync(process.execPath, [program, 'task', 'list'], { cwd: small, env: sandbox.env }),
  );
  const first = await cli('--all', '--pairs');
  const again = await cli('--all', '--pairs');
  commitTo(small, 'codex-agent/h2');
  const next = await cli('--all', '--pairs');
  const one = await cli('h3');
  console.log(
    `command line, start of Node included (a \`task list\` takes ${start.ms.toFixed(0)} ms): pairs of ${few} ${first.ms.toFixed(0)} ms, again ${again.ms.toFixed(0)}, after one new commit ${next.ms.toFixed(0)}; one task ${one.ms.toFixed(0)}`,
  );
} finally {
  sandbox.cleanup();
}
