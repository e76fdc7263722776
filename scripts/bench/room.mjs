/**
 * A disk with room for n more pages, or for n more files, for every n up to what a command of the main flow takes of it:
 * for each folder that may be a file system of its own. Every process meets it: git and agents too. Then there is room
 * again, and the next start goes on. Wrong are a trace, an exit without a word, a lost text, a damaged repository, and a
 * task that does not go on. ONLY names commands, PLACES folders; STEP tries every so many n only. Linux.
 */
import { goOn, reached, start } from './lib/faults/attempt.mjs';
import { losses, noteOf, toldBadly } from './lib/faults/checks.mjs';
import { folderOf, inOwnNamespace, mountOver } from './lib/faults/disk.mjs';
import { makeGround } from './lib/faults/ground.mjs';
import { scenes } from './lib/faults/scenes.mjs';

inOwnNamespace();
const only = process.env.ONLY?.split(',');
const step = Number(process.env.STEP ?? 1);
const all = ['data', 'state', 'cache', 'worktrees', 'repository', 'temporary'];
const places = process.env.PLACES?.split(',') ?? all;
/** So many n in a row at which nothing was short end the search. */
const enough = 2;
const ground = makeGround();
const { root } = ground.sandbox;
ground.save();
const before = noteOf(ground);

/** How long a command may take before it counts as one that waits: many times what it takes with room, on this machine now. */
async function patienceFor(scene) {
  ground.restore();
  const begin = performance.now();
  await start(ground, scene.argv);
  return Math.max(40_000, 20 * (performance.now() - begin));
}

/** One command with that much room, then the next with enough. */
async function attempt(scene, place, what, n, slowMs) {
  ground.restore();
  const disk = mountOver(folderOf(root, place), folderOf(`${root}.saved`, place));
  try {
    disk.leave(what, n);
    // What an agent did is written down in the end: that waits for room, and says so.
    const waiting = [];
    const slow = (output) => {
      waiting.push(/disk is full/.test(output) ? 'said' : 'unsaid');
      disk.free();
    };
    const first = await start(ground, scene.argv, { slow, slowMs });
    // What looks now needs room as well.
    disk.free();
    const wrong = losses(ground, before, scene).map((one) => `at once: ${one}`);
    wrong.push(...toldBadly(first));
    if (waiting.includes('unsaid')) wrong.push('waits without a word');
    const done = reached(ground, scene);
    const said = scene.saysWhy?.test(first.output);
    if (first.code === 0 && !said && !done) wrong.push('exit 0 without its work done');
    if (!done || first.code !== 0) wrong.push(...(await goOn(ground, scene, before)));
    return { wrong, first, short: first.code !== 0 || !done || waiting.length > 0 };
  } finally {
    disk.drop();
  }
}

async function play(scene, place, what, slowMs) {
  const found = new Map();
  const begin = performance.now();
  let tried = 0;
  let short = 0;
  let last = 0;
  for (let n = 0, well = 0; well < enough; n += step) {
    const result = await attempt(scene, place, what, n, slowMs);
    tried += 1;
    well = result.short ? 0 : well + 1;
    if (result.short) [short, last] = [short + 1, n];
    for (const one of result.wrong) {
      if (process.env.LOUD)
        console.error(
          `${scene.name} ${place} ${what} ${n}: ${one}\n  first: ${result.first.output.trim().slice(-400)}`,
        );
      found.set(one, [...(found.get(one) ?? []), n]);
    }
  }
  const seconds = ((performance.now() - begin) / 1000).toFixed(0);
  console.log(
    `${scene.name}, ${what} of ${place}: ${tried} tried, ${short} too short (up to ${last}), ${seconds} s; wrong: ${found.size === 0 ? 'nothing' : ''}`,
  );
  for (const [one, where] of found)
    console.log(`    ${one} (${where.length} times, with room for ${where.join(' ')})`);
}

try {
  for (const scene of scenes.filter(({ name }) => !only || only.includes(name))) {
    const slowMs = await patienceFor(scene);
    for (const place of places) for (const what of ['pages', 'files']) await play(scene, place, what, slowMs);
  }
} finally {
  ground.drop();
}
