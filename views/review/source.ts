/** Reads what the page of a review shows, when it is looked at: the review, then what its cursor stands on. */

import type { AppState } from '../../src/domain/app/state.js';
import type { ColouredLines } from '../../src/domain/landing/review/colours.js';
import type { ReviewDocument, ReviewSubject } from '../../src/domain/landing/review/document.js';
import { visibleText } from '../../src/domain/landing/review/visible.js';
import type { WhyReport } from '../../src/domain/landing/review/why.js';
import type { RowsFit } from './layout.js';
import { cursorOf, type DiffRow, diffRows, placeOfRow } from './rows.js';
import { type ReviewUi, type ReviewView, sideKey } from './state.js';

/** How reviews are read. */
export interface ReviewReader {
  read(subject: ReviewSubject): Promise<ReviewDocument>;
  /** A file of the old or the new side; undefined when that side has none. */
  text(review: ReviewDocument, side: 'new' | 'old', path: string): Promise<string | undefined>;
  colours(path: string, text: string): Promise<ColouredLines>;
  why(subject: ReviewSubject, place: string): Promise<WhyReport>;
}

/** How long the cursor stays before what it stands on is read, in milliseconds. */
const restMs = 120;
/** The shortest time between two readings of the same review. */
const gapMs = 1_000;

/** Rows from the top of the diff on that a screen may show. */
const seenRows = 80;

const nothing: ReviewView = { texts: new Map(), colours: new Map() };

/** One reading at a time; `sync` says what is looked at, `view` gives what was read, `stale` reads it again. */
export function createReviews(reader: ReviewReader, onChange: () => void) {
  let view: ReviewView = nothing;
  let shown: { subject: string; key: string } | undefined;
  let reading = false;
  let readAt = Number.NEGATIVE_INFINITY;
  let asked = 0;
  let rest: NodeJS.Timeout | undefined;
  let again: NodeJS.Timeout | undefined;
  const wanted = new Set<string>();

  async function read(subject: ReviewSubject, name: string, key: string): Promise<void> {
    reading = true;
    readAt = performance.now();
    let next: Pick<ReviewView, 'review' | 'problem'>;
    try {
      next = { review: await reader.read(subject) };
    } catch (error) {
      const { message, hint } = error as Partial<Error & { hint: string }>;
      next = { problem: [message ?? String(error), hint].filter(Boolean).join(' ') };
    }
    const sameHead = next.review && next.review.head === view.review?.head && shown?.subject === name;
    view = sameHead ? { ...view, problem: undefined, ...next } : { ...nothing, ...next };
    if (!sameHead) wanted.clear();
    shown = { subject: name, key };
    reading = false;
    onChange();
  }

  /** Reads a file once, and its colours with it. */
  async function readText(review: ReviewDocument, side: 'new' | 'old', path: string): Promise<void> {
    const key = sideKey(side, path);
    if (wanted.has(key)) return;
    wanted.add(key);
    const text = await reader.text(review, side, path).catch(() => undefined);
    if (text === undefined || view.review?.head !== review.head) return;
    const lines = text.replace(/\n$/, '').split('\n');
    view = { ...view, texts: new Map(view.texts).set(key, lines) };
    onChange();
    const colours = await reader.colours(path, lines.map(visibleText).join('\n')).catch(() => undefined);
    if (!colours || view.review?.head !== review.head) return;
    view = { ...view, colours: new Map(view.colours).set(key, colours) };
    onChange();
  }

  async function readWhy(subject: ReviewSubject, place: string): Promise<void> {
    if (view.why?.place === place) return;
    view = { ...view, why: { place, problem: 'Looking…' } };
    const why = await reader.why(subject, place).catch((error) => ({
      place,
      problem: String((error as Error)?.message ?? error),
    }));
    if (view.why?.place !== place) return;
    view = { ...view, why: { ...why, place } };
    onChange();
  }

  /** What is seen: its files in both versions, and why the change under the cursor was made. */
  function look(ui: ReviewUi, fit: RowsFit) {
    const { review } = view;
    if (!review) return;
    const made = diffRows(view, ui, fit);
    const cursor = cursorOf(made, ui);
    const seen = new Set(made.rows.slice(ui.top, ui.top + seenRows).flatMap(({ file }) => file ?? []));
    for (const file of seen) {
      if (file.binary || file.submodule) continue;
      if (file.change !== 'deleted') void readText(review, 'new', file.path);
      if (file.change !== 'added' && file.removed > 0)
        void readText(review, 'old', file.oldPath ?? file.path);
    }
    const place = ui.why ? placeName(made.rows, cursor) : undefined;
    if (place) void readWhy(ui.subject, place);
  }

  return {
    sync(ui: ReviewUi | undefined, state: AppState, fit: RowsFit): void {
      clearTimeout(again);
      if (!ui) return;
      const name = JSON.stringify(ui.subject);
      const key = `${asked} ${keyOf(ui.subject, state)}`;
      if (shown?.subject !== name && view !== nothing) view = nothing;
      const current = shown?.subject === name && shown.key === key;
      if (!current && !reading) {
        const forced = shown?.subject !== name || shown.key.split(' ')[0] !== String(asked);
        const waitMs = forced ? 0 : Math.max(0, readAt + gapMs - performance.now());
        if (waitMs === 0) void read(ui.subject, name, key);
        else again = setTimeout(onChange, Math.max(50, waitMs)).unref();
      }
      clearTimeout(rest);
      rest = setTimeout(() => look(ui, fit), restMs).unref();
    },
    /** What was read of this very subject: never what was looked at before. */
    view: (ui: ReviewUi): ReviewView => (shown?.subject === JSON.stringify(ui.subject) ? view : nothing),
    /** What was read may not be so any more. */
    stale(): void {
      asked++;
      onChange();
    },
    /** A file whose folded lines were opened is wanted now. */
    want(path: string): void {
      if (view.review) void readText(view.review, 'new', path);
    },
    close(): void {
      clearTimeout(rest);
      clearTimeout(again);
    },
  };
}

/** The place of the change under the cursor, or of the next one of the same file. */
function placeName(rows: readonly DiffRow[], start: number): string | undefined {
  for (let at = start; rows[at] && rows[at]!.file === rows[start]!.file; at++) {
    const row = rows[at]!;
    if (row.type !== 'line' || row.hunk < 0 || row.old === row.new) continue;
    const { path, side, line } = placeOfRow(row)!;
    return `${path}:${side === 'old' ? '-' : ''}${line}`;
  }
  return undefined;
}

/** Changes when the review may have changed. */
function keyOf(subject: ReviewSubject, state: AppState): string {
  if (!('task' in subject)) return '';
  const task = state.tasks.find(({ slug }) => slug === subject.task);
  const tree = state.worktrees[subject.task];
  return [task?.status, task?.attempts, task?.validation?.at, tree?.ahead, tree?.dirty, tree?.added].join(
    ' ',
  );
}
