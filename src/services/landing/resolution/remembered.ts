/**
 * What is remembered of a task's last resolution. A model's answers are remembered once they landed, not before: until
 * then nothing has shown that they are right.
 */
import { join } from 'node:path';
import type { Resolution } from '../../../domain/landing/merge.js';
import { hasCode, messageOf } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { writeTo } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { withPrivateWorktree } from '../../worktrees/index.js';
import { isInside, startMerge } from './conflicts.js';
import { closeMemory, forgetNoted, forgetRecorded, rerere } from './memory.js';
import { forgetOrigins, noteOriginsOf } from './origins.js';
import { readResolution } from './record.js';

export interface ForgetReport {
  task: string;
  /** Files whose remembered resolution is gone. */
  files: string[];
}

/**
 * Forgets how the conflicts of a task's last resolution were answered: the next time they are answered anew.
 * Throws `no-resolution`.
 */
export async function forgetResolution(session: RepoSession, task: Task): Promise<ForgetReport> {
  const resolution = await readResolution(session, task);
  let files: string[] = [];
  await inConflict(session, resolution, async (worktree, paths) => {
    await rerere(session, worktree);
    files = await forgetRecorded(session, worktree, paths);
  });
  await forgetOrigins(session, resolution);
  return { task: task.slug, files };
}

/** Remembers what a model answered in the resolution that has landed. Never throws: then it is asked again some day. */
export async function rememberLanded(session: RepoSession, task: Task): Promise<void> {
  try {
    const resolution = await readResolution(session, task);
    const { commit } = resolution;
    const byModel = resolution.files.filter(({ hunks }) => hunks.some(({ strategy }) => strategy === 'ai'));
    if (resolution.status !== 'resolved' || !commit || byModel.length === 0) return;
    await inConflict(session, resolution, async (worktree, paths) => {
      await rerere(session, worktree);
      for (const { path } of byModel) {
        if (!paths.includes(path) || !(await isInside(worktree, path))) continue;
        const { stdout } = await session.git.run(['cat-file', 'blob', `${commit}:${path}`]);
        await writeTo(join(worktree, path), stdout);
      }
      await noteOriginsOf(session, byModel);
      await rerere(session, worktree);
      await closeMemory(session, worktree);
    });
  } catch (error) {
    if (hasCode(error, 'interrupted')) throw error;
    if (hasCode(error, 'no-resolution')) return;
    const message = `What the model answered for ${task.slug} could not be remembered: ${messageOf(error)}`;
    session.emit({ type: 'noted', level: 'warning', message });
  }
}

/** The conflict as it was, in a private worktree. */
async function inConflict(
  session: RepoSession,
  { ours, theirs }: Resolution,
  use: (worktree: string, paths: readonly string[]) => Promise<void>,
): Promise<void> {
  await withPrivateWorktree(session, ours, 'resolve', async (worktree) => {
    const { open } = await startMerge(session, worktree, { head: ours, target: theirs });
    try {
      await use(
        worktree,
        open.map(({ path }) => path),
      );
    } finally {
      await forgetNoted(session, worktree);
    }
  });
}
