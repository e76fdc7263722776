/** The configuration: its shape, its defaults, and which layer may set what. */
import type { Prices } from '../agents/cost.js';
import { type RunnerName, runnerNames } from '../agents/run.js';
import { defaultBranchTemplate } from './branch-name.js';
import type { MovedOrigin } from './origin.js';
import { defaultPolicies, type PolicyConfig } from './policies.js';

export interface CheckConfig {
  name: string;
  kind: string;
  /** argv; never a shell line. */
  run: string[];
  timeout: string;
  /** Globs: run only when one of them is touched. Empty: always. */
  when: string[];
  /** Names of checks that must have held before it is run; without it, the builds that are configured before it. */
  needs?: string[];
  /** Names of variables that it sees besides those of every check, and `NAME=value` for values of its own. */
  env?: string[];
  /** Reports that it writes, such as "junit:reports/*.xml", or "tap" where its output is one. */
  report?: string | string[];
  /** How often it is run again when it fails; one that then passes is told as flaky. */
  retries?: number;
  /** Globs of tracked files that it has to write, and that are as they were when it has ended. */
  rewrites?: string[];
}

export interface RunnerConfig {
  /** Program to run; default: the runner's own name on PATH. For `command`, unused. */
  path: string;
  /** Extra arguments; for `command` the whole argv, with {prompt_file}, {slug}, {worktree}. */
  args: string[];
  model: string;
  env_allow: string[];
  /** codex only. How it is talked to; `auto`: both ways where a person watches, else one way. */
  transport?: 'auto' | 'exec' | 'app-server';
  /** Those that have no sandbox of their own: whether they get ours; empty: as `sandbox.mode` says. */
  sandbox?: '' | SandboxMode;
  /** acp only. How to log in, by the agent's own name for it; empty: it is logged in. */
  auth?: string;
}

/** `auto`: where it can be made; `on`: no run without; `off`: none. */
export type SandboxMode = 'auto' | 'on' | 'off';

export interface Config {
  schema: 1;
  /** Branch that work lands on; empty: the branch of the main worktree. */
  target: string;
  worktree: {
    root: string;
    /** Name of a task's branch. */
    branch: string;
    /** Revision that branches start from, such as "origin/main"; empty: the target. */
    base: string;
    /** Fetch the target's remote before agents are launched. */
    fetch: boolean;
    include: string[];
    exclude: string[];
    env_files: string[];
    setup: string[][];
    teardown: string[][];
    setup_timeout: string;
    /** Ready-made worktrees kept for the next tasks. */
    spare: number;
    /** Clone the whole main worktree where it is a btrfs subvolume. */
    snapshot: boolean;
    /** Larger ignored entries, dependencies apart, stay behind where copies share no blocks. */
    max_copy: string;
    /** When the lock file differs from the main worktree's. */
    lock_file: 'warn' | 'install' | 'ignore';
    /** No worktree is filled when less is free. */
    min_free: string;
    /** No worktree is filled when all together take more; empty: no limit. */
    max_disk: string;
    /** Bring submodules along, from what the main worktree has of them; nothing is fetched. */
    submodules: boolean;
    /**
     * How long removed worktrees stay in the trash, and how much they may take before the oldest go; empty: no
     * limit.
     */
    trash_for: string;
    trash_size: string;
    /** Programs for a person, with `{path}`; empty: $SHELL, $VISUAL or $EDITOR, the system's file manager. */
    open: Record<'shell' | 'editor' | 'files', string[]>;
  };
  run: {
    max_parallel: number;
    total_timeout: string;
    idle_timeout: string;
    connect_timeout: string;
    kill_grace: string;
    max_output: string;
    /** Folders of older runs, and the oldest of all when they take more, are removed by `session gc`; empty: no limit. */
    keep_for: string;
    keep_size: string;
    /**
     * Further attempts after a failure that may pass by itself: rate limit, server, network, a supervisor that was
     * killed; one when an agent falls silent.
     */
    retries: number;
    /** Let agents in a sandbox commit by themselves; they can then move every ref of the repository. */
    agent_commits: boolean;
    /** Let agents whose sandbox is `full` run: nothing keeps them from anything that you may do. */
    full_access: boolean;
    /** Whether agents may ask for permission: never, where a person watches the screen, or always. */
    approvals: 'never' | 'ask' | 'always';
    /** A question that nothing has answered for this long is denied. */
    approval_timeout: string;
  };
  /** `fallback`: runners that take tasks while the account of their own is at its limit, in this order. */
  runner: { default: string; fallback: string[] } & Record<RunnerName, RunnerConfig>;
  /** Our own sandbox around runners that have none. */
  sandbox: {
    mode: SandboxMode;
    /** Without it an agent reaches no server, not even its model's. */
    network: boolean;
    /** Further files and folders, below the home or absolute: to read although they are hidden, to write, not to see. */
    read: string[];
    write: string[];
    hide: string[];
  };
  env_allow: string[];
  model: {
    base_url: string;
    api_key_env: string;
    model: string;
    api: 'auto' | 'responses' | 'chat';
    /** Tokens that it takes; 0: as its server tells. */
    context: number;
    connect_timeout: string;
    idle_timeout: string;
    total_timeout: string;
  };
  validator: {
    checks: CheckConfig[];
    /** How many checks run at once; 0: as many as there are processors, at most four. */
    max_parallel: number;
    auto_fix: boolean;
    max_fix_attempts: number;
    policies: Record<string, PolicyConfig>;
  };
  resolver: {
    strategies: string[];
    max_attempts: number;
    max_conflicts: number;
    max_file_bytes: string;
    /** How a test that a model writes for a side of a merge is run: an argv with {path}; empty: none is written. */
    side_test: { run: string[]; path: string; timeout: string };
  };
  manager: {
    land: boolean;
    /** What runs of this repository may use in `budget_period`; 0: no limit. */
    budget_tokens: number;
    budget_cost: number;
    /** Runs that started longer ago do not count; empty: all count. */
    budget_period: string;
  };
  git: {
    /** Filters of repositories that may run, each with its very commands. */
    filters: Record<string, { clean?: string; smudge?: string; process?: string; required?: boolean }>;
    /** Hooks that may run for commits of ours: SHA-256 of their bytes. */
    hooks: string[];
    /** Lines below the message of commits of ours. */
    trailers: string[];
  };
  prices: Prices;
  agents: { fallback_files: string[] };
  /** Programs that are told what happened: each an argv, which gets JSON on its standard input. */
  hooks: Record<HookName, string[][]>;
  ui: {
    keymap: string;
    theme: string;
    /** Whether only ASCII is drawn; auto: as the locale allows. */
    glyphs: 'auto' | 'ascii';
    mouse: boolean;
    escape_time: string;
    /** Whether what changes by itself is shown at once, or once a second and in large steps. */
    motion: 'full' | 'reduced';
    notifications: NotificationKind;
    /** The dashboard says lines and redraws nothing. */
    plain: boolean;
  };
}

/** What a person's own programs can be told of. */
export const hookNames = ['on_attention', 'on_run_end', 'on_land', 'on_limit'] as const;
export type HookName = (typeof hookNames)[number];

/**
 * How the screen calls a person: true rings the bell, false stays silent, `osc9` and `osc777` ask the terminal for a
 * notification, `desktop` the desktop; a list is a program with its arguments.
 */
export const notificationKinds = [true, false, 'bell', 'osc9', 'osc777', 'desktop'] as const;
export type NotificationKind = (typeof notificationKinds)[number] | string[];

const runnerDefaults: RunnerConfig = { path: '', args: [], model: '', env_allow: [] };

/** One table per runner. */
export const perRunner = <T>(value: (name: RunnerName) => T): Record<RunnerName, T> =>
  Object.fromEntries(runnerNames.map((name) => [name, value(name)])) as Record<RunnerName, T>;

export const defaultConfig: Config = {
  schema: 1,
  target: '',
  worktree: {
    root: '',
    branch: defaultBranchTemplate,
    base: '',
    fetch: false,
    include: [],
    exclude: [],
    env_files: [],
    setup: [],
    teardown: [],
    setup_timeout: '10m',
    spare: 1,
    snapshot: true,
    max_copy: '1 GB',
    lock_file: 'warn',
    min_free: '200 MB',
    max_disk: '',
    submodules: true,
    trash_for: '1d',
    trash_size: '10 GB',
    open: { shell: [], editor: [], files: [] },
  },
  run: {
    max_parallel: 4,
    total_timeout: '2h',
    idle_timeout: '10m',
    connect_timeout: '60s',
    kill_grace: '2s',
    max_output: '1 GB',
    keep_for: '30d',
    keep_size: '5 GB',
    retries: 2,
    agent_commits: false,
    full_access: false,
    approvals: 'never',
    approval_timeout: '30m',
  },
  runner: {
    default: 'codex',
    fallback: [],
    ...perRunner(() => ({ ...runnerDefaults })),
    codex: { ...runnerDefaults, transport: 'auto' },
    claude: { ...runnerDefaults, sandbox: '' },
    opencode: { ...runnerDefaults, sandbox: '' },
    gemini: { ...runnerDefaults, sandbox: '' },
    acp: { ...runnerDefaults, auth: '', sandbox: '' },
    // Any program of the person's own: what it writes, and where, only the person knows.
    command: { ...runnerDefaults, sandbox: 'off' },
  },
  sandbox: { mode: 'auto', network: true, read: [], write: [], hide: [] },
  env_allow: [],
  model: {
    base_url: '',
    api_key_env: 'OPENAI_API_KEY',
    model: '',
    api: 'auto',
    context: 0,
    // A local server reads a long question for a minute before it says a word.
    connect_timeout: '2m',
    idle_timeout: '60s',
    total_timeout: '5m',
  },
  validator: {
    checks: [],
    max_parallel: 0,
    auto_fix: false,
    max_fix_attempts: 2,
    policies: defaultPolicies(),
  },
  resolver: {
    strategies: ['rerere', 'whitespace', 'structural', 'ai'],
    max_attempts: 3,
    max_conflicts: 50,
    max_file_bytes: '1 MB',
    side_test: { run: [], path: 'side.test', timeout: '1m' },
  },
  manager: { land: false, budget_tokens: 0, budget_cost: 0, budget_period: '24h' },
  git: { filters: {}, hooks: [], trailers: [] },
  prices: { currency: '' },
  agents: { fallback_files: ['CLAUDE.md'] },
  hooks: { on_attention: [], on_run_end: [], on_land: [], on_limit: [] },
  ui: {
    keymap: 'default',
    theme: 'auto',
    glyphs: 'auto',
    mouse: false,
    escape_time: '30ms',
    motion: 'full',
    notifications: true,
    plain: false,
  },
};

/** Where a value came from, strongest last. */
export type Origin = 'default' | 'user' | 'repository' | 'environment' | 'flag';

export interface LoadedConfig {
  config: Config;
  /** Dotted key → where its value came from (file path or name included). */
  origins: Record<string, { origin: Origin; where: string }>;
  /** What the user set where the repository set something stricter, by dotted key; absent when there is nothing. */
  overruled?: Record<string, unknown>;
  /** False when repository configuration exists but was not read because its bytes are not trusted. */
  trusted: boolean;
  /** SHA-256 over the repository's untrusted inputs, to show and to trust. */
  trustHash?: string;
  /** Files that are not what the person trusted; absent when nothing was trusted before. */
  trustChanges?: string[];
  /** Documents for coding CLIs that changed since the person trusted the repository, which ends no trust. */
  trustTold?: string[];
  /** Where the repository comes from, where that is not what it was when it was trusted. */
  trustOrigin?: MovedOrigin;
  /** Settings that were ignored, and why; to be shown. */
  warnings?: string[];
}

/**
 * Keys that only the user may set: they choose programs, addresses or secrets, and a repository
 * that could set them would run its own code with them. "Repository config may only tighten."
 */
export const userOnlyKeys: readonly string[] = [
  // The demo starts nothing but itself. The command runner's arguments are its program: a trusted repository's own.
  ...runnerNames
    .filter((name) => name !== 'demo')
    .flatMap((name) =>
      ['path', ...(name === 'command' ? [] : ['args']), 'env_allow'].map((key) => `runner.${name}.${key}`),
    ),
  ...['claude', 'opencode', 'gemini', 'acp', 'command'].map((name) => `runner.${name}.sandbox`),
  'sandbox.mode',
  'sandbox.network',
  'sandbox.read',
  'sandbox.write',
  'env_allow',
  'model.base_url',
  'model.api_key_env',
  'git.filters',
  'git.hooks',
  'run.agent_commits',
  'run.full_access',
  'run.approvals',
  'worktree.open.shell',
  'worktree.open.editor',
  'worktree.open.files',
];
