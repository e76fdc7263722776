/**
 * Real coding CLIs on PATH, each driven by the built program against a loopback model server, in a home of its own:
 *
 *   npm run bench -- clis                          all that are installed, in all situations
 *   npm run bench -- clis claude acp edit stall    some of them, in some
 *
 * Prints a line for each situation (right or wrong, and what was seen) and a table at the end. JOBS=3 plays three CLIs
 * at once, KEEP=1 keeps what was made.
 */
import { spawn, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { pathOf, ways } from './lib/clis/driven-by.mjs';
import { situationNames } from './lib/clis/situations.mjs';

const words = process.argv.slice(2).filter((word) => !word.includes('/'));
const named = (names) =>
  names.filter((name) => words.some((word) => name === word || name.split('-').includes(word)));
const strange = words.filter(
  (word) => named(Object.keys(ways)).length + named(situationNames).length === 0 || !matches(word),
);
function matches(word) {
  return [...Object.keys(ways), ...situationNames].some(
    (name) => name === word || name.split('-').includes(word),
  );
}
if (strange.length > 0) {
  console.error(
    `Unknown: ${strange.join(', ')}. CLIs: ${Object.keys(ways).join(', ')}. Situations: ${situationNames.join(', ')}.`,
  );
  process.exit(2);
}
const some = (names) => (named(names).length > 0 ? named(names) : names);
const situations = some(situationNames);
const found = [];
for (const name of some(Object.keys(ways))) {
  const path = pathOf(ways[name].program);
  if (path) found.push(name);
  console.log(path ? `${name}: ${version(path)}` : `${name}: skipped, ${ways[name].program} is not on PATH`);
}

function version(path) {
  const { stdout, status } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 60_000 });
  return status === 0 ? stdout.trim() : `--version failed`;
}

const results = [];
const play = join(dirname(fileURLToPath(import.meta.url)), 'lib', 'clis', 'play.mjs');
async function playAll(name) {
  const child = spawn(process.execPath, [play, name, ...situations], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    const result = JSON.parse(line);
    results.push(result);
    const { situation, seen, wrong, seconds } = result;
    console.log(
      `${wrong ? 'WRONG' : 'right'}  ${name.padEnd(17)} ${situation.padEnd(10)} ${seconds.toFixed(0).padStart(4)} s  ${wrong ? `${wrong}; ` : ''}${String(seen).replace(/\s+/g, ' ').slice(0, 200)}`,
    );
  }
  await ended;
}

const queue = [...found];
await Promise.all(
  Array.from({ length: Number(process.env.JOBS ?? 2) }, async () => {
    for (let name = queue.shift(); name; name = queue.shift()) await playAll(name);
  }),
);

const widths = situations.map((name) => Math.max(name.length, 5) + 1);
console.log(`\n${''.padEnd(18)}${situations.map((name, at) => name.padEnd(widths[at])).join('')}`);
for (const name of found) {
  const cells = situations.map((situation, at) => {
    const result = results.find((one) => one.name === name && one.situation === situation);
    return (result ? (result.wrong ? 'WRONG' : 'right') : 'none').padEnd(widths[at]);
  });
  console.log(`${name.padEnd(18)}${cells.join('')}`);
}
const right = results.filter(({ wrong }) => !wrong).length;
const all = found.length * situations.length;
console.log(`${right} of ${all} right`);
process.exitCode = right === all ? 0 : 1;
