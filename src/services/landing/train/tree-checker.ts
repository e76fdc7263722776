/** Answers what the search asks: merges a set of tasks off to the side and runs the checks on exactly that tree. */

import { suspectsIn } from '../../../domain/landing/suspects.js';
import type { Answer } from '../../../domain/landing/train-moves.js';
import { type CheckResult, verdictOf } from '../../../domain/landing/validation.js';
import { appError } from '../../../domain/platform/errors.js';
import { type RepoSession, telling } from '../../store/index.js';
import type { Chain, ChainBuilder, Member } from '../candidates/chain.js';
import { checkTree, countedIn, type Opinion } from '../validation/index.js';
import { makeAhead } from './ahead.js';
import type { Outcomes } from './outcomes.js';

/** A task of a round: clean against the target, and thought well of. */
export interface JudgedMember extends Member {
  opinion: Opinion;
}

/** What the checks said of one set of tasks. */
export interface TestedTree {
  outcome: 'pass' | 'fail' | 'error';
  checks: CheckResult[];
  chain: Chain;
  suspects: string[];
  /** The checks came to their end: where it is an error, they wrote to the tree. */
  ended: boolean;
}

export interface TreeChecker {
  /**
   * `again`: the checks run even when the tree is known. `ahead`: asked about next if this fails, so checked already
   * while a core is idle. Throws `start-over` when the answer would be stale.
   */
  ask(
    tasks: readonly string[],
    more?: { again?: boolean | undefined; ahead?: readonly string[] | undefined },
  ): Promise<Answer>;
  /** How many trees were checked ahead for nothing. */
  wasted(): number;
  /** Ends what is checked ahead. */
  close(): Promise<void>;
  /** What was found for a set that was asked about and could be merged. */
  foundFor(tasks: readonly string[]): TestedTree | undefined;
  /** Checks that failed for a set before they passed. */
  failedOnce(tasks: readonly string[]): CheckResult[];
}

export interface TreeCheckerOptions {
  session: RepoSession;
  outcomes: Outcomes;
  build: ChainBuilder;
  /** Commit of the target that everything is merged onto. */
  start: string;
  members: ReadonlyMap<string, JudgedMember>;
  /** Commit the target has to be at still. */
  expected(): string;
  /** The checks run on every tree, whatever is known of it. */
  fresh: boolean;
  /** Told of every run of the checks. */
  counted(tasks: readonly string[], found: TestedTree): void;
  /** Told of every run that was begun ahead and then not wanted. */
  dropped(): void;
  /** Whether the machine has a core to spare. */
  isIdle(): boolean;
}

/** Every tree is checked once, however it came about; a failure is remembered for as long as the checker. */
export function makeTreeChecker({
  session,
  outcomes,
  build,
  start,
  members,
  expected,
  fresh,
  counted,
  dropped,
  isIdle,
}: TreeCheckerOptions): TreeChecker {
  const byTree = new Map<string, TestedTree>();
  const bySet = new Map<string, TestedTree>();
  const failed = new Map<string, CheckResult[]>();
  const every = [...members.values()].flatMap(({ opinion }) => opinion.paths);

  async function check(
    tasks: readonly string[],
    chain: Chain,
    again: boolean,
    signal = session.signal,
  ): Promise<TestedTree> {
    await requireStill(session, expected());
    const changed = new Map(tasks.map((slug) => [slug, members.get(slug)!.opinion.paths]));
    // The bare target is asked about for the sake of all.
    const paths = tasks.length > 0 ? [...new Set([...changed.values()].flat())] : every;
    let said = '';
    // The bare target is asked what it is; work on it, what it makes worse.
    const judged = { commit: chain.commit, tree: chain.tree, ...(tasks.length > 0 ? { target: start } : {}) };
    const about = telling(session, tasks.length > 0 ? tasks : [...members.keys()]);
    const { checks: told, ran } = await checkTree({ ...about, signal }, judged, paths, {
      fresh: again || fresh,
      heard: (output) => {
        said += output;
      },
    });
    const checks = countedIn(
      session,
      told,
      tasks.map((slug) => members.get(slug)!),
    );
    // No policy is asked here, so nothing is held.
    const outcome = verdictOf({ checks, policies: [], findings: [] }) as TestedTree['outcome'];
    const wrote = checks.flatMap((one) => one.wrote ?? []);
    const suspects = suspectsIn([said, ...wrote].join('\n'), changed);
    const ended = !checks.some((one) => one.status === 'error' && !one.wrote && !one.unreported);
    const found: TestedTree = { outcome, checks, chain, suspects, ended };
    if (ran) counted(tasks, found);
    return found;
  }

  const buildOf = (tasks: readonly string[]) =>
    build(
      start,
      tasks.map((slug) => members.get(slug)!),
    );
  const ahead = makeAhead({
    most: Math.ceil(members.size / 10),
    dropped,
    async check(tasks, signal) {
      const built = await buildOf(tasks);
      if (built.status !== 'built' || byTree.has(built.chain.tree)) return undefined;
      return { tree: built.chain.tree, found: check(tasks, built.chain, false, signal) };
    },
  });

  return {
    wasted: ahead.wasted,
    close: ahead.close,
    failedOnce: (tasks) => failed.get(tasks.join('\n')) ?? [],
    foundFor: (tasks) => bySet.get(tasks.join('\n')),
    async ask(tasks, { again = false, ahead: following } = {}) {
      const built = await buildOf(tasks);
      if (built.status === 'conflict') return { outcome: 'conflict', task: built.task };
      if (built.status === 'unknown') {
        await outcomes.refuse(built.task, 'unknown', built.reason);
        throw startOver();
      }
      const { chain } = built;
      const early = await ahead.take(chain.tree);
      const before = again ? undefined : (byTree.get(chain.tree) ?? early);
      if (!before && following && isIdle()) await ahead.begin(following);
      const found = before ? { ...before, chain } : await check(tasks, chain, again);
      if (found.ended) byTree.set(chain.tree, found);
      const set = tasks.join('\n');
      bySet.set(set, found);
      if (found.outcome === 'fail')
        failed.set(
          set,
          found.checks.filter(({ status }) => status === 'fail'),
        );
      const { outcome, suspects, ended } = found;
      return outcome === 'pass' ? { outcome } : { outcome, suspects, ended };
    },
  };
}

/** Ends a round that cannot be gone on with; what is still open gets another one. */
export function startOver() {
  return appError('start-over', 'The target or a branch moved while it was checked; this round starts anew.');
}

/** Nothing is checked for a target that is history. */
async function requireStill(session: RepoSession, expected: string): Promise<void> {
  if ((await session.git.commitOf(`refs/heads/${session.target}`)) === expected) return;
  throw startOver();
}
