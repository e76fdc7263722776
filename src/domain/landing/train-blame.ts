/** With whom a culprit of a train fails: the smallest set, shown by a tree of just that set. Pure. */
import { type Asking, type Blame, isBad, type Moves, tasksKey } from './train-moves.js';

export interface Culprit {
  task: string;
  /** What had landed before it, and passes without it; empty for one that fails alone. */
  after: readonly string[];
  /** Tasks that its failure speaks of. */
  suspects: readonly string[];
  /** The checks could not be run to their end with it. */
  isError: boolean;
  /** Tasks that need it. */
  blocked: readonly string[];
  /** It failed twice by itself. */
  twice: boolean;
  /** Whether it may be let go when its failures turn out to be chance. */
  mayPass: boolean;
}

type Found =
  | { others: readonly string[]; sure: boolean }
  /** The tree that convicted it passes. */
  | { chance: true };

export function makeBlame({ ask, passesAgain, mayAsk, isUnsteady }: Asking) {
  /** Sets that failed twice. */
  const confirmed = new Set<string>();

  /** Whether a set fails; where failures may be chance, whether it fails twice. Undefined: it is not told. */
  function* fails(tasks: readonly string[]): Moves<boolean | undefined> {
    const answer = yield* ask(tasks);
    if (answer.outcome === 'pass') return false;
    if (!isBad(answer)) return undefined;
    if (!isUnsteady() || confirmed.has(tasksKey(tasks))) return true;
    if (yield* passesAgain(tasks)) return false;
    confirmed.add(tasksKey(tasks));
    return true;
  }

  function* passesOnDoubt(set: readonly string[]): Moves<boolean> {
    return (isUnsteady() || mayAsk()) && (yield* passesAgain(set));
  }

  /**
   * How many of `rest`, from its begin, are enough to fail with these; `supported`: a smaller tree than all has
   * failed. One run is kept for doubt until then.
   */
  function* shortest(
    rest: readonly string[],
    these: readonly string[],
    keep: number,
  ): Moves<{ bad: number; supported: boolean; sure: boolean }> {
    let good = 0;
    let bad = rest.length;
    let supported = false;
    while (bad - good > 1) {
      const middle = Math.floor((good + bad) / 2);
      const doubt = supported ? 0 : keep;
      const some = mayAsk(1 + doubt) ? yield* fails([...rest.slice(0, middle), ...these]) : undefined;
      if (some === undefined) return { bad, supported, sure: false };
      if (some) [bad, supported] = [middle, true];
      else good = middle;
    }
    return { bad, supported, sure: true };
  }

  /**
   * Those that a task fails with, and with none of them less. The last one of the shortest beginning of `after` that
   * is enough is needed; with it set apart, the same again for those before it. Not `sure`: it may need fewer.
   */
  function* smallestSet({ task, after, mayPass }: Culprit): Moves<Found> {
    const needed: string[] = [];
    let keep = 1;
    for (let rest = after; rest.length > 0; ) {
      const { bad, supported, sure } = yield* shortest(rest, [...needed, task], keep);
      if (!sure) return { others: [...rest.slice(0, bad), ...needed], sure };
      if (supported) keep = 0;
      // No tree but the first one has failed: that is what chance looks like.
      const doubted = bad === after.length && after.length > 1 && mayPass;
      if (doubted && (yield* passesOnDoubt([...after, task]))) return { chance: true };
      needed.unshift(rest[bad - 1]!);
      rest = rest.slice(0, bad - 1);
      if (rest.length === 0) break;
      const enough = mayAsk(1 + keep) ? yield* fails([...needed, task]) : undefined;
      if (enough) break;
      if (enough === undefined) return { others: [...rest, ...needed], sure: false };
    }
    return { others: needed, sure: true };
  }

  /** Looks among those that the failure speaks of first, when they are enough. */
  function* search(culprit: Culprit): Moves<Found> {
    const { task, after, suspects } = culprit;
    if (after.length === 0) return { others: [], sure: true };
    const near = after.filter((one) => suspects.includes(one));
    const narrow = near.length > 0 && near.length < after.length && (yield* fails([...near, task]));
    return yield* smallestSet(narrow ? { ...culprit, after: near, mayPass: false } : culprit);
  }

  /** Runs a set that failed once more; where failures may be chance, a third time. True when it passes. */
  function* passesAfterAll(set: readonly string[]): Moves<boolean> {
    if (yield* passesAgain(set)) return true;
    return isUnsteady() && (yield* passesAgain(set));
  }

  /** Runs what is going to be named once more: always where failures may be chance, else while it costs no more than one by one. */
  function* confirm(culprit: Culprit, found: Found, single: boolean): Moves<Found> {
    const { task, after, suspects, isError, twice, mayPass } = culprit;
    // A failure by chance hardly speaks of what this very task changed.
    const told = 'sure' in found && found.sure && (twice || suspects.includes(task)) && !isUnsteady();
    const known = 'chance' in found || isError || told;
    if (known || !(isUnsteady() || mayAsk() || (single && !found.sure))) return found;
    const set = [...found.others, task];
    const whole = [...after, task];
    if (found.sure && !(yield* passesAfterAll(set))) return found;
    // A failure on the way was chance, or all were.
    if (mayPass && ((found.sure && set.length === whole.length) || (yield* passesAfterAll(whole))))
      return { chance: true };
    return found.sure ? yield* smallestSet(culprit) : found;
  }

  function* refuse({ task, isError, blocked }: Culprit, others: readonly string[], among: boolean): Moves {
    const why = (): Blame => {
      if (isError) return { code: 'error', ...(others.length > 0 ? { with: others } : {}) };
      return others.length > 0
        ? { code: 'together', with: others, ...(among ? { among } : {}) }
        : { code: 'alone' };
    };
    const failed = [...others, task];
    yield { type: 'refuse', task, why: why(), failed };
    for (const other of blocked)
      yield { type: 'refuse', task: other, why: { code: 'blocked', by: task }, failed };
  }

  return {
    /**
     * Names each culprit, with the smallest set of those landed before that it fails with. Returns those that are
     * none: the runs they failed in were chance.
     */
    *innocents(culprits: readonly Culprit[]): Moves<Culprit[]> {
      const sets: Found[] = [];
      for (const culprit of culprits) sets.push(yield* search(culprit));
      const innocent: Culprit[] = [];
      for (const [at, culprit] of culprits.entries()) {
        const found = yield* confirm(culprit, sets[at]!, culprits.length === 1);
        if ('chance' in found) innocent.push(culprit);
        else yield* refuse(culprit, found.others, !found.sure);
      }
      return innocent;
    },
    /** What is known without asking any more, when the checks cannot be run. */
    *unasked(culprit: Culprit): Moves {
      yield* refuse(culprit, culprit.after, true);
    },
  };
}
