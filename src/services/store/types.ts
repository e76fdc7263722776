/** The registry and the opened repository, as other rooms see them. */
import type { Emit } from '../../domain/app/events.js';
import type { WorkStage } from '../../domain/app/work.js';
import type { Config, LoadedConfig } from '../../domain/store/config.js';
import type { RegistryFile, Repo } from '../../domain/store/task.js';
import type { Git, Paths } from '../platform/index.js';

/** The registry, shared by every process of this user. */
export interface Registry {
  /** The current content; no lock, since replacing the file is atomic. Empty registry when there is no file. */
  read(): Promise<RegistryFile>;
  /**
   * Read, change, write under the lock. `change` gets a fresh copy and returns the file to write
   * (the same object when nothing is to change) and a result.
   * Resolves only after the new file is durable. `label` names the event in the journal.
   * With `unlessSuspended` it throws `lock-held` at once where a halted process has the lock.
   */
  update<T>(
    label: string,
    change: (file: RegistryFile) => { file: RegistryFile; result: T },
    options?: { unlessSuspended?: true },
  ): Promise<T>;
  /** Calls back, coalesced, after the file changed, by this process or another. Returns the way to stop. */
  watch(onChange: () => void): () => void;
}

/** Takes in how far work has come, and what its programs print. */
export interface Progress {
  stage(stage: WorkStage): void;
  hear(chunk: Uint8Array | string): void;
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
  /** Whether that person wants no calls now. */
  quiet?(): boolean;
  /** Where a person looks: how far what is done with this session has come. */
  progress?: Progress;
}
