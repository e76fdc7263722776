/** One round of a landing: carries out the moves of the search, on the target as it is now. */
import { verdictOfBlame } from '../../../domain/landing/landing.js';
import { searchTrain } from '../../../domain/landing/train.js';
import type { Move } from '../../../domain/landing/train-moves.js';
import type { RepoSession } from '../../store/index.js';
import type { Chain, ChainBuilder } from '../candidates/chain.js';
import { reportOf } from '../validation/index.js';
import { recordValidation } from '../validation/record.js';
import { landChain } from './land.js';
import type { Outcomes } from './outcomes.js';
import {
  type JudgedMember,
  makeTreeChecker,
  startOver,
  type TestedTree,
  type TreeChecker,
} from './tree-checker.js';

export interface Round {
  session: RepoSession;
  outcomes: Outcomes;
  build: ChainBuilder;
  /** Commit of the target that the round stands on. */
  start: string;
  /** In the order they are merged, dependencies first. */
  members: readonly JudgedMember[];
  /** The checks run on every tree, whatever is known of it. */
  fresh: boolean;
  /** Whether the machine has a core to spare. */
  isIdle(): boolean;
}

/**
 * Lands what passes, refuses what does not, and leaves open what has to wait for the others.
 * Throws `start-over` when the round is to be started anew, and `interrupted`.
 */
export async function runRound(given: Round): Promise<void> {
  const { session, outcomes, start } = given;
  const members = new Map(given.members.map((one) => [one.task.slug, one]));
  /** How far the target has come. */
  const so = { tip: start, landed: [] as string[] };
  const checker = makeTreeChecker({
    session,
    outcomes,
    build: given.build,
    start,
    members,
    expected: () => so.tip,
    fresh: given.fresh,
    isIdle: given.isIdle,
    dropped: () => {
      outcomes.report.checkRuns++;
    },
    counted: (tasks, found) => {
      outcomes.report.checkRuns++;
      const flaky = found.checks.filter((check) => check.flaky !== undefined).map(({ name }) => name);
      if (flaky.length > 0) outcomes.report.flaky.push({ tasks: [...tasks], checks: flaky });
      const failing = found.checks.filter(({ status }) => status === 'fail' || status === 'error');
      const checks = failing.map(({ name }) => name);
      session.emit({ type: 'train.tested', tasks: [...tasks], outcome: found.outcome, checks });
    },
  });
  const dependsOn = new Map([...members].map(([slug, { task }]) => [slug, task.dependsOn]));
  const steps = searchTrain([...members.keys()], dependsOn, checker.wasted);
  try {
    for (let step = steps.next(undefined); !step.done; ) {
      const move = step.value;
      if (move.type === 'test') {
        step = steps.next(await checker.ask(move.tasks, move));
        continue;
      }
      if (move.type === 'flaky') noteFlake(outcomes, checker, move.tasks);
      if (move.type === 'land') await land(given, members, checker, so, move.tasks);
      if (move.type === 'refuse') await refuse(given, members.get(move.task)!, checker, move);
      step = steps.next(undefined);
    }
  } finally {
    await checker.close();
  }
}

function noteFlake(outcomes: Outcomes, checker: TreeChecker, tasks: readonly string[]): void {
  const checks = checker.failedOnce(tasks).map(({ name }) => name);
  outcomes.report.flaky.push({ tasks: [...tasks], checks });
}

/** Moves the target to the tree that passed, then writes each task off. */
async function land(
  { session, outcomes, start }: Round,
  members: ReadonlyMap<string, JudgedMember>,
  checker: TreeChecker,
  so: { tip: string; landed: string[] },
  tasks: readonly string[],
): Promise<void> {
  const found = checker.foundFor([...so.landed, ...tasks]);
  if (found?.outcome !== 'pass') throw new TypeError('Only what passed may land.');
  const links = found.chain.links.slice(so.landed.length);
  const chain: Chain = { ...found.chain, target: so.tip, links };
  for (const slug of tasks) {
    const { task, head, opinion } = members.get(slug)!;
    const judged = { tree: chain.tree, target: start, head };
    await recordValidation(session, task, reportOf(session, task, judged, found.checks, opinion));
  }
  const landing = await landChain(session, chain);
  switch (landing.status) {
    case 'target-moved':
      throw startOver();
    case 'branches-moved':
      for (const slug of landing.tasks) {
        const branch = members.get(slug)!.task.branch;
        await outcomes.refuse(slug, 'moved', `${branch} moved after it was checked`);
      }
      throw startOver();
    case 'refused':
      return giveWay({ outcomes, members, tasks, landing });
    case 'landed':
      break;
    default:
      // A status that is new must never be taken for landed.
      throw new TypeError(`No landing ends with ${JSON.stringify(landing satisfies never)}.`);
  }
  for (const { task: slug, commit } of links) await outcomes.land(members.get(slug)!.task, commit);
  if (!found.checks.some(({ status }) => status === 'pass')) {
    const isNone = session.config.validator.checks.length === 0;
    outcomes.report.unchecked = isNone ? 'no checks are configured' : 'no check looks at what changed';
  }
  so.tip = chain.commit;
  so.landed.push(...tasks);
}

/** A person's files are in the way: tasks that would overwrite them wait, others may go on without those. */
async function giveWay({
  outcomes,
  members,
  tasks,
  landing,
}: {
  outcomes: Outcomes;
  members: ReadonlyMap<string, JudgedMember>;
  tasks: readonly string[];
  landing: { reason: string; files?: readonly string[] };
}): Promise<never> {
  const files = new Set(landing.files);
  const touching = tasks.filter((slug) => members.get(slug)!.opinion.paths.some((path) => files.has(path)));
  const all = touching.length === 0 || touching.length === tasks.length;
  await outcomes.refuseAll(all ? [...outcomes.open] : touching, 'landing', landing.reason);
  throw startOver();
}

async function refuse(
  { session, outcomes, start }: Round,
  { task, head, opinion }: JudgedMember,
  checker: TreeChecker,
  { why, failed }: Extract<Move, { type: 'refuse' }>,
): Promise<void> {
  const found = checker.foundFor(failed);
  const failing = failingOf(found);
  const { code, reason } = verdictOfBlame(why, failing, session.target);
  if (found && ['alone', 'together', 'error'].includes(why.code)) {
    const judged = { tree: found.chain.tree, target: start, head };
    await recordValidation(session, task, reportOf(session, task, judged, found.checks, opinion));
  }
  const others = 'with' in why ? [...(why.with ?? [])] : why.code === 'blocked' ? [why.by] : [];
  await outcomes.refuse(task.slug, code, reason, {
    ...(failing.length > 0 ? { checks: failing } : {}),
    ...(opinion.findings.length > 0 ? { findings: opinion.findings } : {}),
    ...(found ? { tree: found.chain.tree, merged: [...failed] } : {}),
    ...(others.length > 0 ? { with: others } : {}),
  });
  if (why.code === 'together' && why.with.length === 1) {
    const checks = failing.map(({ name }) => name);
    outcomes.report.pairs.push({ a: why.with[0]!, b: task.slug, checks });
  }
}

const failingOf = (found: TestedTree | undefined) =>
  found?.checks.filter(({ status }) => status === 'fail' || status === 'error') ?? [];
