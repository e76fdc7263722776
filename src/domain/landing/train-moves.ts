/** What the search of a train asks and does, and what it is answered. Pure. */

/** What the checks said of a set of tasks, merged in order onto the target as it was when the search began. */
export type Answer =
  | { outcome: 'pass' }
  /**
   * `error`: a check could not be run to its end, which tells nothing about the tree itself.
   * `ended`: the checks did come to their end, and the error is that they wrote to the tree; that tells of the tree.
   * `suspects`: tasks whose files the output speaks of, or which the checks wrote to.
   */
  | { outcome: 'fail' | 'error'; ended?: boolean; suspects?: readonly string[] }
  /** This task does not merge cleanly with those before it. */
  | { outcome: 'conflict'; task: string };

export type Blame =
  /** It fails on the target with nothing else merged. */
  | { code: 'alone' }
  /** It passes alone and fails with these, and with none of them less; none: who it is could not be told. `among`: maybe with fewer. */
  | { code: 'together'; with: readonly string[]; among?: true }
  /** The checks could not be run to their end: with it and these, or at all. `bare`: on the target, with nothing merged. */
  | { code: 'error'; with?: readonly string[]; bare?: true }
  /** The target fails by itself. */
  | { code: 'target' }
  /** A task it depends on does not land. */
  | { code: 'blocked'; by: string };

export type Move =
  /**
   * Wants an answer. `again`: run it even when the answer is known. `ahead`: the set that is asked about next when
   * this one fails; the caller may check it already on an idle core.
   */
  | { type: 'test'; tasks: readonly string[]; again?: true; ahead?: readonly string[] }
  /** These passed on top of all that landed before. */
  | { type: 'land'; tasks: readonly string[] }
  /** The tree of these failed and then passed. */
  | { type: 'flaky'; tasks: readonly string[] }
  /** `failed`: the set whose answer is the evidence. */
  | { type: 'refuse'; task: string; why: Blame; failed: readonly string[] }
  /** It can only be judged once the others have landed. */
  | { type: 'defer'; task: string };

/** A part of the search, which moves and comes to a value. */
export type Moves<T = void> = Generator<Move, T, Answer | undefined>;

/** What the parts of a search share. */
export interface Asking {
  /** The same set is answered from memory, unless it is asked `again`. */
  ask(tasks: readonly string[], more?: { again?: true; ahead?: readonly string[] }): Moves<Answer>;
  /** Runs what failed once more. True when it passes: it failed by chance, which is told. */
  passesAgain(failed: readonly string[]): Moves<boolean>;
  /** Whether so many further runs, default 1, still cost no more than landing one by one and looking at each culprit. */
  mayAsk(more?: number): boolean;
  /** A tree failed and passed: from then on two failures may be chance as well. */
  isUnsteady(): boolean;
}

export const isBad = (answer: Answer): answer is Extract<Answer, { outcome: 'fail' | 'error' }> =>
  answer.outcome === 'fail' || answer.outcome === 'error';

export const tasksKey = (tasks: readonly string[]): string => [...tasks].sort().join('\n');
