/** What a review keeps: comments, viewed marks, and how each round of it ended. */
import type { DiffFile } from '../diff.js';
import type { ReviewComment } from './comments.js';
import { changeId } from './hunks.js';

/** A round of a review: what a person saw, and what they decided about it. */
export interface ReviewRound {
  outcome: 'approved' | 'changes';
  /** The commit that was reviewed, and the one of the target that it stood on. */
  commit: string;
  base: string;
  at: string;
}

export interface ReviewState {
  version: 1;
  comments: ReviewComment[];
  /** The change of each file that was marked as viewed, by path. */
  viewed: Record<string, string>;
  rounds: ReviewRound[];
}

export const emptyReview: ReviewState = { version: 1, comments: [], viewed: {}, rounds: [] };

/** The approval that was given last, and whether another commit has made it void. */
export interface ReviewApproval {
  commit: string;
  at: string;
  void: boolean;
}

/** The approval of a branch whose newest commit is `head`; undefined when none was given, or changes were asked for since. */
export function approvalOf({ rounds }: ReviewState, head: string): ReviewApproval | undefined {
  const last = rounds.at(-1);
  if (last?.outcome !== 'approved') return undefined;
  return { commit: last.commit, at: last.at, void: last.commit !== head };
}

/** The round whose commit the next look is compared with; undefined when none was finished, or nothing came after it. */
export function lastReviewed({ rounds }: ReviewState, head: string): ReviewRound | undefined {
  const last = rounds.at(-1);
  return last && last.commit !== head ? last : undefined;
}

/** Paths whose change is exactly what was marked as viewed. */
export function viewedPaths({ viewed }: ReviewState, files: readonly DiffFile[]): string[] {
  return files.flatMap((file) =>
    viewed[file.path] !== undefined && viewed[file.path] === changeId(file) ? [file.path] : [],
  );
}

/** The review with the mark of a file set or taken away. */
export function withViewed(state: ReviewState, file: DiffFile, on: boolean): ReviewState {
  const { [file.path]: _, ...others } = state.viewed;
  return { ...state, viewed: on ? { ...others, [file.path]: changeId(file) } : others };
}

/** The review with one more comment, under an id of its own. */
export function withComment(state: ReviewState, comment: Omit<ReviewComment, 'id'>): ReviewState {
  const highest = Math.max(0, ...state.comments.map(({ id }) => Number(id.slice(1)) || 0));
  return { ...state, comments: [...state.comments, { ...comment, id: `c${highest + 1}` }] };
}

/** The review after its drafts were sent, which ends a round that asks for changes. */
export function withSent(state: ReviewState, round: Omit<ReviewRound, 'outcome'>): ReviewState {
  const comments = state.comments.map((comment) =>
    comment.sent || comment.settled ? comment : { ...comment, sent: round.at },
  );
  return { ...state, comments, rounds: [...state.rounds, { ...round, outcome: 'changes' }] };
}

/** The comments that wait to be sent. */
export const drafts = ({ comments }: ReviewState): ReviewComment[] =>
  comments.filter(({ sent, settled }) => !sent && !settled);
