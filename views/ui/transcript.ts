/** Moving in a transcript: by lines, by words, to what went wrong; folding and opening. */
import { hiddenLines, isTrouble } from '../../src/domain/agents/transcript/line.js';
import { keysFor } from '../keymap.js';
import type { TranscriptView } from '../model.js';
import { isShown, lowestBottom } from '../panes/transcript-rows.js';
import type { ActionContext } from './action-context.js';
import type { TranscriptPane, UiState } from './state.js';

/** The transcript that keys are about. */
const paneOf = (ui: UiState): TranscriptPane => (ui.focus === 'pinned' ? 'pinned' : 'inspector');

/** Scrolls by lines that are shown; below the last one the pane follows the end. */
export function scroll(
  pane: TranscriptPane,
  by: number,
  room: { width: number; height: number },
  { model, dispatch, terminal }: ActionContext,
) {
  const view = model.transcripts[pane];
  if (!view) return;
  const opened = model.ui.opened[pane];
  const first = view.total - view.lines.length + 1;
  const lowest = lowestBottom(view, opened, room);
  const step = Math.sign(by);
  let bottom = Math.min(model.ui.bottoms[pane] ?? view.total, view.total);
  for (let left = Math.abs(by); left > 0; ) {
    const next = bottom + step;
    if (next < first || next > view.total) break;
    bottom = next;
    if (isShown(view.lines[bottom - first]!, opened)) left--;
  }
  if (bottom <= lowest && step < 0 && view.hasOlder) terminal.fetchOlder(pane);
  bottom = Math.max(lowest, bottom);
  dispatch({ type: 'transcript.scrolled', pane, bottom: bottom >= view.total ? undefined : bottom });
}

/** Goes to the next line with the words of the search; without a step, to this line or the nearest one above. */
export function search(
  pane: TranscriptPane,
  step: 1 | -1 | 0,
  { model, dispatch, terminal, toast }: ActionContext,
) {
  const view = model.transcripts[pane];
  const words = model.ui.searches[pane];
  if (!view) return;
  if (words === '')
    return toast(`There is no search yet: ${keysFor(model.keymap, 'ui.filter')} starts one.`, 'info');
  const from = (model.ui.bottoms[pane] ?? view.total) + step;
  void terminal.find(pane, words, from, step === 1 ? 1 : -1).then((found) => {
    if ('number' in found) {
      // What is found in a folded block is shown.
      const { line } = found;
      if (line.block && !isShown(line, model.ui.opened[pane]))
        dispatch({ type: 'transcript.opened', pane, block: line.block.key });
      return dispatch({ type: 'transcript.scrolled', pane, bottom: found.number });
    }
    const where = step === 1 ? 'further down' : 'further up';
    const more = found.missing === 'too-far' ? '; codex-agent session search looks further' : '';
    toast(`"${words}" is not ${where}${more}.`, 'info');
  });
}

/** Goes up to the nearest error or failed action above, and on from the end when there is none. */
export function goToTrouble({ model, dispatch, toast }: ActionContext) {
  const pane = paneOf(model.ui);
  const view = model.transcripts[pane];
  const places = view ? troubleIn(view) : [];
  if (!view || places.length === 0) return toast('Nothing has gone wrong in this transcript so far.', 'info');
  const from = model.ui.bottoms[pane] ?? Number.POSITIVE_INFINITY;
  const bottom = places.findLast((place) => place < from) ?? places.at(-1)!;
  dispatch({ type: 'transcript.scrolled', pane, bottom });
}

/** Numbers of the last lines of what went wrong, ascending. */
function troubleIn({ lines, total }: TranscriptView): number[] {
  const first = total - lines.length + 1;
  return lines.flatMap((line, at) => {
    if (!isTrouble(line)) return [];
    if (line.kind === 'error' && !line.first) return [];
    let last = at;
    while (line.block && last + 1 < lines.length && lines[last + 1]!.block === line.block) last++;
    return [first + last];
  });
}

/** Opens or folds everything in the transcript. */
export function foldAll(pane: TranscriptPane, { dispatch }: Pick<ActionContext, 'dispatch'>) {
  dispatch({ type: 'transcript.opened', pane });
}

/** Opens the lowest folded block that is on the screen, or folds it again. */
export function foldOne({ model, dispatch, toast }: ActionContext) {
  const pane = paneOf(model.ui);
  const view = model.transcripts[pane];
  const bottom = model.ui.bottoms[pane];
  const lines = view
    ? view.lines.slice(0, bottom === undefined ? undefined : bottom - view.total || undefined)
    : [];
  const folds = lines.findLast(({ block }) => block !== undefined && hiddenLines(block) > 0);
  if (!folds?.block) return toast('Nothing is folded above.', 'info');
  dispatch({ type: 'transcript.opened', pane, block: folds.block.key });
}
