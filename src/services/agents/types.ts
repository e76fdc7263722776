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
  /** Somebody watches, and can answer. */
  attended: boolean;
  /** Whether the agent may ask for permission, and how long such a question waits. */
  approvals: 'never' | 'ask';
  approvalTimeoutMs: number;
  limits: RunLimits;
  /** Session to continue. */
  resume?: string;
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

/** How to drive one coding CLI. */
export interface Runner {
  name: RunnerName;
  probe(settings: RunnerConfig, env: NodeJS.ProcessEnv, options?: ProbeOptions): Promise<RunnerProbe>;
  /** Throws `runner-not-found` when its program is missing. */
  prepare(spec: LaunchSpec, env: NodeJS.ProcessEnv): Promise<Launch>;
  /** Its own interactive program in a session, for a person; absent where there is none. Throws `runner-not-found`. */
  attach?(sessionId: string, settings: RunnerConfig, env: NodeJS.ProcessEnv, cwd: string): string[];
  /** Names of environment variables it needs passed through, e.g. CODEX_HOME. */
  envAllow: readonly string[];
  /** Its sandbox keeps agents out of git's own files, unless full access or commits of their own are allowed. */
  confines?: boolean;
}

/** Where runs execute. `local` is the embedded default. */
export interface Executor {
  /**
   * Starts a run whose intent is durable. At most one start per run id, however often and by however
   * many processes this is called.
   */
  launch(intent: RunIntent, stdin: string): Promise<void>;
  phase(runId: string): Promise<RunPhase>;
  /** Ends every process of the run: interrupt, TERM, KILL of group and descendants. Resolves when none is left. */
  stop(runId: string, why: NonNullable<RunFacts['requested']>): Promise<void>;
}
