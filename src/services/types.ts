/** What services share: the opened repository, the git door, and the two seams. */

import type { Agent } from '../domain/agent.js';
import type { RunFacts } from '../domain/agent-event.js';
import type { Config, LoadedConfig, RunnerConfig } from '../domain/config.js';
import type { Emit } from '../domain/events.js';
import type {
  RunIntent,
  RunLimits,
  RunnerAbilities,
  RunnerName,
  RunPhase,
  StreamName,
} from '../domain/run.js';
import type { RegistryFile, Repo } from '../domain/task.js';

/** Where this program keeps its own files; all absolute, folders 0700, files 0600. */
export interface Paths {
  configDir: string;
  dataDir: string;
  stateDir: string;
  cacheDir: string;
  /** dataDir/tasks.json */
  registryFile: string;
  /** stateDir/runs */
  runsDir: string;
}

/** The registry, shared by every process of this user. */
export interface Registry {
  /** The current content; no lock, since replacing the file is atomic. Empty registry when there is no file. */
  read(): Promise<RegistryFile>;
  /**
   * Read, change, write under the lock. `change` gets a fresh copy and returns the file to write
   * (the same object when nothing is to change) and a result.
   * Resolves only after the new file is durable. `label` names the event in the journal.
   */
  update<T>(label: string, change: (file: RegistryFile) => { file: RegistryFile; result: T }): Promise<T>;
  /** Calls back, coalesced, after the file changed, whoever wrote it. Returns the way to stop. */
  watch(onChange: () => void): () => void;
}

export interface GitResult {
  code: number;
  stdout: string;
  stderr: string;
}

export interface GitOptions {
  /** Linked worktree to work in; its git directory is pinned, never discovered. Default: the main worktree. */
  worktree?: string;
  /** Folder to run in; default the worktree. The git directory stays pinned. */
  cwd?: string;
  input?: string | Uint8Array;
  /** Exit codes that are answers, not errors. Default [0]. */
  ok?: readonly number[];
  /** Extra variables, such as GIT_INDEX_FILE. */
  env?: Record<string, string>;
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** One value of git's configuration. */
export interface ConfigEntry {
  scope: 'system' | 'global' | 'local' | 'worktree' | 'command' | 'unknown';
  /** File it stands in, absolute; undefined for the command line. */
  file?: string;
  /** Section and name in lower case, the middle part as written. */
  key: string;
  value: string;
}

/**
 * The only door to git, hardened: hooks, fsmonitor, filters and drivers planted in a repository do not run,
 * environment by allow-list, no prompts, no optional locks.
 */
export interface Git {
  /** Common git directory, absolute. */
  commonDir: string;
  /** Git directory of the main worktree, or of a linked one; no process is started. Throws `worktree-missing`. */
  gitDir(worktree?: string): Promise<string>;
  /** What `git --version` says. */
  version(): Promise<string>;
  /** What `run` gives git to see, for a process that goes on by itself. */
  environment(worktree?: string): Promise<Record<string, string>>;
  /** The configuration in force, weakest first; read again only when one of its files has changed. */
  settings(): Promise<readonly ConfigEntry[]>;
  /** Runs `git <args>`; rejects with code `git-failed` when the exit code is not one of `ok`. */
  run(args: readonly string[], options?: GitOptions): Promise<GitResult>;
  /** Commit id of a revision, or undefined when there is no such commit. */
  commitOf(revision: string): Promise<string | undefined>;
  /** Tree id of a commit. Throws `git-failed`. */
  treeOf(commit: string): Promise<string>;
  /**
   * Moves a ref by compare-and-swap. `old` '' means "must not exist yet"; `next` '' deletes.
   * Throws `ref-moved` when the ref is not at `old`.
   */
  moveRef(ref: string, next: string, old: string, why: string): Promise<void>;
}

/** One opened repository and everything a service needs to work on it. Take a Pick of it where less is enough. */
export interface RepoSession {
  repo: Repo;
  /** Real path of the main worktree. */
  root: string;
  /** Branch that work lands on. */
  target: string;
  config: Config;
  loaded: LoadedConfig;
  paths: Paths;
  registry: Registry;
  git: Git;
  env: NodeJS.ProcessEnv;
  emit: Emit;
  /** Aborted when the person interrupts; services stop at the next safe point. */
  signal: AbortSignal;
  /** A person looks at the screen of this process: what is started from here can ask. */
  attended?: boolean;
}

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

/** A person at a terminal, when there is one: prompts of the CLI, forms of the screen. */
export interface Ask {
  text(question: string, options?: { initial?: string; multiline?: boolean }): Promise<string | undefined>;
  confirm(question: string, fallback?: boolean): Promise<boolean>;
  choose<T extends string>(question: string, choices: readonly T[]): Promise<T | undefined>;
}
