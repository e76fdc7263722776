/** What filling a worktree did, for the person and for the steps that follow. */
import type { Selection } from './ignored.js';
import type { FileCount } from './measure.js';

export interface Hydration {
  /**
   * `spare`: made before. `snapshot` and `reflink` share blocks with the main worktree, `copy` does not.
   * `checkout`: nothing but tracked files.
   */
  method: 'spare' | 'snapshot' | 'reflink' | 'copy' | 'checkout';
  /** Ignored files that came along; undefined when that could not be told. */
  carried?: FileCount;
  seconds: number;
  /** What was left out, and why. */
  skipped: string[];
  /** What the person should know, such as dependencies that are not those of the lock file. */
  warnings: string[];
}

/** What filling found out, before anything is run in the worktree. */
export type Filling = Pick<Hydration, 'method' | 'carried'> & { selection: Selection; lockFiles: string[] };
