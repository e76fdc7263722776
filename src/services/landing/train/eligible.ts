/** Which tasks may land in a round: they merge cleanly, their diffs pass, and their dependencies are on the target or land with them. */

import type { Conflict } from '../../../domain/landing/merge.js';
import { summarizeValidation, verdictOf } from '../../../domain/landing/validation.js';
import { hasCode, isAppError, messageOf } from '../../../domain/platform/errors.js';
import { blockedBy, byUrgency } from '../../../domain/store/graph.js';
import type { Task } from '../../../domain/store/task.js';
import { endedFromOutside, mergeBaseOf } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { requireTask, tasksOf } from '../../store/index.js';
import { buildCandidate } from '../candidates/candidate.js';
import { hadBefore } from '../candidates/same-work.js';
import { isModelMade, type ModelState, resolveTask } from '../resolution/index.js';
import { type Opinion, opinionOf, reportOf } from '../validation/index.js';
import { recordValidation } from '../validation/record.js';
import type { Outcomes } from './outcomes.js';
import type { JudgedMember } from './tree-checker.js';

/** How many diffs are read by a model at once. */
const atOnce = 4;

export interface LandingContext {
  session: RepoSession;
  outcomes: Outcomes;
  /** A person named these tasks. */
  named: boolean;
  /** The checks run on every tree, whatever is known of it. */
  fresh: boolean;
  /** What was thought of a diff, by task, head and merge base. */
  opinions: Map<string, Promise<Opinion>>;
  /** Targets that a task's conflicts were resolved for in this landing. */
  resolved: Map<string, string[]>;
  /** What is known of the model: a broken one is asked once, not once a task. */
  model: ModelState;
}

/** In order, dependencies first; empty when this round was spent on a conflict or on refusals. */
export async function eligibleMembers(context: LandingContext, start: string): Promise<JudgedMember[]> {
  const { session, outcomes } = context;
  const ready: { task: Task; head: string }[] = [];
  const conflicted: { task: Task; conflicts: Conflict[] }[] = [];
  for (const slug of [...outcomes.open]) {
    const task = await requireTask(session, slug);
    const stand = await standingOf(context, task, start);
    if (stand.status === 'clean') ready.push({ task, head: stand.head });
    if (stand.status === 'conflict') conflicted.push({ task, conflicts: stand.conflicts });
  }
  const free = await withoutBlocked(context, ready);
  if (free.length === 0) {
    const [first] = conflicted.sort((a, b) => byUrgency(a.task, b.task));
    if (first) await resolveConflicts(context, first.task, first.conflicts, start);
    // Those that are left wait for one another, or for what has just been refused.
    else if (ready.length > 0 && ready.every(({ task }) => outcomes.open.has(task.slug))) {
      for (const { task } of ready)
        await outcomes.refuse(task.slug, 'blocked', 'waits for what did not land');
    }
    return [];
  }
  const members: JudgedMember[] = [];
  for (let at = 0; at < free.length; at += atOnce) {
    const some = free.slice(at, at + atOnce).map((member) => judge(context, member, start));
    for (const member of await Promise.all(some)) if (member) members.push(member);
  }
  return inOrder(members);
}

/** How often one task's conflicts are resolved while the target moves on. */
const maxResolutions = 3;

async function mayResolve(
  { session, outcomes, resolved }: LandingContext,
  slug: string,
  start: string,
  conflicts: Conflict[],
): Promise<Standing> {
  const before = resolved.get(slug) ?? [];
  if (before.includes(start)) {
    await outcomes.refuse(slug, 'conflict', 'still in conflict after resolving', { conflicts });
    return decided;
  }
  if (before.length < maxResolutions) return { status: 'conflict', conflicts };
  await outcomes.refuse(slug, 'target-moved', `${session.target} kept moving; try again when it is quiet`);
  return decided;
}

type Standing =
  | { status: 'decided' }
  | { status: 'clean'; head: string }
  | { status: 'conflict'; conflicts: Conflict[] };

const decided: Standing = { status: 'decided' };

async function standingOf(context: LandingContext, task: Task, start: string): Promise<Standing> {
  const { session, outcomes, named, resolved } = context;
  const { slug } = task;
  if (!['done', 'validated', 'landed'].includes(task.status)) {
    await outcomes.refuse(slug, 'not-done', `it is ${task.status}; only work that is done can land`);
    return decided;
  }
  const candidate = await buildCandidate(session, task);
  switch (candidate.status) {
    case 'landed':
      await outcomes.land(task, candidate.commit);
      return decided;
    case 'unknown':
      await outcomes.refuse(slug, 'unknown', candidate.reason);
      return decided;
    case 'conflict':
      return mayResolve(context, slug, start, candidate.conflicts);
    case 'clean': {
      const mayBeUnproven = named && !resolved.has(slug);
      if (mayBeUnproven || !(await isModelMade(session, candidate))) return candidate;
      const reason =
        'a model resolved the conflict and no check is configured that could prove it; review the branch, then land it';
      await outcomes.refuse(slug, 'unproven', reason);
      return decided;
    }
  }
}

/** Merges the target into the task's branch, or refuses the task with what the resolver said. */
async function resolveConflicts(
  { session, outcomes, resolved, model }: LandingContext,
  task: Task,
  conflicts: Conflict[],
  start: string,
): Promise<void> {
  try {
    const answer = await resolveTask(session, task, { model });
    outcomes.report.checkRuns += answer.checkRuns ?? 0;
    if (answer.status === 'resolved') {
      resolved.set(task.slug, [...(resolved.get(task.slug) ?? []), start]);
      return;
    }
    await outcomes.refuse(task.slug, 'conflict', answer.reason ?? 'the resolver handed back', { conflicts });
  } catch (error) {
    if (!isAppError(error) || hasCode(error, 'interrupted') || endedFromOutside(error)) throw error;
    await outcomes.refuse(task.slug, error.code, error.message, { conflicts });
  }
}

/** A task waits while one it depends on is still being decided, and is refused when that one cannot land. */
async function withoutBlocked<M extends { task: Task }>(
  { session, outcomes }: LandingContext,
  ready: readonly M[],
): Promise<M[]> {
  const all = new Map(
    tasksOf(await session.registry.read(), session.repo.id).map((task) => [task.slug, task]),
  );
  const here = new Set(ready.map(({ task }) => task.slug));
  const free: M[] = [];
  for (const member of inOrder(ready)) {
    const { task } = member;
    const missing = task.dependsOn.filter((slug) => !here.has(slug));
    const reason = blockedBy({ ...task, dependsOn: missing }, all);
    if (!reason) free.push(member);
    else {
      here.delete(task.slug);
      if (!missing.some((slug) => outcomes.open.has(slug)))
        await outcomes.refuse(task.slug, 'blocked', reason);
    }
  }
  return free;
}

/** What policies and the validator agent think of the task's diff; undefined when it was refused for that. */
async function judge(
  { session, outcomes, opinions }: LandingContext,
  member: { task: Task; head: string },
  start: string,
): Promise<JudgedMember | undefined> {
  const { task, head } = member;
  const sides = { target: start, head };
  try {
    const base = await mergeBaseOf(session.git, start, head);
    const key = `${task.slug} ${head} ${base}`;
    if (!opinions.has(key)) await tellIfTakenBack(session, task, base, sides);
    const thought = opinions.get(key) ?? opinionOf(session, task, sides);
    opinions.set(key, thought);
    const opinion = await thought;
    if (!opinion.error && verdictOf({ checks: [], ...opinion }) === 'pass') return { ...member, opinion };
    const tree = await session.git.treeOf(head);
    const report = reportOf(session, task, { tree, ...sides }, [], opinion);
    await recordValidation(session, task, report);
    const reason = `validation ${report.verdict}: ${summarizeValidation(report)}`;
    const code = report.verdict === 'error' ? 'unknown' : report.verdict === 'held' ? 'held' : 'validation';
    const policies = opinion.policies.filter(({ status }) => status !== 'pass' && status !== 'warn');
    await outcomes.refuse(task.slug, code, reason, { policies, findings: opinion.findings });
  } catch (error) {
    if (!isAppError(error) || hasCode(error, 'interrupted') || endedFromOutside(error)) throw error;
    await outcomes.refuse(task.slug, 'unknown', messageOf(error));
  }
  return undefined;
}

/** Tells of work that was on the target before and is not any more: a person may have taken it back on purpose. */
async function tellIfTakenBack(
  { git, target, emit }: LandingContext['session'],
  { slug }: Task,
  base: string,
  sides: { target: string; head: string },
): Promise<void> {
  const before = await hadBefore(git, base, sides);
  if (!before) return;
  const message = `${slug}: ${target} had this work as ${before.slice(0, 8)}, and took it back or changed it since; landing brings it in again.`;
  emit({ type: 'noted', level: 'warning', message });
}

/** The most urgent first, but never before what it depends on. */
export function inOrder<M extends { task: Task }>(members: readonly M[]): M[] {
  const left = [...members].sort((a, b) => byUrgency(a.task, b.task));
  const ordered: M[] = [];
  while (left.length > 0) {
    const waiting = new Set(left.map(({ task }) => task.slug));
    const at = left.findIndex(({ task }) => !task.dependsOn.some((slug) => waiting.has(slug)));
    ordered.push(...left.splice(Math.max(0, at), 1));
  }
  return ordered;
}
