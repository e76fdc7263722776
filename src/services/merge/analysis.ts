/**
 * Merges are computed in a git directory of our own that borrows the repository's objects. No configuration of
 * the repository is read there, so a planted merge driver cannot run, and what is written stays in a temporary
 * folder. The attributes are those of the commit that receives the merge, as in a real merge.
 */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Git, RepoSession } from '../types.js';

export interface AnalysisOptions {
  /** Commit whose .gitattributes hold. */
  attributesOf: string;
  /** Write new objects into the repository, since what comes out is to land. */
  keep?: boolean;
}

/** Settings that change what a merge answers and cannot run anything; taken over from the repository. */
const mergeSettings =
  '^(merge\\.(renames|renamelimit|directoryrenames|renormalize)|diff\\.(renames|renamelimit|algorithm))$';

/** Runs `use` with a git whose objects, unless kept, are gone afterwards. */
export async function withAnalysis<T>(
  session: Pick<RepoSession, 'git' | 'env'>,
  options: AnalysisOptions,
  use: (run: Git['run']) => Promise<T>,
): Promise<T> {
  const { git } = session;
  const folder = await mkdtemp(join(session.env.TMPDIR ?? tmpdir(), 'codex-agents-merge-'));
  try {
    const gitDir = join(folder, 'git');
    const tree = join(folder, 'tree');
    await makeGitDir(git, gitDir, options.attributesOf);
    await writeAttributes(git, tree, options.attributesOf);
    const objects = join(git.commonDir, 'objects');
    const env = {
      GIT_DIR: gitDir,
      GIT_COMMON_DIR: gitDir,
      GIT_WORK_TREE: tree,
      GIT_OBJECT_DIRECTORY: options.keep ? objects : join(gitDir, 'objects'),
      // Quoted: a colon in the path would split it.
      GIT_ALTERNATE_OBJECT_DIRECTORIES: `"${objects.replace(/["\\]/g, '\\$&')}"`,
    };
    return await use((args, more = {}) =>
      git.run(args, { ...more, cwd: tree, env: { ...more.env, ...env } }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeGitDir(git: Git, gitDir: string, commit: string): Promise<void> {
  await Promise.all(
    ['objects/info', 'objects/pack', 'refs', 'info'].map((name) =>
      mkdir(join(gitDir, name), { recursive: true }),
    ),
  );
  const sha256 = commit.length === 64;
  const format = sha256
    ? '[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n'
    : '[core]\n\trepositoryformatversion = 0\n';
  const settings = await git.run(['config', '-z', '--get-regexp', mergeSettings], { ok: [0, 1] });
  await writeFile(join(gitDir, 'HEAD'), 'ref: refs/heads/none\n');
  await writeFile(join(gitDir, 'config'), format + asConfig(settings.stdout));
  // Where history was cut off, and attributes the user keeps outside of the tree.
  for (const name of ['shallow', 'info/attributes']) {
    await copyFile(join(git.commonDir, name), join(gitDir, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}

function asConfig(listed: string): string {
  return listed
    .split('\0')
    .map((pair) => /^(\w+)\.(\w+)\n([\w-]+)$/.exec(pair))
    .map((match) => (match ? `[${match[1]}]\n\t${match[2]} = ${match[3]}\n` : ''))
    .join('');
}

/** merge-tree takes attributes from the folder it runs in: without them a union file is a false conflict. */
async function writeAttributes(git: Git, tree: string, commit: string): Promise<void> {
  await mkdir(tree, { recursive: true });
  const { stdout } = await git.run(['ls-tree', '-r', '-z', commit]);
  for (const entry of stdout.split('\0')) {
    const [, id, path] = /^100\d+ blob ([0-9a-f]+)\t((?:.+\/)?\.gitattributes)$/s.exec(entry) ?? [];
    if (!id || !path || path.split('/').includes('..')) continue;
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), (await git.run(['cat-file', 'blob', id])).stdout);
  }
}
