/** Which worktrees hold uncommitted work, looked at as seldom as possible. */
import { hasCode, messageOf } from '../../domain/errors.js';
import type { RepoSession } from '../types.js';
import { listWorktrees, ownerOf, recordAt, type WorktreeRecord } from '../worktrees/list.js';
import type { Desk, Ground } from './desk.js';
import { type Uncommitted, uncommittedWork } from './uncommitted.js';

/**
 * Changed and untracked paths of a task's worktree; undefined where there is nothing to look at. `version` tells two
 * looks apart: while it stays the same, nothing is read again.
 */
export type ChangedPaths = (slug: string) => { paths: readonly string[]; version: number } | undefined;

/** A head with a worktree; gets what is uncommitted there. */
export interface WorkingHead {
  name: string;
  branch: string;
  worktree?: string;
  tip?: string;
  work?: Uncommitted;
}

export type Look = (ground: Ground, heads: WorkingHead[], changed?: ChangedPaths) => Promise<void>;

/** Worktrees looked at side by side; more does not make it faster. */
const atOnce = 2;

/** Makes the function that adds what is uncommitted to each head. What cannot be told is a reason, not an error. */
export function rememberWork(session: Pick<RepoSession, 'git' | 'root' | 'env'>, desk: Desk): Look {
  const known = new Map<string, { stamp: string; work: Uncommitted | undefined }>();

  async function lookAt(
    ground: Ground,
    head: WorkingHead & { worktree: string; tip: string },
    seen: ReturnType<ChangedPaths>,
  ): Promise<Uncommitted | undefined> {
    const stamp = `${desk.generation()} ${head.worktree} ${head.tip} ${seen?.version}`;
    const before = known.get(head.name);
    if (seen && before?.stamp === stamp) return before.work;
    const work = await uncommittedWork(session, ground.analysis, head, head.tip, seen?.paths).catch(reasonOf);
    known.set(head.name, { stamp, work });
    return work;
  }

  return async (ground, heads, changed) => {
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
        const found = await lookAt(ground, head, seen);
        if (found) head.work = found;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  };
}

/** In a worktree that git does not know, or that is still being filled, stands nobody's work. */
function isReady(records: readonly WorktreeRecord[], path: string): boolean {
  const record = recordAt(records, path);
  return record !== undefined && !ownerOf(record.locked, 'hydrating');
}

/** A folder that is gone holds no work; whatever else is wrong, it may. */
function reasonOf(error: unknown): Uncommitted | undefined {
  if (hasCode(error, 'worktree-missing') || hasCode(error, 'folder-not-found')) return undefined;
  return { reason: `uncommitted work: ${messageOf(error)}` };
}
