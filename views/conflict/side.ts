/** Beside the hunk: every file with how far it is decided, what the gate says of the one looked at, and both sides. */
import {
  type ConflictDocument,
  type ConflictDocumentFile,
  certificateWords,
} from '../../src/domain/landing/hunk-choices.js';
import { visibleText } from '../../src/domain/landing/review/visible.js';
import { sanitizeLine } from '../../src/domain/platform/sanitize.js';
import { shortCommit } from '../../src/domain/platform/units.js';
import { fitEnd, textWidth, wrap } from '../../src/domain/platform/width.js';
import type { Canvas, Rect, TextSpan } from '../canvas.js';
import type { Style } from '../theme.js';
import type { ConflictUi, Decision } from './state.js';

type FileRow = readonly TextSpan[];

interface Beside {
  document: ConflictDocument;
  ui: ConflictUi;
  current: Decision;
}

export function paintFiles(canvas: Canvas, rect: Rect, beside: Beside) {
  const { document, ui, current } = beside;
  const rows = rowsBeside(beside, rect.width - 2);
  const at = document.files.indexOf(current.file);
  const inside = canvas.box(rect, {
    focused: ui.focus === 'files',
    title: '1 Files',
    foot: document.files.length > 0 ? `${at + 1} of ${document.files.length}` : undefined,
  });
  const wanted =
    ui.focus === 'files' ? Math.max(ui.sideTop, at - inside.height + 1) : Math.max(0, at - inside.height + 4);
  const top = Math.max(0, Math.min(wanted, rows.length - inside.height));
  rows.slice(top, top + inside.height).forEach((spans, row) => {
    canvas.line(inside.x, inside.y + row, inside.width, spans, top + row === at ? 'selectedIdle' : 'none');
  });
}

/** Last row that may stand at the top. */
export const filesLimit = (beside: Beside, rect: Rect): number =>
  Math.max(0, rowsBeside(beside, rect.width - 2).length - (rect.height - 2));

function rowsBeside({ document, current }: Beside, width: number): FileRow[] {
  const { certificate } = current.file;
  return [
    ...document.files.map((file) => fileRow(file, file === current.file, width)),
    ...section(
      'what is shown of it',
      certificate ? paragraphs(certificateWords(certificate), width, styleOf(current.file)) : [],
      width,
    ),
    ...section(
      'sides',
      [
        ...paragraphs(`ours: ${document.branch} at ${shortCommit(document.ours)}`, width, 'accent'),
        ...paragraphs(`theirs: ${document.target} at ${shortCommit(document.theirs)}`, width, 'info'),
      ],
      width,
    ),
    ...section(
      'a model',
      document.status === 'open' && document.cannotAsk
        ? paragraphs(`cannot be asked: ${document.cannotAsk}`, width, 'dim')
        : [],
      width,
    ),
  ];
}

const line = (text: string, style: Style = 'text'): FileRow => [{ text, style }];

function section(title: string, rows: readonly FileRow[], width: number): FileRow[] {
  if (rows.length === 0) return [];
  const head = `── ${title} `;
  return [line(''), line(head + '─'.repeat(Math.max(0, width - textWidth(head))), 'dim'), ...rows];
}

const paragraphs = (text: string, width: number, style: Style = 'text'): FileRow[] =>
  wrap(sanitizeLine(text), width).map((row) => line(row, style));

function styleOf({ certificate }: ConflictDocumentFile): Style {
  if (!certificate) return 'dim';
  return ({ proven: 'good', checked: 'info', refused: 'bad' } as const)[certificate.status];
}

/** ✓ proven, ◐ checked, ✗ refused; ○ while a hunk has neither a choice nor an answer, or the whole file none. */
function markOf({ certificate, whole }: ConflictDocumentFile): string {
  if (whole) return whole.took ? '✓' : whole.optional ? '◐' : '○';
  if (!certificate) return '○';
  return { proven: '✓', checked: '◐', refused: '✗' }[certificate.status];
}

function fileRow(file: ConflictDocumentFile, current: boolean, width: number): FileRow {
  const { hunks, whole, left } = file;
  const count = whole
    ? (whole.took ?? (whole.optional ? 'made anew' : 'whole'))
    : hunks.length > 0
      ? `${hunks.length - left}/${hunks.length}`
      : '';
  const room = width - 4 - textWidth(count);
  const name = visibleText(file.path);
  // The end of a long path tells more than its beginning.
  const shown = fitEnd(name, room);
  return [
    { text: current ? '▶' : ' ', style: 'focus' },
    { text: `${markOf(file)} `, style: whole ? (whole.took ? 'good' : 'warn') : styleOf(file) },
    { text: `${shown} `, style: left === 0 ? 'dim' : 'text' },
    { text: count, style: left === 0 ? 'good' : 'warn' },
  ];
}
