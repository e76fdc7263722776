/** What must hold whatever failed and whoever was ended. Each check gives a list of what does not. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { treasures } from './ground.mjs';

const registryFile = ({ sandbox }) => join(sandbox.env.XDG_DATA_HOME, 'codex-agents', 'tasks.json');

export const tasksOf = (ground) => JSON.parse(readFileSync(registryFile(ground), 'utf8')).tasks;
export const taskOf = (ground, slug) => tasksOf(ground).find((task) => task.slug === slug);

const plainGit = ({ repo, sandbox }, ...args) =>
  spawnSync('git', args, { cwd: repo, env: sandbox.env, encoding: 'utf8', maxBuffer: 1 << 28 });

/** What there was before, for `losses` to compare with. */
export function noteOf(ground) {
  return {
    tasks: tasksOf(ground).map(({ slug }) => slug),
    tips: plainGit(ground, 'for-each-ref', '--format=%(objectname)').stdout.split('\n').filter(Boolean),
    status: plainGit(ground, 'status', '--porcelain').stdout,
  };
}

/** A scene may name a task that goes, and further words that must be there. */
export function losses(ground, before, /** @type {Record<string, any>} */ { removes, wants = [] } = {}) {
  const wrong = [];
  try {
    const there = tasksOf(ground).map(({ slug }) => slug);
    for (const slug of before.tasks)
      if (slug !== removes && !there.includes(slug)) wrong.push(`task ${slug} is gone`);
    if (new Set(there).size !== there.length) wrong.push('a task is there twice');
  } catch (error) {
    wrong.push(`the registry cannot be read: ${error.message}`);
  }
  const fsck = plainGit(ground, 'fsck', '--connectivity-only', '--no-dangling', '--no-progress');
  const told = `${fsck.stdout}${fsck.stderr}`.trim();
  if (fsck.status !== 0 || told) wrong.push(`fsck: ${told.split('\n')[0]}`);
  const held = new Set(plainGit(ground, 'rev-list', '--all').stdout.split('\n'));
  if (before.tips.some((tip) => !held.has(tip))) wrong.push('a commit is on no ref any more');
  const status = plainGit(ground, 'status', '--porcelain').stdout;
  if (status !== before.status) wrong.push(`the main worktree is not as it was: ${status.split('\n')[0]}`);
  const found = wordsIn(ground);
  for (const word of [...Object.keys(treasures), ...wants])
    if (!found.has(word)) wrong.push(`lost: ${treasures[word] ?? word}`);
  return wrong;
}

/** Words of persons and agents that stand in a file, in the trash too, or in an object that a ref reaches. */
function wordsIn({ sandbox, repo }) {
  const found = new Set();
  const look = (text) => {
    for (const [word] of text.matchAll(/TOKEN[A-Z]+/g)) found.add(word);
  };
  for (const folder of [repo, `${repo}.worktrees`])
    eachFile(folder, (path) => look(readFileSync(path, 'latin1')));
  const git = (args, input) =>
    execFileSync('git', args, { cwd: repo, env: sandbox.env, input, maxBuffer: 1 << 28, encoding: 'latin1' });
  const ids = git(['rev-list', '--objects', '--all', '--indexed-objects', '--no-object-names']);
  look(git(['cat-file', '--batch'], ids));
  return found;
}

function eachFile(folder, use) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name === '.git') continue;
    if (entry.isDirectory()) eachFile(path, use);
    else if (entry.isFile()) use(path);
  }
}

/** Files that a killed process left and that nothing has swept yet, by kind. */
export function leftovers({ sandbox }) {
  const names = [];
  const data = join(sandbox.env.XDG_DATA_HOME, 'codex-agents');
  for (const name of readdirSync(data))
    if (/\.tmp\./.test(name)) names.push('temporary file of the registry');
  for (const name of readdirSync(sandbox.env.TMPDIR))
    names.push(`TMPDIR/${name.replace(/[-.]\d.*$|[-.]\w{6}$/, '')}`);
  const locks = join(sandbox.root, 'repo', '.git');
  for (const name of readdirSync(locks)) if (name.endsWith('.lock')) names.push(`.git/${name}`);
  return names;
}

/** What a person was told: in words, and not as a trace of ours. */
export function toldBadly({ code, signal, output }) {
  if (signal) return [`ended by ${signal}`];
  if (code === null) return ['no exit code'];
  const wrong = [];
  if (/^\s+at .*\(?(node:|file:|\/).*:\d+:\d+/m.test(output)) wrong.push('a trace instead of words');
  if (code !== 0 && output.trim() === '') wrong.push(`exit ${code} without a word`);
  if (/This is a fault of|report it/i.test(output)) wrong.push('told as a fault of ours');
  return wrong;
}
