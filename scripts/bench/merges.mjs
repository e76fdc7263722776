/**
 * Replays the merges that a repository has recorded: `node scripts/bench/merges.mjs <repository> [count]`.
 * Each is done by `git merge` in a scratch worktree and predicted; then groups of branches are predicted in pairs,
 * pruned by changed paths, against merging every pair as if the first had landed. Prints how many answers differ, and exits 1 when one does.
 * Works on a clone that borrows the repository's objects; the repository itself is only read.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadInside } from './inside.mjs';
import { makeSandbox } from './sandbox.mjs';

const [source, count = '200'] = process.argv.slice(2);
if (!source || !existsSync(source)) {
  console.error('usage: node scripts/bench/merges.mjs <repository> [count]');
  process.exit(2);
}
const sandbox = makeSandbox();
const clone = join(sandbox.root, 'clone');
const scratch = join(sandbox.root, 'scratch');
const quiet = [
  '-c',
  'rerere.enabled=false',
  '-c',
  'advice.detachedHead=false',
  '-c',
  'core.hooksPath=/dev/null',
];
const git = (cwd, ...args) =>
  spawnSync('git', [...quiet, ...args], { cwd, env: sandbox.env, encoding: 'utf8', maxBuffer: 1 << 28 });
const lines = (text) => text.split('\n').filter(Boolean);

/** Merges commits one after the other, starting from the first, and says how the last one went. */
function reallyMerge(...commits) {
  git(scratch, 'reset', '-q', '--hard', commits[0]);
  git(scratch, 'clean', '-qfdx');
  let ended;
  for (const commit of commits.slice(1)) {
    ended = git(scratch, 'merge', '-q', '--no-ff', '--no-edit', commit);
    if (ended.status !== 0) break;
  }
  // As in a prediction, a file that makes way for a folder is known by its own name.
  const paths = git(scratch, 'diff', '--name-only', '--diff-filter=U', '-z')
    .stdout.split('\0')
    .filter(Boolean);
  const clean = ended.status === 0;
  const tree = clean ? git(scratch, 'rev-parse', 'HEAD^{tree}').stdout.trim() : undefined;
  if (!clean) git(scratch, 'merge', '--abort');
  return {
    clean,
    tree,
    paths: [...new Set(paths.map((path) => path.replace(/~(HEAD|[0-9a-f]{40}).*$/, '')))].sort(),
  };
}

const spread = (list, many) => {
  const step = Math.max(1, list.length / many);
  return Array.from({ length: Math.min(many, list.length) }, (_, at) => list[Math.floor(at * step)]);
};

try {
  git(sandbox.root, 'clone', '-q', '--no-checkout', '--shared', resolve(source), clone);
  const merges = lines(
    git(clone, 'rev-list', '--merges', '--min-parents=2', '--max-parents=2', '--parents', '--all').stdout,
  )
    .map((line) => line.split(' '))
    .filter((ids) => ids.length === 3);
  const chosen = spread(merges, Number(count));
  git(clone, 'worktree', 'add', '-q', '--no-checkout', '--detach', scratch, chosen[0][1]);
  mkdirSync(sandbox.env.XDG_CACHE_HOME, { recursive: true });
  const { gits, predictors, pairing } = await loadInside({
    gits: 'services/platform/git/git',
    predictors: 'services/landing/prediction/predictor',
    pairing: 'services/landing/prediction/pairs',
  });
  const opened = await gits.openGit({ root: clone, commonDir: join(clone, '.git'), env: sandbox.env });
  const predictor = await predictors.openPredictor({ git: opened, env: sandbox.env });

  let different = 0;
  let conflicts = 0;
  for (const [id, ours, theirs] of chosen) {
    const truth = reallyMerge(ours, theirs);
    const onto = await predictor.on(ours);
    const [merged] = await onto.merge([[ours, theirs]]);
    const paths = [...new Set(merged.conflicts.map((conflict) => conflict.path))].sort();
    const same =
      merged.status === (truth.clean ? 'clean' : 'conflict') &&
      (truth.clean
        ? merged.tree === truth.tree
        : truth.paths.length === 0 || paths.join('\0') === truth.paths.join('\0'));
    if (!truth.clean) conflicts += 1;
    if (same) continue;
    different += 1;
    console.log(
      `  differs: ${id}: ${merged.status} ${merged.reason ?? ''} ${paths} — git: ${truth.clean ? 'clean' : truth.paths}`,
    );
  }
  console.log(
    `${chosen.length} recorded merges replayed, ${conflicts} conflict, ${different} answers differ`,
  );

  // Branches that were under way at one time: the merged sides of merges that follow each other.
  let pairs = 0;
  let missed = 0;
  let candidates = 0;
  let replayed = 0;
  const groups = spread(
    merges.flatMap((_, at) => (at % 12 === 0 && at + 12 < merges.length ? [merges.slice(at, at + 12)] : [])),
    Math.max(3, Math.round(Number(count) / 25)),
  );
  for (const group of groups) {
    const target = group.at(-1)[1];
    const onto = await predictor.on(target);
    const commits = [...new Set(group.map((ids) => ids[2]))];
    const answers = await onto.merge(commits.map((commit) => [target, commit]));
    const heads = commits.map((commit, at) => ({ name: `${at}`, commit, merged: answers[at] }));
    const clean = heads.filter((head) => head.merged.status === 'clean');
    const told = await pairing.checkPairs(onto, clean);
    const landed = clean.map(({ commit, merged }) =>
      onto.result(merged.tree, [target, commit], [target, commit]),
    );
    const all = clean.flatMap((_, a) => clean.slice(a + 1).map((__, more) => [a, a + 1 + more]));
    // Without pruning, and with all their history.
    const every = await onto.merge(all.map(([a, b]) => [landed[a], clean[b].commit]));
    for (const [at, pair] of told.entries()) {
      pairs += 1;
      if (pair.status !== every[at].status) {
        missed += 1;
        console.log(
          `  missed: ${pair.status}, merging says ${every[at].status}: ${target} with ${all[at].map((one) => clean[one].commit)}`,
        );
      }
      if (pair.status === 'conflict') candidates += 1;
      // Real merges of a few: all that are said to conflict, and some that are not.
      if (pair.status === 'clean' && at % 20 > 0) continue;
      replayed += 1;
      const truth = reallyMerge(target, ...all[at].map((one) => clean[one].commit));
      if (truth.clean === (pair.status === 'clean')) continue;
      different += 1;
      console.log(
        `  differs: pair ${pair.status}, git ${truth.clean ? 'clean' : 'conflict'} ${truth.paths}: ${target} with ${all[at].map((one) => clean[one].commit)}`,
      );
    }
  }
  await predictor.close();
  console.log(
    `${pairs} pairs in ${groups.length} groups, ${candidates} conflict, pruning missed ${missed}; ${replayed} of them merged by git; answers that differ in all: ${different}`,
  );
  if (different + missed > 0) process.exitCode = 1;
} finally {
  sandbox.cleanup();
}
