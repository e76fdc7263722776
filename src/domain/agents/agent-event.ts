/** What a run said and did, normalised line by line; every runner's parser yields these. */
import type { Approval } from './approval.js';
import type { Usage } from './cost.js';
import type { AgentError, RunStatus, StopReason } from './run.js';

/** One step of an agent's plan. */
export interface PlanStep {
  text: string;
  state: 'done' | 'doing' | 'open';
}

/** What an edit did to one file. */
export interface FileEdit {
  path: string;
  change: 'added' | 'modified' | 'deleted';
  /** As unified hunks; where a runner tells no positions, without them. */
  diff?: string;
}

export type AgentEvent =
  | { type: 'session'; sessionId: string; model?: string }
  | { type: 'turn' }
  /** `final: false` is a piece of a message as it comes; the whole message follows with `final: true`. */
  | { type: 'text'; text: string; final: boolean; itemId?: string }
  | { type: 'thought'; text: string; final?: false; itemId?: string }
  /** What a person told the agent. */
  | { type: 'message'; text: string }
  | {
      type: 'tool';
      itemId: string;
      kind: 'command' | 'edit' | 'search' | 'mcp' | 'other';
      /** `output`: the next piece of what a running command prints. `stopped`: its turn ended before it did. */
      state: 'started' | 'output' | 'ok' | 'failed' | 'denied' | 'stopped';
      name: string;
      command?: string;
      output?: string;
      exitCode?: number;
      paths?: string[];
      /** What an edit changes, file by file, where the runner tells it. */
      files?: FileEdit[];
      /** How long it took, where the stream tells it. */
      durationMs?: number;
    }
  /** What the agent means to do, whole, each time that it changes. */
  | { type: 'plan'; steps: PlanStep[] }
  /** Everything the turn has changed so far. */
  | { type: 'diff'; unified: string }
  /** The agent waits for an answer. */
  | { type: 'approval'; approval: Approval }
  | { type: 'answered'; approval: string; option: string }
  | { type: 'usage'; usage: Usage }
  | { type: 'retry'; attempt?: number; max?: number; reason: string }
  /** The account's limit is reached; it ends at `resetsAt`, in milliseconds since 1970. */
  | { type: 'limit'; resetsAt: number }
  | { type: 'warning'; message: string }
  | { type: 'error'; error: AgentError; final: boolean }
  /** `interrupted`: it was told to stop, by us or by others. */
  | { type: 'end'; ok: boolean; interrupted?: true; text?: string; structured?: unknown }
  | { type: 'line'; text: string }
  /** A record this version does not know; `text` is its beginning, for showing. */
  | { type: 'unknown'; name: string; text?: string };

/** A parser of one runner's stream. Feed bytes in any chunking; it never throws. */
export interface TranscriptParser {
  /** Events completed by these bytes. */
  push(chunk: Uint8Array): AgentEvent[];
  /** Events of a last line that had no newline. */
  end(): AgentEvent[];
}

/** What is known besides the stream when a run is judged. */
export interface RunFacts {
  /** Exit code of the agent, 128 + n for signal n; undefined when none was recorded. */
  exitCode?: number;
  /** Why we ended it, when we did. */
  requested?: StopReason;
  stderr?: string;
  /** The end of what a program without a protocol said. */
  said?: string;
  /** An answer in JSON was asked for; a completed run without one has failed. */
  wantsJson?: boolean;
}

/** `data` of `session show`, for any recorded stream. */
export interface SessionReport {
  runner: string;
  run?: string;
  /** `running`: it is not over, and this is how far it has come. */
  status: RunStatus | 'running';
  error?: AgentError;
  /** When the limit ends that it ran into, where that was told besides the error's text. */
  resetsAt?: number;
  sessionId?: string;
  /** As the agent itself names it. */
  model?: string;
  finalText?: string;
  /** The answer in JSON, when one was asked for and given. */
  structured?: unknown;
  usage?: Usage;
  retries: number;
  denied: number;
  toolsFailed: number;
  edits: string[];
  events: AgentEvent[];
  /** Records of a kind this version does not know: kept and counted. */
  unknown: number;
  /** Version of the agent's program, where there are such records. */
  version?: string;
}
