/** Commits that were made in a worktree and that no ref holds: they go with its reflog unless they are kept. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import { type Git, namesInFolder, readText } from '../../platform/index.js';

/** Files of git's record of a worktree that name commits which may stand nowhere else. */
const places = /^(?!FETCH_HEAD$)[A-Z_]+$/;
/** Folders of it that hold nothing but such files: its log, its own refs, and what is unfinished. */
const folders = [
  ...['logs/refs', 'refs'].flatMap((kind) =>
    ['bisect', 'rewritten', 'worktree'].map((own) => `${kind}/${own}`),
  ),
  'rebase-merge',
  'rebase-apply',
  'sequencer',
];

export interface LooseCommits {
  /** Tips of those commits; nothing else reaches them. */
  tips: string[];
  /** Commits that HEAD was detached at when it went elsewhere: forgotten, unlike what was amended or rebased. */
  left: string[];
}

/** Looks at all that HEAD of a worktree ever stood at. Throws `git-failed`. */
export async function looseCommits(git: Git, worktree: string): Promise<LooseCommits> {
  const gitDir = await git.gitDir(worktree);
  const known = await existing(git, await idsIn(gitDir));
  if (known.length === 0) return { tips: [], left: [] };
  // Asked from the main worktree: HEAD of the one that goes holds nothing any longer.
  const args = ['rev-list', '--parents', '--stdin', '--not', '--all'];
  const { stdout } = await git.run(args, { input: known.map((id) => `${id}\n`).join('') });
  const lines = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(' '));
  const loose = lines.map(([id]) => id!);
  const parents = new Set(lines.flatMap((line) => line.slice(1)));
  const log = (await readText(join(gitDir, 'logs/HEAD'))) ?? '';
  const from = [...log.matchAll(/\tcheckout: moving from ([0-9a-f]{40,64}) to /g)].map((match) => match[1]!);
  return {
    tips: loose.filter((id) => !parents.has(id)),
    left: [...new Set(from)].filter((id) => loose.includes(id)),
  };
}

/** Object ids in such files: in full, or as the commands of an unfinished operation shorten them. */
export async function idsIn(gitDir: string): Promise<string[]> {
  const top = (await namesInFolder(gitDir)).filter((name) => places.test(name));
  const below = await Promise.all(folders.map((folder) => filesBelow(join(gitDir, folder))));
  const paths = ['logs/HEAD', ...top].map((name) => join(gitDir, name));
  const texts = await Promise.all([...paths, ...below.flat()].map((path) => readText(path)));
  const full = texts.flatMap((text) => text?.match(/\b[0-9a-f]{40}(?:[0-9a-f]{24})?\b/g) ?? []);
  const short = texts.flatMap((text) => [...(text?.matchAll(step) ?? [])].map((match) => match[1]!));
  return [...new Set([...full, ...short])].filter((id) => !/^0+$/.test(id));
}

/** A step that is left to be done, such as `pick 1a2b3c4 Subject` or `merge -C 1a2b3c4 topic`. */
const step = /^\w+ (?:-[cC] )?([0-9a-f]{4,39})\b/gm;

/** Files in a folder and below, none when it does not exist. What cannot be read is an error, never "nothing". */
export async function filesBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return files.map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Those that are commits of this repository still. */
export async function existing(git: Git, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const { stdout } = await git.run(['cat-file', '--batch-check'], {
    input: ids.map((id) => `${id}\n`).join(''),
  });
  return stdout
    .split('\n')
    .flatMap((line) => (/^(\w+) commit /.exec(line)?.[1] ? [line.split(' ')[0]!] : []));
}
