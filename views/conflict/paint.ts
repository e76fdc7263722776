/** The page of a conflict: its files beside the hunk that is looked at, with all sides and what stands there now. */
import { titleIn } from '../../src/domain/app/selectors.js';
import type { AppState } from '../../src/domain/app/state.js';
import { certificateWords, decidedWords } from '../../src/domain/landing/hunk-choices.js';
import { visibleText } from '../../src/domain/landing/review/visible.js';
import { plural, shortCommit } from '../../src/domain/platform/units.js';
import { fitText, textWidth } from '../../src/domain/platform/width.js';
import type { Canvas, TextSpan } from '../canvas.js';
import { underWayWords } from '../doing.js';
import { keysFor } from '../keymap.js';
import type { Model } from '../model.js';
import { namedIn } from '../review/paint.js';
import { inKeys } from '../ui/as-keys.js';
import { paintHunk } from './hunk.js';
import { conflictLayout } from './layout.js';
import { paintFiles } from './side.js';
import { type ConflictUi, type ConflictView, type Decision, decisionAt, decisionsOf } from './state.js';

const emptyView: ConflictView = { colours: new Map() };

/** Paints all but the footer's keys. */
export function paintConflict(canvas: Canvas, model: Model, ui: ConflictUi, width: number, height: number) {
  const view = model.conflict ?? emptyView;
  const { document } = view;
  const layout = conflictLayout(width, height, ui);
  canvas.line(0, 0, width, headSpans(view, model.state, ui, width), 'bar');
  const decisions = document ? decisionsOf(document) : [];
  const at = decisionAt(decisions, ui);
  const current = decisions[at];
  canvas.line(0, 1, width, current ? certificateSpans(current, layout.files !== undefined) : []);
  if (!document || !current) {
    const inside = canvas.box(layout.hunk ?? layout.body, { focused: true, title: '2 Conflict' });
    const text = view.problem ?? (document ? 'Nothing is in conflict.' : 'Reading…');
    canvas.text(inside.x + 1, inside.y, inside.width - 2, text, view.problem ? 'warn' : 'dim');
  } else {
    if (layout.files) paintFiles(canvas, layout.files, { document, ui, current });
    if (layout.hunk)
      paintHunk(canvas, layout.hunk, { view, ui, current, place: { at: at + 1, of: decisions.length } });
  }
  canvas.line(0, height - 2, width, document ? noteSpans(document, model, width) : []);
}

function headSpans(
  { document }: ConflictView,
  { tasks }: AppState,
  ui: ConflictUi,
  width: number,
): TextSpan[] {
  const title = visibleText(document?.title ?? titleIn(tasks)(ui.task));
  const lead: TextSpan = { text: ' merge  ', style: 'dim' };
  if (!document) return [lead, { text: title, style: 'strong' }];
  const { files, total, status } = document;
  const words = {
    open: `${total - document.left} of ${total} decided `,
    none: 'no conflict ',
    merged: `merged${document.commit ? ` as ${shortCommit(document.commit)}` : ''} `,
  }[status];
  const right: TextSpan[] = [
    ...(files.length > 0 ? [{ text: `${plural(files.length, 'file')}  `, style: 'text' } as const] : []),
    { text: words, style: document.left > 0 ? 'warn' : 'good' },
  ];
  const widthOf = (spans: readonly TextSpan[]) => spans.reduce((sum, { text }) => sum + textWidth(text), 0);
  return [lead, ...namedIn({ title, name: ui.task }, width - widthOf([lead, ...right])), ...right];
}

const marks = { proven: '✓', checked: '◐', refused: '✗' } as const;
const styles = { proven: 'good', checked: 'info', refused: 'bad' } as const;

/** What is shown of the file, with what was chosen and proposed; why, where that does not stand beside it. */
function certificateSpans({ file }: Decision, beside: boolean): TextSpan[] {
  const { certificate, whole, left } = file;
  if (whole)
    return [
      {
        text: ` ${whole.took ? '✓' : '○'} as a whole: ${decidedWords(file)}`,
        style: whole.took ? 'good' : 'warn',
      },
    ];
  if (!certificate)
    return [
      {
        text: ` ○ nothing can be said of the file yet: a hunk has neither a choice nor an answer`,
        style: 'dim',
      },
    ];
  const how = left > 0 ? 'with what is proposed, ' : '';
  return [
    {
      text: ` ${marks[certificate.status]} ${how}${beside && !certificate.overruled ? certificate.status : certificateWords(certificate)}`,
      style: styles[certificate.status],
    },
  ];
}

/** What stands in the way, or what comes next, with its key. */
function noteSpans(document: NonNullable<ConflictView['document']>, model: Model, width: number): TextSpan[] {
  const { keymap } = model;
  const { status, left, next } = document;
  const key = (id: string) => keysFor(keymap, id);
  const warn = (text: string): TextSpan[] => [{ text: fitText(` ! ${text}`, width), style: 'warn' }];
  const underWay = underWayWords(document.task, model.state, model.now);
  if (underWay) return [{ text: ` ◐ ${underWay}`, style: 'info' }];
  if (document.void) return warn(document.void);
  if (document.blocked) return warn(`It cannot be merged now: ${document.blocked}`);
  if (status !== 'open') {
    const land = next.some((line) => line.includes(' merge land ')) ? key('ui.conflict-land') : '';
    return land
      ? [
          { text: ` ${land}`, style: 'key' },
          { text: ` lands it on ${document.target}.`, style: 'dim' },
        ]
      : [{ text: next[0] ? ` Next: ${inKeys(next[0], model)}` : '', style: 'dim' }];
  }
  if (left > 0) {
    return [
      { text: ` ${left} to decide.  `, style: 'warn' },
      { text: key('ui.conflict-undecided-next'), style: 'key' },
      { text: ' goes to the next.', style: 'dim' },
    ];
  }
  return [
    { text: ' All is decided.  ', style: 'good' },
    { text: key('ui.conflict-finish'), style: 'key' },
    { text: ' merges it, once the gate and the checks pass; landing is a step of its own.', style: 'dim' },
  ];
}
