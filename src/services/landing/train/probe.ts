/** Answers what the search asks: merges a set of tasks off to the side and runs the checks on exactly that tree. */

import { type Answer, suspectsIn } from '../../../domain/landing/train.js';
import type { CheckResult } from '../../../domain/landing/validation.js';
import { appError } from '../../../domain/platform/errors.js';
import type { RepoSession } from '../../store/index.js';
import { checkTree, type Opinion } from '../validation/index.js';
import type { Chain, ChainBuilder, Member } from './chain.js';
import type { Ledger } from './ledger.js';

/** A task of a round: clean against the target, and thought well of. */
export interface Passenger extends Member {
  opinion: Opinion;
}

/** What the checks said of one set of tasks. */
export interface Found {
  outcome: 'pass' | 'fail' | 'error';
  checks: CheckResult[];
  chain: Chain;
  suspects: string[];
}

export interface Probe {
  /** `again`: the checks run even when the tree is known. Throws `start-over` when the answer would be stale. */
  ask(tasks: readonly string[], again?: boolean): Promise<Answer>;
  /** What was found for a set that was asked about and could be merged. */
  foundFor(tasks: readonly string[]): Found | undefined;
}

export interface ProbeOptions {
  session: RepoSession;
  ledger: Ledger;
  build: ChainBuilder;
  /** Commit of the target that everything is merged onto. */
  start: string;
  passengers: ReadonlyMap<string, Passenger>;
  /** Commit the target has to be at still. */
  expected(): string;
  /** Told of every run of the checks. */
  counted(tasks: readonly string[], found: Found): void;
}

/** Every tree is checked once, however it came about; a failure is remembered for as long as the probe. */
export function makeProbe({
  session,
  ledger,
  build,
  start,
  passengers,
  expected,
  counted,
}: ProbeOptions): Probe {
  const byTree = new Map<string, Found>();
  const bySet = new Map<string, Found>();
  const every = [...passengers.values()].flatMap(({ opinion }) => opinion.paths);

  async function check(tasks: readonly string[], chain: Chain, known: boolean): Promise<Found> {
    await requireStill(session, expected());
    const changed = new Map(tasks.map((slug) => [slug, passengers.get(slug)!.opinion.paths]));
    // The bare target is asked about for the sake of all.
    const paths = tasks.length > 0 ? [...new Set([...changed.values()].flat())] : every;
    let said = '';
    const { checks, ran } = await checkTree(session, chain, paths, {
      known,
      heard: (output) => {
        said += output;
      },
    });
    const outcome = outcomeOf(checks);
    const found: Found = { outcome, checks, chain, suspects: suspectsIn(said, changed) };
    if (ran) counted(tasks, found);
    return found;
  }

  return {
    foundFor: (tasks) => bySet.get(tasks.join('\n')),
    async ask(tasks, again = false) {
      const built = await build(
        start,
        tasks.map((slug) => passengers.get(slug)!),
      );
      if (built.status === 'conflict') return { outcome: 'conflict', task: built.task };
      if (built.status === 'unknown') {
        await ledger.refuse(built.task, 'unknown', built.reason);
        throw startOver();
      }
      const { chain } = built;
      const before = again ? undefined : byTree.get(chain.tree);
      const found = before ? { ...before, chain } : await check(tasks, chain, !again);
      if (found.outcome !== 'error') byTree.set(chain.tree, found);
      bySet.set(tasks.join('\n'), found);
      return found.outcome === 'fail'
        ? { outcome: 'fail', suspects: found.suspects }
        : { outcome: found.outcome };
    },
  };
}

function outcomeOf(checks: readonly CheckResult[]): Found['outcome'] {
  if (checks.some(({ status }) => status === 'error')) return 'error';
  return checks.some(({ status }) => status === 'fail') ? 'fail' : 'pass';
}

/** Ends a round that cannot be gone on with; what is still open gets another one. */
export function startOver() {
  return appError('start-over', 'The round is over.');
}

/** Nothing is checked for a target that is history. */
async function requireStill(session: RepoSession, expected: string): Promise<void> {
  if ((await session.git.commitOf(`refs/heads/${session.target}`)) === expected) return;
  throw startOver();
}
