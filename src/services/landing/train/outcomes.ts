/** Books of one landing: what landed, what was refused and why, in the registry, as events, and for the report. */
import type { Evidence, LandedTask, Refusal, TrainReport } from '../../../domain/landing/landing.js';
import { moveTask, type Task } from '../../../domain/store/task.js';
import type { RepoSession } from '../../store/index.js';
import { updateTask } from '../../store/index.js';
import { contains } from '../candidates/candidate.js';
import { readResolution, rememberLanded } from '../resolution/index.js';
import { cleanUpLanded } from './clean-up.js';

export interface Outcomes {
  /** Tasks that are not decided yet, in the order they were named. */
  open: Set<string>;
  report: TrainReport;
  /** It is on the target: cleans up behind it and says so. Safe to repeat. */
  land(task: Task, commit: string): Promise<void>;
  /** It keeps its work and its status; the wish to land it is spent, so that it is not tried for ever. */
  refuse(slug: string, code: string, reason: string, evidence?: Evidence): Promise<void>;
  /** The same for several; those decided already are left alone. */
  refuseAll(slugs: Iterable<string>, code: string, reason: string): Promise<void>;
}

/** How the conflicts of the resolution that landed with this commit were shown to be right; none without conflicts. */
async function certificatesOf(
  session: RepoSession,
  task: Task,
  landed: string,
): Promise<NonNullable<LandedTask['certificates']>> {
  const resolution = await readResolution(session, task).catch(() => undefined);
  if (resolution?.status !== 'resolved' || !resolution.commit) return [];
  if (!(await contains(session.git, landed, resolution.commit))) return [];
  return resolution.files.map(({ path, certificate }) => ({
    path,
    status: certificate?.overruled ? 'overruled' : (certificate?.status ?? 'by-hand'),
    ...(certificate ? { reason: certificate.reason } : {}),
  }));
}

export function openOutcomes(session: RepoSession, slugs: readonly string[]): Outcomes {
  const { target } = session;
  const open = new Set(slugs);
  const report: TrainReport = {
    target,
    landed: [],
    refused: [],
    pairs: [],
    flaky: [],
    checkRuns: 0,
    oneByOne: 0,
  };

  async function land(task: Task, commit: string): Promise<void> {
    await cleanUpLanded(session, task);
    await updateTask(session, task.slug, (fresh) =>
      moveTask(fresh, 'landed', {
        landedAs: commit,
        launch: undefined,
        problem: undefined,
        worktree: undefined,
      }),
    );
    open.delete(task.slug);
    const certificates = await certificatesOf(session, task, commit);
    report.landed.push({ task: task.slug, commit, ...(certificates.length > 0 ? { certificates } : {}) });
    await rememberLanded(session, task);
    session.emit({ type: 'task.landed', report: { task: task.slug, status: 'landed', commit, target } });
  }

  async function refuse(slug: string, code: string, reason: string, evidence: Evidence = {}): Promise<void> {
    await updateTask(session, slug, (fresh) => ({
      ...fresh,
      launch: undefined,
      problem: { code, message: reason },
    }));
    open.delete(slug);
    const refusal: Refusal = { task: slug, code, reason, evidence };
    report.refused.push(refusal);
    session.emit({ type: 'task.landed', report: { task: slug, status: 'not-landed', target, reason } });
  }

  async function refuseAll(undecided: Iterable<string>, code: string, reason: string): Promise<void> {
    for (const slug of [...undecided]) if (open.has(slug)) await refuse(slug, code, reason);
  }

  return { open, report, land, refuse, refuseAll };
}
