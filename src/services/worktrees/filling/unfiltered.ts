/** Files whose filter is left out: they stand in a new worktree as git stores them, as cipher text or pointers. */
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { trustFilterCommand, unfilteredPaths } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';

/** Farther back than git looks twice at a file. */
const backMs = 60_000;

/**
 * Dates these files back, and names them. The agent's own git runs the filter: a file as young as the index it would
 * put through the filter a second time at its next commit.
 */
export async function settleUnfiltered(session: RepoSession, worktree: string): Promise<string[]> {
  const unfiltered = await unfilteredPaths(session, worktree);
  if (unfiltered.length === 0) return [];
  const then = new Date(Date.now() - backMs);
  for (const { path } of unfiltered) {
    // One that is not there, as outside of a sparse checkout, needs no date.
    await utimes(join(worktree, path), then, then).catch(() => undefined);
  }
  await session.git.run(['update-index', '-q', '--refresh'], { worktree, ok: [0, 1] });
  const filters = new Map(unfiltered.map(({ filter }) => [filter.name, filter]));
  return [...filters.values()].map((filter) => {
    const paths = unfiltered.filter((one) => one.filter.name === filter.name);
    const more = paths.length > 1 ? ` and ${paths.length - 1} more` : '';
    return `the filter "${filter.name}" is left out, so ${paths[0]!.path}${more} ${paths.length > 1 ? 'stand as git stores them, and changes to them are' : 'stands as git stores it, and changes to it are'} not committed; to have it run: ${trustFilterCommand(filter)}`;
  });
}
