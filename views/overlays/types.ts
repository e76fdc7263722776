/** What lies over the panes, as data: an overlay names effects, and the controller carries them out. */
import type { Style } from '../theme.js';
import type { Field } from '../ui/field.js';

export interface TextLine {
  text: string;
  style?: Style;
  /** Columns that the rest of a long line is set in by; default: as far as the line itself. */
  hang?: number;
}

/** What happens when a person takes a choice, runs a line of the palette, or submits a form. */
export type Effect =
  | { type: 'close' }
  | { type: 'run'; id: string }
  | { type: 'submit'; form: FormOverlay }
  | { type: 'invoke'; calls: readonly Invocation[] }
  | { type: 'quit'; stopFirst: boolean };

/** One invocation of a command. */
export interface Invocation {
  id: string;
  args: Record<string, unknown>;
}

export interface MenuChoice {
  key: string;
  label: string;
  effect: Effect;
}

export interface FormField {
  name: string;
  label: string;
  help: string;
  kind: 'text' | 'flag' | 'choice' | 'list' | 'whole';
  choices: readonly string[];
  required: boolean;
  field: Field;
  /** Value the form opened with; an unchanged value is not sent. */
  initial: string;
}

export type FormOverlay = Extract<Overlay, { type: 'form' }>;

export type Overlay =
  | { type: 'help'; field: Field; top: number }
  | { type: 'palette'; field: Field; index: number }
  | { type: 'choice'; title: string; lines: readonly string[]; choices: readonly MenuChoice[]; index: number }
  | {
      type: 'form';
      title: string;
      call: Invocation;
      fields: readonly FormField[];
      index: number;
      error?: string;
    }
  | { type: 'detail'; title: string; lines: readonly TextLine[]; top: number };
