/** What the page of a conflict remembers besides the conflict itself. */
import type {
  ChosenHunk,
  ConflictDocument,
  ConflictDocumentFile,
} from '../../src/domain/landing/hunk-choices.js';
import type { ColouredLines } from '../../src/domain/landing/review/colours.js';

export type ConflictPane = 'files' | 'hunk';

export interface ConflictUi {
  task: string;
  focus: ConflictPane;
  /** What is looked at: a hunk of a file, 0 for a file that is decided as a whole; absent: the first. */
  path?: string;
  hunk: number;
  /** First row of the hunk, and first row beside it, that are shown. */
  top: number;
  sideTop: number;
  /** Columns that texts are moved to the left by. */
  shift: number;
  /** Sides beside one another, one below the other, or as there is room. */
  split: 'auto' | 'on' | 'off';
}

/** The page as it opens. */
export const openConflictUi = (task: string): ConflictUi => ({
  ...{ task, focus: 'hunk', hunk: 0, top: 0, sideTop: 0, shift: 0, split: 'auto' },
});

/** What was read for the page. */
export interface ConflictView {
  document?: ConflictDocument;
  /** Why there is none. */
  problem?: string;
  /** Colours of texts that are seen, by path and text. */
  colours: ReadonlyMap<string, ColouredLines>;
}

/** Key of a text's colours. */
export const colourKey = (path: string, text: string): string => `${path}\0${text}`;

/** Something to decide: a hunk, or a file as a whole. */
export interface Decision {
  file: ConflictDocumentFile;
  hunk?: ChosenHunk;
}

/** Everything there is to look at, in the order of the files. */
export const decisionsOf = ({ files }: ConflictDocument): Decision[] =>
  files.flatMap((file): Decision[] =>
    file.hunks.length > 0 ? file.hunks.map((hunk) => ({ file, hunk })) : [{ file }],
  );

/** The place of what is looked at: where it was left, else the first of its file, else the first of all. */
export function decisionAt(
  decisions: readonly Decision[],
  { path, hunk }: Pick<ConflictUi, 'path' | 'hunk'>,
): number {
  const exact = decisions.findIndex((one) => one.file.path === path && (one.hunk?.index ?? 0) === hunk);
  if (exact >= 0) return exact;
  return Math.max(
    0,
    decisions.findIndex((one) => one.file.path === path),
  );
}

/** Whether a person has still to choose. */
export function isUndecided({ file, hunk }: Decision): boolean {
  if (hunk) return !hunk.choice;
  return file.whole !== undefined && !file.whole.took && !file.whole.optional;
}
