/** The two revisions that are judged: found as a person names them in the folder where the command is given. */
import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';
import { linkedWorktrees, objectIdIn, readUtf8 } from '../../platform/index.js';
import type { BorrowedFrom } from './borrow.js';

/** Any revisions that git knows: branches, remote branches, commits, refs of pull requests. */
export interface NamedRevisions {
  branch: string;
  base: string;
}

/** The commits of both. HEAD is that of the worktree around `cwd`. Throws `no-such-revision` (usage), `git-failed`. */
export async function commitsOf(
  source: BorrowedFrom,
  cwd: string,
  { branch, base }: NamedRevisions,
): Promise<{ branch: string; base: string }> {
  const worktree = await worktreeAround(source, cwd);
  const [branchCommit, baseCommit] = await Promise.all([
    commitNamed(source, worktree, branch),
    commitNamed(source, worktree, base),
  ]);
  return { branch: branchCommit, base: baseCommit };
}

/** Why nothing can be said of two commits that have no ancestor in common; undefined where they have one. */
export async function whyUnrelated(
  { git, found }: BorrowedFrom,
  { branch, base }: NamedRevisions,
): Promise<string | undefined> {
  const { code } = await git.run(['merge-base', base, branch], { ok: [0, 1] });
  if (code === 0) return undefined;
  return (await isShallow(found.commonDir))
    ? 'the clone is shallow and does not hold where the branch left the base; `git fetch --unshallow` gets it (fetch-depth: 0 in a GitHub workflow)'
    : 'the branch and the base have no commit in common';
}

const isShallow = async (commonDir: string) =>
  (await readUtf8(join(commonDir, 'shallow')).catch(() => '')).trim() !== '';

async function commitNamed(
  { git, found }: BorrowedFrom,
  worktree: string | undefined,
  name: string,
): Promise<string> {
  const commit = await commitIn(git, name, worktree);
  if (commit) return commit;
  const remote = name.startsWith('origin/') ? undefined : await git.commitOf(`refs/remotes/origin/${name}`);
  const known = remote ? `Did you mean origin/${name}? ` : '';
  const shallow = (await isShallow(found.commonDir)) ? 'The clone is shallow. ' : '';
  const fetched = /^\w[\w./-]*$/.test(name)
    ? `A branch of the server comes with: git fetch origin ${name.replace(/^origin\//, '')}`
    : 'It takes a branch, a commit, or any other revision that git knows.';
  throw appError('no-such-revision', `There is no commit ${JSON.stringify(name)} in ${found.commonDir}.`, {
    kind: 'usage',
    hint: `${known}${shallow}${fetched}`,
  });
}

/** In a linked worktree, HEAD is the worktree's own. */
async function commitIn(
  git: BorrowedFrom['git'],
  name: string,
  worktree: string | undefined,
): Promise<string | undefined> {
  if (!worktree) return git.commitOf(name);
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
  const { code, stdout } = await git.run(args, { worktree, ok: [0, 1] });
  return code === 0 ? git.commitOf(objectIdIn(stdout, 'rev-parse')) : undefined;
}

async function worktreeAround({ found }: BorrowedFrom, cwd: string): Promise<string | undefined> {
  const here = await realpath(cwd);
  const all = await Promise.all(
    (await linkedWorktrees(found.commonDir)).map(({ path }) => realpath(path).catch(() => '')),
  );
  const around = all.filter((path) => path !== '' && (here === path || here.startsWith(path + sep)));
  return around.sort((a, b) => b.length - a.length)[0];
}
