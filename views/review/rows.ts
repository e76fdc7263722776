/** The continuous diff as rows: files, hunks, folded lines, and what is said at their lines. Pure; made once, not for each frame. */
import type { DiffFile, DiffLine } from '../../src/domain/landing/diff.js';
import type { PlacedComment } from '../../src/domain/landing/review/comments.js';
import type { ReviewDocument } from '../../src/domain/landing/review/document.js';
import type { Remark } from '../../src/domain/landing/review/remarks.js';
import type { TextSpan } from '../canvas.js';
import { type Cut, laidRows } from './laid.js';
import type { RowsFit } from './layout.js';
import { type ReviewUi, type ReviewView, sideKey } from './state.js';

export type DiffRow =
  | { type: 'file'; file: DiffFile; folded: boolean }
  | { type: 'fold'; file: DiffFile; key: string; from: number; count?: number }
  /** Unified, only one side is set, or both are the same line. */
  | { type: 'line'; file: DiffFile; hunk: number; old?: DiffLine; new?: DiffLine; part?: LinePiece }
  | { type: 'remark'; file?: DiffFile; remark: Remark; part?: SaidPiece }
  | { type: 'comment'; file?: DiffFile; comment: PlacedComment; part?: SaidPiece }
  | { type: 'note'; file?: DiffFile; text: string };

interface Piece {
  /** Which one it is, from 0, and the row that it is a part of. */
  at: number;
  of: DiffRow;
}

/** A part of a line that is longer than its place. */
export interface LinePiece extends Piece {
  old?: Cut | undefined;
  new?: Cut | undefined;
}

/** A part of what is said at a line. */
export interface SaidPiece extends Piece {
  spans: readonly TextSpan[];
}

export interface DiffRows {
  rows: readonly DiffRow[];
  /** Rows at which a hunk, a file, or something that was said begins. */
  hunks: readonly number[];
  files: readonly number[];
  said: readonly number[];
}

/** Lines that are unfolded at once. */
const unfoldLines = 200;

let last: { of: readonly unknown[]; made: DiffRows } | undefined;

/** The files that are shown: all, or only what has changed since the last round. */
export function filesShown(review: ReviewDocument, ui: ReviewUi): readonly DiffFile[] {
  return ui.since && review.since && !review.since.reason ? review.since.files : review.files;
}

/**
 * The rows of what is shown; the same object for as long as they are the same. What is longer than the pane is wide goes
 * on in rows below it, unless the person has moved the diff to the left.
 */
export function diffRows(view: ReviewView, ui: ReviewUi, { split, inside }: RowsFit): DiffRows {
  const rows = wholeRows(view, ui, split);
  return inside === undefined || ui.shift > 0 ? rows : laidRows(rows, inside, split);
}

function wholeRows(view: ReviewView, ui: ReviewUi, split: boolean): DiffRows {
  const { review, texts } = view;
  if (!review) return { rows: [], hunks: [], files: [], said: [] };
  const of = [review, filesShown(review, ui), split, ui.opened, texts];
  if (!last || of.some((part, at) => part !== last!.of[at])) {
    last = { of, made: made(review, ui, split, texts) };
  }
  return last.made;
}

function made(review: ReviewDocument, ui: ReviewUi, split: boolean, texts: ReviewView['texts']): DiffRows {
  const rows: DiffRow[] = [];
  const hunks: number[] = [];
  const files: number[] = [];
  const said: number[] = [];
  const say = (row: DiffRow) => {
    said.push(rows.length);
    rows.push(row);
  };
  const viewed = new Set(review.viewed);
  if (review.unread) rows.push({ type: 'note', text: review.unread });
  for (const file of filesShown(review, ui)) {
    const folded = viewed.has(file.path) !== ui.opened.has(`file ${file.path}`);
    files.push(rows.length);
    rows.push({ type: 'file', file, folded });
    if (folded) continue;
    const own = saidOf(review, file);
    for (const row of own.ofFile()) say(row);
    for (const text of notesOf(file)) rows.push({ type: 'note', file, text });
    let next = 1;
    file.hunks.forEach((hunk, at) => {
      for (const row of between(file, hunk, next, ui, texts)) rows.push(row);
      const begin = rows.length;
      for (const row of split ? paired(file, at) : stacked(file, at)) {
        rows.push(row);
        if (row.type === 'line') for (const one of own.at(row)) say(one);
      }
      hunks.push(firstChange(rows, begin));
      next = (hunk.findLast(({ kind }) => kind !== 'removed')?.line ?? hunk[0]!.line - 1) + 1;
    });
    for (const row of behind(file, next, ui, texts)) rows.push(row);
    for (const row of own.rest()) say(row);
  }
  return { rows, hunks, files, said };
}

/** The first changed row from there on: a hunk begins with lines that are as they were. */
function firstChange(rows: readonly DiffRow[], begin: number): number {
  let at = begin;
  for (let row = rows[at]; row?.type === 'line' && row.old === row.new; row = rows[at]) at++;
  return at < rows.length ? at : begin;
}

function notesOf(file: DiffFile): string[] {
  if (file.binary) return ['Its content is binary.'];
  if (file.hunks.length > 0) return [];
  if (file.modes) return [`Its mode changes from ${file.modes[0]} to ${file.modes[1]}.`];
  return [
    { added: 'It is new, and empty.', deleted: 'It was empty.' }[file.change as 'added'] ??
      'No line of it is changed.',
  ];
}

/** What is said about a file, by line. Each is given out once; what no row has taken stands at the file's end. */
function saidOf({ remarks, comments }: ReviewDocument, file: DiffFile) {
  const rows = new Map<string, DiffRow[]>();
  const add = (key: string, row: DiffRow) => rows.set(key, [...(rows.get(key) ?? []), row]);
  for (const remark of remarks) {
    const side = remark.isOld ? 'old' : 'new';
    if (remark.path === file.path || (remark.isOld && remark.path === file.oldPath))
      add(`${side} ${remark.line}`, { type: 'remark', file, remark });
  }
  for (const comment of comments) {
    const { path, side } = comment.place;
    if (path === file.path || path === file.oldPath) {
      add(`${side} ${comment.now ?? 'gone'}`, { type: 'comment', file, comment });
    }
  }
  const take = (key: string): DiffRow[] => {
    const found = rows.get(key) ?? [];
    rows.delete(key);
    return found;
  };
  return {
    ofFile: () => [...take('new 0'), ...take('old 0')],
    at: (row: LineRow) => [
      ...(row.old?.kind === 'removed' ? take(`old ${row.old.oldLine}`) : []),
      ...(row.new ? take(`new ${row.new.line}`) : []),
    ],
    rest: () => [...rows.keys()].flatMap(take),
  };
}

type LineRow = Extract<DiffRow, { type: 'line' }>;

function stacked(file: DiffFile, hunk: number): LineRow[] {
  return file.hunks[hunk]!.map((line): LineRow => {
    if (line.kind === 'context') return { type: 'line', file, hunk, old: line, new: line };
    return line.kind === 'added'
      ? { type: 'line', file, hunk, new: line }
      : { type: 'line', file, hunk, old: line };
  });
}

/** Removed lines beside the added ones that follow them. */
function paired(file: DiffFile, hunk: number): LineRow[] {
  const rows: LineRow[] = [];
  let olds: DiffLine[] = [];
  let news: DiffLine[] = [];
  const flush = () => {
    for (let at = 0; at < Math.max(olds.length, news.length); at++) {
      const [old, fresh] = [olds[at], news[at]];
      rows.push({ type: 'line', file, hunk, ...(old ? { old } : {}), ...(fresh ? { new: fresh } : {}) });
    }
    olds = [];
    news = [];
  };
  for (const line of file.hunks[hunk]!) {
    if (line.kind === 'removed') {
      if (news.length > 0) flush();
      olds.push(line);
    } else if (line.kind === 'added') news.push(line);
    else {
      flush();
      rows.push({ type: 'line', file, hunk, old: line, new: line });
    }
  }
  flush();
  return rows;
}

const hasText = ({ change, binary, submodule }: DiffFile): boolean =>
  change !== 'added' && change !== 'deleted' && !binary && !submodule;

/** The unchanged lines before a hunk: folded, or as they are. */
function between(
  file: DiffFile,
  hunk: readonly DiffLine[],
  next: number,
  ui: ReviewUi,
  texts: ReviewView['texts'],
): DiffRow[] {
  const first = hunk[0]!;
  const count = first.line - next;
  if (count <= 0 || !hasText(file)) return [];
  const delta = (first.oldLine ?? first.line) - first.line;
  const key = `${file.path}:${next}`;
  const text = texts.get(sideKey('new', file.path));
  if (!ui.opened.has(key) || !text) return [{ type: 'fold', file, key, from: next, count }];
  return unchanged(file, text, { from: next, to: first.line, delta, key }, ui.opened);
}

/** The unchanged lines behind the last hunk. How many there are is known once the file was read. */
function behind(file: DiffFile, next: number, ui: ReviewUi, texts: ReviewView['texts']): DiffRow[] {
  if (!hasText(file) || file.hunks.length === 0) return [];
  const hunk = file.hunks.at(-1)!;
  const tail = hunk.length - 1 - hunk.findLastIndex(({ kind }) => kind !== 'context');
  if (tail < 3 || hunk.at(-1)!.unended) return [];
  const text = texts.get(sideKey('new', file.path));
  const key = `${file.path}:${next}`;
  if (!text) return [{ type: 'fold', file, key, from: next }];
  const left = text.length + 1 - next;
  if (left <= 0) return [];
  if (!ui.opened.has(key)) return [{ type: 'fold', file, key, from: next, count: left }];
  const end = hunk.at(-1)!;
  const delta = (end.oldLine ?? end.line) - end.line;
  return unchanged(file, text, { from: next, to: text.length + 1, delta, key }, ui.opened);
}

/** What is opened at once is bounded: the fold that is left opens further. */
function unchanged(
  file: DiffFile,
  text: readonly string[],
  { from, to, delta, key }: { from: number; to: number; delta: number; key: string },
  opened: ReadonlySet<string>,
): DiffRow[] {
  const shown = Math.min(to, from + unfoldLines);
  const rows = text.slice(from - 1, shown - 1).map((content, at): DiffRow => {
    const line: DiffLine = { kind: 'context', text: content, line: from + at, oldLine: from + at + delta };
    return { type: 'line', file, hunk: -1, old: line, new: line };
  });
  if (shown >= to) return rows;
  const further = `${key}+`;
  if (!opened.has(further))
    return [...rows, { type: 'fold', file, key: further, from: shown, count: to - shown }];
  return [...rows, ...unchanged(file, text, { from: shown, to, delta, key: further }, opened)];
}

/** The line of a row, on the side that a comment on it is about. */
export function placeOfRow(
  row: DiffRow | undefined,
): { path: string; side: 'new' | 'old'; line: number } | undefined {
  if (!row?.file) return undefined;
  const { path } = row.file;
  if (row.type === 'line') {
    return row.new
      ? { path, side: 'new', line: row.new.line }
      : { path, side: 'old', line: row.old!.oldLine! };
  }
  if (row.type === 'remark') return { path, side: row.remark.isOld ? 'old' : 'new', line: row.remark.line };
  if (row.type === 'comment') return { path, side: row.comment.place.side, line: row.comment.now ?? 0 };
  return { path, side: 'new', line: row.type === 'fold' ? row.from : 0 };
}

let sought: { rows: DiffRows['rows']; at: number; place: ReviewUi['place']; found: number } | undefined;

/**
 * The row of the cursor: where it was left, else at its line, else the nearest that there is. Rows that the size of the
 * screen has changed are searched once, not for each frame.
 */
export function cursorOf({ rows }: DiffRows, { at, place }: ReviewUi): number {
  const nearest = Math.max(0, Math.min(at, rows.length - 1));
  if (!place || isAt(rows[at], place)) return nearest;
  if (sought?.rows !== rows || sought.at !== at || sought.place !== place) {
    const line = rows.findIndex((row) => isAt(row, place));
    const found = line >= 0 ? line : rows.findIndex((row) => row.file?.path === place.path);
    sought = { rows, at, place, found: found >= 0 ? found : nearest };
  }
  return sought.found;
}

function isAt(row: DiffRow | undefined, place: NonNullable<ReviewUi['place']>): boolean {
  const here = placeOfRow(row);
  return here?.path === place.path && here.side === place.side && here.line === place.line;
}
