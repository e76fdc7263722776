/** Signatures: commits of ours that land are signed when the person's git signs, or it is said why not. */
import { join } from 'node:path';
import { messageOf } from '../../../domain/platform/errors.js';
import {
  type Git,
  type GitFailure,
  type GitOptions,
  temporaryFolder,
  withOwnFolder,
} from '../../platform/index.js';
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
  // As git reads it; with anything else the person's own git makes no commit at all.
  return value !== undefined && /^(true|yes|on|[+-]?0*[1-9]\d*)$/i.test(value);
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
    await trySigning(git);
    return '--gpg-sign';
  } catch (error) {
    tellUnsigned(session, error);
    return '--no-gpg-sign';
  }
}

/** Signs a commit on no branch. */
async function trySigning(git: Git, env: GitOptions['env'] = {}): Promise<void> {
  const trial = { sign: true, timeoutMs: signingMs, env };
  await commitTree(git, await git.treeOf('HEAD'), [], 'Whether commits can be signed', trial);
}

/**
 * Why a commit cannot be signed here, and what helps; undefined when it can, or when there is no commit to try with.
 * Writes nothing to the repository.
 */
export function whyUnsigned(git: Git, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return withOwnFolder(temporaryFolder(env), 'scratch', async (folder) => {
    if ((await git.commitOf('HEAD')) === undefined) return undefined;
    const objects = join(git.commonDir, 'objects').replace(/["\\]/g, '\\$&');
    const apart = { GIT_OBJECT_DIRECTORY: folder, GIT_ALTERNATE_OBJECT_DIRECTORIES: `"${objects}"` };
    return trySigning(git, apart).then(
      () => undefined,
      (error: unknown) => `${reasonOf(error)}; ${hint}`,
    );
  });
}

const hint = 'try it with `git commit --allow-empty`, or set commit.gpgSign to false';

/** What the signing program said first; the line that says only that git failed tells nothing. */
function reasonOf(error: unknown): string {
  const lines = ((error as Partial<GitFailure>).stderr ?? '').split('\n').map((line) => line.trim());
  const words = lines.map((line) => line.replace(/^(error|fatal): |[?.]$/g, '')).filter(Boolean);
  return (
    words.find((line) => !/^(gpg failed to sign|failed to write commit)/.test(line)) ??
    words[0] ??
    messageOf(error)
  );
}

function tellUnsigned({ git, emit }: Needs, error: unknown): void {
  const why = reasonOf(error);
  failed.set(git, why);
  const message = `Commits are not signed although commit.gpgSign is on: ${why}; ${hint}.`;
  emit?.({ type: 'noted', level: 'warning', message });
}
