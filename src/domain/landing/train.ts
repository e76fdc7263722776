/**
 * The search of a train. Many tasks merged together are checked as one tree. When that tree fails, as few further
 * trees as possible are checked, to land what is good and to name what is not. Pure: the caller merges, checks and
 * lands.
 */
import { type Culprit, makeBlame } from './train-blame.js';
import { type Answer, type Asking, type Blame, isBad, type Moves, tasksKey } from './train-moves.js';

/**
 * One or two culprits of a short train may cost more runs than one by one, up to this many: the person wants to know
 * with whom each fails, and not all that had landed before it.
 */
const leastForFew = 24;
const few = 2;

/** Halving more than these may be helped by an idle core. */
const manyToHalve = 8;

/**
 * Decides every task of `order` (dependencies first) by moves. Adaptive group testing: the whole first; from a group
 * that fails, those its failure speaks of are set apart, else the first prefix that fails is found by halving, and
 * what stands before it lands; the next group is as long as the share of culprits so far makes likely to pass.
 * A task is blamed only after two runs with it failed, and for failing alone or with a set only after a tree of just that failed.
 * @param extra how many trees were checked ahead and not asked about; they count as runs
 */
export function* searchTrain(
  order: readonly string[],
  dependsOn: ReadonlyMap<string, readonly string[]> = new Map(),
  extra: () => number = () => 0,
): Moves {
  const landed: string[] = [];
  let culprits: Culprit[] = [];
  const suspected = new Set<string>();
  const pardoned = new Set<string>();
  let rest = [...order];
  let next: number | undefined;
  let convicted = 0;
  let unsteady = false;
  const asked = new Set<string>();
  let reruns = 0;

  const asking: Asking = {
    *ask(tasks, more = {}) {
      if (more.again) reruns++;
      asked.add(tasksKey(tasks));
      const answer = yield { type: 'test', tasks, ...more };
      if (!answer) throw new TypeError('A test wants an answer.');
      return answer;
    },
    *passesAgain(failed) {
      if ((yield* asking.ask(failed, { again: true })).outcome !== 'pass') return false;
      unsteady = true;
      yield { type: 'flaky', tasks: failed };
      return true;
    },
    mayAsk(more = 1) {
      const most = Math.max(order.length + convicted, convicted <= few ? leastForFew : 0);
      return asked.size + reruns + extra() + more <= most;
    },
    isUnsteady: () => unsteady,
  };
  const { ask, passesAgain } = asking;
  const blame = makeBlame(asking);

  function* land(tasks: readonly string[]): Moves {
    rest = rest.slice(tasks.length);
    landed.push(...tasks);
    if (tasks.length > 0) yield { type: 'land', tasks };
  }

  /** Takes a task out, and with it those that need it, which are returned. */
  function drop(task: string): string[] {
    const gone = new Set([task]);
    for (const other of rest) if (dependsOn.get(other)?.some((name) => gone.has(name))) gone.add(other);
    rest = rest.filter((other) => !gone.has(other));
    gone.delete(task);
    return [...gone];
  }

  /** Nothing can be found out any more. */
  function* refuseRest(why: Blame, failed: readonly string[]): Moves {
    const [left, known] = [rest, culprits];
    rest = [];
    culprits = [];
    for (const task of left) yield { type: 'refuse', task, why, failed };
    for (const culprit of known) yield* blame.unasked(culprit);
  }

  function* putOff(task: string): Moves {
    for (const gone of [task, ...drop(task)]) yield { type: 'defer', task: gone };
  }

  /** Lands what stands before the first culprit of a group that fails, and makes the culprit the next group. */
  function* halve(group: readonly string[]): Moves {
    let good = 0;
    let bad = group.length;
    const upTo = (end: number) => [...landed, ...group.slice(0, end)];
    while (bad - good > 1) {
      const middle = Math.floor((good + bad) / 2);
      const quarter = Math.floor((good + middle) / 2);
      // For a few tasks it is not worth it to check two trees at once.
      const many = bad - good > manyToHalve;
      const half = yield* ask(upTo(middle), many ? { ahead: upTo(quarter) } : {});
      if (half.outcome === 'pass') good = middle;
      else if (isBad(half)) bad = middle;
      else {
        yield* land(group.slice(0, good));
        return yield* putOff(half.task);
      }
    }
    yield* land(group.slice(0, good));
    next = 1;
  }

  /** Why everything is kept back: the target fails with nothing merged, three times, or cannot be checked. */
  function* troubleOfTarget(): Moves<Blame | undefined> {
    if (landed.length > 0 || order.length === 1) return undefined;
    const bare = yield* ask([]);
    if (!isBad(bare)) return undefined;
    if (bare.outcome === 'error') return { code: 'error', bare: true };
    for (let run = 0; run < 2; run++) if (yield* passesAgain([])) return undefined;
    return { code: 'target' };
  }

  /** Whether a task fails by itself, in a second run. */
  function* failsAlone(task: string, answer: Answer): Moves<boolean> {
    if (landed.length > 0) return isBad(yield* ask([task]));
    // What could not be run is not run to its end once more: that takes as long as a check may take.
    return isUnended(answer) || !(yield* passesAgain([task]));
  }

  /** Takes a task out that failed in two runs, or lands it after all: it failed by chance. */
  function* convict(task: string, tried: readonly string[], answer: Extract<Answer, { suspects?: unknown }>) {
    const trouble = yield* troubleOfTarget();
    if (trouble) return yield* refuseRest(trouble, []);
    const alone = yield* failsAlone(task, answer);
    if (!alone && (landed.length === 0 || (yield* passesAgain(tried)))) return yield* land([task]);
    const isError = answer.outcome === 'error';
    // A machine that runs no check any more says nothing about a task.
    if (isUnended(answer) && landed.length > 0 && isBad(yield* ask(landed, { again: true })))
      return yield* refuseRest({ code: 'error' }, tried);
    convicted++;
    culprits.push({
      task,
      after: alone ? [] : [...landed],
      suspects: answer.suspects ?? [],
      isError,
      twice: alone && landed.length === 0,
      blocked: drop(task),
      mayPass: !pardoned.has(task),
    });
  }

  function* decide(group: readonly string[]): Moves {
    const tried = [...landed, ...group];
    const answer = yield* ask(tried);
    if (answer.outcome === 'pass') return yield* land(group);
    if (!isBad(answer)) return yield* putOff(answer.task);
    if (group.length === 1) return yield* convict(group[0]!, tried, answer);
    const trouble = answer.outcome === 'error' ? yield* troubleOfTarget() : undefined;
    if (trouble) return yield* refuseRest(trouble, []);
    const innocent = unsuspected(group, answer.suspects ?? [], dependsOn);
    if (innocent.length === 0 || innocent.length === group.length) return yield* halve(group);
    const apart = group.filter((task) => !innocent.includes(task));
    for (const task of apart) suspected.add(task);
    rest = [...innocent, ...apart, ...rest.slice(group.length)];
    next = innocent.length;
  }

  while (rest.length > 0) {
    while (rest.length > 0) {
      const group = rest.slice(0, next ?? groupSize(rest, suspected, convicted, landed.length));
      next = undefined;
      yield* decide(group);
    }
    const known = culprits;
    culprits = [];
    for (const { task, blocked } of yield* blame.innocents(known)) {
      convicted--;
      pardoned.add(task);
      rest.push(task, ...blocked);
    }
  }
}

/** Whether the checks came to no end. Those that wrote to the tree did: the machine runs checks. */
const isUnended = (answer: Answer): boolean => answer.outcome === 'error' && !answer.ended;

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
