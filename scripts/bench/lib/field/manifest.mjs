/** The check that the program runs, and the look at the fresh clone: every tracked file of a work tree, as it lies there. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const git = (cwd, ...args) => execFileSync('git', args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });

/** `{ tree, files }`; files that are not on disk (outside a sparse cone) are left out, submodules named by their commit. */
export function manifestOf(folder) {
  const files = {};
  for (const line of git(folder, 'ls-files', '-s', '-z').split('\0').filter(Boolean)) {
    const [about, path] = line.split('\t');
    const [mode, id] = about.split(' ');
    const there = mode === '160000' ? id : lookAt(join(folder, path));
    if (there !== undefined) files[path] = `${mode} ${there}`;
  }
  return { tree: git(folder, 'rev-parse', 'HEAD^{tree}').trim(), files };
}

function lookAt(path) {
  const about = lstatSync(path, { throwIfNoEntry: false });
  if (!about) return undefined;
  const bytes = about.isSymbolicLink() ? readlinkSync(path) : readFileSync(path);
  return `${about.isSymbolicLink() ? 'link' : about.mode & 0o100} ${createHash('sha256').update(bytes).digest('hex')}`;
}

if (process.argv[2] === 'write') {
  const manifest = manifestOf(process.cwd());
  writeFileSync(join(process.argv[3], `tested-${manifest.tree}.json`), JSON.stringify(manifest));
}
