/** Everything a frame is painted from. */
import type { AnyCommand } from '../src/commands/types.js';
import type { PlanStep } from '../src/domain/agents/agent-event.js';
import type { RunView } from '../src/domain/agents/run.js';
import type { TranscriptLine } from '../src/domain/agents/transcript/line.js';
import type { TaskPages } from '../src/domain/app/pages.js';
import type { AppState } from '../src/domain/app/state.js';
import type { ConflictView } from './conflict/state.js';
import type { FleetLines } from './fleet-lines.js';
import type { Keymap } from './keymap.js';
import type { MonitorView } from './monitor/source.js';
import type { ReviewView } from './review/state.js';
import type { TranscriptPane, UiState } from './ui/state.js';

export interface TranscriptView {
  runId: string;
  run?: RunView;
  /** The lines in memory, raw; the last one is number `total`. */
  lines: readonly TranscriptLine[];
  /** What the agent means to do, as it said last. */
  plan?: readonly PlanStep[];
  total: number;
  /** There are more before those. */
  hasOlder?: boolean;
  live: boolean;
}

export interface Model {
  state: AppState;
  ui: UiState;
  transcripts: Partial<Record<TranscriptPane, TranscriptView>>;
  /** What was read of the task that is looked at, for the pages of the inspector. */
  pages?: TaskPages;
  /** Last lines of the runs whose tiles are on the screen. */
  fleet?: FleetLines;
  /** What was read of the change that is reviewed. */
  review?: ReviewView;
  /** What the monitor shows, once it was looked at. */
  monitor?: MonitorView;
  /** What was read of the conflict that is looked at. */
  conflict?: ConflictView;
  keymap: Keymap;
  /** Rows that may be used on the screen. */
  commands: readonly AnyCommand[];
  version: string;
  /** Milliseconds since the epoch; ages are counted from here. */
  now: number;
}
