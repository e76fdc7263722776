/** Answers what the search asks: merges a set of tasks off to the side and runs the checks on exactly that tree. */

import { type Answer, suspectsIn } from '../../../domain/landing/train.js';
import type { CheckResult } from '../../../domain/landing/validation.js';
import { appError } from '../../../domain/platform/errors.js';
import type { RepoSession } from '../../store/index.js';
import type { Chain, ChainBuilder, Member } from '../candidates/chain.js';
import { checkTree, countedIn, type Opinion } from '../validation/index.js';
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
}

export interface TreeChecker {
  /** `again`: the checks run even when the tree is known. Throws `start-over` when the answer would be stale. */
  ask(tasks: readonly string[], again?: boolean): Promise<Answer>;
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
}: TreeCheckerOptions): TreeChecker {
  const byTree = new Map<string, TestedTree>();
  const bySet = new Map<string, TestedTree>();
  const failed = new Map<string, CheckResult[]>();
  const every = [...members.values()].flatMap(({ opinion }) => opinion.paths);

  async function check(tasks: readonly string[], chain: Chain, again: boolean): Promise<TestedTree> {
    await requireStill(session, expected());
    const changed = new Map(tasks.map((slug) => [slug, members.get(slug)!.opinion.paths]));
    // The bare target is asked about for the sake of all.
    const paths = tasks.length > 0 ? [...new Set([...changed.values()].flat())] : every;
    let said = '';
    // The bare target is asked what it is; work on it, what it makes worse.
    const judged = { commit: chain.commit, tree: chain.tree, ...(tasks.length > 0 ? { target: start } : {}) };
    const { checks: told, ran } = await checkTree(session, judged, paths, {
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
    const outcome = outcomeOf(checks);
    const found: TestedTree = { outcome, checks, chain, suspects: suspectsIn(said, changed) };
    if (ran) counted(tasks, found);
    return found;
  }

  return {
    failedOnce: (tasks) => failed.get(tasks.join('\n')) ?? [],
    foundFor: (tasks) => bySet.get(tasks.join('\n')),
    async ask(tasks, again = false) {
      const built = await build(
        start,
        tasks.map((slug) => members.get(slug)!),
      );
      if (built.status === 'conflict') return { outcome: 'conflict', task: built.task };
      if (built.status === 'unknown') {
        await outcomes.refuse(built.task, 'unknown', built.reason);
        throw startOver();
      }
      const { chain } = built;
      const before = again ? undefined : byTree.get(chain.tree);
      const found = before ? { ...before, chain } : await check(tasks, chain, again);
      if (found.outcome !== 'error') byTree.set(chain.tree, found);
      const set = tasks.join('\n');
      bySet.set(set, found);
      if (found.outcome === 'fail')
        failed.set(
          set,
          found.checks.filter(({ status }) => status === 'fail'),
        );
      return found.outcome === 'fail'
        ? { outcome: 'fail', suspects: found.suspects }
        : { outcome: found.outcome };
    },
  };
}

function outcomeOf(checks: readonly CheckResult[]): TestedTree['outcome'] {
  if (checks.some(({ status }) => status === 'error')) return 'error';
  return checks.some(({ status }) => status === 'fail') ? 'fail' : 'pass';
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
