/** A repository with as many tracked and ignored files as asked for, and the look that tells two folders apart. */
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Makes `<sandbox>/<name>`, initialised: `tracked` files in src/, `ignored` ones in node_modules/. */
export function makeRepo(sandbox, { tracked, ignored, name = 'repo' }) {
  const repo = join(sandbox.root, name);
  const write = (path, text, mode) => {
    mkdirSync(dirname(join(repo, path)), { recursive: true });
    writeFileSync(join(repo, path), text, { mode });
  };
  mkdirSync(repo);
  sandbox.run(repo, 'git', 'init', '-q');
  write('.gitignore', 'node_modules/\ntarget/\n.env\n');
  const text = (at) => `export const value${at} = ${at};\n`.repeat(1 + ((at * 7) % 120));
  for (let at = 0; at < tracked; at++) write(`src/area${at % 29}/part${at % 211}/file${at}.js`, text(at));
  for (let at = 0; at < ignored; at++) {
    write(`node_modules/package${at % 300}/lib${at % 7}/file${at}.js`, text(at), at % 50 ? 0o644 : 0o755);
  }
  write('target/big.bin', Buffer.alloc(8 * 1024 * 1024, 7));
  write('.env', 'SECRET=1\n');
  sandbox.run(repo, 'git', 'add', '.');
  sandbox.run(repo, 'git', 'commit', '-q', '-m', 'Start');
  sandbox.codexAgent(repo, 'init');
  sandbox.run(repo, 'git', 'add', '.');
  sandbox.run(repo, 'git', 'commit', '-q', '-m', 'Set up');
  return repo;
}

/** Every file below a folder, git's own left out, with mode, time and content or link text. */
export function pictureOf(folder, below = '') {
  const lines = [];
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (path === '.git') continue;
    if (entry.isDirectory()) lines.push(...pictureOf(folder, path));
    else {
      const { mode, mtimeMs } = lstatSync(join(folder, path));
      const content = entry.isSymbolicLink()
        ? readlinkSync(join(folder, path))
        : readFileSync(join(folder, path), 'latin1');
      lines.push({ path, mode, mtime: Math.round(mtimeMs), content });
    }
  }
  return lines;
}

/** Paths of `expected` below `prefix` that are missing in `folder`, or not the same there. */
export function differencesIn(folder, expected, prefix) {
  const there = new Map(pictureOf(folder).map((one) => [one.path, one]));
  return expected
    .filter(({ path }) => path.startsWith(prefix))
    .filter((one) => {
      const other = there.get(one.path);
      return !other || other.mode !== one.mode || other.mtime !== one.mtime || other.content !== one.content;
    })
    .map(({ path }) => path);
}

/** Wall-clock seconds of a piece of work. */
export function timed(work) {
  const begin = process.hrtime.bigint();
  const result = work();
  return { result, seconds: Number(process.hrtime.bigint() - begin) / 1e9 };
}
