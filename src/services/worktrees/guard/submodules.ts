/** Where submodules of the main worktree have their git directories, by files alone. */
import { join, relative, resolve } from 'node:path';
import { filesIn, readSaved, savedText } from './files.js';

/** Submodules may lie in folders of their own, and have submodules. */
const maxDepth = 8;

export interface Submodules {
  gitDirs: string[];
  /** The `.git` of each in the main worktree: git follows it, also when it only wants to know what has changed. */
  entries: string[];
}

/** @param root the main worktree */
export async function submodulesOf(root: string, commonDir: string): Promise<Submodules> {
  const gitDirs = await submodulesIn(join(commonDir, 'modules'), maxDepth);
  const places = new Set<string>();
  for (const [, path] of savedText(await readSaved(join(root, '.gitmodules'))).matchAll(namedBy('path')))
    places.add(resolve(root, unquoted(path)));
  for (const gitDir of gitDirs) {
    const config = savedText(await readSaved(join(gitDir, 'config')));
    for (const [, path] of config.matchAll(namedBy('worktree'))) places.add(resolve(gitDir, unquoted(path)));
  }
  const entries = [...places].filter((path) => isBelow(root, path)).map((path) => join(path, '.git'));
  for (const entry of entries) if ((await readSaved(entry)).kind === 'folder') gitDirs.push(entry);
  return { gitDirs, entries };
}

/** Whether the text of a `.git` leads to the git directory of a submodule in this repository. */
export function leadsToModule(commonDir: string, entry: string, text: string): boolean {
  const [, named] = /^gitdir: (.+)\n?$/.exec(text) ?? [];
  return named !== undefined && isBelow(join(commonDir, 'modules'), resolve(join(entry, '..'), named));
}

const namedBy = (key: string) => new RegExp(`^\\s*${key}\\s*=\\s*(.+?)\\s*$`, 'gim');
const unquoted = (value = ''): string => value.replace(/^"(.*)"$/, '$1');

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..');
}

async function submodulesIn(folder: string, depth: number): Promise<string[]> {
  if (depth === 0) return [];
  const found: string[] = [];
  for (const path of await filesIn(folder)) {
    const isGitDir = (await readSaved(join(path, 'HEAD'))).kind !== 'none';
    if (isGitDir) found.push(path);
    found.push(...(await submodulesIn(isGitDir ? join(path, 'modules') : path, depth - 1)));
  }
  return found;
}
