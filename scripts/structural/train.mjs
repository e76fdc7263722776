/**
 * Makes src/generated/score-table.js from recorded merges, and says how the table does on repositories it has not
 * seen: each repository in turn is scored by a table made from all others. No text of any repository is kept.
 *
 *   node scripts/structural/train.mjs BENCH DATA [FOLDER...] [--rows FILE] [--check-only]
 *
 * BENCH and DATA as in scripts/bench/conflicts.mjs; a FOLDER is one that mine.mjs made. `--rows` keeps the numbers of every answer, or takes them from
 * the file when it exists: gathering takes minutes. `--check-only` writes no table.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { boost, predict } from './boost.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const words = process.argv.slice(2);
const checkOnly = words.includes('--check-only');
const kept = words.includes('--rows') ? words[words.indexOf('--rows') + 1] : undefined;
const [bench, data, ...mined] = words.filter(
  (word, at) => !word.startsWith('--') && words[at - 1] !== '--rows',
);
if (!bench || !data) {
  console.error('usage: train.mjs BENCH DATA [FOLDER...] [--rows FILE] [--check-only]');
  process.exit(2);
}

const { features, files } =
  kept && existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')) : await gather();
if (kept) writeFileSync(kept, JSON.stringify({ features, files }));
crossValidate();
if (!checkOnly) {
  const { bias, trees } = boost(...examplesOf(files));
  const short = (number) => Number(number.toPrecision(5));
  const table = {
    features,
    bias: short(bias),
    trees: trees.map((tree) => tree.map((node) => node.map(short))),
  };
  const text = `// Made by scripts/structural/train.mjs.\nexport const scoreTable = ${JSON.stringify(table)};\n`;
  writeFileSync(join(root, 'src/generated/score-table.js'), text);
}

/** Every answer the rules have for every recorded hunk, as numbers, and whether it is what the person wrote. */
async function gather() {
  const lib = await import(pathToFileURL(join(resolve(bench), 'lib.mjs')).href);
  const { viewFile, surroundingsOf, featuresOf, featureNames, whyNot, isGenerated } = await rules();
  const rowsOf = (manifest, texts) =>
    lib.readManifest({ manifest }).map((row) => ({ ...row, folder: join(texts, row.id) }));
  const rows = [
    ...rowsOf(join(bench, 'manifest.dev.jsonl'), data),
    ...mined.flatMap((folder) => rowsOf(join(folder, 'manifest.jsonl'), join(folder, 'data'))),
  ];
  const gathered = [];
  const known = new Set();
  for (const row of rows) {
    const { folder } = row;
    if (!existsSync(join(folder, 'merged'))) continue;
    // Branches are merged more than once, and conflict again in the same way.
    const conflict = `${row.path} ${row.ours} ${row.theirs}`;
    if (known.has(conflict)) continue;
    known.add(conflict);
    const segments = lib.conflictSegments(folder);
    const human = lib.alignResult(segments, readFileSync(join(folder, 'merged'), 'utf8'));
    const hunks = segments.filter((segment) => !segment.context);
    const file = { repo: row.repo, attainable: human.contextClean, hunks: hunks.map(() => []) };
    gathered.push(file);
    if (isGenerated(row.path)) continue;
    const parts = partsOf(segments);
    const views = await viewFile({ path: row.path, parts }, 1000);
    const around = surroundingsOf(parts);
    file.hunks = views.map((view, at) => {
      const numbers = featuresOf(view, around[at]);
      return view.candidates.flatMap((candidate, index) => {
        if (whyNot(view, candidate, around[at])) return [];
        const verdict = human.hunks[at]
          ? lib.verdict(hunks[at], lib.splitLines(candidate.text), human.hunks[at])
          : 'unaligned';
        return [{ verdict, numbers: numbers[index].map((number) => Math.round(number * 1e4) / 1e4) }];
      });
    });
  }
  return { features: featureNames, files: gathered };
}

function partsOf(segments) {
  let index = 0;
  const text = (lines) => lines.map((line) => `${line}\n`).join('');
  return segments.map((segment) => {
    if (segment.context) return { type: 'text', text: text(segment.context) };
    const { ours, base, theirs } = segment;
    return {
      type: 'hunk',
      hunk: { index: ++index, ours: text(ours), base: text(base), theirs: text(theirs) },
    };
  });
}

async function rules() {
  const outfile = join(root, 'dist', `train-${process.pid}.mjs`);
  const contents = [
    "export * from './src/services/landing/structural/view.ts';",
    "export * from './src/domain/landing/structural/features.ts';",
    "export { whyNot } from './src/domain/landing/structural/choose.ts';",
    "export { isGenerated } from './src/domain/landing/generated.ts';",
  ].join('\n');
  /** @type {import('esbuild').BuildOptions} */
  const options = {
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  };
  await build({ ...options, stdin: { contents, resolveDir: root, loader: 'ts' }, outfile });
  process.on('exit', () => rmSync(outfile, { force: true }));
  return import(pathToFileURL(outfile).href);
}

/** @returns {[number[][], number[]]} */
function examplesOf(some) {
  const examples = some.flatMap((file) => file.hunks.flat()).filter(({ verdict }) => verdict !== 'unaligned');
  return [examples.map(({ numbers }) => numbers), examples.map(({ verdict }) => Number(verdict === 'exact'))];
}

function crossValidate() {
  const repos = [...new Set(files.map(({ repo }) => repo))];
  for (const repo of repos) {
    const table = boost(...examplesOf(files.filter((file) => file.repo !== repo)));
    for (const file of files.filter((other) => other.repo === repo)) {
      const best = file.hunks.map((answers) =>
        answers
          .map((answer) => ({ ...answer, score: predict(table, answer.numbers) }))
          .reduce((a, b) => (a && a.score >= b.score ? a : b), undefined),
      );
      file.best = best;
      file.score = best.length > 0 ? best.reduce((product, answer) => product * (answer?.score ?? 0), 1) : 0;
      file.match = file.attainable && best.every((answer) => answer?.verdict === 'exact');
    }
  }
  const percent = (part, all) => (all ? ((100 * part) / all).toFixed(1) : '-');
  console.log('threshold  resolved  identical  precision  attainable  hunks lost  mean of repositories');
  for (const threshold of [0.4, 0.43, 0.45, 0.47, 0.5, 0.55, 0.6]) {
    const given = files.filter(({ score }) => score >= threshold);
    const match = given.filter((file) => file.match).length;
    const answers = given.flatMap(({ best }) => best);
    const mean = (key) =>
      repos.reduce((sum, repo) => {
        const own = (list) => list.filter((file) => file.repo === repo);
        const hits = own(given).filter((file) => file.match).length;
        return sum + hits / (key === 'match' ? own(files).length : own(given).length || 1);
      }, 0) / repos.length;
    const cells = [
      percent(given.length, files.length),
      percent(match, files.length),
      percent(match, given.length),
      percent(match, given.filter(({ attainable }) => attainable).length),
      percent(answers.filter(({ verdict }) => verdict === 'lost').length, answers.length),
      `${(100 * mean('match')).toFixed(1)} at ${(100 * mean('precision')).toFixed(1)}`,
    ];
    console.log([threshold.toFixed(2), ...cells].map((cell) => cell.padStart(9)).join(' '));
  }
}
