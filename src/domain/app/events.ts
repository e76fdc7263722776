/** Everything that can happen, in the past tense. The reducer, the CLI stream and the screen read these. */
import type { Activity } from '../agents/activity.js';
import type { AgentEvent } from '../agents/agent-event.js';
import type { Pause } from '../agents/pause.js';
import type { RunView } from '../agents/run.js';
import type { SpendReport } from '../agents/spend.js';
import type { TrainReport } from '../landing/landing.js';
import type { LandReport, MergeResult, PairResult, QueueReport, ResolveReport } from '../landing/merge.js';
import type { Verdict } from '../landing/validation.js';
import type { Call } from '../platform/call.js';
import type { Repo, Task, TaskStatus } from '../store/task.js';
import type { TaskChange } from '../store/undo.js';
import type { WorkEvent, WorkKind, Works } from './work.js';

/** A linked worktree of a task, as git sees it. */
export interface WorktreeView {
  task: string;
  path: string;
  branch: string;
  /** Changed and untracked files; undefined: could not be told. */
  dirty?: number;
  ahead?: number;
  behind?: number;
  /** Lines that the task has added and removed so far, uncommitted ones included; undefined: not counted. */
  added?: number;
  removed?: number;
  /** An operation of git that was begun there and not finished: "merge", "rebase". */
  unfinished?: string;
  /** How it was filled: "reflink", "copy", "checkout". */
  method?: string;
  state: 'ready' | 'hydrating' | 'setup-failed' | 'missing' | 'unknown';
}

/** What keeps every agent from being started, or lacks where they start, as it was when it was last looked for. */
export interface Obstacles {
  /** The repository has no commit. */
  noCommit?: true;
  /** Edits of the main worktree that no commit holds: agents do not get them. */
  uncommitted?: { count: number; first: readonly string[] };
}

/** One line of the command log. */
export interface LogLine {
  at: string;
  text: string;
  level: 'info' | 'error';
  /** It is a call as it was made, for who looks at the log: other lines say what was done in words. */
  call?: true;
}

/** Where looked-for words stand in a transcript. */
export interface TranscriptHit {
  run: string;
  task: string;
  /** When the run started. */
  at: string;
  /** What kind of event says it. */
  kind: AgentEvent['type'];
  /** Its number in the transcript, from 1. */
  event: number;
  /** The line that holds the words, cut around them; raw text. */
  line: string;
}

/** What one screen of a repository finds out and others beside it take over, in place of looking themselves. */
export interface SharedState {
  runs: Readonly<Record<string, RunView>>;
  activity: Readonly<Record<string, Activity>>;
  worktrees: Readonly<Record<string, WorktreeView>>;
  merges: Readonly<Record<string, MergeResult>>;
  pairs: readonly PairResult[];
  queue?: QueueReport;
  busy: Readonly<Record<string, WorkKind>>;
  works: Works;
  spend?: SpendReport;
  pauses?: readonly Pause[];
  ground?: Obstacles;
  /** Process that drives, where one does. */
  driver?: string;
}

/** What is wrong with runners that ready tasks want, in words; `all`: none of the tasks could start. */
export interface MissedRunners {
  what: string;
  all: boolean;
}

export type AppEvent =
  /** Long work of this program on tasks; how far it has come is told only where a person looks at a screen. */
  | WorkEvent
  | {
      type: 'repo.opened';
      repo: Repo;
      target: string;
      /** How many agents are at work at most. */
      atOnce?: number;
      warnings?: readonly string[];
      untrusted?: boolean;
    }
  | { type: 'registry.loaded'; rev: number; tasks: Task[] }
  | { type: 'task.moved'; task: string; from: TaskStatus; to: TaskStatus; reason?: string }
  | { type: 'worktree.hydrated'; task: string; path: string; summary: string; method?: string }
  | { type: 'worktree.removed'; task: string; rescue?: string }
  | { type: 'worktrees.inspected'; worktrees: WorktreeView[] }
  /** Another screen on this repository has found this. */
  | { type: 'state.shared'; shared: SharedState }
  /** The newest change of a task that can be taken back; absent: none is left. */
  | { type: 'undo.offered'; change?: TaskChange }
  | { type: 'ground.found'; ground: Obstacles }
  | { type: 'spend.counted'; spend: SpendReport }
  /** Accounts that are at their limits; none: all are free again. */
  | { type: 'runners.paused'; pauses: Pause[] }
  /** Runners that ready tasks want and that are not there; absent: all are there. */
  | { type: 'runners.missed'; missing?: MissedRunners }
  | { type: 'run.started'; run: RunView }
  | { type: 'run.changed'; run: RunView }
  | { type: 'run.ended'; run: RunView }
  /** A live run has written something; told only where a person looks at a screen. */
  | { type: 'run.progressed'; run: RunView }
  | { type: 'work.committed'; task: string; commit: string; files: number }
  /** An agent said or did something; `lines` is what a reader sees of it. */
  | { type: 'transcript.grew'; run: string; event: AgentEvent; lines: string[] }
  | { type: 'transcript.matched'; hit: TranscriptHit }
  | { type: 'merge.checked'; results: MergeResult[]; pairs?: PairResult[]; queue?: QueueReport }
  | { type: 'merge.resolved'; report: ResolveReport }
  | { type: 'validation.started'; task: string }
  | { type: 'validation.finished'; task: string; verdict: Verdict; summary: string }
  | { type: 'task.landed'; report: LandReport }
  | { type: 'train.started'; tasks: string[] }
  /** The checks ran on one tree; `checks`: those that failed or could not be run. */
  | { type: 'train.tested'; tasks: string[]; outcome: Verdict; checks: string[] }
  /** `open`: tasks of it that are not decided, since it was interrupted. */
  | { type: 'train.finished'; report: TrainReport; open: string[] }
  /** `changes`: slugs of the tasks that the command was given and may change, and its title. */
  | {
      type: 'command.started';
      id: string;
      label: string;
      changes?: { tasks: readonly string[]; title: string };
    }
  | { type: 'command.ended'; id: string; ok: boolean; message: string; tasks?: readonly string[] }
  /** A program, git command or model request of this process has ended. */
  | { type: 'call.ended'; call: Call }
  | { type: 'lease.changed'; held: boolean; holder?: string }
  | { type: 'noted'; level: 'info' | 'warning' | 'error'; message: string };

export type Emit = (event: AppEvent) => void;
