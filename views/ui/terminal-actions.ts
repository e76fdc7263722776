/** What keys ask of the program around the screen: to leave, suspend, redraw, copy, and read transcripts. */
import type { FoundLine } from '../transcripts.js';
import type { TranscriptPane } from './state.js';

export interface TerminalActions {
  quit(): void;
  suspend(): void;
  redraw(): void;
  copy(text: string): void;
  setMouse(on: boolean): void;
  fetchOlder(pane: TranscriptPane): void;
  /** Finds the nearest line with these words, from that line on, upwards (-1) or downwards (1). */
  find(pane: TranscriptPane, words: string, from: number, step: 1 | -1): Promise<FoundLine>;
}
