/** Beside the diff: the files with their marks, what was found, what was asked, what the agent said, the person's comments. */
import type { ReviewDocument } from '../../src/domain/landing/review/document.js';
import { visibleText } from '../../src/domain/landing/review/visible.js';
import { commentMarks, commentWords, remarkMarks } from '../../src/domain/landing/review/words.js';
import { sanitizeLine } from '../../src/domain/platform/sanitize.js';
import { fitEnd, textWidth, wrap } from '../../src/domain/platform/width.js';
import type { Canvas, Rect, TextSpan } from '../canvas.js';
import type { Style } from '../theme.js';
import { filesShown } from './rows.js';
import type { ReviewUi } from './state.js';

type SideLine = readonly TextSpan[];

export function paintSide(
  canvas: Canvas,
  rect: Rect,
  { review, ui, current }: { review: ReviewDocument; ui: ReviewUi; current: string | undefined },
) {
  const files = filesShown(review, ui);
  const lines = sideLines(review, ui, rect.width - 2, current);
  const at = files.findIndex(({ path }) => path === current);
  const inside = canvas.box(rect, {
    focused: ui.focus === 'files',
    title: '1 Files',
    foot: files.length > 0 ? `${at + 1} of ${files.length}` : undefined,
  });
  const top = sideTop(
    lines.length,
    inside.height,
    ui.focus === 'files' ? ui.sideTop : Math.max(0, at - inside.height + 4),
  );
  lines.slice(top, top + inside.height).forEach((spans, row) => {
    const chosen = top + row === at;
    canvas.line(inside.x, inside.y + row, inside.width, spans, chosen ? 'selectedIdle' : 'none');
  });
}

const sideTop = (count: number, height: number, wanted: number): number =>
  Math.max(0, Math.min(wanted, count - height));

/** The last row that may stand at the top. */
export function sideLimit(review: ReviewDocument, ui: ReviewUi, rect: Rect): number {
  return Math.max(0, sideLines(review, ui, rect.width - 2).length - (rect.height - 2));
}

function sideLines(review: ReviewDocument, ui: ReviewUi, width: number, current?: string): SideLine[] {
  const last = review.runs.at(-1);
  const said = last?.said?.trim();
  return [
    ...filesShown(review, ui).map((file) => fileLine(review, file, file.path === current, width)),
    ...section(
      'findings',
      review.remarks.flatMap((remark) => remarkLines(remark, width)),
      width,
    ),
    ...section('goal', paragraphs(review.goal, width), width),
    ...section(
      'accepted when',
      review.acceptance.flatMap((criterion) => {
        const result = review.stale
          ? undefined
          : review.report?.criteria?.find(({ text }) => text === criterion);
        return paragraphs(`${answerSigns[result?.answer ?? 'cannot tell']} ${criterion}`, width);
      }),
      width,
    ),
    ...section(
      last ? `agent said · attempt ${last.attempt}` : 'agent said',
      [...(said ? paragraphs(said, width) : []), ...(last?.used ? [line(`used ${last.used}`, 'dim')] : [])],
      width,
    ),
    ...section(
      `your comments ${review.comments.length}`,
      review.comments.flatMap((one) => commentLines(one, width)),
      width,
    ),
  ];
}

/** A criterion that is met, not met, or of which nothing can be told. */
const answerSigns = { met: '✓', 'not met': '✗', 'cannot tell': '○' } as const;

const line = (text: string, style: Style = 'text'): SideLine => [{ text, style }];

function section(title: string, lines: readonly SideLine[], width: number): SideLine[] {
  if (lines.length === 0) return [];
  const head = `── ${title} `;
  return [line(''), line(head + '─'.repeat(Math.max(0, width - textWidth(head))), 'dim'), ...lines];
}

const paragraphs = (text: string, width: number, style: Style = 'text'): SideLine[] =>
  text === ''
    ? []
    : text.split('\n').flatMap((part) => wrap(sanitizeLine(part), width).map((row) => line(row, style)));

function fileLine(
  review: ReviewDocument,
  file: ReviewDocument['files'][number],
  current: boolean,
  width: number,
): SideLine {
  const bad = review.remarks.some(({ path, severity }) => path === file.path && severity === 'error');
  const viewed = review.viewed.includes(file.path);
  const counts = `+${file.added}−${file.removed}`;
  const room = width - 4 - counts.length;
  const name = visibleText(file.path);
  // The end of a long path tells more than its beginning.
  const shown = fitEnd(name, room);
  return [
    { text: current ? '▶' : ' ', style: 'focus' },
    { text: bad ? '✗ ' : viewed ? '✓ ' : '○ ', style: bad ? 'bad' : viewed ? 'good' : 'dim' },
    { text: `${shown} `, style: viewed ? 'dim' : 'text' },
    { text: counts, style: 'dim' },
  ];
}

function remarkLines(
  { severity, from, path, line: at, text }: ReviewDocument['remarks'][number],
  width: number,
): SideLine[] {
  const style: Style = severity === 'error' ? 'bad' : severity === 'warning' ? 'warn' : 'dim';
  const place = path ? ` ${path.slice(path.lastIndexOf('/') + 1)}${at > 0 ? `:${at}` : ''}` : '';
  return [line(`${remarkMarks[severity]} ${from}${place}`, style), ...saidLines(text.split('\n')[0]!, width)];
}

/** Rows that what is said has here; the whole of a longer text stands at its line. */
const mostSaid = 8;

function saidLines(text: string, width: number): SideLine[] {
  const rows = wrap(sanitizeLine(text), width - 2);
  const shown = rows.length > mostSaid ? [...rows.slice(0, mostSaid - 1), '…'] : rows;
  return shown.map((row) => line(`  ${row}`, 'dim'));
}

function commentLines(
  { state, place, now, text, kind }: ReviewDocument['comments'][number],
  width: number,
): SideLine[] {
  const at = now ?? place.line;
  const name = place.path.slice(place.path.lastIndexOf('/') + 1);
  const style: Style = state === 'open' ? 'warn' : state === 'draft' ? 'info' : 'good';
  return [
    line(`${commentMarks[state]} ${name}${at > 0 ? `:${at}` : ''} ${kind}, ${commentWords[state]}`, style),
    ...saidLines(text.replaceAll('\n', ' '), width),
  ];
}
