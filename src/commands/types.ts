/** What one row of the command registry is. Every surface (CLI, keys, palette, help, README) reads rows. */

import type { AttentionKind } from '../domain/app/attention.js';
import type { Emit } from '../domain/app/events.js';
import type { Concern } from '../domain/app/groups.js';
import type { ListedTask } from '../domain/app/selectors.js';
import type { AppState } from '../domain/app/state.js';
import type { AppError, ExitCode } from '../domain/platform/errors.js';
import type { Ask } from '../services/app/index.js';
import type { Services } from '../services/index.js';
import type { Paths } from '../services/platform/index.js';
import type { OpenRepository, RepoSession } from '../services/store/index.js';

/** A face of the program on which a command can be used. */
export type CommandSurface = 'cli' | 'screen';

/**
 * A part that a row plays for the rest of the program, which therefore need not know its id:
 * - `overview`: the bare program without a dashboard, and "look again" on the screen
 * - `answer`: answers what an agent asks
 * - `stop`: ends the run of a task, or what the program itself does for it
 * - `stop-all`: ends every run when a person who leaves the screen says so
 * - `review`: keeps what a person says and decides in a review; the screen has a page for it
 * - `undo`: takes back the last change of a task; on the screen that of marks too
 * - `land-ready`: lands everything that is ready
 * - `validate`, `land`, `open`: judge a task's work, land it, open its worktree, from within a review
 * - `conflict`: shows a conflict or how it was resolved; the screen has a page for it
 * - `take-hunk`, `ask-hunk`, `edit-hunk`, `undo-choice`, `finish-choices`: decide a conflict hunk by hunk, from there
 */
export type CommandPart =
  | 'overview'
  | 'answer'
  | 'stop'
  | 'stop-all'
  | 'review'
  | 'hydrate'
  | 'predict'
  | 'validate'
  | 'land'
  | 'land-ready'
  | 'open'
  | 'output'
  | 'conflict'
  | 'take-hunk'
  | 'ask-hunk'
  | 'edit-hunk'
  | 'undo-choice'
  | 'undo'
  | 'finish-choices';

/**
 * What a command does about several marked tasks:
 * - `cursor`: it is about the selected task, whatever is marked
 * - `each`: it runs once for each
 * - `all`: it runs once, about all of them
 * - `refuse`: it is for one at a time, and does nothing while tasks are marked
 */
export type MarkUse = 'cursor' | 'each' | 'all' | 'refuse';

/** What a printed line means; a terminal with colours shows it. */
export type Tone = 'strong' | 'dim' | 'good' | 'warn' | 'bad' | 'info';

/** A line of a result, for people. */
export interface PrintedLine {
  text: string;
  tone?: Tone;
}
export type Printed = string | PrintedLine;

/** Where a schema carries the type of its value. Nothing is stored there. */
export declare const typed: unique symbol;

/** One argument: JSON Schema, plus how the command line spells it. */
export interface ArgSchema {
  type: 'string' | 'boolean' | 'integer' | 'array';
  description: string;
  items?: { type: 'string' };
  enum?: readonly string[];
  default?: unknown;
  minimum?: number;
  /** Position on the command line, from 0; without it the argument is a flag. */
  position?: number;
  /** With a position: it may be given as a flag instead, and what stands at its position then is this argument. */
  yieldsTo?: string;
  /** One-letter spelling of the flag. */
  short?: string;
  /** What the value is called in help, e.g. "task"; also tells the screen what to offer. */
  value?: string;
  /** The text may have several lines; of a list, each line is an item and commas are part of it. */
  lines?: boolean;
  /** The screen does not ask for it. */
  cliOnly?: boolean;
}

/** All arguments of a command; `A` is what its handler is given. */
export interface ArgsSchema<A = unknown> {
  readonly [typed]?: A;
  type: 'object';
  additionalProperties: false;
  properties: Record<string, ArgSchema>;
  required: readonly string[];
}

export interface GlobalFlags {
  cwd: string;
  json: boolean;
  tui: boolean;
  /** The dashboard says lines and redraws nothing; it then needs no terminal. */
  plain?: boolean;
  /** False: the program never asks; where it would have to, it ends with exit code 7. */
  input: boolean;
  /** Every confirmation is answered with yes. */
  yes: boolean;
  dryRun: boolean;
  quiet: boolean;
  verbose: boolean;
  /** Every call goes to standard error as it ends. */
  trace: boolean;
  /** Colours in what is printed; undefined: where the terminal shows them. */
  color?: boolean;
}

/** What a handler may use. Services are functions, so that only those that are called are loaded. */
export interface CommandContext {
  version: string;
  services: Services;
  paths: Paths;
  env: NodeJS.ProcessEnv;
  flags: GlobalFlags;
  emit: Emit;
  signal: AbortSignal;
  /** Absent when there is no terminal to ask on, or with --no-input. */
  ask?: Ask;
  /** Opens the dashboard on a repository; resolves when the person leaves it. Absent without a terminal or with --no-tui. */
  openScreen?(cwd: string): Promise<void>;
  /** Gives the terminal to a program for as long as `work` takes. Absent without a terminal. */
  lendTerminal?<T>(work: () => Promise<T>): Promise<T>;
  /** Repository and registry of the working directory, without reading any configuration. Throws as `session`. */
  repository(): Promise<OpenRepository>;
  /** Makes the dashboard look at worktrees and merges again. Absent without a dashboard. */
  lookAgain?(): void;
  /** What the screen shows now; absent without one. */
  shown?(): AppState;
  /** On the screen: ends what its commands do on a task. False when none of them works on it. */
  cancelWork?(task: string): boolean;
  /** On the screen: closes it and opens it anew, since what it was opened with is different now. */
  reopenScreen?(): void;
  /** Every row, and what each group of them is about. */
  registry: { commands: readonly AnyCommand[]; groups: Readonly<Record<string, string>> };
  /** The repository of the working directory; throws `not-a-repository`, `not-initialised`. */
  session(): Promise<RepoSession>;
  /** The same; throws `not-trusted` (exit 6) as long as the person has not trusted its configuration. */
  trustedSession(): Promise<RepoSession>;
}

export interface Command<A, D> {
  /** Dotted path: `merge.resolve` is `codex-agent merge resolve`. */
  id: string;
  title: string;
  /** One sentence for help and README. */
  summary: string;
  args: ArgsSchema<A>;
  surfaces: readonly CommandSurface[];
  part?: CommandPart;
  /** Ids of commands of the command line alone: on the screen this one shows the same. */
  inPlaceOf?: readonly string[];
  /** What marked tasks mean for it. Every command about a task or a run that the screen has says so. */
  marks?: MarkUse;
  /** The screen asks for its arguments, also when none is missing. */
  form?: boolean;
  /** True, or the reason why the command cannot be used now, which the screen shows. */
  when?(state: AppState, args: Partial<A>): true | string;
  /** Slugs of the tasks that it changes where its arguments name none: their rows say at once that it was begun. */
  about?(state: AppState): readonly string[];
  /** A question that names the object and has to be answered with yes first; undefined when there is none. */
  confirm?(args: A, state: AppState): string | undefined;
  /** With `--json` it writes its events as JSON lines: always, or with these arguments. */
  streams?: boolean | ((args: A) => boolean);
  /** The kinds of attention that the command settles: the screen names its key beside them. */
  settles?: readonly AttentionKind[];
  /** The same with arguments of its own: a key that is bound with them is named. */
  settlesWith?: Readonly<Partial<Record<AttentionKind, Readonly<Record<string, unknown>>>>>;
  /**
   * What a task has to be so that this is a next step for it: the screen offers it on its page. What names the task's
   * own state stands before what names only what it means for its person.
   */
  fits?: readonly (Concern | ListedTask['shown'])[];
  /** `reads`: it changes nothing. `honours`: it obeys `--dry-run`. Every other command refuses that flag. */
  dryRun?: 'reads' | 'honours';
  /** It acts on the work of tasks: where no process drove when their runs ended, that is taken in first. */
  takesIn?: true;
  /** An agent at work may use it, although it writes: git starts it for a merge. Others are left to the person. */
  inRun?: true;
  /** Its calls are not logged: where it runs, no folder of ours is kept. A fault of ours still is. */
  leavesNothing?: true;
  run(args: A, context: CommandContext): Promise<D>;
  /** The result in one line: a toast on the screen, and what is printed where there is no `print`. */
  said?(data: D): string;
  /** The result as lines; without `print` and `said`, the data is shown as it is. */
  print?(data: D): Printed[];
  /** What a person may do next who has read the result on the screen to its end: the words, and the arguments for it. */
  offers?(data: D): { label: string; args: A } | undefined;
  /** The exit code for this result; without it, 0. */
  exit?(data: D): ExitCode;
}

/** A row as the registry keeps it, without the types of its arguments and data. */
export type AnyCommand = Command<Record<string, unknown>, unknown>;

/** How an invocation ended. */
export type Outcome = { ok: true; data: unknown; exit: ExitCode } | { ok: false; error: AppError };
