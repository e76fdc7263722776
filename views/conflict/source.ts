/** Reads what the page of a conflict shows, when it is looked at, and again when it may have changed. */
import type { AppState } from '../../src/domain/app/state.js';
import { type ConflictDocument, textNow } from '../../src/domain/landing/hunk-choices.js';
import type { ColouredLines } from '../../src/domain/landing/review/colours.js';
import { visibleText } from '../../src/domain/landing/review/visible.js';
import { type ConflictUi, type ConflictView, colourKey, decisionAt, decisionsOf } from './state.js';

/** How conflicts are read. */
export interface ConflictReader {
  read(task: string): Promise<ConflictDocument>;
  colours(path: string, text: string): Promise<ColouredLines>;
}

/** The shortest time between two readings of the same conflict, in milliseconds. */
const gapMs = 1_000;
/** Texts whose colours are kept. */
const mostColours = 400;

const nothing: ConflictView = { colours: new Map() };

/** One reading at a time; `sync` says what is looked at, `view` gives what was read, `stale` reads it again. */
export function createConflicts(reader: ConflictReader, onChange: () => void) {
  let view: ConflictView = nothing;
  let shown: { task: string; key: string } | undefined;
  let reading = false;
  let readAt = Number.NEGATIVE_INFINITY;
  let asked = 0;
  let again: NodeJS.Timeout | undefined;
  const wanted = new Set<string>();

  async function read(task: string, key: string): Promise<void> {
    reading = true;
    readAt = performance.now();
    const same = shown?.task === task;
    let next: Pick<ConflictView, 'document' | 'problem'>;
    try {
      next = { document: await reader.read(task) };
    } catch (error) {
      next = { problem: String((error as Error)?.message ?? error) };
    }
    view = { colours: same ? view.colours : new Map(), ...next };
    if (!same) wanted.clear();
    shown = { task, key };
    reading = false;
    onChange();
  }

  /** Colours the texts of the hunk that is looked at. */
  function look(ui: ConflictUi): void {
    const { document } = view;
    if (!document || shown?.task !== ui.task) return;
    const decisions = decisionsOf(document);
    const { file, hunk } = decisions[decisionAt(decisions, ui)] ?? {};
    if (!file || !hunk) return;
    for (const text of [hunk.base, hunk.ours, hunk.theirs, textNow(hunk)]) {
      if (text !== undefined && text !== '') void colour(file.path, text);
    }
  }

  async function colour(path: string, text: string): Promise<void> {
    const key = colourKey(path, text);
    if (wanted.has(key)) return;
    wanted.add(key);
    const lines = text.split('\n').map(visibleText).join('\n');
    const colours = await reader.colours(path, lines).catch(() => undefined);
    if (!colours || colours.size === 0) return;
    const isFull = view.colours.size >= mostColours;
    // What is let go is asked for again when it is looked at again.
    if (isFull) wanted.clear();
    const kept = isFull ? new Map<string, ColouredLines>() : view.colours;
    view = { ...view, colours: new Map(kept).set(key, colours) };
    onChange();
  }

  return {
    sync(ui: ConflictUi | undefined, state: AppState): void {
      clearTimeout(again);
      if (!ui) return;
      const key = `${asked} ${keyOf(ui.task, state)}`;
      if (shown?.task !== ui.task && view !== nothing) view = nothing;
      if ((shown?.task !== ui.task || shown.key !== key) && !reading) {
        const forced = shown?.task !== ui.task || shown.key.split(' ')[0] !== String(asked);
        const waitMs = forced ? 0 : Math.max(0, readAt + gapMs - performance.now());
        if (waitMs === 0) void read(ui.task, key);
        else again = setTimeout(onChange, Math.max(50, waitMs)).unref();
      }
      look(ui);
    },
    /** What was read of this very task: never what was looked at before. */
    view: (ui: ConflictUi): ConflictView => (shown?.task === ui.task ? view : nothing),
    /** What was read may not be so any more. */
    stale(): void {
      asked++;
      onChange();
    },
    close: () => clearTimeout(again),
  };
}

/** Changes when the conflict may have changed. */
function keyOf(slug: string, state: AppState): string {
  const task = state.tasks.find((one) => one.slug === slug);
  const tree = state.worktrees[slug];
  const merge = state.merges[slug];
  const work = state.works[slug];
  return [
    task?.status,
    task?.merge?.at,
    merge?.status,
    merge?.head,
    merge?.target,
    tree?.ahead,
    tree?.behind,
    tree?.dirty,
    tree?.unfinished,
    work?.ended ? 'ended' : work?.kind,
  ].join(' ');
}
