/** What lies over the panes, as data: an overlay names effects, and the controller carries them out. */
import type { TextSpan } from '../canvas.js';
import type { Binding } from '../keymap.js';
import type { Backdrop, Style } from '../theme.js';
import type { Field } from '../ui/field.js';

export interface TextLine {
  text: string;
  style?: Style;
  /** Its safe text in parts that look different. */
  spans?: readonly TextSpan[];
  ground?: Backdrop;
  /** Columns that the rest of a long line is set in by; default: as far as the line itself. */
  hang?: number;
}

/** What happens when a person takes a choice, runs a line of the palette, or submits a form. */
export type Effect =
  | { type: 'close' }
  | { type: 'run'; wanted: Wanted }
  | { type: 'submit'; form: FormOverlay }
  /** The field of the form is written in the person's editor. */
  | { type: 'edit'; form: FormOverlay }
  | { type: 'invoke'; calls: readonly Invocation[] }
  | { type: 'quit'; stopFirst: boolean };

/** What a key is bound to, or a line of the palette or the help names. */
export type Wanted = Pick<Binding, 'run' | 'args' | 'form' | 'marked'>;

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

/** A value that a field can be given without typing it. */
export interface Offer {
  name: string;
  title: string;
}

export interface FormField {
  name: string;
  label: string;
  help: string;
  kind: 'text' | 'flag' | 'choice' | 'list' | 'whole';
  choices: readonly string[];
  required: boolean;
  field: Field;
  /** What it can name; it shows those that fit what is typed. */
  offers?: readonly Offer[];
  /** Which of them the next Enter takes; -1 and undefined: none. */
  chosen?: number;
  /** Value the form opened with; an unchanged value is not sent. */
  initial: string;
}

export type FormOverlay = Extract<Overlay, { type: 'form' }>;

export type Overlay =
  | { type: 'help'; field: Field; index: number }
  | { type: 'palette'; field: Field; index: number }
  | {
      type: 'choice';
      title: string;
      lines: readonly string[];
      choices: readonly MenuChoice[];
      index: number;
      /** It asks about the agents at work, and says how many there are for as long as it stands. */
      quits?: true;
    }
  | {
      type: 'form';
      title: string;
      call: Invocation;
      fields: readonly FormField[];
      /** Of the current field; the number of fields is that of the button below them. */
      index: number;
      /** Esc was pressed, and would lose what was typed. */
      leaving?: true;
      error?: string;
    }
  /**
   * `key` names the question shown; `at` is its place, for when it is answered elsewhere. `unanswered`: the last key was
   * no answer, or was for a question that is gone.
   */
  | { type: 'approval'; key: string; at: number; top: number; unanswered?: 'enter' | 'gone' }
  | {
      type: 'detail';
      title: string;
      lines: readonly TextLine[];
      top: number;
      /** What y does once the last line was on the screen. */
      offer?: { label: string; call: Invocation };
    };

/** The overlay after a key (undefined: it is closed), and what happens besides. */
export interface OverlayAnswer {
  overlay?: Overlay;
  effect?: Effect;
}
