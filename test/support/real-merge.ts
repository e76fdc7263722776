/** What git itself does, and what it may not have done. */
import { createHash } from 'node:crypto';
import { cpSync, lstatSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from './sandbox.js';

export interface Truth {
  clean: boolean;
  /** Conflicted paths, sorted. */
  paths: string[];
  /** Tree of the merge when it is clean. */
  tree?: string;
}

/** Merges `theirs` into `ours` with `git merge`, in a scratch worktree of a copy of the repository. */
export function reallyMerge(sandbox: Sandbox, repo: string, ours: string, theirs: string): Truth {
  const copy = join(sandbox.root, 'copy');
  rmSync(copy, { recursive: true, force: true });
  cpSync(repo, copy, { recursive: true, verbatimSymlinks: true });
  const scratch = join(copy, 'scratch');
  const git = (...args: string[]) => sandbox.git(scratch, '-c', 'rerere.enabled=false', ...args);
  sandbox.git(copy, 'worktree', 'add', '-q', '--detach', scratch, ours);
  try {
    git('merge', '-q', '--no-edit', '-m', 'm', theirs);
    return { clean: true, paths: [], tree: git('rev-parse', 'HEAD^{tree}') };
  } catch {
    const unmerged = git('ls-files', '-u', '-z').split('\0').filter(Boolean);
    // Where a file and a folder collide git invents a name; people know the file by its own.
    const paths = unmerged.map((line) => line.slice(line.indexOf('\t') + 1).replace(/~.*$/, ''));
    return { clean: false, paths: [...new Set(paths)].sort() };
  }
}

/** Everything in a folder that a check could change, names, modes, times and bytes, as one text. */
export function fingerprint(folder: string): string {
  const names = (readdirSync(folder, { recursive: true }) as string[]).sort();
  return names
    .map((name) => {
      const path = join(folder, name);
      const found = lstatSync(path);
      const content = found.isFile()
        ? createHash('sha1').update(readFileSync(path)).digest('hex')
        : found.isSymbolicLink()
          ? readlinkSync(path)
          : '';
      // git notes on an object that somebody needed it: only its time changes, so that it is not collected.
      const timed = !found.isDirectory() && !name.startsWith('.git/objects/');
      return `${name} ${found.mode} ${timed ? found.mtimeMs : ''} ${content}`;
    })
    .join('\n');
}
