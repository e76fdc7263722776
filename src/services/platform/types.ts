/** The program's folders and the door to git, as other rooms see them. */

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

export interface GitResult {
  code: number;
  stdout: string;
  stderr: string;
}

export interface GitOptions {
  /** Gets both streams as they come. */
  onOutput?: (chunk: Uint8Array) => void;
  /** Linked worktree to work in; its git directory is pinned, never discovered. Default: the main worktree. */
  worktree?: string;
  /** Folder to run in; default the worktree. The git directory stays pinned. */
  cwd?: string;
  input?: string | Uint8Array;
  /** Input and standard output are strings of one character a byte: names need not be UTF-8. */
  bytes?: boolean;
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
  /** Main worktree: where calls work that name no other. */
  root: string;
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
  /** Tree ids of these commits, given by their full ids, from one process. Throws `git-failed`. */
  treesOf(commits: readonly string[]): Promise<string[]>;
  /**
   * Moves a ref to a commit by compare-and-swap. `old` '' means "must not exist yet".
   * Throws `ref-moved` when the ref is not at `old`, and `git-unclear` when `next` is no object id.
   */
  moveRef(ref: string, next: string, old: string, why: string): Promise<void>;
  /** Deletes a ref that is at `old`. Throws `ref-moved` when it is not. */
  dropRef(ref: string, old: string, why: string): Promise<void>;
}

/** A filter that only the repository's own configuration defines; an agent may have written it, so it does not run. */
export interface SkippedFilter {
  name: string;
  clean?: string;
  smudge?: string;
  process?: string;
  /** The repository says that content must not pass without it. */
  required?: boolean;
}
