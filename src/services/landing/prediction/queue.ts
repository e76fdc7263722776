/** Rehearses landing tasks one after the other, and looks for the order that lands most. */

import { landingOrder, type Waiting } from '../../../domain/landing/landing-order.js';
import type { PairResult, QueueReport, QueueStep } from '../../../domain/landing/merge.js';
import { withNames } from '../../../domain/landing/merge-output.js';
import { appError } from '../../../domain/platform/errors.js';
import type { RepoSession } from '../../store/index.js';
import { checkPairs, kinship, type MergedHead } from './pairs.js';
import { openPredictor, type PredictorNeeds, type TargetMerges } from './predictor.js';
import type { MergedTree } from './tree.js';

export interface QueueOptions {
  /** Name of the target, for people. */
  targetName: string;
  /** Which heads conflict in pairs: tells who stands in the way. */
  pairs: readonly PairResult[];
  /** Slugs that a task comes after. */
  dependsOn(name: string): readonly string[];
  /** True gives up, with `interrupted`. */
  overtaken?(): boolean;
}

/**
 * Rehearses landing these commits on a target, in this order and in a better one if there is any. Nothing is written
 * to the repository. Throws `git-failed` when the target cannot be read.
 * @param target full commit id of the target; `session.target` is its name
 */
export async function rehearseQueue(
  session: PredictorNeeds & Pick<RepoSession, 'target'>,
  target: string,
  heads: readonly { name: string; commit: string; dependsOn?: readonly string[] }[],
): Promise<QueueReport> {
  const predictor = await openPredictor(session);
  try {
    const onto = await predictor.on(target);
    const answers = await onto.merge(heads.map(({ commit }) => [target, commit]));
    const merged = heads.map(({ name, commit }, at) => ({ name, commit, merged: answers[at]! }));
    const after = new Map(heads.map(({ name, dependsOn = [] }) => [name, dependsOn]));
    return await rehearse(onto, merged, {
      targetName: session.target,
      pairs: await checkPairs(onto, merged),
      dependsOn: (name) => after.get(name) ?? [],
    });
  } finally {
    await predictor.close();
  }
}

/** Rehearses the heads in the order given and, when some do not land, in the order that should land most. */
export async function rehearse(
  onto: TargetMerges,
  heads: readonly MergedHead[],
  options: QueueOptions,
): Promise<QueueReport> {
  const given = await report(onto, heads, options);
  if (given.lands === heads.length) return given;
  const waiting = heads.map(
    ({ name, merged }): Waiting => ({
      slug: name,
      dependsOn: options.dependsOn(name),
      stuck: merged.status !== 'clean',
    }),
  );
  const edges = options.pairs.filter((pair) => pair.status === 'conflict').map(({ a, b }) => [a, b] as const);
  const { order } = landingOrder(waiting, edges);
  const byName = new Map(heads.map((head) => [head.name, head]));
  const better = await report(
    onto,
    order.map((name) => byName.get(name)!),
    options,
  );
  if (better.lands <= given.lands) return given;
  const leavesOut = better.steps.filter((step) => step.status !== 'lands').map((step) => step.task);
  const reason = `lands ${better.lands} of ${heads.length} instead of ${given.lands}: the most tasks that do not conflict with each other go first`;
  return { ...given, proposal: { order, lands: better.lands, leavesOut, reason } };
}

async function report(
  onto: TargetMerges,
  heads: readonly MergedHead[],
  options: QueueOptions,
): Promise<QueueReport> {
  const steps = await stepsOf(onto, heads, options);
  const broken = steps.find((step) => step.status !== 'lands');
  return {
    order: heads.map((head) => head.name),
    ...(broken ? { firstConflict: broken.task, with: broken.with } : {}),
    steps,
    lands: steps.filter((step) => step.status === 'lands').length,
  };
}

/**
 * Merges the heads one after the other. One that does not merge cleanly is left out, and the rest goes on without
 * it. The tip has only those heads as parents in whose history others may find a merge base. It therefore stays the
 * same commit when a new head changes nothing, and what is known of it still holds.
 */
async function stepsOf(
  onto: TargetMerges,
  heads: readonly MergedHead[],
  options: QueueOptions,
): Promise<QueueStep[]> {
  const steps: QueueStep[] = [];
  const landed: string[] = [];
  const kin = await kinship(onto, heads);
  const parents = [onto.target];
  let tip = onto.target;
  for (const [at, head] of heads.entries()) {
    const { name, commit } = head;
    if (!commit || head.merged.status === 'unknown') {
      const reason = head.merged.reason ?? 'no answer';
      steps.push({ task: name, status: 'unknown', conflicts: [], with: [], reason });
      continue;
    }
    if (options.overtaken?.())
      throw appError('interrupted', 'Something newer came up.', { kind: 'interrupted' });
    const [merged] = await onto.merge([[tip, commit]]);
    steps.push(stepOf(head, tip, merged!, landed, options));
    if (merged!.status !== 'clean') continue;
    if (heads.some((_, other) => other !== at && kin(at, other))) parents.push(commit);
    tip = onto.result(merged!.tree!, [...parents], [tip, commit]);
    landed.push(name);
  }
  return steps;
}

function stepOf(
  head: MergedHead,
  tip: string,
  merged: MergedTree,
  landed: readonly string[],
  options: QueueOptions,
): QueueStep {
  const task = head.name;
  if (merged.status === 'clean') return { task, status: 'lands', conflicts: [], with: [] };
  const { reason } = merged;
  if (merged.status === 'unknown') {
    return { task, status: 'unknown', conflicts: [], with: [], reason: reason ?? 'no answer' };
  }
  const names = new Map([
    [tip, options.targetName],
    [head.commit!, task],
  ]);
  const conflicts = withNames(merged.conflicts, names);
  return { task, status: 'conflict', conflicts, with: inTheWay(head, landed, options) };
}

/** The target, when it is enough to conflict; else those landed before it that conflict with it. */
function inTheWay(
  head: MergedHead,
  landed: readonly string[],
  { targetName, pairs }: QueueOptions,
): string[] {
  if (head.merged.status === 'conflict') return [targetName];
  const quarrels = new Set(
    pairs
      .filter((pair) => pair.status === 'conflict')
      .flatMap(({ a, b }) => (a === head.name ? [b] : b === head.name ? [a] : [])),
  );
  return landed.filter((name) => quarrels.has(name));
}
