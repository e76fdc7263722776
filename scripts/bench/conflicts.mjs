/**
 * `merge file` against what people committed: recorded merges with conflicts, scored in process.
 * CONFLICTS_BENCH is the folder with bench.mjs, lib.mjs and manifest.dev.jsonl, CONFLICTS_DATA the extracted texts
 * (its HOWTO says how to get them); both can be given as arguments. CONFLICTS_SAMPLE takes fewer rows;
 * CONFLICTS_ACCEPT=checked also takes what passes the gate and is not proven.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const [bench = process.env.CONFLICTS_BENCH, data = process.env.CONFLICTS_DATA] = process.argv.slice(2);

const missing = [
  !bench && 'the folder of the benchmark (CONFLICTS_BENCH)',
  bench && !existsSync(join(bench, 'bench.mjs')) && `${join(bench, 'bench.mjs')}`,
  !data && 'the folder of the extracted texts (CONFLICTS_DATA)',
  data && !existsSync(data) && data,
].filter(Boolean);
if (missing.length > 0) {
  console.log(`not measured; missing: ${missing.join(', ')}`);
  process.exit(0);
}

const folder = mkdtempSync(join(tmpdir(), 'conflicts-'));
// Grammars are found from the bundle's place, so it stands inside of the project.
const module = join(root, 'dist', `conflicts-bench-${process.pid}.mjs`);
try {
  await build({
    stdin: { contents: harness(folder), resolveDir: root, loader: 'ts' },
    outfile: module,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  const json = join(folder, 'summary.json');
  const rows = process.env.CONFLICTS_ROWS ?? join(folder, 'rows.jsonl');
  const args = ['--manifest', join(resolve(bench), 'manifest.dev.jsonl'), '--data', resolve(data)];
  const more = process.env.CONFLICTS_SAMPLE ? ['--sample', process.env.CONFLICTS_SAMPLE] : [];
  const only = process.env.CONFLICTS_REPO ? ['--repo', process.env.CONFLICTS_REPO] : [];
  const command = [join(resolve(bench), 'bench.mjs'), ...args, ...more, ...only, '--module', module];
  const run = spawnSync(process.execPath, [...command, '--json', json, '--out', rows], { encoding: 'utf8' });
  process.stderr.write(run.stderr);
  if (run.status !== 0) process.exit(1);
  const times = readFileSync(join(folder, 'times'), 'utf8').trim().split('\n').map(Number);
  report(
    JSON.parse(readFileSync(json, 'utf8')),
    times.sort((a, b) => a - b),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
  rmSync(module, { force: true });
}

/**
 * The module that bench.mjs calls for each file. It merges in a process of its own, which lives as long as the bench:
 * starting git copies the page tables of the process that starts it, and the bench's scoring holds 150 MB of its own.
 * It writes down how long each merge took; the bench's own time has the files and a message each way in it.
 */
function harness(scratch) {
  writeFileSync(join(scratch, 'base'), '');
  return `
    import { fork } from 'node:child_process';
    import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
    import { fileURLToPath } from 'node:url';
    import { mergeFile } from './src/services/landing/structural/index.ts';
    const at = (name) => ${JSON.stringify(scratch)} + '/' + name;
    const files = { base: at('base'), ours: at('ours'), theirs: at('theirs'), out: at('out') };
    const merge = (path) => mergeFile({ ...files, path, accept: process.env.CONFLICTS_ACCEPT ?? 'proven', cwd: '/', env: process.env, signal: new AbortController().signal });
    process.on('message', async (path) => {
      const before = performance.now();
      const answer = await merge(path).catch((error) => ({ error: String(error) }));
      appendFileSync(at('times'), performance.now() - before + '\\n');
      process.send(answer);
    });

    let child;
    export async function resolve({ base, ours, theirs, path }) {
      for (const [name, text] of Object.entries({ base, ours, theirs })) writeFileSync(at(name), text);
      if (!child) {
        child = fork(fileURLToPath(import.meta.url));
        child.unref();
        child.channel.unref();
      }
      child.channel.ref();
      const { status, error } = await new Promise((answered) => {
        child.once('message', answered);
        child.send(path);
      });
      child.channel.unref();
      if (error) throw new Error(error);
      return { resolved: status !== 'not-resolved', text: readFileSync(at('out'), 'utf8') };
    }`;
}

function report({ all, mean_of_repos: mean, not_extracted: left, by_lang: langs }, times) {
  const line = (name, value) => console.log(`${name.padEnd(34)} ${value}`);
  line('files', `${all.files}${left ? ` (${left} not extracted)` : ''}`);
  line('resolved', `${all.resolved_pct} %`);
  line('identical to the human', `${all.match_pct} %`);
  line('precision', `${all.precision} %`);
  line('precision on attainable files', `${all.precision_attainable} %`);
  line('wrong', `${all.wrong_pct} %`);
  line('hunks resolved / exact', `${all.hunk_resolved_pct} % / ${all.hunk_exact_pct} %`);
  line('hunks lost', `${all.hunk_lost_pct} %`);
  line('mean of repositories', `${mean.match_pct} % identical, precision ${mean.precision} %`);
  line('crashes, contract violations', `${all.crashes}, ${all.contract_violations}`);
  const share = (part) => times[Math.floor(times.length * part)].toFixed(1);
  line('milliseconds a file', `p50 ${share(0.5)}, p95 ${share(0.95)}`);
  line('  with files and messages', `p50 ${all.ms_p50}, p95 ${all.ms_p95}`);
  for (const [lang, sum] of Object.entries(langs)) {
    if (sum.files >= 25) line(`  ${lang}`, `${sum.match_pct} % identical, precision ${sum.precision} %`);
  }
}
