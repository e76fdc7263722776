/** What a person says about lines and files of a change, and where that stands after the next attempt. */
import type { DiffFile, DiffLine } from '../diff.js';
import { changeId, hunkAt, hunkIds, isLine } from './hunks.js';

export const commentKinds = ['issue', 'suggestion', 'question'] as const;
export type CommentKind = (typeof commentKinds)[number];

/** What a comment is about. The texts around it find it again when line numbers have moved. */
export interface CommentPlace {
  path: string;
  /** The file as it is, or as it was: a removed line has only an old side. */
  side: 'new' | 'old';
  /** 0: the whole file. */
  line: number;
  /** The line itself, and its neighbours on the same side. */
  quote: string;
  before: string[];
  after: string[];
  /** The hunk that showed the line; of a comment on a file, the file's change. */
  hunk?: string;
}

export interface ReviewComment {
  /** Unique in its review, e.g. "c3". */
  id: string;
  kind: CommentKind;
  text: string;
  place: CommentPlace;
  /** The commit that was reviewed. */
  commit: string;
  at: string;
  /** When it was sent to the agent. */
  sent?: string;
  /** When a person said that it is settled. */
  settled?: string;
}

/**
 * `draft`: not sent. `sent`: no commit has come since. `met`: what it is about has changed since. `open`: that is as it
 * was. `settled`: a person said so.
 */
export type CommentState = 'draft' | 'sent' | 'met' | 'open' | 'settled';

/** A comment with where it stands in the diff that is looked at. */
export interface PlacedComment extends ReviewComment {
  state: CommentState;
  /** Its line now; undefined when the diff no longer shows it. */
  now?: number;
}

/** How many neighbours of a line tell whether it is as it was. */
const around = 3;

/** The place of a line of a text; line 0 is the whole file. Undefined when the text has no such line. */
export function placeOfLine(
  path: string,
  side: CommentPlace['side'],
  line: number,
  text: string,
  file?: DiffFile,
): CommentPlace | undefined {
  if (line === 0) {
    const hunk = file && changeId(file);
    return { path, side, line, quote: '', before: [], after: [], ...(hunk ? { hunk } : {}) };
  }
  const lines = text.replace(/\n$/, '').split('\n');
  const quote = lines[line - 1];
  if (quote === undefined || line < 0) return undefined;
  const shown = file ? hunkAt(file, side, line) : undefined;
  return {
    ...{ path, side, line, quote },
    before: lines.slice(Math.max(0, line - 1 - around), line - 1),
    after: lines.slice(line, line + around),
    ...(file && shown !== undefined ? { hunk: hunkIds(file)[shown]! } : {}),
  };
}

/** Every comment with its state and its line in the diff of `head`. */
export function placeComments(
  comments: readonly ReviewComment[],
  files: readonly DiffFile[],
  head: string,
): PlacedComment[] {
  return comments.map((comment) => {
    const file = files.find(
      ({ path, oldPath }) => path === comment.place.path || oldPath === comment.place.path,
    );
    const found =
      comment.commit === head ? { line: comment.place.line, same: true } : find(comment.place, file);
    return {
      ...comment,
      state: stateOf(comment, found, head),
      ...(found.line === undefined ? {} : { now: found.line }),
    };
  });
}

interface Found {
  line?: number;
  /** It and its neighbours are as they were. */
  same: boolean;
}

function stateOf(comment: ReviewComment, { same }: Found, head: string): CommentState {
  if (comment.settled) return 'settled';
  if (!comment.sent) return 'draft';
  if (comment.commit === head) return 'sent';
  return same ? 'open' : 'met';
}

function find(place: CommentPlace, file: DiffFile | undefined): Found {
  if (place.line === 0)
    return { line: 0, same: file ? changeId(file) === place.hunk : place.hunk === undefined };
  if (!file) return { same: place.hunk === undefined };
  const same = hunkIds(file).indexOf(place.hunk ?? '');
  const there = candidates(same < 0 ? file.hunks.flat() : file.hunks[same]!, place);
  const best = there[0];
  // Beyond what the diff shows, no line has been changed.
  if (!best) return { same: same >= 0 || (place.hunk === undefined && !wasRemoved(file, place)) };
  return { line: best.line, same: same >= 0 || best.off === 0 };
}

/** The lines with the same text, those with the same neighbours first, then the nearest. */
function candidates(lines: readonly DiffLine[], place: CommentPlace): { line: number; off: number }[] {
  const side = lines.filter((one) => (place.side === 'new' ? one.kind !== 'removed' : one.kind !== 'added'));
  const numberOf = (one: DiffLine) => (place.side === 'new' ? one.line : one.oldLine!);
  // The old side never changes: a removed line is as it was for as long as it is removed.
  const isThere = (one: DiffLine) =>
    one.text === place.quote && (place.side === 'new' || one.kind === 'removed');
  return side
    .flatMap((one, at) =>
      isThere(one) ? [{ line: numberOf(one), off: differences(side, at, place, numberOf) }] : [],
    )
    .sort((a, b) => a.off - b.off || Math.abs(a.line - place.line) - Math.abs(b.line - place.line));
}

/** How many of the neighbours that are shown differ from those of the comment. */
function differences(
  side: readonly DiffLine[],
  at: number,
  place: CommentPlace,
  numberOf: (one: DiffLine) => number,
): number {
  const own = numberOf(side[at]!);
  const differs = (expected: string | undefined, step: number): boolean => {
    const one = side[at + step];
    // A neighbour that no hunk shows has not been changed.
    if (!one || numberOf(one) !== own + step) return false;
    // A removed line stands there again, or does not: its fate is what the comment is about.
    return one.text !== expected;
  };
  const before = place.before.filter((text, index) => differs(text, index - place.before.length)).length;
  const wanted = Array.from({ length: around }, (_, index) => place.after[index]);
  return before + wanted.filter((text, index) => differs(text, index + 1)).length;
}

const wasRemoved = (file: DiffFile, { quote, side }: CommentPlace): boolean =>
  side === 'new' &&
  file.hunks.some((hunk) => hunk.some((one) => one.kind === 'removed' && one.text === quote));

/** The lines of a diff at a comment's place, for quoting: a few of its hunk around it. */
export function quotedLines(file: DiffFile, { side, line }: CommentPlace, count = 2): DiffLine[] {
  const at = line === 0 ? undefined : hunkAt(file, side, line);
  if (at === undefined) return [];
  const hunk = file.hunks[at]!;
  const own = hunk.findIndex((one) => isLine(one, side, line));
  return hunk.slice(Math.max(0, own - count), own + count + 1);
}
