/**
 * The search of a train: many tasks merged together are checked as one tree, and when that fails, as few further
 * trees as possible are checked to land what is good and to name what is not. Pure: the caller merges, checks, lands.
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
  /** It passes alone and fails with these; one: the two of them are enough, none: who it is could not be told. */
  | { code: 'together'; with: readonly string[] }
  /** The same tree failed and passed. */
  | { code: 'flaky' }
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
  /** `failed`: the set whose answer is the evidence. */
  | { type: 'refuse'; task: string; why: Blame; failed: readonly string[] }
  /** It can only be judged once the others have landed. */
  | { type: 'defer'; task: string };

export type Search = Generator<Move, void, Answer | undefined>;

interface Culprit {
  task: string;
  /** What had landed before it, and passes without it. */
  after: readonly string[];
  suspects: readonly string[];
}

/**
 * Decides every task of `order` (dependencies first) by moves. Adaptive group testing: the whole first; from a group
 * that fails, those its failure speaks of are set apart, else the first prefix that fails is found by halving, and
 * what stands before it lands; the next group is as long as the share of culprits so far makes likely to pass.
 * A task is blamed for failing alone, or with the one task it fails with, only after a tree of just that failed.
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
      const half = yield* test(tried);
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

  function* convict(task: string, failed: readonly string[], suspects: readonly string[]): Search {
    if (landed.length === 0 && order.length > 1) {
      const bare = yield* test([]);
      if (bare.outcome === 'fail') return yield* refuseRest({ code: 'target' }, []);
      if (bare.outcome !== 'pass') return yield* refuseRest({ code: 'error' }, []);
    }
    culprits.push({ task, after: [...landed], suspects });
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
    const answer = yield* test(tried);
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
  for (const culprit of culprits) yield* blame(culprit);
}

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

/** Finds out whether a task fails by itself, or which of the landed ones it fails with. */
function* blame({ task, after, suspects }: Culprit): Search {
  const failed = [...after, task];
  const refuse = (why: Blame, tasks: readonly string[]): Move => ({
    type: 'refuse',
    task,
    why,
    failed: tasks,
  });
  if (after.length === 0) {
    yield refuse({ code: 'alone' }, failed);
    return;
  }
  const alone = yield* test([task]);
  if (alone.outcome === 'fail') {
    yield refuse({ code: 'alone' }, [task]);
    return;
  }
  if (alone.outcome !== 'pass') {
    yield refuse({ code: 'together', with: [] }, failed);
    return;
  }
  // The likeliest two first: one run instead of a search. Every pair named has failed as just that pair.
  const likely = after.length > 1 ? after.filter((other) => suspects.includes(other)).slice(0, 2) : [];
  for (const other of likely) {
    const pair = yield* test([other, task]);
    if (pair.outcome !== 'fail') continue;
    yield refuse({ code: 'together', with: [other] }, [other, task]);
    return;
  }
  const again = yield* test(failed, true);
  if (again.outcome !== 'fail') {
    const why: Blame = again.outcome === 'pass' ? { code: 'flaky' } : { code: 'together', with: [] };
    yield refuse(why, failed);
    return;
  }
  if (after.length === 1) {
    yield refuse({ code: 'together', with: after }, failed);
    return;
  }
  let good = 0;
  let bad = after.length;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    const some = yield* test([...after.slice(0, middle), task]);
    if (some.outcome === 'pass') good = middle;
    else if (some.outcome === 'fail') bad = middle;
    else break;
  }
  const partner = after[bad - 1]!;
  const pair = bad - good === 1 ? yield* test([partner, task]) : undefined;
  if (pair?.outcome === 'fail') yield refuse({ code: 'together', with: [partner] }, [partner, task]);
  else yield refuse({ code: 'together', with: after.slice(0, bad) }, [...after.slice(0, bad), task]);
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
