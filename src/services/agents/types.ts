/** The two seams: which coding CLI does the work, and where it runs. */

import type { Agent } from '../../domain/agents/agent.js';
import type { RunFacts } from '../../domain/agents/agent-event.js';
import type {
  RunIntent,
  RunLimits,
  RunnerAbilities,
  RunnerName,
  RunPhase,
  StreamName,
} from '../../domain/agents/run.js';
import type { RunnerConfig } from '../../domain/store/config.js';

/** What is to run, made by a runner from a task and an agent. */
export interface Launch {
  argv: string[];
  /** Added to the base allow-list of the environment. */
  env: Record<string, string>;
  /** Bytes given on standard input. */
  stdin: string;
  /** Format of what it will write. */
  stream: StreamName;
  /** It hears no signal but the last one: waiting for it would only cost time. */
  deaf?: boolean;
}

export interface LaunchSpec {
  agent: Agent;
  /** The whole prompt: task, acceptance, findings. */
  prompt: string;
  cwd: string;
  slug: string;
  /** Directory of the run, for files the runner needs (absolute; exists). */
  runDir: string;
  settings: RunnerConfig;
  /** Folders besides `cwd` that a sandbox has to let the agent write to: with `run.agent_commits`, git's own. */
  writableRoots?: readonly string[];
  /** A person watches, and can answer. */
  attended: boolean;
  /** Whether the agent may ask for permission, and how long such a question waits. */
  approvals: 'never' | 'ask';
  approvalTimeoutMs: number;
  /** How commands begin that it need not ask about. */
  mayRun?: readonly string[];
  limits: RunLimits;
  /** Session to continue. */
  resume?: string;
  /** Puts the agent's command line into a box; for runners that have no sandbox of their own, where there is to be one. */
  box?: (argv: readonly string[]) => string[];
}

export interface RunnerProbe {
  name: RunnerName;
  /** Absolute path of the program, when found. */
  path?: string;
  version?: string;
  can: RunnerAbilities;
  /** Why it cannot be used and how to mend that. */
  problem?: string;
}

export interface ProbeOptions {
  /** Where versions are remembered; without it they are asked for. */
  cacheDir?: string;
  /** Ask, whatever is remembered. */
  fresh?: boolean;
  /** How long a program may take to answer. */
  limitMs?: number;
}

/** Absolute paths of a program's own files, as far as they are there. */
export interface RunnerPlaces {
  /** Folders of its login, conversations and caches; made where they are missing, as it would itself. */
  write: string[];
  /** Of these, what makes it run other programs: settings, hooks, plugins, commands. */
  read: string[];
  /** Folders in which what is there is to read, and what it makes goes with the run. */
  apart: string[];
  /** Files that it writes anew at each start, with such settings in them: a run gets a copy of its own. */
  copy: string[];
}

/** How to drive one coding CLI. */
export interface Runner {
  name: RunnerName;
  probe(settings: RunnerConfig, env: NodeJS.ProcessEnv, options?: ProbeOptions): Promise<RunnerProbe>;
  /** Throws `runner-not-found` when its program is missing. */
  prepare(spec: LaunchSpec, env: NodeJS.ProcessEnv): Promise<Launch>;
  /** Its own interactive program in a session, for a person; absent where there is none. Throws `runner-not-found`. */
  attach?(sessionId: string, settings: RunnerConfig, env: NodeJS.ProcessEnv, cwd: string): string[];
  /** Names of environment variables it needs passed through, as patterns: CODEX_HOME, ANTHROPIC_*. */
  envAllow: readonly string[];
  /** What the providers that it is told to use need besides: what is in this environment and its own files decides. */
  providerNames?(settings: RunnerConfig, env: NodeJS.ProcessEnv): readonly string[];
  /** Of these, the ones that tell one account from another: a limit is one account's. */
  account: readonly string[];
  /**
   * `own`: its sandbox keeps agents out of git's own files, unless full access or commits of their own are allowed.
   * `box`: it has none, and gets one of ours. `none`: it needs none.
   */
  confinement: 'own' | 'box' | 'none';
  /** What leads past its own sandbox, as words behind its name; undefined where no way is known. */
  opened?(settings: RunnerConfig, env: NodeJS.ProcessEnv, at: SandboxedAt): string | undefined;
  /** What it keeps in the home, for a box around it; without it nothing. */
  places?(settings: RunnerConfig, env: NodeJS.ProcessEnv): RunnerPlaces;
}

/** Where an agent works that its program's own sandbox holds in. */
export interface SandboxedAt {
  cwd: string;
  mayWrite: boolean;
  /** Folders that it has no business in: the repository, and files of ours. */
  kept: readonly string[];
}

/** Where a run stands, as its executor sees it. */
export interface RunState {
  phase: RunPhase;
  /** Exit code of the agent, 128 + n for signal n, when one was recorded. */
  exitCode?: number;
}

/** What an agent writes to: its standard output is the transcript. */
export type OutputName = 'transcript' | 'stderr';

/** Some of what an agent wrote. */
export interface OutputPart {
  bytes: Uint8Array;
  /** How much there is. It shrinks when output over the limit was dropped. */
  size: number;
}

/**
 * Where runs execute: `local` is the embedded default. Runs are started, looked at, read, adopted and stopped through
 * this and nothing else. Any process may use any executor of the same runs: what is true of a run is kept by the run,
 * not by the object. Every method but `launch`, `known` and `watch` throws `run-not-found` for a run without an intent.
 */
export interface Executor {
  readonly kind: string;
  /**
   * Starts a run whose intent is durable, with what is allowed of this environment. At most one start per run id,
   * however often and by however many processes this is called: true for the call that started it. Throws
   * `run-not-found`, `launch-failed`.
   */
  launch(intent: RunIntent, stdin: string, env: NodeJS.ProcessEnv): Promise<boolean>;
  /** Ids of all its runs: live, over, and not launched yet. */
  known(): Promise<string[]>;
  /** Doubt is the phase `unknown`, never an end. */
  phase(runId: string): Promise<RunState>;
  /**
   * Takes a live run over, also one that another process started: holds it to its limits and notes what it uses,
   * until stopped. Two that hold the same run do no harm.
   */
  adopt(runId: string): { stop(): void };
  /**
   * Ends every process of the run and resolves when none is left. A run that was not launched yet never will be; one
   * that is over stays as it is. The first reason stands; without one, the run is judged as if all had ended by itself.
   * Throws `run-elsewhere`, `run-not-stopped`.
   */
  stop(runId: string, why?: RunFacts['requested']): Promise<void>;
  /**
   * Calls off a run before its intent is there: a launch that comes later starts nothing. False when it
   * had been launched already.
   */
  forestall(runId: string, why: NonNullable<RunFacts['requested']>): Promise<boolean>;
  /**
   * At most `length` bytes of its output from byte `offset` on, as the agent wrote them; a negative offset counts from
   * the end. Nothing before the agent has written, and nothing past the end.
   */
  read(runId: string, output: OutputName, offset: number, length: number): Promise<OutputPart>;
  /**
   * Calls back when a run's state may have changed, or with `output` also when it may have written more; returns the way
   * to stop that. News may get lost and may come of nothing: the caller looks.
   */
  watch(runId: string, what: 'state' | 'output', onChange: () => void): () => void;
}
