/** Finishing by hand: land one task now, or let the developer agent mend what validation found. */

import { landingKinds } from '../../../domain/landing/landing.js';
import type { LandReport } from '../../../domain/landing/merge.js';
import { commandAfter, type Finding } from '../../../domain/landing/validation.js';
import { appError } from '../../../domain/platform/errors.js';
import { shellWord } from '../../../domain/platform/shell.js';
import type { Task } from '../../../domain/store/task.js';
import { developerPrompt } from '../../agents/index.js';
import { landTasks, settleLandedElsewhere } from '../../landing/index.js';
import type { RepoSession } from '../../store/index.js';
import { requireTask } from '../../store/index.js';
import { drive } from './drive.js';
import { startAnew } from './launch.js';

/** Validates, lands and cleans up. Throws `not-landed` with the reason and the exit code it deserves. */
export async function completeTask(
  session: RepoSession,
  slug: string,
  options: { fresh?: boolean } = {},
): Promise<LandReport> {
  const task = await requireTask(session, slug);
  if (!['done', 'validated', 'landed'].includes(task.status)) {
    throw appError('not-done', `${slug} is ${task.status}; only work that is done can land.`, {
      hint:
        task.status === 'running'
          ? 'Wait for its run, or stop it.'
          : `${(task.problem?.message ?? `Run it: codex-agent task run ${slug}`).replace(/\.$/, '')}. Work of your own on its branch can be called done: codex-agent task done ${slug}`,
    });
  }
  const elsewhere = await landedElsewhere(session, task);
  if (elsewhere) return { task: slug, status: 'landed', target: session.target, commit: elsewhere };
  const { target, landed, refused } = await landTasks(session, { tasks: [slug], ...options });
  const unchecked = session.config.validator.checks.length === 0;
  if (landed[0]) return { status: 'landed', target, ...landed[0], ...(unchecked ? { unchecked } : {}) };
  const { code = '', reason } = refused[0] ?? {};
  throw appError('not-landed', `${slug} was not landed on ${target}: ${reason}.`, {
    kind: landingKinds[code] ?? 'failure',
    hint: code === 'held' ? `Next: ${commandAfter('held', slug)}` : await afterRefusal(session, task),
  });
}

/** A branch that is gone cannot be merged, but its work may have been: then the commit that brought it. */
async function landedElsewhere(session: RepoSession, { slug, branch }: Task): Promise<string | undefined> {
  if (await session.git.commitOf(`refs/heads/${branch}`)) return undefined;
  await settleLandedElsewhere(session);
  return (await requireTask(session, slug)).landedAs;
}

async function afterRefusal({ git }: RepoSession, { slug, branch, head }: Task): Promise<string> {
  if (await git.commitOf(`refs/heads/${branch}`)) {
    return 'Its branch is as it was. `codex-agent merge resolve` and `task review` show more.';
  }
  const last = head && (await git.commitOf(head));
  const back = last
    ? `It was at ${last.slice(0, 12)} when it was done; to have it back: git branch ${shellWord(branch)} ${last.slice(0, 12)}. `
    : '';
  return `${back}To do the work anew: codex-agent task run ${slug}. If nothing of it is wanted any more: codex-agent task remove ${slug}`;
}

/** One more attempt of the developer agent, told what was found. True when it changed the branch. */
export async function fixFindings(
  session: RepoSession,
  slug: string,
  findings: readonly Finding[],
): Promise<boolean> {
  const task = await requireTask(session, slug);
  const head = await session.git.commitOf(`refs/heads/${task.branch}`);
  await startAnew(session, task, await developerPrompt(session, task, { findings }));
  await drive(session, { until: 'rest', only: [slug] });
  return (await session.git.commitOf(`refs/heads/${task.branch}`)) !== head;
}
