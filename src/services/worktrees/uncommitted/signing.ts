/** Signatures: commits of ours that land are signed when the person's git signs, or it is said why not. */
import { messageOf } from '../../../domain/platform/errors.js';
import type { Git, GitFailure } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { commitTree } from './rescue.js';

type Needs = Pick<RepoSession, 'git'> & Partial<Pick<RepoSession, 'emit'>>;

/** An agent that holds a key may wait for a person to unlock it, who may not be there. */
const signingMs = 30_000;
/** Repositories in which signing failed: it is said, and not tried again by this process. */
const failed = new WeakMap<Git, string>();

/** Whether the person's git signs commits here (`commit.gpgSign`). */
export async function signsCommits(git: Git): Promise<boolean> {
  const value = (await git.settings()).findLast(({ key }) => key === 'commit.gpgsign')?.value;
  return value !== undefined && !/^(false|no|off|0)$/i.test(value);
}

/** Makes a commit that is to land, signed as the person's git would. */
export async function commitToLand(
  session: Needs,
  tree: string,
  parents: readonly string[],
  message: string,
): Promise<string> {
  const { git } = session;
  if (!(await signsCommits(git)) || failed.has(git)) return commitTree(git, tree, parents, message);
  try {
    return await commitTree(git, tree, parents, message, { sign: true, timeoutMs: signingMs });
  } catch (error) {
    tellUnsigned(session, error);
    return commitTree(git, tree, parents, message);
  }
}

/**
 * The flag for git's own commands that make commits which are to land. Where the person's git signs, signing is tried
 * first with a commit on no branch, so that a rebase does not stop half way for want of a key.
 */
export async function signingFlag(session: Needs): Promise<'--gpg-sign' | '--no-gpg-sign'> {
  const { git } = session;
  if (!(await signsCommits(git)) || failed.has(git)) return '--no-gpg-sign';
  try {
    const trial = { sign: true, timeoutMs: signingMs };
    await commitTree(git, await git.treeOf('HEAD'), [], 'Whether commits can be signed', trial);
    return '--gpg-sign';
  } catch (error) {
    tellUnsigned(session, error);
    return '--no-gpg-sign';
  }
}

function tellUnsigned({ git, emit }: Needs, error: unknown): void {
  const why = (error as Partial<GitFailure>).stderr?.trim().split('\n')[0] || messageOf(error);
  failed.set(git, why);
  const hint = 'try it with `git commit --allow-empty`, or set commit.gpgSign to false';
  const message = `Commits are not signed although commit.gpgSign is on: ${why}; ${hint}.`;
  emit?.({ type: 'noted', level: 'warning', message });
}
