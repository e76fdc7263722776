/** Finishing by hand: land one task now, or let the developer agent mend what validation found. */
import { appError } from '../../domain/errors.js';
import { landingKinds } from '../../domain/landing.js';
import type { LandReport } from '../../domain/merge.js';
import { runIdOf } from '../../domain/run.js';
import { moveTask } from '../../domain/task.js';
import type { Finding } from '../../domain/validation.js';
import { developerPrompt } from '../agents/prompt.js';
import { requireBudget } from '../spend/index.js';
import { requireTask, updateTask } from '../tasks/index.js';
import { landTasks } from '../train/index.js';
import type { RepoSession } from '../types.js';
import { drive } from './drive.js';
import { startRun } from './launch.js';

/** Validates, lands and cleans up. Throws `not-landed` with the reason and the exit code it deserves. */
export async function completeTask(session: RepoSession, slug: string): Promise<LandReport> {
  const task = await requireTask(session, slug);
  if (!['done', 'validated', 'landed'].includes(task.status)) {
    throw appError('not-done', `${slug} is ${task.status}; only work that is done can land.`, {
      hint:
        task.status === 'running' ? 'Wait for its run, or stop it.' : `Run it: codex-agent task run ${slug}`,
    });
  }
  const { target, landed, refused } = await landTasks(session, { tasks: [slug] });
  if (landed[0]) return { status: 'landed', target, ...landed[0] };
  const { code = '', reason } = refused[0] ?? {};
  throw appError('not-landed', `${slug} was not landed on ${target}: ${reason}.`, {
    kind: landingKinds[code] ?? 'failure',
    hint: 'Its branch is as it was. `codex-agent merge resolve` and `task review` show more.',
  });
}

/** One more attempt of the developer agent, told what was found. True when it changed the branch. */
export async function fixFindings(
  session: RepoSession,
  slug: string,
  findings: readonly Finding[],
): Promise<boolean> {
  const task = await requireTask(session, slug);
  await requireBudget(session, task);
  const head = await session.git.commitOf(`refs/heads/${task.branch}`);
  const attempt = task.attempts + 1;
  await updateTask(session, slug, (fresh) =>
    moveTask(fresh, 'running', {
      attempts: attempt,
      runIds: [...fresh.runIds, runIdOf(fresh.slug, fresh.id, 'developer', attempt)],
    }),
  );
  await startRun(session, slug, { message: await developerPrompt(session, task, { findings }) });
  await drive(session, { until: 'rest', only: [slug] });
  return (await session.git.commitOf(`refs/heads/${task.branch}`)) !== head;
}
