/** Which worktrees hold uncommitted work, read as seldom as possible. */
import { hasCode, messageOf } from '../../../domain/platform/errors.js';
import type { RepoSession } from '../../store/index.js';
import { fingerprint, listWorktrees, ownerOf, recordAt, type WorktreeRecord } from '../../worktrees/index.js';
import type { Predictor, TargetMerges } from './predictor.js';
import { type Uncommitted, uncommittedWork } from './uncommitted.js';

/** Changed and untracked paths of a task's worktree; undefined where there is nothing to look at. */
export type ChangedPaths = (slug: string) => readonly string[] | undefined;

/** A head with a worktree; gets what is uncommitted there. */
export interface WorkingHead {
  name: string;
  branch: string;
  worktree?: string;
  tip?: string;
  work?: Uncommitted;
}

export type AddUncommitted = (
  onto: TargetMerges,
  heads: WorkingHead[],
  changed?: ChangedPaths,
) => Promise<void>;

/** Worktrees looked at side by side; more does not make it faster. */
const atOnce = 2;

/** Makes the function that adds what is uncommitted to each head. What cannot be told is a reason, not an error. */
export function rememberWork(
  session: Pick<RepoSession, 'git' | 'root' | 'env'>,
  predictor: Predictor,
): AddUncommitted {
  const known = new Map<string, { stamp: string; work: Uncommitted | undefined }>();

  async function lookAt(
    onto: TargetMerges,
    head: WorkingHead & { worktree: string; tip: string },
    seen: ReturnType<ChangedPaths>,
  ): Promise<Uncommitted | undefined> {
    if (seen?.length === 0) return undefined;
    const files = seen ? await fingerprint(head.worktree, seen) : undefined;
    const stamp = `${predictor.generation()} ${head.worktree} ${head.tip}\n${files}`;
    const before = known.get(head.name);
    if (files !== undefined && before?.stamp === stamp) return before.work;
    const work = await uncommittedWork(session, onto.analysis, head, head.tip, seen).catch(reasonOf);
    known.set(head.name, { stamp, work });
    return work;
  }

  return async (onto, heads, changed) => {
    const having = heads.filter(
      (head): head is WorkingHead & { worktree: string; tip: string } => !!head.worktree && !!head.tip,
    );
    if (having.length === 0) return;
    const records = changed ? [] : await listWorktrees(session.git);
    const left = having.values();
    const work = async () => {
      for (const head of left) {
        const seen = changed?.(head.name);
        if (changed ? !seen : !isReady(records, head.worktree)) continue;
        const found = await lookAt(onto, head, seen);
        if (found) head.work = found;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  };
}

/** A worktree that git does not know, or that is still being filled, holds no work. */
function isReady(records: readonly WorktreeRecord[], path: string): boolean {
  const record = recordAt(records, path);
  return record !== undefined && !ownerOf(record.locked, 'hydrating');
}

/** A folder that is gone holds no work; whatever else is wrong, it may. */
function reasonOf(error: unknown): Uncommitted | undefined {
  if (hasCode(error, 'worktree-missing') || hasCode(error, 'folder-not-found')) return undefined;
  return { reason: `uncommitted work: ${messageOf(error)}` };
}
