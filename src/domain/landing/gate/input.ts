/** What a resolution is judged by. */
import type { Part } from '../hunks.js';

export interface GateInput {
  path: string;
  /** The file as git left it, with its hunks. */
  parts: readonly Part[];
  /** Whole files of the three stages; base is '' when both sides added the file. */
  base: string;
  ours: string;
  theirs: string;
  /** The resolved file. */
  result: string;
  /** Why, by hunk, as far as the resolver said. */
  reasons?: ReadonlyMap<number, string>;
  /** By hunk, how likely the rules that made the answer hold it. */
  scores?: ReadonlyMap<number, number>;
  /** A person resolved it before: it may leave out and rewrite what it likes. */
  trusted?: boolean;
}

/** What the checks look at: the input, and what stands where each hunk was. */
export interface JudgedResult extends GateInput {
  answers: ReadonlyMap<number, string>;
}
