/** A second transcript that stays beside the inspector, whatever is selected. */
import { standingOf } from '../../src/domain/agents/run.js';
import type { Canvas, Rect } from '../canvas.js';
import type { Model, TranscriptView } from '../model.js';
import { countOf, followWords, paintLines } from './transcript.js';

export function paintPinned(canvas: Canvas, rect: Rect, model: Model) {
  const view = model.transcripts.pinned;
  const words = model.ui.searches.pinned;
  const inside = canvas.box(rect, {
    focused: model.ui.focus === 'pinned',
    title: view ? `5 Pinned  ${titleOf(view)}` : '5 Pinned',
    note: view ? `${words ? `/${words} ` : ''}${followWords(view, model.ui.bottoms.pinned)}` : undefined,
    foot: view && view.total > 0 ? countOf(view) : undefined,
  });
  paintLines(canvas, inside, 'pinned', model);
}

function titleOf({ run, runId }: TranscriptView): string {
  if (!run) return runId;
  return `${run.task}  ${run.runner} · attempt ${run.attempt} · ${standingOf(run)}`;
}
