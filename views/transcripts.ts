/** Keeps the transcripts of the runs on screen open: the selected task's, and the pinned one. */
import { latestRun } from '../src/domain/selectors.js';
import type { AppState } from '../src/domain/state.js';
import type { TranscriptView } from './model.js';
import { selectedTask } from './ui/calls.js';
import type { TranscriptPane, UiState } from './ui/state.js';

/** Live lines of a run, raw: whoever shows them sanitises. */
export interface TranscriptSource {
  /** The last lines, bounded; the last of them is number `total`. */
  lines(): readonly string[];
  readonly total: number;
  /** The `n` lines before those in memory. */
  older?(n: number): Promise<readonly string[]>;
  readonly live: boolean;
  close(): void;
}

interface Open {
  runId: string;
  source: TranscriptSource;
  /** Lines fetched from before the ring, oldest first, and the number of the first. */
  before: readonly string[];
  fetching: boolean;
}

const olderStep = 500;
/** Most older lines kept; scrolling further drops back to what the file holds next time. */
const olderLimit = 20_000;

export interface TranscriptsOptions {
  open(runId: string, onChange: () => void): TranscriptSource;
  onChange(): void;
}

/** The open transcripts. `sync` opens and closes them after the selection; `view` is what panes paint. */
export function createTranscripts(options: TranscriptsOptions) {
  const open: Partial<Record<TranscriptPane, Open>> = {};

  function show(pane: TranscriptPane, runId: string | undefined) {
    const current = open[pane];
    if (current?.runId === runId) return;
    current?.source.close();
    delete open[pane];
    if (runId === undefined) return;
    open[pane] = { runId, source: options.open(runId, options.onChange), before: [], fetching: false };
  }

  return {
    /** Opens what should be shown; true when the live transcript changed to another run. */
    sync(state: AppState, ui: UiState): boolean {
      const was = open.transcript?.runId;
      const focus = ui.focus === 'transcript' || ui.focus === 'pinned' ? 'tasks' : ui.focus;
      const task = selectedTask({ state, ui: { ...ui, focus }, transcripts: {} });
      show('transcript', task && (latestRun(task, state)?.runId ?? task.runIds.at(-1)));
      show('pinned', ui.pinned);
      return open.transcript?.runId !== was;
    },
    view(pane: TranscriptPane, state: AppState): TranscriptView | undefined {
      const current = open[pane];
      if (!current) return undefined;
      const { source, runId, before } = current;
      const ring = source.lines();
      return {
        runId,
        run: state.runs[runId],
        lines: before.length > 0 ? [...before, ...ring] : ring,
        total: source.total,
        live: source.live,
      };
    },
    /** Fetches lines before those in memory; the pane is painted again when they are there. */
    fetchOlder(pane: TranscriptPane) {
      const current = open[pane];
      if (!current?.source.older || current.fetching || current.before.length >= olderLimit) return;
      const inMemory = current.before.length + current.source.lines().length;
      if (inMemory >= current.source.total) return;
      current.fetching = true;
      const want = current.before.length + olderStep;
      current.source
        .older(want)
        .then((lines) => {
          current.before = lines;
          options.onChange();
        })
        .finally(() => {
          current.fetching = false;
        })
        .catch(options.onChange);
    },
    close() {
      show('transcript', undefined);
      show('pinned', undefined);
    },
  };
}
