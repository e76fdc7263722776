/** A review as lines: what it stands at, and the diff with what is said at its lines. Pure. */
import { approvalWords, type ReviewDocument, sizeOf } from '../../src/domain/landing/review/document.js';
import { visibleText } from '../../src/domain/landing/review/visible.js';
import { commentWords, fileTitle } from '../../src/domain/landing/review/words.js';
import { plural } from '../../src/domain/platform/units.js';
import { cursorOf, type DiffRow, diffRows, filesShown } from '../review/rows.js';
import type { ReviewUi, ReviewView } from '../review/state.js';

/** All of it, the line of the cursor marked. */
export function spokenReview(view: ReviewView, ui: ReviewUi): string[] {
  const { review } = view;
  if (!review) return [view.problem ?? 'Reading…'];
  const made = diffRows(view, ui, { split: false });
  const cursor = cursorOf(made, ui);
  return [
    ...headLines(review, ui),
    ...made.rows.map((row, at) => `${rowLine(row)}${at === cursor ? '   [here]' : ''}`),
  ];
}

/** The row that the cursor is on. */
export function spokenRow(view: ReviewView, ui: ReviewUi): string {
  const made = diffRows(view, ui, { split: false });
  const row = made.rows[cursorOf(made, ui)];
  return row ? rowLine(row) : 'Nothing is changed.';
}

function headLines(review: ReviewDocument, ui: ReviewUi): string[] {
  const files = filesShown(review, ui);
  const { added, removed } = sizeOf(files);
  const { report } = review;
  const findings = review.remarks.filter(({ severity }) => severity !== 'info').length;
  return [
    `Review of ${review.title}: ${plural(files.length, 'file')}, ${added} added, ${removed} removed.`,
    report ? `Validation: ${report.verdict}. ${plural(findings, 'finding')}.` : 'Not validated yet.',
    `${approvalWords(review) ?? 'not approved yet'}.`,
  ];
}

function rowLine(row: DiffRow): string {
  switch (row.type) {
    case 'file':
      return `File ${visibleText(fileTitle(row.file))}${row.folded ? ', folded' : ''}`;
    case 'fold':
      return row.count === undefined
        ? '  (more unchanged lines)'
        : `  (${plural(row.count, 'unchanged line')})`;
    case 'line': {
      const line = row.new ?? row.old!;
      const mark = { added: '+', removed: '-', context: ' ' }[line.kind];
      return `${mark} ${row.new ? line.line : line.oldLine} ${visibleText(line.text)}`;
    }
    case 'remark':
      return `  ${row.remark.severity}: ${visibleText(row.remark.text)}`;
    case 'comment':
      return `  your comment (${commentWords[row.comment.state]}): ${visibleText(row.comment.text)}`;
    case 'note':
      return `  ${visibleText(row.text)}`;
  }
}
