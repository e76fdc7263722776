/**
 * Policies on seeded changes and on what people committed: `npm run bench -- policies <repository>…`. Without a
 * repository only the seeds are judged. Prints which seeds are not caught by the policy meant for them, and which
 * commits of people fail by default, with the reason; a repository is only read. `<repository>@<commit>,<commit>` judges
 * these commits; HELD=1 tells what is held for a person as well; OFFSET between 0 and 1 takes other commits than a run without it.
 * NATURAL=1 takes the last commits as people made them, where half of the others are chosen because they touch tests.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { load } from '../validators.mjs';
import { loadInside } from './inside.mjs';

const perRepository = Number(process.env.COMMITS ?? 40);
const offset = Number(process.env.OFFSET ?? 0);
const isNatural = process.env.NATURAL === '1';
const { harmless, seeds } = await load('test/support/seeded-changes.ts');
const { judge, changes, read, config, gits, files } = await loadInside({
  judge: 'domain/landing/policies/judge',
  changes: 'services/landing/validation/changes',
  read: 'services/landing/validation/policies',
  config: 'domain/store/policies',
  gits: 'services/platform/git/git',
  files: 'domain/landing/tamper/test-files',
});
const policies = config.defaultPolicies();
/** As a repository of any kind may have them. */
const runs = [
  ['npm', 'test'],
  ['npm', 'run', 'lint'],
  ['make', 'test'],
  ['python3', '-m', 'pytest'],
  ['tox'],
  ['go', 'test', './...'],
  ['cargo', 'test'],
  ['mvn', 'test'],
];
const failing = (results) => results.filter(({ status }) => status === 'fail' || status === 'error');

function judgeSeeds() {
  const byKind = new Map();
  for (const seed of seeds) {
    const told = judge
      .judgePolicies(seed.change(), { ...policies, ...seed.policies })
      .find(({ name }) => name === seed.policy);
    const caught = told?.status === (seed.status ?? 'fail');
    const kind = byKind.get(seed.kind) ?? { seeds: 0, caught: 0 };
    byKind.set(seed.kind, { seeds: kind.seeds + 1, caught: kind.caught + (caught ? 1 : 0) });
    if (!caught)
      console.log(
        `  not caught: ${seed.policy} ${seed.kind} in ${seed.path}: ${told?.status} ${told?.detail}`,
      );
  }
  for (const [kind, { seeds: all, caught }] of byKind)
    console.log(`seeds, ${kind}: ${caught} of ${all} caught`);
  let alarms = 0;
  for (const seed of harmless) {
    const bad = failing(judge.judgePolicies(seed.change(), policies));
    if (bad.length > 0)
      console.log(
        `  false alarm: ${seed.kind} in ${seed.path}: ${bad.map(({ name, detail }) => `${name} ${detail}`)}`,
      );
    alarms += bad.length > 0 ? 1 : 0;
  }
  console.log(`harmless changes: ${alarms} of ${harmless.length} failed`);
}

/** Commits over the last years, spread, that touch tests, or anything; or simply the last ones. */
async function commitsOf(git, wanted, onlyTests) {
  const { stdout } = await git.run([
    'log',
    '--no-merges',
    '--max-count=2500',
    '--no-renames',
    '--format=%x00%H %P',
    '--name-only',
    'HEAD',
    '--',
  ]);
  const all = stdout
    .split('\0')
    .slice(1)
    .flatMap((one) => {
      const [head = '', ...names] = one.split('\n').filter(Boolean);
      const [commit, parent] = head.split(' ');
      return parent && names.length > 0 && (!onlyTests || names.some(files.holdsTests))
        ? [{ commit, parent, holdsTests: names.some(files.holdsTests) }]
        : [];
    });
  if (isNatural) return all.slice(0, wanted);
  const step = Math.max(1, all.length / wanted);
  return Array.from(
    { length: Math.min(wanted, all.length) },
    (_, at) => all[Math.floor((at + offset) * step)],
  );
}

const tell = (commit, results, word = '') =>
  console.log(
    `  ${word}${commit.slice(0, 10)} ${results.map(({ name, detail }) => `${name}: ${detail.slice(0, 300)}`).join(' | ')}`,
  );

async function judgeRepository(argument) {
  const [path, named = ''] = argument.split('@');
  const root = resolve(path);
  const commonDir = existsSync(join(root, '.git')) ? join(root, '.git') : root;
  const git = await gits.openGit({ root, commonDir, env: process.env });
  const validator = { checks: runs.map((run) => ({ run })), policies };
  const session = { git, signal: new AbortController().signal, config: { validator } };
  const count = { judged: 0, failed: 0, held: 0, protected: 0, unread: 0, tests: 0 };
  const seen = new Set();
  const chosen = named
    ? named.split(',').map((commit) => ({ commit, parent: `${commit}^` }))
    : isNatural
      ? await commitsOf(git, perRepository, false)
      : [
          ...(await commitsOf(git, perRepository / 2, true)),
          ...(await commitsOf(git, perRepository / 2, false)),
        ];
  for (const { commit, parent, holdsTests } of chosen) {
    if (seen.has(commit)) continue;
    seen.add(commit);
    const sides = { target: parent, head: commit };
    try {
      const changed = await changes.changesOf(session, parent, commit);
      const results = await read.policiesOn(session, changed, sides);
      const bad = failing(results);
      count.judged++;
      count.tests += holdsTests ? 1 : 0;
      if (bad.length === 0) {
        const held = results.filter(({ status }) => status === 'held');
        if (held.length > 0) {
          count.held++;
          if (process.env.HELD) tell(commit, held, 'held ');
        }
        continue;
      }
      const isProtected = bad.every(({ name }) => name === 'protected_paths' || name === 'forbidden_paths');
      count[isProtected ? 'protected' : 'failed']++;
      if (!isProtected) tell(commit, bad);
    } catch (error) {
      count.unread++;
      console.log(`  ${commit.slice(0, 10)} was not read: ${String(error).slice(0, 200)}`);
    }
  }
  const name = basename(root) === 'repo' ? basename(dirname(root)) : basename(root);
  console.log(
    `commits of ${name}: ${count.judged} judged, ${count.tests} touch tests, ${count.failed} failed, ${count.held} held, ${count.protected} touch protected paths only, ${count.unread} unread`,
  );
  return count;
}

if (!process.argv.slice(2).some((argument) => argument.includes('@'))) judgeSeeds();
const total = { judged: 0, failed: 0, held: 0, tests: 0 };
for (const path of process.argv.slice(2)) {
  const count = await judgeRepository(path);
  total.judged += count.judged;
  total.failed += count.failed;
  total.held += count.held;
  total.tests += count.tests;
}
if (total.judged > 0)
  console.log(
    `commits: ${total.failed} of ${total.judged} failed, ${((100 * total.failed) / total.judged).toFixed(1)} %; ${total.held} held for a person, ${((100 * total.held) / total.judged).toFixed(1)} %; ${total.tests} touch tests`,
  );
