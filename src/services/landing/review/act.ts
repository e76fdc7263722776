/** What a person does in a review: comments, marks, a decision. Each is kept at once. */
import { placeOfLine, type ReviewComment } from '../../../domain/landing/review/comments.js';
import type { ReviewSubject } from '../../../domain/landing/review/document.js';
import { parseComment, type TypedComment } from '../../../domain/landing/review/spelling.js';
import { withComment, withViewed } from '../../../domain/landing/review/state.js';
import { appError } from '../../../domain/platform/errors.js';
import { nearest } from '../../../domain/platform/nearest.js';
import { type RepoSession, updateReviewState } from '../../store/index.js';
import { settleHeld } from '../validation/word.js';
import { type OpenReview, readReview, textIn } from './read.js';

/** All that one call may ask for; it is done in this order. */
export interface ReviewChanges {
  /** `file:line:text`, each. */
  comment?: readonly string[];
  /** Ids of comments that are not sent yet. */
  withdraw?: readonly string[];
  /** Ids of comments that a person sees as settled. */
  settle?: readonly string[];
  /** Files whose mark is set, or taken away. */
  viewed?: readonly string[];
  unviewed?: readonly string[];
}

/** Keeps what a person said and marked. All of it, or none: what cannot be done throws `bad-comment`, `no-such-file`, `no-such-comment` before. */
export async function changeReview(
  session: RepoSession,
  subject: ReviewSubject,
  changes: ReviewChanges,
): Promise<OpenReview> {
  const open = await readReview(session, subject);
  const { review } = open;
  const comments: Omit<ReviewComment, 'id'>[] = [];
  const paths = review.files.map(({ path }) => path);
  for (const typed of changes.comment ?? []) {
    comments.push(await commentOf(session, open, parseComment(typed, paths)));
  }
  const fileOf = (path: string) =>
    review.files.find((file) => file.path === path) ??
    fail('no-such-file', `Nothing is changed in ${path}.`, path, paths);
  const viewed = (changes.viewed ?? []).map(fileOf);
  const unviewed = (changes.unviewed ?? []).map(fileOf);
  for (const id of [...(changes.withdraw ?? []), ...(changes.settle ?? [])]) requireComment(open, id);
  for (const id of changes.withdraw ?? []) requireDraft(open, id);
  const now = new Date().toISOString();
  await updateReviewState(session, open.of, (state) => {
    const kept = state.comments
      .filter(({ id }) => !changes.withdraw?.includes(id))
      .map((comment) => (changes.settle?.includes(comment.id) ? { ...comment, settled: now } : comment));
    let next =
      kept.length === state.comments.length && !changes.settle?.length ? state : { ...state, comments: kept };
    for (const comment of comments) next = withComment(next, comment);
    for (const file of viewed) next = withViewed(next, file, true);
    for (const file of unviewed) next = withViewed(next, file, false);
    return next;
  });
  return readReview(session, subject);
}

async function commentOf(
  session: RepoSession,
  { review }: OpenReview,
  { path, side, line, kind, text }: TypedComment,
): Promise<Omit<ReviewComment, 'id'>> {
  const file = review.files.find((one) => one.path === path || one.oldPath === path);
  const name = side === 'old' ? (file?.oldPath ?? path) : (file?.path ?? path);
  const content = await textIn(session, side === 'old' ? review.base : review.head, name);
  const paths = review.files.map((one) => one.path);
  if (content === undefined && !(file && line === 0)) {
    return fail('no-such-file', `${review.branch} has no file ${name}.`, name, paths);
  }
  const place = placeOfLine(path, side, line, content ?? '', file);
  if (!place) {
    const lines = content!.replace(/\n$/, '').split('\n').length;
    throw appError('no-such-line', `${name} has no line ${line}: it has ${lines}.`, { kind: 'usage' });
  }
  return { kind, text, place, commit: review.head, at: new Date().toISOString() };
}

function fail(code: string, message: string, name: string, names: readonly string[]): never {
  const near = nearest(name, names);
  throw appError(code, message, {
    kind: 'usage',
    hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : '`task review` lists the files.',
  });
}

function requireComment({ state }: OpenReview, id: string): void {
  const ids = state.comments.map((comment) => comment.id);
  if (!ids.includes(id)) fail('no-such-comment', `There is no comment ${id}.`, id, ids);
}

function requireDraft({ state }: OpenReview, id: string): void {
  const comment = state.comments.find((one) => one.id === id);
  if (!comment?.sent) return;
  throw appError('comment-sent', `Comment ${id} was sent: the agent has read it.`, {
    hint: `Settle it instead: --settle ${id}.`,
  });
}

/**
 * Ends a round: approves exactly the commit that was looked at, or asks for changes without telling an agent.
 * Throws `head-moved` when the branch is elsewhere by now, `nothing-to-approve`.
 */
export async function decideReview(
  session: RepoSession,
  subject: ReviewSubject,
  outcome: 'approved' | 'changes',
  expected?: string,
): Promise<OpenReview> {
  const open = await readReview(session, subject);
  const { head, base, branch, files } = open.review;
  requireHead(open, expected);
  if (files.length === 0 && !open.review.unread && outcome === 'approved') {
    throw appError('nothing-to-approve', `${branch} changes nothing.`);
  }
  const at = new Date().toISOString();
  await updateReviewState(session, open.of, (state) => ({
    ...state,
    comments:
      outcome === 'changes'
        ? state.comments.map((comment) =>
            comment.settled ? comment : { ...comment, sent: comment.sent ?? at },
          )
        : state.comments,
    rounds: [...state.rounds, { outcome, commit: head, base, at }],
  }));
  if (open.task && outcome === 'approved') await settleHeld(session, open.task, head);
  return readReview(session, subject);
}

/** Throws `head-moved` unless the branch is where the person saw it. */
export function requireHead({ review }: OpenReview, expected: string | undefined): void {
  if (
    expected === undefined ||
    review.head === expected ||
    (expected.length >= 7 && review.head.startsWith(expected))
  )
    return;
  throw appError(
    'head-moved',
    `${review.branch} is at ${review.head.slice(0, 12)}, not at ${expected.slice(0, 12)}.`,
    {
      hint: 'Look at what has come, and decide again.',
    },
  );
}
