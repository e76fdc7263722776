/**
 * Benchmarks, each printing its figures a line: `npm run bench` runs all, `npm run bench -- start kill` some.
 * Figures are ratios and medians measured side by side in one run; nothing here passes or fails a build.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'bench');
/** Not benchmarks themselves: what they share, and what needs a repository to be given. */
const helpers = new Set(['sandbox.mjs', 'inside.mjs', 'merges.mjs', 'looks.mjs']);
const known = readdirSync(folder)
  .filter((name) => name.endsWith('.mjs') && !helpers.has(name))
  .map((name) => name.replace(/\.mjs$/, ''));
const given = process.argv.slice(2);
if (given.some((name) => name.startsWith('-'))) {
  console.log(`npm run bench -- [name ...] [path ...]\nNames, all when none is given: ${known.join(', ')}.`);
  process.exit(given.includes('--help') || given.includes('-h') ? 0 : 2);
}
/** What names a path is handed to each benchmark that is run; `field` wants some. */
const paths = given.filter((name) => name.includes('/'));
const names = given.filter((name) => !name.includes('/'));
/** `clis` has names of its own, and takes all that follow. */
const own = names.indexOf('clis') + 1 || names.length;
const wanted = names.slice(0, own);
const words = names.slice(own);
for (const name of wanted.length > 0 ? wanted : known) {
  if (!known.includes(name)) {
    console.error(`There is no benchmark ${name}; there are ${known.join(', ')}.`);
    process.exit(2);
  }
  console.log(`# ${name}`);
  const ended = spawnSync(
    process.execPath,
    [join(folder, `${name}.mjs`), ...paths, ...(name === 'clis' ? words : [])],
    { stdio: 'inherit' },
  );
  if (ended.status !== 0) process.exitCode = 1;
}
