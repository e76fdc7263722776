/**
 * Where resolutions are remembered: git's rerere. A repository that has an `rr-cache` records every conflict of its
 * owner from then on, so theirs is used only where they have switched it on; all others get one in our cache.
 */

import { createHash } from 'node:crypto';
import { access, mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import { writeTo } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';

export type MemorySession = Pick<RepoSession, 'git' | 'paths' | 'repo'>;

/** For our own calls only: the user's rerere stays as it is configured. */
const settings = ['-c', 'rerere.enabled=true', '-c', 'rerere.autoupdate=false', 'rerere'];

/** Runs rerere on the conflicts of a worktree: notes new ones, fills in known ones, records what was resolved. */
export async function rerere(session: MemorySession, worktree: string): Promise<void> {
  await session.git.run(settings, { worktree, ...(await placeOf(session, worktree)) });
}

/** Forgets the conflicts that were noted in a worktree and not resolved. */
export async function forgetNoted(session: MemorySession, worktree: string): Promise<void> {
  await session.git.run([...settings, 'clear'], { worktree, ...(await placeOf(session, worktree)) });
  await closeMemory(session, worktree);
}

/**
 * Forgets how the conflicts of these files, which stand in the worktree, were resolved before.
 * Returns those of which something was remembered.
 */
export async function forgetRecorded(
  session: MemorySession,
  worktree: string,
  paths: readonly string[],
): Promise<string[]> {
  if (paths.length === 0) return [];
  const place = await placeOf(session, worktree);
  const env = { ...place.env, GIT_LITERAL_PATHSPECS: '1' };
  const args = [...settings, 'forget', '--', ...paths];
  const { stderr } = await session.git.run(args, { worktree, env, ok: [0, 1] });
  return paths.filter((path) => stderr.includes(`Forgot resolution for '${path}'\n`));
}

/** What was noted of this worktree is done with; the recorded resolutions stay. */
export async function closeMemory(session: MemorySession, worktree: string): Promise<void> {
  await rm(ownGitDir(session, worktree), { recursive: true, force: true });
}

/** The user's own store when they have one; else a git directory of ours that shares one store per repository. */
async function placeOf(session: MemorySession, worktree: string): Promise<{ env?: Record<string, string> }> {
  if (await usersOwn(session)) return {};
  const gitDir = ownGitDir(session, worktree);
  await makeGitDir(session, gitDir);
  return {
    env: {
      GIT_DIR: gitDir,
      GIT_COMMON_DIR: gitDir,
      GIT_WORK_TREE: worktree,
      GIT_INDEX_FILE: join(await session.git.gitDir(worktree), 'index'),
      GIT_OBJECT_DIRECTORY: join(session.git.commonDir, 'objects'),
    },
  };
}

async function usersOwn({ git }: MemorySession): Promise<boolean> {
  const asked = await git.run(['config', '--type=bool', '--get', 'rerere.enabled'], { ok: [0, 1] });
  if (asked.stdout.trim() !== '') return asked.stdout.trim() === 'true';
  return access(join(git.commonDir, 'rr-cache')).then(
    () => true,
    () => false,
  );
}

/** Folder of everything remembered of a repository. */
export const storeOf = ({ paths, repo }: MemorySession) => join(paths.cacheDir, 'rerere', repo.id);

function ownGitDir(session: MemorySession, worktree: string): string {
  return join(storeOf(session), createHash('sha256').update(worktree).digest('hex').slice(0, 16));
}

async function makeGitDir(session: MemorySession, gitDir: string): Promise<void> {
  const store = join(storeOf(session), 'rr-cache');
  await mkdir(store, { recursive: true, mode: 0o700 });
  await mkdir(join(gitDir, 'refs'), { recursive: true, mode: 0o700 });
  const format = (await session.git.run(['rev-parse', '--show-object-format'])).stdout.trim();
  const config =
    format === 'sha1'
      ? '[core]\n\trepositoryformatversion = 0\n'
      : `[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = ${format}\n`;
  await writeTo(join(gitDir, 'config'), config);
  await writeTo(join(gitDir, 'HEAD'), 'ref: refs/heads/none\n');
  await symlink(store, join(gitDir, 'rr-cache')).catch((error: unknown) => {
    if (!hasCode(error, 'EEXIST')) throw error;
  });
}
