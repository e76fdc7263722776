/** What a person left uncommitted in a worktree, kept before an agent works on it: it may stage, overwrite or drop any of it. */
import { messageOf } from '../../../domain/platform/errors.js';
import type { RepoSession } from '../../store/index.js';
import { hiddenEdits } from './outside.js';
import { rescueWorktree } from './rescue.js';

type Needs = Pick<RepoSession, 'git' | 'env' | 'emit'>;

/** Keeps staged state and files in a rescue ref, when the worktree has any that are in no commit, and says so. Never throws. */
export async function keepBeforeRun(session: Needs, worktree: string, slug: string): Promise<void> {
  try {
    if (!(await hasUncommitted(session, worktree))) return;
    const id = (await rescueWorktree(session, worktree, slug)).replace('refs/codex-agents/', '');
    const message = `${slug}: what was not committed in its worktree before this run is kept: \`codex-agent rescue show ${id}\``;
    session.emit({ type: 'noted', level: 'info', message });
  } catch (error) {
    const message = `${slug}: what is not committed in ${worktree} could not be kept before this run: ${messageOf(error)}`;
    session.emit({ type: 'noted', level: 'warning', message });
  }
}

async function hasUncommitted(session: Needs, worktree: string): Promise<boolean> {
  const status = ['status', '--porcelain', '-z', '--ignore-submodules=all'];
  const { stdout } = await session.git.run(status, { worktree });
  return stdout !== '' || (await hiddenEdits(session, worktree)).length > 0;
}
