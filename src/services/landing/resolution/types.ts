/** What the steps of a resolution hand on. */

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
