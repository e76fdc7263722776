/** Merge prediction, resolution and landing: the shapes other layers pass around. */

/** "unknown" stands for every error: it is never read as clean. */
export type MergeStatus = 'clean' | 'conflict' | 'unknown';

export interface Conflict {
  path: string;
  /** git's own type, lower case: "contents", "modify/delete", "rename/rename", … */
  kind: string;
}

/** One task against the target. */
export interface MergeResult {
  task: string;
  status: MergeStatus;
  conflicts: Conflict[];
  /** Why it is unknown. */
  reason?: string;
  /** Commit ids the answer holds for. */
  target?: string;
  head?: string;
  /** Tree id of the clean merge. */
  tree?: string;
  /** Commits on the task's branch not in the target, and the other way round. */
  ahead?: number;
  behind?: number;
}

/** Two live tasks against each other. */
export interface PairResult {
  a: string;
  b: string;
  status: MergeStatus;
  paths: string[];
}

/** `data` of `merge check`. */
export interface MergeReport {
  target: string;
  results: MergeResult[];
  pairs: PairResult[];
  queue?: { order: string[]; firstConflict?: string };
}

/** What the registry keeps of the last check. */
export interface MergeSummary {
  status: MergeStatus;
  conflicts: Conflict[];
  target: string;
  head: string;
  at: string;
  /** Set after a bail-out: why the resolver handed back. */
  bailOut?: string;
}

export type Strategy = 'rerere' | 'whitespace' | 'structural' | 'ai';

export interface ResolvedFile {
  path: string;
  strategy: Strategy | 'none';
  hunks: number;
  /** Why this file is not resolved, or what was done. */
  reason?: string;
}

/** `data` of `merge resolve`. */
export interface ResolveReport {
  task: string;
  status: 'resolved' | 'bailed-out';
  files: ResolvedFile[];
  /** Why the whole was handed back. */
  reason?: string;
  /** The merge commit now at the tip of the task's branch. */
  commit?: string;
}

/** `data` of `task complete` and of each landing. */
export interface LandReport {
  task: string;
  status: 'landed' | 'not-landed';
  /** Commit the target moved to. */
  commit?: string;
  target: string;
  reason?: string;
}
