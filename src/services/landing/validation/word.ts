/** What a person said of work: what it may break, and that exactly this commit is right. */
import { speaksFor } from '../../../domain/landing/criteria.js';
import type { JudgedChange, PersonsWord } from '../../../domain/landing/policies/judge.js';
import { approvalOf } from '../../../domain/landing/review/state.js';
import { type PolicyResult, verdictOnTree } from '../../../domain/landing/validation.js';
import type { Task } from '../../../domain/store/task.js';
import { type RepoSession, readReviewState, updateTask } from '../../store/index.js';
import { readReport, recordValidation } from './record.js';

/** What a person said of a task whose branch is at `head`. Throws `bad-review`. */
export async function wordOn(
  session: RepoSession,
  task: Task,
  head: string,
): Promise<PersonsWord & Pick<JudgedChange, 'asked'> & Pick<Task, 'runIds'>> {
  const approval = approvalOf(await readReviewState(session, task), head);
  return {
    allowed: task.allowed ?? [],
    approved: approval !== undefined && !approval.void,
    runIds: task.runIds,
    asked: [task.title, task.goal, ...task.acceptance].join('\n'),
  };
}

/** Records the verdict that held work has once a person has approved it; other work, and other commits, stay as they are. */
export async function settleHeld(session: RepoSession, task: Task, head: string): Promise<void> {
  const report = await readReport(session, task);
  if (report?.verdict !== 'held' || report.head !== head) return;
  const policies = report.policies.map(settled);
  const read =
    speaksFor(report.criteria) && !report.skipped.some((step) => /validator agent|^binary files/.test(step));
  const verdict = verdictOnTree({ ...report, policies, read });
  // A landing that was refused asked no check yet.
  const isOpen = verdict === 'unchecked' && !report.skipped.some((step) => step.startsWith('checks: '));
  const reason = isOpen ? { reason: 'approved, and not checked yet' } : {};
  await recordValidation(session, task, { ...report, policies, verdict, ...reason });
  await updateTask(session, task.slug, (fresh) =>
    fresh.problem?.code === 'held' ? { ...fresh, problem: undefined } : fresh,
  );
}

function settled(policy: PolicyResult): PolicyResult {
  if (policy.status !== 'held') return policy;
  const detail = `${policy.detail} (a person approved it)`;
  const evidence = (policy.evidence ?? []).map((one) => ({ ...one, mild: true }));
  return { ...policy, status: 'warn', detail, evidence };
}
