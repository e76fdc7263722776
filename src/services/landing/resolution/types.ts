/** What the steps of a resolution hand on. */
import type { Task } from '../../../domain/store/task.js';
import type { RepoSession } from '../../store/index.js';
import type { SideTest } from './side-tests.js';

/** The two sides of one resolution, as commit ids. */
export interface Sides {
  /** Tip of the task's branch: ours. */
  head: string;
  /** Tip of the target: theirs. */
  target: string;
}

/** A file in conflict that a person must decide. */
export interface RefusedFile {
  path: string;
  kind: string;
  hunks: number;
  reason: string;
}

/** What is known of the model; shared by all resolutions of one landing. */
export interface ModelState {
  /** Why it is not asked any more: it cannot be reached, or refuses to answer. */
  broken?: string;
}

/** Where a resolution takes place. */
export interface ResolutionSite {
  session: RepoSession;
  task: Task;
  sides: Sides;
  /** Private worktree, in which git left the merge with its conflicts. */
  worktree: string;
  model: ModelState;
  /** Tests of the sides, once they were written. */
  sideTests?: SideTest[];
}
