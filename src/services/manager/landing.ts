/** Lands one task: merge off to the side, resolve if need be, validate exactly that tree, move the target. */
import { join } from 'node:path';
import type { LandReport, ResolveReport } from '../../domain/merge.js';
import { moveTask, type Task } from '../../domain/task.js';
import { acquireLock } from '../files/chain-lock.js';
import { buildCandidate, cleanUpLanded, landCandidate } from '../land/index.js';
import { resolveTask } from '../resolve/index.js';
import { requireTask, updateTask } from '../tasks/index.js';
import type { RepoSession } from '../types.js';
import { validateCandidate } from '../validate/index.js';
import { recordValidation } from '../validate/record.js';

/** How often a target that keeps moving is chased before a person is asked. */
const maxRounds = 5;

/**
 * Resolves only when the task has landed and is cleaned up, or with the reason it did not.
 * Nothing moves unless the verdict on the very tree that lands is pass.
 */
export async function landTask(session: RepoSession, slug: string): Promise<LandReport> {
  const lock = await acquireLock(join(session.paths.stateDir, 'landing', `${session.repo.id}.lock.d`), {
    command: `land ${slug}`,
    signal: session.signal,
  });
  try {
    const report = await tryToLand(session, slug);
    session.emit({ type: 'task.landed', report });
    return report;
  } finally {
    await lock.release();
  }
}

async function tryToLand(session: RepoSession, slug: string): Promise<LandReport> {
  let resolved = false;
  for (let round = 0; round < maxRounds; round++) {
    const task = await requireTask(session, slug);
    const candidate = await buildCandidate(session, task);
    if (candidate.status === 'landed') return finish(session, task, candidate.commit);
    if (candidate.status === 'unknown') return refuse(session, slug, 'unknown', candidate.reason);
    if (candidate.status === 'conflict') {
      if (resolved) return refuse(session, slug, 'conflict', 'still in conflict after resolving');
      const answer = await resolveTask(session, task);
      if (answer.status === 'bailed-out') {
        return refuse(session, slug, 'conflict', answer.reason ?? 'the resolver handed back');
      }
      if (isUnproven(session, answer)) {
        const reason =
          'a model resolved the conflict and no check is configured that could prove it; review the branch, then land it';
        return refuse(session, slug, 'unproven', reason);
      }
      resolved = true;
      continue;
    }
    if (!alreadyValidated(task, candidate)) {
      const verdict = await recordValidation(
        session,
        task,
        await validateCandidate(session, task, candidate),
      );
      if (verdict.verdict !== 'pass') {
        return refuse(session, slug, 'validation', `validation ${verdict.verdict}: ${verdict.summary}`);
      }
    }
    const report = await landCandidate(session, task, candidate);
    if (report.status === 'landed') return finish(session, task, report.commit!);
    if (report.reason !== 'target-moved') return refuse(session, slug, 'landing', report.reason ?? 'refused');
    resolved = false;
  }
  return refuse(session, slug, 'target-moved', `${session.target} kept moving; try again when it is quiet`);
}

/** What a model wrote lands by itself only after checks have passed on it. */
function isUnproven(session: RepoSession, report: ResolveReport): boolean {
  return session.config.validator.checks.length === 0 && report.files.some((file) => file.strategy === 'ai');
}

/** The verdict holds for exactly one tree, target and head. */
function alreadyValidated(task: Task, candidate: { tree: string; target: string; head: string }): boolean {
  const last = task.validation;
  return (
    task.status === 'validated' &&
    last?.verdict === 'pass' &&
    last.tree === candidate.tree &&
    last.target === candidate.target &&
    last.head === candidate.head
  );
}

async function finish(session: RepoSession, task: Task, commit: string): Promise<LandReport> {
  await cleanUpLanded(session, task);
  await updateTask(session, task.slug, (fresh) =>
    moveTask(fresh, 'landed', {
      landedAs: commit,
      launch: undefined,
      problem: undefined,
      worktree: undefined,
    }),
  );
  return { task: task.slug, status: 'landed', commit, target: session.target };
}

/** The task keeps its work and its status; the request to land is spent, so nobody tries for ever. */
async function refuse(session: RepoSession, slug: string, code: string, reason: string): Promise<LandReport> {
  await updateTask(session, slug, (fresh) => ({
    ...fresh,
    launch: undefined,
    problem: { code, message: reason },
  }));
  return { task: slug, status: 'not-landed', target: session.target, reason };
}
