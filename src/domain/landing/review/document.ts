/** A review as it is shown: what was asked, what was done about it, and what is said of it. */
import { shortCommit } from '../../platform/units.js';
import type { DiffFile } from '../diff.js';
import type { ValidationReport } from '../validation.js';
import type { PlacedComment } from './comments.js';
import type { Remark } from './remarks.js';
import type { ReviewApproval, ReviewRound } from './state.js';

/** What is reviewed: the work of a task, or a branch of a person's. */
export type ReviewSubject = { task: string } | { branch: string; onto?: string };

/** An attempt of an agent at the task. */
export interface ReviewedRun {
  runId: string;
  attempt: number;
  runner: string;
  status: string;
  /** Its last words. */
  said?: string;
  /** What it used, as people read it. */
  used?: string;
}

export interface ReviewDocument {
  /** Slug of the task; of a mere branch, its name. */
  subject: string;
  /** The subject is a branch without a task. */
  bare?: true;
  title: string;
  goal: string;
  acceptance: readonly string[];
  status?: string;
  branch: string;
  target: string;
  /** The newest commit of the branch, and the one at which it left its target. */
  head: string;
  base: string;
  /** All that the branch changes. */
  files: readonly DiffFile[];
  /** Why lines were not read. */
  unread?: string;
  /** The round that was finished last on another commit, and only what has changed since. */
  since?: { round: ReviewRound; files: readonly DiffFile[]; reason?: string };
  /** The last validation. */
  report?: ValidationReport;
  /** The branch or the target has moved since that. */
  stale?: boolean;
  remarks: readonly Remark[];
  comments: readonly PlacedComment[];
  /** Files whose change was marked as viewed. */
  viewed: readonly string[];
  approval?: ReviewApproval;
  runs: readonly ReviewedRun[];
  worktree?: string;
  /** Files of the worktree that are not committed, and so not part of this. */
  uncommitted: number;
}

/** Lines added and removed. */
export function sizeOf(files: readonly DiffFile[]): { added: number; removed: number } {
  let added = 0;
  let removed = 0;
  for (const file of files) {
    added += file.added;
    removed += file.removed;
  }
  return { added, removed };
}

/** One sentence about the approval; undefined when none was given. */
export function approvalWords({
  approval,
  head,
}: Pick<ReviewDocument, 'approval' | 'head'>): string | undefined {
  if (!approval) return undefined;
  const commit = shortCommit(approval.commit);
  return approval.void
    ? `approval of ${commit} is void: the branch is at ${shortCommit(head)}`
    : `approved at ${commit}`;
}
