/** How many tasks of a rehearsed queue land, of those that have anything to land. Pure. */
import type { AppState } from '../../src/domain/app/state.js';
import type { QueueStep } from '../../src/domain/landing/merge.js';

type Known = Pick<AppState, 'merges' | 'worktrees'>;

/** `without`: tasks that stand in the queue and have no commit and no edit yet. */
export function queueCounts(
  steps: readonly QueueStep[],
  state: Known,
): { lands: number; of: number; without: number } {
  const counted = steps.filter(({ task }) => !lacksWork(task, state));
  return {
    lands: counted.filter(({ status }) => status === 'lands').length,
    of: counted.length,
    without: steps.length - counted.length,
  };
}

/** It has no branch, or a branch on which nothing stands that the target does not have. What is not known is no lack. */
function lacksWork(slug: string, { merges, worktrees }: Known): boolean {
  const [merge, tree] = [merges[slug], worktrees[slug]];
  if (merge?.status === 'unknown' && !merge.head) return true;
  return (merge?.ahead ?? tree?.ahead) === 0 && !merge?.uncommitted && !tree?.dirty;
}
