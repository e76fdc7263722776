/** Sends the comments of a review to the agent: one message in its own session, which starts the next attempt. */
import { isLive, type RunView } from '../../../domain/agents/run.js';
import type { ReviewDocument } from '../../../domain/landing/review/document.js';
import { requestForChanges } from '../../../domain/landing/review/spelling.js';
import { drafts, withSent } from '../../../domain/landing/review/state.js';
import { appError } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { developerPrompt, hasRun, inspectRun } from '../../agents/index.js';
import { readReview } from '../../landing/index.js';
import { type RepoSession, updateReviewState } from '../../store/index.js';
import { drive } from './drive.js';
import { resumeTask, startAnew } from './launch.js';

export interface SentReview {
  run: RunView;
  /** How many comments went with it. */
  comments: number;
  /** The agent's own conversation went on; otherwise a new one was begun with the task and the comments. */
  resumed: boolean;
  review: ReviewDocument;
}

/**
 * Throws `nothing-to-send`, `still-running`, `landed`, and what starting a run throws. Until the run is started, every
 * comment stays a draft.
 */
export async function sendReview(
  session: RepoSession,
  slug: string,
  options: { words?: string; wait?: boolean } = {},
): Promise<SentReview> {
  const { review, state, task } = await readReview(session, { task: slug });
  const waiting = drafts(state);
  const words = options.words?.trim() ?? '';
  if (!task || (waiting.length === 0 && words === '')) {
    throw appError('nothing-to-send', `No comment on ${slug} waits to be sent.`, {
      kind: 'usage',
      hint: `Say something first: \`codex-agent task review ${slug} --comment "file:line:text"\`, or --message "…".`,
    });
  }
  requireRest(task);
  const last = await lastTalk(session, task);
  if (last && isLive(last.phase)) throw stillRunning(task);
  const message = requestForChanges(waiting, review.files, { commit: review.head, words });
  const { sessionId, runner } = last ?? {};
  const run =
    sessionId && runner
      ? await resumeTask(session, task, { sessionId, runner }, message)
      : await startAnew(session, task, `${await developerPrompt(session, task)}\n\n${message}`);
  const at = new Date().toISOString();
  const sent = new Set(waiting.map(({ id }) => id));
  await updateReviewState(session, task, (fresh) => {
    // A comment that was made meanwhile did not go with it.
    const later = fresh.comments.filter(({ id, sent: before }) => !before && !sent.has(id));
    const next = withSent(fresh, { commit: review.head, base: review.base, at });
    const own = new Map(later.map((comment) => [comment.id, comment]));
    return { ...next, comments: next.comments.map((comment) => own.get(comment.id) ?? comment) };
  });
  if (options.wait) await drive(session, { until: 'rest', only: [slug] });
  const after = await readReview(session, { task: slug });
  return { run, comments: waiting.length, resumed: sessionId !== undefined, review: after.review };
}

function requireRest(task: Task): void {
  if (task.status === 'running') throw stillRunning(task);
  if (task.status !== 'landed' && task.status !== 'cancelled') return;
  throw appError('landed', `${task.slug} is ${task.status}: no attempt of it can follow.`, {
    hint: 'Add a task for what is to be changed.',
  });
}

const stillRunning = ({ slug }: Task) =>
  appError('still-running', `The agent of ${slug} is at work, so no next attempt can start.`, {
    hint: `Your comments are kept. Wait for it, or end it with \`codex-agent task stop ${slug}\`.`,
  });

/** The newest run that left a conversation. */
async function lastTalk(session: RepoSession, task: Task): Promise<RunView | undefined> {
  let newest: RunView | undefined;
  for (const runId of [...task.runIds].reverse()) {
    if (!(await hasRun(session.paths, runId))) continue;
    const view = await inspectRun(session.paths, runId);
    newest ??= view;
    if (view.sessionId || isLive(view.phase)) return view;
  }
  return newest;
}
