/** An index of our own, for a moment: the worktree's is not touched. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RepoSession } from '../../store/index.js';

/** Runs `use` with the path of an index file of its own, which does not exist yet. */
export async function withIndex<T>(
  session: Pick<RepoSession, 'env'>,
  use: (indexFile: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(session.env.TMPDIR ?? tmpdir(), 'codex-agents-index-'));
  try {
    return await use(join(folder, 'index'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
