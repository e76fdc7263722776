/**
 * How often a look is told of merges that a repository has recorded and that git calls clean:
 * `node scripts/bench/looks.mjs <repository> [count]`. Prints each look, for a person to judge, with what became of the
 * line that uses the name: "mended" when the people's own merge changed it. The repository itself is only read.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadInside } from './inside.mjs';
import { makeSandbox } from './sandbox.mjs';

const [source, count = '200'] = process.argv.slice(2);
if (!source || !existsSync(source)) {
  console.error('usage: node scripts/bench/looks.mjs <repository> [count]');
  process.exit(2);
}
const sandbox = makeSandbox();
const clone = join(sandbox.root, 'clone');
const git = (...args) =>
  spawnSync('git', args, { cwd: clone, env: sandbox.env, encoding: 'utf8', maxBuffer: 1 << 28 }).stdout;

try {
  spawnSync('git', ['clone', '-q', '--bare', '--shared', resolve(source), clone], { env: sandbox.env });
  const merges = git('rev-list', '--min-parents=2', '--max-parents=2', '--parents', '--all')
    .split('\n')
    .map((line) => line.split(' '))
    .filter((ids) => ids.length === 3);
  const step = Math.max(1, merges.length / Number(count));
  const chosen = Array.from(
    { length: Math.min(Number(count), merges.length) },
    (_, at) => merges[Math.floor(at * step)],
  );
  mkdirSync(sandbox.env.XDG_CACHE_HOME, { recursive: true });
  const { gits, predictors, words } = await loadInside({
    gits: 'services/platform/git/git',
    predictors: 'services/landing/prediction/predictor',
    words: 'domain/landing/merge',
  });
  const opened = await gits.openGit({ root: clone, commonDir: clone, env: sandbox.env });
  const predictor = await predictors.openPredictor({ git: opened, env: sandbox.env });
  const sums = { clean: 0, told: 0, looks: 0, unknown: 0, mended: 0, milliseconds: 0 };
  const kinds = {};
  for (const [merge, ours, theirs] of chosen) {
    const onto = await predictor.on(ours);
    const [merged] = await onto.merge([[ours, theirs]]);
    if (merged.status !== 'clean') continue;
    sums.clean++;
    const before = performance.now();
    const [{ looks, unknown }] = await onto.looks([{ commit: theirs, tip: theirs, tree: merged.tree }]);
    sums.milliseconds += performance.now() - before;
    if (unknown !== undefined) sums.unknown++;
    if (looks.length === 0) continue;
    sums.told++;
    for (const look of looks) {
      sums.looks++;
      kinds[look.kind] = (kinds[look.kind] ?? 0) + 1;
      const recorded = git('cat-file', 'blob', `${merge}:${look.used.path}`);
      const user = git(
        'cat-file',
        'blob',
        `${look.used.side === 'ours' ? theirs : ours}:${look.used.path}`,
      ).split('\n')[look.used.line - 1];
      const mended = !recorded.split('\n').includes(user);
      if (mended) sums.mended++;
      console.log(
        `  ${merge.slice(0, 10)} ${mended ? 'mended ' : ''}${words.lookLine(look, { ours: 'branch', theirs: 'target' })} | ${user?.trim().slice(0, 100)}`,
      );
    }
  }
  await predictor.close();
  console.log(
    `${source}: ${chosen.length} recorded merges, ${sums.clean} clean, ${sums.told} with a look, ${sums.looks} looks ${JSON.stringify(kinds)}, ` +
      `${sums.mended} in lines that the recorded merge changed, ${sums.unknown} could not be looked into; ` +
      `${(sums.milliseconds / Math.max(1, sums.clean)).toFixed(0)} ms a merge`,
  );
} finally {
  sandbox.cleanup();
}
