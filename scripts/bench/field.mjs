/**
 * The whole way in real repositories, beside a person who works: `npm run bench -- field <clone>[:habit,…] …`.
 * Each repository is cloned, given habits (lib/field/habits.mjs), initialised; two agents edit the same line and files of their own, the
 * conflict is predicted, handed back, settled by hand, landed and removed. Then the promises are looked at: a sound repository and fresh
 * clone, the landed tree the tested one, all that is the person's untouched, no line lost. Exits 1 when one is broken.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start, until } from './lib/driven.mjs';
import { habits } from './lib/field/habits.mjs';
import { manifestOf } from './lib/field/manifest.mjs';
import { goOn, pictureOf, settleIn } from './lib/field/person.mjs';
import { makeSandbox, program } from './sandbox.mjs';

const lib = fileURLToPath(new URL('lib/field', import.meta.url));
const slugs = ['one', 'two'];
async function play(source, list = 'plain') {
  const begin = performance.now();
  const sandbox = makeSandbox();
  const told = [];
  const promise = (name, held, detail = '') => {
    told.push(held);
    const lines = held ? '' : `\n      ${String(detail).trim().slice(0, 1500).replaceAll('\n', '\n      ')}`;
    console.log(`  ${held ? 'held  ' : 'BROKEN'} ${name}${lines}`);
  };
  console.log(`${basename(resolve(source, source.endsWith('/repo') ? '..' : '.'))} (${list})`);
  try {
    await wholeWay(prepare(sandbox, resolve(source), list.split(',')), promise);
  } catch (error) {
    promise('the whole way can be gone', false, `${error.stack ?? error}\n${error.stderr ?? ''}`);
  } finally {
    // Agents that still wait end by themselves, and with them the program that waits for them.
    writeFileSync(join(sandbox.root, 'go'), '');
    if (process.env.KEEP) console.log(`  kept: ${sandbox.root}`);
    else sandbox.cleanup();
  }
  const broken = told.filter((held) => !held).length;
  console.log(
    `  ${told.length} promises, ${broken} broken; ${((performance.now() - begin) / 1000).toFixed(0)} s`,
  );
  if (broken > 0) process.exitCode = 1;
}

/** The repository as its person has it, with an upstream of its own. */
function prepare(sandbox, source, wanted) {
  const { root, env, run } = sandbox;
  // Agents are not given GIT_CONFIG_GLOBAL: what is the person's lies where git finds it by itself.
  renameSync(env.GIT_CONFIG_GLOBAL, join(root, '.gitconfig'));
  delete env.GIT_CONFIG_GLOBAL;
  const upstream = join(root, 'upstream.git');
  // Of a copy that lacks old objects, the newest commit alone is whole.
  const missing = run(source, 'git', 'rev-list', '--objects', '--missing=print', 'HEAD').match(/^\?/m);
  const depth = missing ? ['--depth', '1', `file://${source}`] : [source];
  run(root, 'git', 'clone', '-q', '--bare', '--single-branch', ...depth, upstream);
  run(root, 'git', 'clone', '-q', upstream, join(root, 'repo'));
  let at = { ...sandbox, upstream, repo: join(root, 'repo') };
  at.git = (...args) => run(at.repo, 'git', ...args);
  for (const name of wanted) {
    if (!(name in habits)) throw new Error(`There is no habit ${name}; there are ${Object.keys(habits)}.`);
    at = Object.assign(at, habits[name](at) ?? {});
  }
  return Object.assign(at, { env, signals: root });
}

/** Files of text that lie in the work tree, spread over it: prose where there is some, since any line of it may change. */
function chooseFiles(at) {
  // What instructs agents is part of what a person trusts: to change it is another story.
  const calm =
    /^(?!(AGENTS|CLAUDE|GEMINI)\.md|\.|.*\/\.|node_modules|.*(lock|\.svg|\.min\.|vendor|submodule|fixture|snap))/;
  const tracked = at
    .git('ls-files', '-s', '-z')
    .split('\0')
    .filter((line) => line.startsWith('100644'));
  const paths = tracked.map((line) => line.slice(line.indexOf('\t') + 1)).filter((path) => calm.test(path));
  const prose = paths.filter((path) => /\.(md|mdx|rst|txt|adoc)$/.test(path));
  const other = paths.filter((path) => /\.(js|mjs|ts|py|go|rs|java|c|h)$/.test(path));
  const fit = [...prose, ...other].filter((path) => {
    const whole = join(at.repo, path);
    if (!existsSync(whole)) return false;
    const lines = readFileSync(whole, 'latin1').split('\n');
    return lines.length > 12 && lines.length < 2000 && lines[4].trim() !== '';
  });
  if (fit.length < 6) throw new Error(`only ${fit.length} files of text`);
  const [shared, one, two, edited, stashed, committed] = [0, 1, 2, 3, 4, 5].map(
    (share) => fit[Math.floor((Math.min(fit.length, 60) * share) / 6)],
  );
  return { shared, own: { one, two }, edited, stashed, committed };
}

async function wholeWay(at, promise) {
  const target = at.git('branch', '--show-current').trim();
  const before = { fsck: fsck(at.repo, at.env) };
  const files = chooseFiles(at);
  const ca = answering(at);

  const init = ca('init');
  promise(
    'init takes the branch the person is on',
    init.ok && target === ca('config', 'get', 'target').data?.value,
    JSON.stringify(init),
  );
  // Of several worktrees one stands for the repository, and has the configuration.
  const root = ca('status').data.repo;
  replaceChecks(at, root);
  const trusted = ca('trust', '--hash', /--hash (\w+)/.exec(ca('trust').error?.hint)?.[1]);
  promise('its configuration can be edited, and trusted', trusted.ok, JSON.stringify(trusted));
  at.run(root, 'git', 'add', '--sparse', '.codex-agent');
  at.run(root, 'git', 'commit', '-qm', 'Set up codex-agents');
  const plan = join(at.root, 'plan.json');
  writeFileSync(plan, JSON.stringify({ ...files, signals: at.signals, submodule: at.submodule?.path }));
  for (const name of ['agent.mjs', 'manifest.mjs']) copyFileSync(join(lib, name), join(at.root, name));
  configure(at, plan);
  settleIn(at, files);
  for (const slug of slugs) ca('task', 'add', slug, '--slug', slug, '--goal', `What ${slug} asks for.`);

  const launched = start(at, 'manager', 'launch', '--wait', '--json');
  const started = () => slugs.every((slug) => existsSync(join(at.signals, `started-${slug}`)));
  await Promise.race([until(started, 240_000), launched.done]);
  if (!started()) throw new Error(`no agents started: ${(await launched.done).out.slice(-900)}`);
  goOn(at, files);
  const mine = pictureOf(at, target);
  const tip = at.git('rev-parse', target).trim();
  writeFileSync(join(at.signals, 'go'), '');
  const { code, out } = await launched.done;
  const tasks = () => ca('task', 'list').data.tasks.filter((task) => slugs.includes(task.slug));
  promise(
    'both agents finish beside a person who commits, fetches and stashes; nothing is held',
    code === 0 && tasks().every((task) => task.status === 'done' || task.status === 'validated'),
    `exit ${code} ${JSON.stringify(tasks().map(({ slug, status, problem }) => ({ slug, status, problem })))}\n${out.slice(-900)}`,
  );

  const predicted = ca('merge', 'check', '--pairs');
  const pair = predicted.data?.pairs?.[0];
  promise(
    'the conflict is predicted, by its file alone',
    pair?.status === 'conflict' && pair.paths.join() === files.shared,
    JSON.stringify(predicted),
  );
  const landed = ca('merge', 'land', 'one');
  promise(
    'the first lands',
    landed.ok && ca('task', 'show', 'one').data.task.status === 'landed',
    JSON.stringify(landed),
  );
  settleConflict(at, ca, files, promise);
  const second = ca('merge', 'land', 'two');
  promise(
    'the second lands',
    second.ok && ca('task', 'show', 'two').data.task.status === 'landed',
    JSON.stringify(second),
  );
  for (const slug of slugs) {
    if (ca('task', 'show', slug).data.task.worktree) ca('task', 'worktree', 'remove', slug);
    const removed = ca('task', 'remove', slug, '--yes');
    promise(`${slug} can be removed`, removed.ok, JSON.stringify(removed));
  }
  lookAtTheRepository(at, promise, { target, tip, mine, files, before });
  lookAtTheClone(at, promise, { target, before });
}

/** Runs a command with `--json`, and hands back its last document with the exit code. */
const answering =
  (at) =>
  (...args) => {
    const ended = spawnSync(process.execPath, [program, '--json', '--yes', '--no-input', ...args], {
      cwd: at.repo,
      env: at.env,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    const last = ended.stdout
      .trim()
      .split('\n')
      .findLast((line) => line.startsWith('{'));
    const answer = last ? JSON.parse(last) : { ok: false };
    const result =
      answer.type === 'result' ? { ok: ended.status === 0, data: answer.data ?? answer } : answer;
    return { code: ended.status, ...result, ...(ended.stderr ? { stderr: ended.stderr } : {}) };
  };

/** The packages of the repository are not installed here: its own checks make way for one that notes what it is given. */
function replaceChecks(at, root) {
  const file = join(root, '.codex-agent', 'config.toml');
  const tables = readFileSync(file, 'utf8').split(/^(?=\[)/m);
  const run = JSON.stringify([process.execPath, join(at.root, 'manifest.mjs'), 'write', at.root]);
  const own = `\n[[validator.checks]]\nname = "manifest"\nkind = "test"\nrun = ${run}\n`;
  writeFileSync(file, tables.filter((text) => !text.startsWith('[[validator.checks]]')).join('') + own);
}

function configure(at, plan) {
  const folder = join(at.env.XDG_CONFIG_HOME, 'codex-agents');
  mkdirSync(folder, { recursive: true });
  const list = (...words) => JSON.stringify(words);
  writeFileSync(
    join(folder, 'config.toml'),
    `[runner]
default = "command"
[runner.command]
args = ${list(process.execPath, join(at.root, 'agent.mjs'), '{slug}', plan)}
# Its agents tell beside their worktree how far they are.
[sandbox]
mode = "off"
`,
  );
}

/** No rule may answer two different ends of one line: it is handed back, settled in an editor, and finished. */
function settleConflict(at, ca, { shared }, promise) {
  const refused = ca('merge', 'resolve', 'two');
  const said = JSON.stringify(refused);
  promise(
    'what no rule can answer is handed back with the command that goes on',
    refused.code === 4 && /--by-hand/.test(said),
    said,
  );
  const laid = ca('merge', 'resolve', 'two', '--by-hand');
  const folder = ca('task', 'show', 'two').data.task.worktree;
  const path = join(folder, shared);
  const text = readFileSync(path, 'latin1');
  promise('the conflict is laid out in the worktree', /^<{7}/m.test(text), JSON.stringify(laid));
  const sides = /^<{7}[^\n]*\n([\s\S]*?)^(?:\|{7}[^\n]*\n[\s\S]*?^)?={7}\r?\n[\s\S]*?^>{7}[^\n]*\n/m;
  const both = text.replace(sides, (_, mine) => mine.replace(/by (one|two)/, 'by one by two'));
  writeFileSync(path, both, 'latin1');
  at.run(folder, 'git', 'add', '--', shared);
  const finished = ca('merge', 'resolve', 'two', '--continue');
  promise('what was settled by hand is taken', finished.ok, JSON.stringify(finished));
}

/** Complaints of git about the objects and refs, dangling ones aside: what is not reachable is not harm. */
function fsck(repo, env) {
  const ended = spawnSync('git', ['fsck', '--no-dangling', '--no-progress'], {
    cwd: repo,
    env,
    encoding: 'utf8',
  });
  return `${ended.status} ${ended.stdout}${ended.stderr}`.trim();
}

function lookAtTheRepository(at, promise, { target, tip, mine, files, before }) {
  promise(
    'git fsck finds the repository as sound as before',
    fsck(at.repo, at.env) === before.fsck,
    fsck(at.repo, at.env),
  );
  const now = pictureOf(at, target);
  for (const [name, text] of Object.entries(mine))
    promise(`${name} of the person: as they were`, now[name] === text, difference(text, now[name]));
  const left = at.git('worktree', 'list', '--porcelain').match(/^branch refs\/heads\/codex-agent\/.*$/gm);
  promise('no worktree of a task is left', left === null, left?.join('\n'));
  promise('what the person committed is in the target', at.git('merge-base', tip, target).trim() === tip);
  const show = (path) => at.git('show', `${target}:${path}`);
  const found = {
    'the shared line of both': show(files.shared).includes('by one by two'),
    'the file of one': show(files.own.one).includes('by one'),
    'the file of two': show(files.own.two).includes('by two'),
    'new files': show('new-one.sh').includes('one') && show('new-two.sh').includes('two'),
    modes:
      at.git('ls-tree', target, 'new-one.sh', 'new-two.sh', 'link-two').replaceAll(/ .*/g, '') ===
      '120000\n100755\n100755\n',
  };
  const lost = Object.keys(found).filter((name) => !found[name]);
  promise('every line of both agents is in the target', lost.length === 0, lost.join(', '));
  const changed = at.git('diff', '--name-only', tip, target).split('\n').filter(Boolean).sort().join('\n');
  const meant = [files.shared, files.own.one, files.own.two, 'new-one.sh', 'new-two.sh', 'link-two'];
  if (at.submodule) meant.push(at.submodule.path);
  promise('nothing else changed in it', changed === meant.sort().join('\n'), changed);
  if (!at.signed) return;
  const bare = at.git('log', '--format=%G? %s', `${tip}..${target}`, '--first-parent').split('\n');
  promise(
    'what landed is signed',
    bare.every((line) => !line.startsWith('N')),
    bare.join('\n'),
  );
}

function lookAtTheClone(at, promise, { target, before }) {
  if (at.submodule) {
    const commit = at.git('rev-parse', `${target}:${at.submodule.path}`).trim();
    const pushed = spawnSync('git', ['push', '-q', at.submodule.upstream, `${commit}:refs/heads/by-one`], {
      cwd: join(at.repo, '.git', 'modules', at.submodule.path),
      env: at.env,
      encoding: 'utf8',
    });
    promise("the submodule's commit is in the person's own module", pushed.status === 0, pushed.stderr);
  }
  // The person of this bench has a hook of their own where git-lfs would upload.
  if (at.lfs) at.git('lfs', 'push', 'origin', target);
  at.git('push', '-q', 'origin', target);
  const fresh = join(at.root, 'fresh');
  // Submodules that the person has not got either are of other hosts, and not asked for.
  const recursive = at.submodule ? ['--recurse-submodules'] : [];
  at.run(at.root, 'git', 'clone', '-q', ...recursive, '--branch', target, `file://${at.upstream}`, fresh);
  promise(
    'git fsck finds a fresh clone sound',
    fsck(fresh, at.env).startsWith('0') || before.fsck !== '0',
    fsck(fresh, at.env),
  );
  const clone = manifestOf(fresh);
  const record = readdirSync(at.root).find((name) => name === `tested-${clone.tree}.json`);
  promise('the tree of the clone was tested', record !== undefined, readdirSync(at.root).join(' '));
  if (!record) return;
  const tested = JSON.parse(readFileSync(join(at.root, record), 'utf8'));
  const other = Object.entries(tested.files).filter(([path, state]) => clone.files[path] !== state);
  promise(
    `its files are those that were tested, byte for byte (${Object.keys(tested.files).length} of ${Object.keys(clone.files).length})`,
    other.length === 0,
    other
      .slice(0, 10)
      .map(([path, state]) => `${path}: tested ${state}, cloned ${clone.files[path]}`)
      .join('\n'),
  );
}

function difference(was, is) {
  const [a, b] = [was.split('\n'), is.split('\n')];
  return [
    ...a.filter((line) => !b.includes(line)).map((line) => `- ${line}`),
    ...b.filter((line) => !a.includes(line)).map((line) => `+ ${line}`),
  ].join('\n');
}

const [first] = process.argv.slice(2);
if (!first) {
  console.log(`usage: npm run bench -- field <clone>[:habit,…] …; habits: ${Object.keys(habits).join(', ')}`);
  process.exit(0);
}
for (const wanted of process.argv.slice(2)) await play(...wanted.split(/:(?=[^:/]*$)/));
