/** What the page of a review remembers besides the review itself. */

import type { ColouredLines } from '../../src/domain/landing/review/colours.js';
import type { ReviewDocument, ReviewSubject } from '../../src/domain/landing/review/document.js';
import type { WhyReport } from '../../src/domain/landing/review/why.js';

export type ReviewPane = 'files' | 'changes';

/** A line that the cursor goes back to when the rows are other ones. */
export interface RowPlace {
  path: string;
  side: 'new' | 'old';
  line: number;
}

export interface ReviewUi {
  subject: ReviewSubject;
  focus: ReviewPane;
  /** Row of the cursor, and the first row shown. */
  at: number;
  top: number;
  place?: RowPlace;
  /** First row shown of what stands beside the diff. */
  sideTop: number;
  /** Columns that the diff is moved to the left by. */
  shift: number;
  /** Side by side, line under line, or as there is room. */
  split: 'auto' | 'on' | 'off';
  /** Changes within lines are marked. */
  words: boolean;
  /** Only what has changed since the last round. */
  since: boolean;
  /** Folded lines that were opened, and files that are folded or not against their mark. */
  opened: ReadonlySet<string>;
  /** The transcript around a change is shown. */
  why: boolean;
}

/** The page as it opens. */
export function openReviewUi(subject: ReviewSubject): ReviewUi {
  return {
    ...{ subject, focus: 'changes', at: 0, top: 0, sideTop: 0, shift: 0, split: 'auto', words: true },
    ...{ since: true, opened: new Set<string>(), why: false },
  } as ReviewUi;
}

/** What was read for the page. */
export interface ReviewView {
  review?: ReviewDocument;
  /** Why there is none. */
  problem?: string;
  /** Whole files, by side and path, for the lines between hunks. */
  texts: ReadonlyMap<string, readonly string[]>;
  /** Colours of whole files, by side and path. */
  colours: ReadonlyMap<string, ColouredLines>;
  why?: WhyReport | { place: string; problem: string };
}

/** Key of a file's text or colours. */
export const sideKey = (side: 'new' | 'old', path: string): string => `${side} ${path}`;
