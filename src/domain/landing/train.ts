/**
 * The search of a train. Many tasks merged together are checked as one tree. When that tree fails, as few further
 * trees as possible are checked, to land what is good and to name what is not. Pure: the caller merges, checks and
 * lands.
 */

/** What the checks said of a set of tasks, merged in order onto the target as it was when the search began. */
export type Answer =
  | Verdict
  | { outcome: 'error' }
  /** This task does not merge cleanly with those before it. */
  | { outcome: 'conflict'; task: string };

type Verdict =
  | { outcome: 'pass' }
  /** `suspects`: tasks whose files the failure speaks of. */
  | { outcome: 'fail'; suspects: readonly string[] };

export type Blame =
  /** It fails on the target with nothing else merged. */
  | { code: 'alone' }
  /** It passes alone and fails with these, and with none of them less; none: who it is could not be told. `among`: maybe with fewer. */
  | { code: 'together'; with: readonly string[]; among?: true }
  /** The checks could not be run to their end. */
  | { code: 'error' }
  /** The target fails by itself. */
  | { code: 'target' }
  /** A task it depends on does not land. */
  | { code: 'blocked'; by: string };

export type Move =
  /** Wants an answer. `again`: run it even when the answer is known. */
  | { type: 'test'; tasks: readonly string[]; again?: true }
  /** These passed on top of all that landed before. */
  | { type: 'land'; tasks: readonly string[] }
  /** The tree of these failed and then passed. */
  | { type: 'flaky'; tasks: readonly string[] }
  /** `failed`: the set whose answer is the evidence. */
  | { type: 'refuse'; task: string; why: Blame; failed: readonly string[] }
  /** It can only be judged once the others have landed. */
  | { type: 'defer'; task: string };

export type Search = Generator<Move, void, Answer | undefined>;

interface Culprit {
  task: string;
  /** What had landed before it, and passes without it; empty for one that fails alone. */
  after: readonly string[];
  suspects: readonly string[];
}

/**
 * Decides every task of `order` (dependencies first) by moves. Adaptive group testing: the whole first; from a group
 * that fails, those its failure speaks of are set apart, else the first prefix that fails is found by halving, and
 * what stands before it lands; the next group is as long as the share of culprits so far makes likely to pass.
 * A task is blamed only after two runs with it failed, and for failing alone or with a set only after a tree of just that failed.
 */
export function* searchTrain(
  order: readonly string[],
  dependsOn: ReadonlyMap<string, readonly string[]> = new Map(),
): Search {
  const landed: string[] = [];
  const culprits: Culprit[] = [];
  const suspected = new Set<string>();
  let rest = [...order];
  let next: number | undefined;
  const asked = new Set<string>();
  let reruns = 0;
  /** A tree failed and passed: from then on two failures may be chance as well. */
  let unsteady = false;

  /** Every question, counted: the same set is answered from memory. */
  function* ask(tasks: readonly string[], again?: true): ReturnType<Ask> {
    if (again) reruns++;
    asked.add([...tasks].sort().join('\n'));
    return yield* test(tasks, again);
  }

  function* land(tasks: readonly string[]): Search {
    rest = rest.slice(tasks.length);
    landed.push(...tasks);
    if (tasks.length > 0) yield { type: 'land', tasks };
  }

  /** Takes a task out, and with it those that need it. */
  function* drop(task: string, move: (task: string) => Move): Search {
    const gone = new Set([task]);
    for (const other of rest) if (dependsOn.get(other)?.some((name) => gone.has(name))) gone.add(other);
    rest = rest.filter((other) => !gone.has(other));
    gone.delete(task);
    for (const other of gone) yield move(other);
  }

  function* refuseRest(why: Blame, failed: readonly string[]): Search {
    for (const task of rest) yield { type: 'refuse', task, why, failed };
    rest = [];
    yield* blameUnasked(culprits);
    culprits.length = 0;
  }

  /** An answer that says nothing about who is good or bad. */
  function* stumble(answer: Exclude<Answer, Verdict>, tried: readonly string[]): Search {
    if (answer.outcome === 'error') return yield* refuseRest({ code: 'error' }, tried);
    yield { type: 'defer', task: answer.task };
    yield* drop(answer.task, (other) => ({ type: 'defer', task: other }));
  }

  /** Lands what stands before the first culprit of a group that fails, and makes the culprit the next group. */
  function* halve(group: readonly string[]): Search {
    let good = 0;
    let bad = group.length;
    while (bad - good > 1) {
      const middle = Math.floor((good + bad) / 2);
      const tried = [...landed, ...group.slice(0, middle)];
      const half = yield* ask(tried);
      if (half.outcome === 'pass') good = middle;
      else if (half.outcome === 'fail') bad = middle;
      else {
        yield* land(group.slice(0, good));
        return yield* stumble(half, tried);
      }
    }
    yield* land(group.slice(0, good));
    next = 1;
  }

  /** Runs what failed once more. True when it passes: it failed by chance, which is told. */
  function* isChance(
    failed: readonly string[],
  ): Generator<Move, boolean | Exclude<Answer, Verdict>, Answer | undefined> {
    const again = yield* ask(failed, true);
    if (again.outcome === 'fail') return false;
    if (again.outcome !== 'pass') return again;
    unsteady = true;
    yield { type: 'flaky', tasks: failed };
    return true;
  }

  /** Why everything is kept back: the target fails with nothing merged, three times, or cannot be checked. */
  function* troubleOfTarget(): Generator<Move, Blame | undefined, Answer | undefined> {
    const bare = yield* ask([]);
    if (bare.outcome === 'pass') return undefined;
    if (bare.outcome !== 'fail') return { code: 'error' };
    for (let run = 0; run < 2; run++) {
      const chance = yield* isChance([]);
      if (chance !== false) return chance === true ? undefined : { code: 'error' };
    }
    return { code: 'target' };
  }

  /**
   * Takes a task out that failed in two runs: with all that landed, and by itself or with them again. One that passes
   * the second time failed by chance, and lands.
   */
  function* convict(task: string, failed: readonly string[], suspects: readonly string[]): Search {
    const trouble = landed.length === 0 && order.length > 1 ? yield* troubleOfTarget() : undefined;
    if (trouble) return yield* refuseRest(trouble, []);
    const first = landed.length > 0 ? yield* ask([task]) : undefined;
    const alone = first === undefined || first.outcome === 'fail';
    if (first?.outcome !== 'fail' || unsteady) {
      const chance = yield* isChance(failed);
      if (chance === true) return yield* land([task]);
      if (chance !== false) return yield* stumble(chance, failed);
    }
    culprits.push({ task, after: alone ? [] : [...landed], suspects });
    yield* drop(task, (other) => ({
      type: 'refuse',
      task: other,
      why: { code: 'blocked', by: task },
      failed,
    }));
  }

  while (rest.length > 0) {
    const group = rest.slice(0, next ?? groupSize(rest, suspected, culprits.length, landed.length));
    next = undefined;
    const tried = [...landed, ...group];
    const answer = yield* ask(tried);
    if (answer.outcome === 'pass') yield* land(group);
    else if (answer.outcome !== 'fail') yield* stumble(answer, tried);
    else if (group.length === 1) yield* convict(group[0]!, tried, answer.suspects);
    else {
      const innocent = unsuspected(group, answer.suspects, dependsOn);
      if (innocent.length > 0 && innocent.length < group.length) {
        const apart = group.filter((task) => !innocent.includes(task));
        for (const task of apart) suspected.add(task);
        rest = [...innocent, ...apart, ...rest.slice(group.length)];
        next = innocent.length;
      } else yield* halve(group);
    }
  }
  // Several culprits must not cost more runs than landing one by one and looking at each.
  const most = culprits.length > 1 ? order.length + culprits.length : Number.POSITIVE_INFINITY;
  for (const culprit of culprits) yield* blame(culprit, ask, () => asked.size + reruns < most);
}

type Ask = (tasks: readonly string[], again?: true) => Generator<Move, Answer, Answer | undefined>;

function* test(tasks: readonly string[], again?: true): Generator<Move, Answer, Answer | undefined> {
  const answer = yield again ? { type: 'test', tasks, again } : { type: 'test', tasks };
  if (!answer) throw new TypeError('A test wants an answer.');
  return answer;
}

/**
 * How many to try next. A group of 1/p, p the share of culprits so far, costs least; while nothing has failed, all.
 * One that is suspected is tried by itself.
 */
function groupSize(
  rest: readonly string[],
  suspected: ReadonlySet<string>,
  culprits: number,
  landed: number,
): number {
  if (suspected.has(rest[0]!)) return 1;
  const first = rest.findIndex((task) => suspected.has(task));
  const most = first < 0 ? rest.length : first;
  if (culprits === 0) return most;
  return Math.max(1, Math.min(most, Math.round((culprits + landed + 1) / culprits)));
}

/** Those a failure does not speak of and that need none of those it speaks of. */
function unsuspected(
  group: readonly string[],
  suspects: readonly string[],
  dependsOn: ReadonlyMap<string, readonly string[]>,
): string[] {
  const apart = new Set(suspects);
  for (const task of group) if (dependsOn.get(task)?.some((name) => apart.has(name))) apart.add(task);
  return group.filter((task) => !apart.has(task));
}

/** Names a culprit, with the smallest set of those landed before that it fails with. */
function* blame({ task, after, suspects }: Culprit, ask: Ask, mayAsk: () => boolean): Search {
  const refuse = (why: Blame, failed: readonly string[]): Move => ({ type: 'refuse', task, why, failed });
  if (after.length === 0) {
    yield refuse({ code: 'alone' }, [task]);
    return;
  }
  // The likeliest two first: one run instead of a search. Every pair named has failed as just that pair.
  const likely = after.length > 1 ? after.filter((other) => suspects.includes(other)).slice(0, 2) : [];
  for (const other of likely) {
    const pair = yield* ask([other, task]);
    if (pair.outcome !== 'fail') continue;
    yield refuse({ code: 'together', with: [other] }, [other, task]);
    return;
  }
  const { others, sure } = yield* smallestSet(task, after, ask, mayAsk);
  yield refuse({ code: 'together', with: others, ...(sure ? {} : { among: true }) }, [...others, task]);
}

/**
 * Those that a task fails with, and with none of them less. The last one of the shortest beginning of `after` that is
 * enough is needed; with it set apart, the same again for those before it. Not `sure`: it may need fewer of them.
 */
function* smallestSet(
  task: string,
  after: readonly string[],
  ask: Ask,
  mayAsk: () => boolean,
): Generator<Move, { others: string[]; sure: boolean }, Answer | undefined> {
  const needed: string[] = [];
  for (let rest = after; rest.length > 0; ) {
    let good = 0;
    let bad = rest.length;
    while (bad - good > 1) {
      const middle = Math.floor((good + bad) / 2);
      const some = mayAsk() ? yield* ask([...rest.slice(0, middle), ...needed, task]) : undefined;
      if (some?.outcome === 'pass') good = middle;
      else if (some?.outcome === 'fail') bad = middle;
      else return { others: [...rest.slice(0, bad), ...needed], sure: false };
    }
    needed.unshift(rest[bad - 1]!);
    rest = rest.slice(0, bad - 1);
    if (rest.length === 0) break;
    const enough = mayAsk() ? yield* ask([...needed, task]) : undefined;
    if (enough?.outcome === 'fail') break;
    if (enough?.outcome !== 'pass') return { others: [...rest, ...needed], sure: false };
  }
  return { others: needed, sure: true };
}

/** What is known without asking any more, when the checks cannot be run. */
function* blameUnasked(culprits: readonly Culprit[]): Search {
  for (const { task, after } of culprits) {
    const why: Blame = after.length === 0 ? { code: 'alone' } : { code: 'together', with: [] };
    yield { type: 'refuse', task, why, failed: [...after, task] };
  }
}

/**
 * Tasks whose changed files a check's output names, by whole path or by a file name only one of them has.
 * A guess: it only decides what is tried first.
 */
export function suspectsIn(output: string, changed: ReadonlyMap<string, readonly string[]>): string[] {
  const owners = new Map<string, Set<string>>();
  for (const [task, paths] of changed) {
    for (const path of paths) {
      for (const name of new Set([path, path.slice(path.lastIndexOf('/') + 1)])) {
        const known = owners.get(name);
        if (known) known.add(task);
        else owners.set(name, new Set([task]));
      }
    }
  }
  const mentioned = new Set(output.match(/[^\s"'`()[\]{}<>|,;:=]+/g)?.flatMap(tailsOf));
  const found = new Set<string>();
  for (const [name, tasks] of owners) {
    // A file that most of them touch tells nothing about one of them.
    if (tasks.size > Math.max(1, changed.size / 2) || !mentioned.has(name)) continue;
    if (!name.includes('/') && tasks.size > 1) continue;
    for (const task of tasks) found.add(task);
  }
  return [...changed.keys()].filter((task) => found.has(task));
}

/** A path and every shorter end of it: output speaks of files by any of them. */
function tailsOf(word: string): string[] {
  const clean = word.replace(/[.!?]+$/, '');
  const tails = [clean];
  for (let at = clean.indexOf('/'); at >= 0; at = clean.indexOf('/', at + 1)) tails.push(clean.slice(at + 1));
  return tails;
}
