/** Made-up repositories for the search of a train: which sets of tasks fail, hang, or fail by chance. */
import { searchTrain } from '../../src/domain/landing/train.js';
import type { Answer, Blame, Move } from '../../src/domain/landing/train-moves.js';

export interface World {
  /** Sets that fail whenever all of one are merged; the empty set is the target itself. */
  breaks?: string[][];
  /** What a failure speaks of; default nobody. */
  speaksOf?(broken: string[]): string[];
  conflicts?: [string, string][];
  /** Number of the run that cannot be carried out, that none can be carried out from, or that fails by chance. */
  errorAt?: number;
  errorFrom?: number;
  flakeAt?: number;
  /** With one of these the checks do not come to an end. */
  hangs?: string[];
  /** With one of these the checks write to the tree. */
  writes?: string[];
  /** Whether a run that would pass fails by chance. */
  flakes?(): boolean;
  /** Whether a core is idle: what is asked about next is then checked ahead, at the cost of a run. */
  isIdle?(): boolean;
  dependsOn?: Record<string, string[]>;
}

/** Runs the search on a made-up world, answering each set once, as a caller that remembers trees would. */
export function search(order: string[], world: World) {
  const known = new Map<string, Answer>();
  const moves: Move[] = [];
  let [runs, wasted] = [0, 0];
  let early: string | undefined;
  const keyOf = (tasks: readonly string[]) => [...tasks].sort().join();
  const run = (tasks: readonly string[]): Answer => {
    runs++;
    const hangs = world.hangs?.some((task) => tasks.includes(task));
    if (hangs || runs === world.errorAt || runs >= (world.errorFrom ?? Number.POSITIVE_INFINITY))
      return { outcome: 'error' };
    if (world.writes?.some((task) => tasks.includes(task))) {
      const wrote: Answer = { outcome: 'error', ended: true };
      known.set(keyOf(tasks), wrote);
      return wrote;
    }
    const broken = world.breaks?.filter((set) => set.every((task) => tasks.includes(task))) ?? [];
    const found: Answer =
      broken.length > 0 || runs === world.flakeAt || world.flakes?.()
        ? { outcome: 'fail', suspects: world.speaksOf?.([...new Set(broken.flat())]) ?? [] }
        : { outcome: 'pass' };
    known.set(keyOf(tasks), found);
    return found;
  };
  const answer = ({ tasks, again, ahead }: Extract<Move, { type: 'test' }>): Answer => {
    const clash = world.conflicts?.find(([a, b]) => tasks.includes(a) && tasks.indexOf(b) > tasks.indexOf(a));
    if (clash) return { outcome: 'conflict', task: clash[1] };
    if (early !== undefined && early !== keyOf(tasks)) wasted++;
    early = undefined;
    const found = (!again && known.get(keyOf(tasks))) || run(tasks);
    if (ahead && wasted < order.length / 10 && world.isIdle?.()) {
      early = keyOf(ahead);
      run(ahead);
    }
    return found;
  };
  const steps = searchTrain(order, new Map(Object.entries(world.dependsOn ?? {})), () => wasted);
  let next = steps.next(undefined);
  while (!next.done) {
    moves.push(next.value);
    const { value } = next;
    next = steps.next(value.type === 'test' ? answer(value) : undefined);
  }
  const landed = moves.flatMap((move) => (move.type === 'land' ? move.tasks : []));
  const refused = moves.flatMap((move) => (move.type === 'refuse' ? [[move.task, move.why] as const] : []));
  const deferred = moves.flatMap((move) => (move.type === 'defer' ? move.task : []));
  return { landed, refused: Object.fromEntries<Blame>(refused), deferred, runs, moves };
}

export const names = (n: number) => Array.from({ length: n }, (_, at) => `t${at}`);

/** Small and repeatable; good enough to shuffle with. */
export function numbers(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Sets of so many tasks each, drawn from the order, none of them twice, each in the order. */
export function drawSets(
  order: readonly string[],
  sizes: readonly number[],
  next: (below: number) => number,
) {
  const left = [...order];
  return sizes.map((size) => {
    const set = Array.from({ length: size }, () => left.splice(next(left.length), 1)[0]!);
    return order.filter((task) => set.includes(task));
  });
}
