/**
 * Finds files that conflicted in recorded merges, with what people made of them, for train.mjs: the more repositories
 * the scores are made from, the better they hold for others.
 *
 *   node scripts/structural/mine.mjs BENCH OUT GITDIR...
 *
 * Writes OUT/manifest.jsonl and OUT/data/<id>/{base,ours,theirs,merged}, at most 120 files of a repository, always
 * the same ones. Nothing is written into the repositories. BENCH as in scripts/bench/conflicts.mjs.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const limits = { merges: 7000, files: 120, ofMerge: 4, ofPath: 6, bytes: 600_000, batch: 500 };
const [bench, out, ...repositories] = process.argv.slice(2);
if (repositories.length === 0) {
  console.error('usage: mine.mjs BENCH OUT GITDIR...');
  process.exit(2);
}
const { conflictSegments } = await import(pathToFileURL(join(resolve(bench), 'lib.mjs')).href);
const languages = { '.py': 'Python', '.yml': 'YAML', '.yaml': 'YAML', '.mk': 'Make' };

const keyOf = (text) => createHash('sha1').update(text).digest('hex');
const shuffled = (items, name) =>
  items
    .map((item) => [keyOf(name(item)), item])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, item]) => item);

for (const dir of repositories) {
  const objects = mkdtempSync(join(tmpdir(), 'mine-'));
  const env = {
    ...process.env,
    GIT_OBJECT_DIRECTORY: objects,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: join(resolve(dir), 'objects'),
  };
  const git = (args, input) =>
    spawnSync('git', [`--git-dir=${dir}`, ...args], { input, env, maxBuffer: 1 << 30 });
  try {
    const files = conflictsIn(git);
    console.log(`${dir}: ${files.length} files conflicted, ${keep(git, dir, files)} kept`);
  } finally {
    rmSync(objects, { recursive: true, force: true });
  }
}

/** Every file that conflicts when recorded merges are made again. */
function conflictsIn(git) {
  const log = git(['log', '--all', '--min-parents=2', '--max-parents=2', '--format=%H %P %cs']).stdout;
  const lines = log.toString().trim().split('\n').filter(Boolean);
  const merges = shuffled(lines, (line) => line)
    .slice(0, limits.merges)
    .map((line) => line.split(' '));
  const files = [];
  for (let at = 0; at < merges.length; ) {
    const batch = merges.slice(at, at + limits.batch);
    const input = batch.map(([, ours, theirs]) => `${ours} ${theirs}\n`).join('');
    const run = git(['merge-tree', '--write-tree', '--stdin', '-z', '--no-messages'], input);
    const fields = run.stdout.toString('latin1').split('\0');
    const answered = answersIn(fields, batch.length);
    const done = answered.length;
    for (const [at, stages] of answered.entries()) files.push(...textsIn(batch[at], stages));
    // One line that cannot be merged ends the batch: go on behind it.
    at += done === batch.length ? done : done + 1;
  }
  return files;
}

/** The stages of each path that conflicted, one map for each merge that was answered. */
function answersIn(fields, most) {
  const answers = [];
  for (let i = 0; i < fields.length - 1 && answers.length < most; ) {
    if (fields[i] === '') {
      i++;
      continue;
    }
    if (!/^[01]$/.test(fields[i]) || !/^[0-9a-f]{40,64}$/.test(fields[i + 1] ?? '')) break;
    const stages = new Map();
    for (i += 2; i < fields.length; i++) {
      const [, mode, oid, stage, path] = /^(\d{6}) ([0-9a-f]+) ([123])\t(.*)$/s.exec(fields[i]) ?? [];
      if (!mode) break;
      stages.set(path, { ...stages.get(path), [stage]: { mode, oid } });
    }
    answers.push(stages);
  }
  return answers;
}

/** The files of a merge that both sides have, and that are files on all sides. */
function textsIn([merge, , , date], stages) {
  return [...stages].flatMap(([raw, { 1: base, 2: ours, 3: theirs }]) => {
    const text = [base, ours, theirs].every((side) => !side || side.mode.startsWith('100'));
    if (!ours || !theirs || !text) return [];
    const path = Buffer.from(raw, 'latin1').toString('utf8');
    return { merge, date, path, base: base?.oid ?? null, ours: ours.oid, theirs: theirs.oid };
  });
}

/** Writes those that are text, that the merge kept, and in which git leaves hunks. */
function keep(git, dir, files) {
  const counts = new Map();
  const count = (key, most) => {
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return counts.get(key) <= most;
  };
  let kept = 0;
  for (const file of shuffled(files, ({ merge, path }) => merge + path)) {
    if (kept >= limits.files) break;
    const read = (name) => (name ? git(['cat-file', 'blob', name]) : { status: 0, stdout: Buffer.alloc(0) });
    const names = {
      base: file.base,
      ours: file.ours,
      theirs: file.theirs,
      merged: `${file.merge}:${file.path}`,
    };
    const texts = Object.entries(names).map(([part, name]) => [part, read(name)]);
    const usable = texts.every(
      ([, { status, stdout }]) =>
        status === 0 && stdout.length < limits.bytes && !stdout.subarray(0, 8000).includes(0),
    );
    if (!usable || /^(?:<{7}|>{7})(?: |$)/m.test(texts.at(-1)[1].stdout)) continue;
    const id = keyOf(file.merge + file.path).slice(0, 12);
    const folder = join(out, 'data', id);
    mkdirSync(folder, { recursive: true });
    for (const [part, { stdout }] of texts) writeFileSync(join(folder, part), stdout);
    const hunks = conflictSegments(folder).filter((segment) => !segment.context).length;
    if (hunks === 0 || !count(file.merge, limits.ofMerge) || !count(`path ${file.path}`, limits.ofPath)) {
      rmSync(folder, { recursive: true });
      continue;
    }
    const lang =
      languages[/\.[^.]*$/.exec(file.path)?.[0]] ?? (/(?:^|\/)Makefile$/.test(file.path) ? 'Make' : '');
    const repo = basename(dir) === 'repo' ? basename(dirname(resolve(dir))) : basename(resolve(dir));
    appendFileSync(join(out, 'manifest.jsonl'), `${JSON.stringify({ id, repo, ...file, lang, hunks })}\n`);
    kept++;
  }
  return kept;
}
