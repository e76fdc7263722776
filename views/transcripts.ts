/** Keeps the transcripts of the runs on screen open: the selected task's, and the pinned one. */

import type { PlanStep } from '../src/domain/agents/agent-event.js';
import type { TranscriptLine } from '../src/domain/agents/transcript/line.js';
import { wordsOfLine } from '../src/domain/agents/transcript/plain.js';
import { latestRun } from '../src/domain/app/selectors.js';
import type { AppState } from '../src/domain/app/state.js';
import { sanitizeLine } from '../src/domain/platform/sanitize.js';
import type { TranscriptView } from './model.js';
import { selectedTask } from './ui/calls.js';
import type { TranscriptPane, UiState } from './ui/state.js';

/** Live lines of a run, as they came: the pane that paints them sanitises them. */
export interface TranscriptSource {
  /** The last lines, bounded; the last of them is number `total`. */
  lines(): readonly TranscriptLine[];
  /** What the agent means to do, as it said last. */
  plan?(): readonly PlanStep[];
  readonly total: number;
  /** There are lines before those in memory and those that `older` gave. */
  readonly hasOlder?: boolean;
  /** The `n` lines before those. */
  older?(n: number): Promise<readonly TranscriptLine[]>;
  readonly live: boolean;
  close(): void;
}

interface Open {
  runId: string;
  source: TranscriptSource;
  /** Lines fetched from before the ring, oldest first. */
  before: readonly TranscriptLine[];
  /** How many lines the ring had let go when they were fetched: with more gone, they no longer join on. */
  gone: number;
  fetching?: Promise<void>;
}

const olderStep = 500;
/** Most older lines kept. */
const olderLimit = 20_000;

export interface TranscriptsOptions {
  open(runId: string, onChange: () => void): TranscriptSource;
  onChange(): void;
}

/** The line that a search found, or why there is none. */
export type FoundLine = { number: number; line: TranscriptLine } | { missing: 'none' | 'too-far' };

/** The open transcripts. `sync` opens and closes them after the selection; `view` is what panes paint. */
export function createTranscripts(options: TranscriptsOptions) {
  const open: Partial<Record<TranscriptPane, Open>> = {};

  function show(pane: TranscriptPane, runId: string | undefined) {
    const current = open[pane];
    if (current?.runId === runId) return;
    current?.source.close();
    delete open[pane];
    if (runId === undefined) return;
    open[pane] = { runId, source: options.open(runId, options.onChange), before: [], gone: 0 };
  }

  /** Everything in memory, and the number of its first line. */
  function linesOf(current: Open): { lines: readonly TranscriptLine[]; first: number } {
    const ring = current.source.lines();
    const gone = current.source.total - ring.length;
    if (gone !== current.gone) {
      current.before = [];
      current.gone = gone;
    }
    const lines = current.before.length > 0 ? [...current.before, ...ring] : ring;
    return { lines, first: current.source.total - lines.length + 1 };
  }

  /** Fetches older lines; false when there are no more, or as many as are kept. */
  async function fetchMore(current: Open): Promise<boolean> {
    linesOf(current);
    if (current.fetching !== undefined) await current.fetching;
    else {
      if (!current.source.older || !current.source.hasOlder || current.before.length >= olderLimit)
        return false;
      const { gone } = current;
      current.fetching = current.source
        .older(olderStep)
        .then((lines) => {
          if (current.gone === gone) current.before = [...lines, ...current.before];
        })
        .finally(() => {
          current.fetching = undefined;
          options.onChange();
        });
      await current.fetching;
    }
    return true;
  }

  return {
    /** Opens what should be shown; true when the live transcript changed to another run. */
    sync(state: AppState, ui: UiState): boolean {
      const was = open.inspector?.runId;
      const focus = ui.focus === 'inspector' || ui.focus === 'pinned' ? 'tasks' : ui.focus;
      const task = selectedTask({ state, ui: { ...ui, focus }, transcripts: {} });
      show('inspector', task && (latestRun(task, state)?.runId ?? task.runIds.at(-1)));
      show('pinned', ui.pinned);
      return open.inspector?.runId !== was;
    },
    view(pane: TranscriptPane, state: AppState): TranscriptView | undefined {
      const current = open[pane];
      if (!current) return undefined;
      const { source, runId } = current;
      return {
        runId,
        run: state.runs[runId],
        lines: linesOf(current).lines,
        ...(source.plan ? { plan: source.plan() } : {}),
        total: source.total,
        hasOlder: source.hasOlder ?? false,
        live: source.live,
      };
    },
    /** Fetches lines before those in memory; the pane is painted again when they are there. */
    fetchOlder(pane: TranscriptPane) {
      const current = open[pane];
      if (current && !current.fetching) fetchMore(current).catch(options.onChange);
    },
    /**
     * The nearest line with these words from line `from` on, going up (-1) or down (1); upper and lower case are
     * alike. Going up, older lines are fetched as far as they are kept.
     */
    async find(pane: TranscriptPane, words: string, from: number, step: 1 | -1): Promise<FoundLine> {
      const wanted = words.toLowerCase();
      const current = open[pane];
      for (let number = from; ; ) {
        if (!current || open[pane] !== current) return { missing: 'none' };
        const { lines, first } = linesOf(current);
        for (; number >= first && number < first + lines.length; number += step) {
          if (
            sanitizeLine(wordsOfLine(lines[number - first]!))
              .toLowerCase()
              .includes(wanted)
          )
            return { number, line: lines[number - first]! };
        }
        if (step > 0) return { missing: 'none' };
        if (!(await fetchMore(current))) return { missing: current.source.hasOlder ? 'too-far' : 'none' };
      }
    },
    close() {
      show('inspector', undefined);
      show('pinned', undefined);
    },
  };
}
