/** `merge land --dry-run`: who would come along, in which order, and what would be checked. Nothing is written. */

import type { TrainPlan } from '../../../domain/landing/landing.js';
import { blockedBy } from '../../../domain/store/graph.js';
import type { Task } from '../../../domain/store/task.js';
import { printedId } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { requireTask, targetGoneLine, tasksOf } from '../../store/index.js';
import { withAnalysis } from '../prediction/analysis.js';
import { mergeWith } from '../prediction/tree.js';
import { inOrder } from './eligible.js';

/** Throws `task-not-found`. */
export async function planLanding(
  session: RepoSession,
  request: { tasks?: readonly string[] },
): Promise<TrainPlan> {
  const plan: TrainPlan = {
    target: session.target,
    order: [],
    conflicts: [],
    refused: [],
    checks: session.config.validator.checks.map(({ name }) => name),
  };
  const all = tasksOf(await session.registry.read(), session.repo.id);
  const bySlug = new Map(all.map((task) => [task.slug, task]));
  const asked = request.tasks
    ? await Promise.all(request.tasks.map((slug) => requireTask(session, slug)))
    : all.filter(isDone);
  const refuse = (task: Task, code: string, reason: string) =>
    plan.refused.push({ task: task.slug, code, reason });
  const coming = new Set(asked.filter(isDone).map(({ slug }) => slug));
  const members: { task: Task }[] = [];
  for (const { task } of inOrder(asked.map((task) => ({ task })))) {
    const missing = task.dependsOn.filter((slug) => !coming.has(slug));
    const blocked = blockedBy({ ...task, dependsOn: missing }, bySlug);
    if (isDone(task) && !blocked) members.push({ task });
    else coming.delete(task.slug);
    if (blocked) refuse(task, 'blocked', blocked);
    else if (!isDone(task)) refuse(task, 'not-done', `it is ${task.status}; only work that is done can land`);
  }
  await rehearse(session, plan, members);
  return plan;
}

/** Merges one after the other in a store that is thrown away. */
async function rehearse(
  session: RepoSession,
  plan: TrainPlan,
  members: readonly { task: Task }[],
): Promise<void> {
  const target = await session.git.commitOf(`refs/heads/${session.target}`);
  const refuse = ({ slug }: Task, reason: string) =>
    plan.refused.push({ task: slug, code: 'unknown', reason });
  if (!target) {
    const reason = await targetGoneLine(session);
    for (const { task } of members) refuse(task, reason);
    return;
  }
  await withAnalysis(session, { attributesOf: target }, async (run) => {
    let tip = target;
    for (const { task } of members) {
      const head = await session.git.commitOf(`refs/heads/${task.branch}`);
      if (!head) {
        refuse(task, `there is no branch ${task.branch}`);
        continue;
      }
      const merged = await mergeWith(run, tip, head);
      if (merged.status === 'clean') {
        plan.order.push(task.slug);
        const args = ['commit-tree', merged.tree!, '-p', tip, '-p', head, '-m', 'rehearsal'];
        tip = await printedId({ run }, args);
      } else if (merged.status === 'unknown') refuse(task, merged.reason ?? 'no answer');
      else {
        const alone = tip === target ? merged : await mergeWith(run, target, head);
        const paths = [...new Set(merged.conflicts.map(({ path }) => path))];
        plan.conflicts.push({ task: task.slug, with: alone.status === 'clean' ? 'others' : 'target', paths });
      }
    }
  });
}

const isDone = ({ status }: Task) => status === 'done' || status === 'validated';
