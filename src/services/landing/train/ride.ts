/** One round of a landing: carries out the moves of the search, on the target as it is now. */
import { verdictOfBlame } from '../../../domain/landing/landing.js';
import { type Move, searchTrain } from '../../../domain/landing/train.js';
import type { RepoSession } from '../../store/index.js';
import { reportOf } from '../validation/index.js';
import { recordValidation } from '../validation/record.js';
import type { Chain, ChainBuilder } from './chain.js';
import { landChain } from './land.js';
import type { Ledger } from './ledger.js';
import { type Found, makeProbe, type Passenger, type Probe, startOver } from './probe.js';

export interface Ride {
  session: RepoSession;
  ledger: Ledger;
  build: ChainBuilder;
  /** Commit of the target that the round stands on. */
  start: string;
  /** In the order they are merged, dependencies first. */
  passengers: readonly Passenger[];
}

/**
 * Lands what passes, refuses what does not, and leaves open what has to wait for the others.
 * Throws `start-over` when the round is to be started anew, and `interrupted`.
 */
export async function ride(given: Ride): Promise<void> {
  const { session, ledger, start } = given;
  const passengers = new Map(given.passengers.map((one) => [one.task.slug, one]));
  /** How far the target has come. */
  const so = { tip: start, landed: [] as string[] };
  const probe = makeProbe({
    session,
    ledger,
    build: given.build,
    start,
    passengers,
    expected: () => so.tip,
    counted: (tasks, found) => {
      ledger.report.checkRuns++;
      const failing = found.checks.filter(({ status }) => status === 'fail' || status === 'error');
      const checks = failing.map(({ name }) => name);
      session.emit({ type: 'train.tested', tasks: [...tasks], outcome: found.outcome, checks });
    },
  });
  const dependsOn = new Map([...passengers].map(([slug, { task }]) => [slug, task.dependsOn]));
  const steps = searchTrain([...passengers.keys()], dependsOn);
  for (let step = steps.next(undefined); !step.done; ) {
    const move = step.value;
    if (move.type === 'test') {
      step = steps.next(await probe.ask(move.tasks, move.again));
      continue;
    }
    if (move.type === 'land') await land(given, passengers, probe, so, move.tasks);
    if (move.type === 'refuse') await refuse(given, passengers.get(move.task)!, probe, move);
    step = steps.next(undefined);
  }
}

/** Moves the target to the tree that passed, then writes each task off. */
async function land(
  { session, ledger, start }: Ride,
  passengers: ReadonlyMap<string, Passenger>,
  probe: Probe,
  so: { tip: string; landed: string[] },
  tasks: readonly string[],
): Promise<void> {
  const found = probe.foundFor([...so.landed, ...tasks]);
  if (found?.outcome !== 'pass') throw new TypeError('Only what passed may land.');
  const links = found.chain.links.slice(so.landed.length);
  const chain: Chain = { ...found.chain, target: so.tip, links };
  for (const slug of tasks) {
    const { task, head, opinion } = passengers.get(slug)!;
    const judged = { tree: chain.tree, target: start, head };
    await recordValidation(session, task, reportOf(session, task, judged, found.checks, opinion));
  }
  const landing = await landChain(session, chain);
  switch (landing.status) {
    case 'target-moved':
      throw startOver();
    case 'branches-moved':
      for (const slug of landing.tasks) {
        const branch = passengers.get(slug)!.task.branch;
        await ledger.refuse(slug, 'moved', `${branch} moved after it was checked`);
      }
      throw startOver();
    case 'refused':
      return giveWay({ ledger, passengers, tasks, landing });
  }
  for (const { task: slug, commit } of links) await ledger.land(passengers.get(slug)!.task, commit);
  so.tip = chain.commit;
  so.landed.push(...tasks);
}

/** A person's files are in the way: tasks that would overwrite them wait, others may go on without those. */
async function giveWay({
  ledger,
  passengers,
  tasks,
  landing,
}: {
  ledger: Ledger;
  passengers: ReadonlyMap<string, Passenger>;
  tasks: readonly string[];
  landing: { reason: string; files?: readonly string[] };
}): Promise<never> {
  const files = new Set(landing.files);
  const touching = tasks.filter((slug) =>
    passengers.get(slug)!.opinion.paths.some((path) => files.has(path)),
  );
  const all = touching.length === 0 || touching.length === tasks.length;
  await ledger.refuseAll(all ? [...ledger.open] : touching, 'landing', landing.reason);
  throw startOver();
}

async function refuse(
  { session, ledger, start }: Ride,
  { task, head, opinion }: Passenger,
  probe: Probe,
  { why, failed }: Extract<Move, { type: 'refuse' }>,
): Promise<void> {
  const found = probe.foundFor(failed);
  const failing = failingOf(found);
  const { code, reason } = verdictOfBlame(why, failing, session.target);
  if (found && ['alone', 'together', 'error'].includes(why.code)) {
    const judged = { tree: found.chain.tree, target: start, head };
    await recordValidation(session, task, reportOf(session, task, judged, found.checks, opinion));
  }
  const others = why.code === 'together' ? [...why.with] : why.code === 'blocked' ? [why.by] : [];
  await ledger.refuse(task.slug, code, reason, {
    ...(failing.length > 0 ? { checks: failing } : {}),
    ...(opinion.findings.length > 0 ? { findings: opinion.findings } : {}),
    ...(found ? { tree: found.chain.tree, merged: [...failed] } : {}),
    ...(others.length > 0 ? { with: others } : {}),
  });
  if (why.code === 'together' && why.with.length === 1) {
    const checks = failing.map(({ name }) => name);
    ledger.report.pairs.push({ a: why.with[0]!, b: task.slug, checks });
  }
}

const failingOf = (found: Found | undefined) =>
  found?.checks.filter(({ status }) => status === 'fail' || status === 'error') ?? [];
