/** What the keys of everywhere do on a page of two panes that has the whole screen, as a review or a conflict. */
import type { UiActionId } from '../actions.js';
import type { ActionContext } from './action-context.js';

/** One action of a page. */
export type PageAct = (context: ActionContext) => void;

interface PageActs {
  /** Moves by as many lines as it tells for a height; without end to the first or the last one. */
  move(lines: (height: number) => number): PageAct;
  open: PageAct;
  back: PageAct;
  otherPane: PageAct;
}

/** The actions of everywhere, by what the page does. */
export const pageKeys = ({
  move,
  open,
  back,
  otherPane,
}: PageActs): Partial<Readonly<Record<UiActionId, PageAct>>> => ({
  'ui.next': move(() => 1),
  'ui.previous': move(() => -1),
  'ui.page-down': move((height) => height),
  'ui.page-up': move((height) => -height),
  'ui.half-down': move((height) => height >> 1),
  'ui.half-up': move((height) => -(height >> 1)),
  'ui.first': move(() => Number.NEGATIVE_INFINITY),
  'ui.last': move(() => Number.POSITIVE_INFINITY),
  'ui.open': open,
  'ui.back': back,
  'ui.pane-next': otherPane,
  'ui.pane-previous': otherPane,
});
