/** What actions of the screen work with: its state, and the program around it. */
import type { CommandPart } from '../../src/commands/types.js';
import type { Model } from '../model.js';
import type { Invocation, Overlay, Wanted } from '../overlays/types.js';
import type { FoundLine } from '../transcripts.js';
import type { TranscriptPane, UiEvent } from './state.js';

/** What keys ask of the program around the screen: to leave, suspend, redraw, copy, and read transcripts. */
export interface TerminalActions {
  quit(): void;
  suspend(): void;
  redraw(): void;
  copy(text: string): void;
  setMouse(on: boolean): void;
  /** No bell and no notification, or both again. */
  setQuiet(on: boolean): void;
  /** Lets the person write a text in their editor; resolves with what was saved. */
  edit(text: string): Promise<string>;
  /** Opens the sheet as soon as an agent asks, where one does within a moment. */
  awaitQuestion(): void;
  fetchOlder(pane: TranscriptPane): void;
  /** Reads the rest of a file that is reviewed. */
  unfold(path: string): void;
  /** Finds the nearest line with these words, from that line on, upwards (-1) or downwards (1). */
  find(pane: TranscriptPane, words: string, from: number, step: 1 | -1): Promise<FoundLine>;
}

/** What an action of the screen may look at and change, and the commands it may run. */
export interface ActionContext {
  model: Model;
  dispatch(event: UiEvent): void;
  size: { width: number; height: number };
  terminal: TerminalActions;
  toast(text: string, level: ToastLevel): void;
  open(overlay: Overlay): void;
  /** Carries out what a line or a key stands for, as if its key were pressed. */
  run(wanted: Wanted): void;
  /** Runs a command, after its question where it has one. */
  call(invocation: Invocation): void;
  /** Runs the command that plays this part, and says `done` when it ended well, or what went wrong. */
  invokePart(part: CommandPart, done: () => void): void;
}

/** Something was done, or is only told, such as why a key did nothing, or went wrong. */
export type ToastLevel = 'done' | 'info' | 'error';
