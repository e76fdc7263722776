/** When a worktree was ready: what is newer in it was written by a person or an agent, not by us. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../../platform/index.js';
import { writeTo } from '../../platform/index.js';

const fileName = 'codex-agents-ready';

/** Notes that all of today's files of the worktree are of our making. */
export async function markReady(git: Pick<Git, 'gitDir'>, worktree: string): Promise<void> {
  await writeTo(join(await git.gitDir(worktree), fileName), '');
}

/**
 * A file as old as the moment; of a worktree that we did not fill, as old as git's record of it. The main worktree has
 * neither: there it is what HEAD says.
 */
export async function readyMark(git: Pick<Git, 'gitDir'>, worktree: string): Promise<string> {
  const gitDir = await git.gitDir(worktree);
  const marks = [fileName, 'commondir'].map((name) => join(gitDir, name));
  return marks.find((mark) => existsSync(mark)) ?? join(gitDir, 'HEAD');
}
