/** What the steps of a resolution hand on. */

import type { Part } from '../../../domain/landing/hunks.js';
import type { Strategy } from '../../../domain/landing/merge.js';

/** The two sides of one resolution, as commit ids. */
export interface Sides {
  /** Tip of the task's branch: ours. */
  head: string;
  /** Tip of the target: theirs. */
  target: string;
}

/** The answer of one hunk. */
export interface HunkAnswer {
  content: string;
  strategy: Strategy | 'by-hand';
  /** Why, as the resolver said; for the report. */
  reason?: string;
  /** Rules of the structural strategy that agree on it, and its score. */
  rules?: string[];
  score?: number;
}

/** A file in conflict that may be resolved as text. */
export interface OpenFile {
  path: string;
  kind: 'contents' | 'add/add';
  /** As git left it. */
  parts: Part[];
  base: string;
  ours: string;
  theirs: string;
  answers: Map<number, HunkAnswer>;
  /** Why hunks have no answer, as far as the rungs tried said. */
  refusals?: Map<number, string>;
  /** The resolved file once it passed the gate. */
  result?: string;
  /** Why it is not resolved. */
  problem?: string;
}

/** A file in conflict that a person must decide. */
export interface RefusedFile {
  path: string;
  kind: string;
  hunks: number;
  reason: string;
}
