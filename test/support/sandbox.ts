/** A temporary home with a repository in it; the real home and its git configuration are never read. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { AppEvent } from '../../src/domain/app/events.js';
import { type Config, defaultConfig } from '../../src/domain/store/config.js';
import type { Repo, Task } from '../../src/domain/store/task.js';
import { pathsFrom } from '../../src/services/platform/files/paths.js';
import { openGit } from '../../src/services/platform/git/git.js';
import { openRegistry } from '../../src/services/store/registry/index.js';
import { trustRepository, trustState } from '../../src/services/store/trust/index.js';
import type { RepoSession } from '../../src/services/store/types.js';
import { removeFolder } from './folder.js';
import { makeTask } from './task.js';

/** A configuration with only some tables and keys given. */
export type ConfigOverrides = {
  [K in keyof Config]?: Config[K] extends object ? Partial<Config[K]> : Config[K];
};

/** A session of a test, with what it emitted. */
export type SandboxSession = RepoSession & { events: AppEvent[] };

export interface Sandbox {
  /** Real path of the temporary folder everything is in. */
  root: string;
  /** PATH and a home of its own; give this, and only this, to whatever is tested. */
  env: NodeJS.ProcessEnv;
  /** Runs git in a folder, unhardened, as a person would. Returns its output without the last newline. */
  git(cwd: string, ...args: string[]): string;
  /** Makes a repository on branch main with these files in its first commit. Returns its path. */
  repo(files?: Record<string, string>, name?: string): string;
  /** Writes files below a folder, making folders as needed. */
  write(folder: string, files: Record<string, string>): void;
  /** Writes files and commits everything; returns the commit id. */
  commit(cwd: string, files: Record<string, string>, message?: string): string;
  /** Opens a repository as the program would, with target main; the repository is added to the registry. */
  session(repo: string, config?: ConfigOverrides, more?: Partial<RepoSession>): Promise<SandboxSession>;
  /** Adds a task to the registry of a session. */
  task(session: RepoSession, slug: string, more?: Partial<Task>): Promise<Task>;
  cleanup(): void;
}

/** Makes a sandbox, in a folder of the system's temporary one or of `parent`. Call `cleanup` in afterEach or afterAll. */
export function makeSandbox(parent = tmpdir()): Sandbox {
  const root = realpathSync(mkdtempSync(join(parent, 'codex-agents-')));
  const home = join(root, 'home');
  mkdirSync(home, { mode: 0o700 });
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: home,
    TMPDIR: tmpdir(),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CACHE_HOME: join(home, 'cache'),
    GIT_CONFIG_GLOBAL: join(home, 'gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    LC_ALL: 'C',
  };
  writeFileSync(
    join(home, 'gitconfig'),
    '[user]\n\tname = Test\n\temail = test@example.com\n[init]\n\tdefaultBranch = main\n',
  );
  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).replace(
      /\n$/,
      '',
    );
  const write = (folder: string, files: Record<string, string>) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  };
  const commit = (cwd: string, files: Record<string, string>, message = 'Change') => {
    write(cwd, files);
    git(cwd, 'add', '-A');
    git(cwd, 'commit', '-q', '--allow-empty', '-m', message);
    return git(cwd, 'rev-parse', 'HEAD');
  };
  return {
    root,
    env,
    git,
    write,
    commit,
    repo: (files = { 'README.md': 'hello\n' }, name = 'repo') => {
      const path = join(root, name);
      mkdirSync(path, { recursive: true });
      git(path, 'init', '-q', '-b', 'main');
      commit(path, files, 'First');
      return path;
    },
    session: (repo, config = {}, more = {}) => openSandboxSession(repo, env, config, more),
    task: addTask,
    cleanup: () => removeFolder(root),
  };
}

async function openSandboxSession(
  path: string,
  env: NodeJS.ProcessEnv,
  overrides: ConfigOverrides,
  more: Partial<RepoSession>,
): Promise<SandboxSession> {
  const paths = pathsFrom(env);
  const registry = openRegistry(paths);
  const repo: Repo = { id: 'r1', path, name: 'repo', createdAt: '2026-01-01T00:00:00.000Z' };
  await registry.update('repo.added', (file) => ({
    file: file.repos.some((known) => known.id === repo.id) ? file : { ...file, repos: [...file.repos, repo] },
    result: undefined,
  }));
  const tables = Object.entries(overrides).map(([key, value]) => [
    key,
    typeof value === 'object' ? { ...(defaultConfig[key as keyof Config] as object), ...value } : value,
  ]);
  // What agents of tests tell, they write beside their worktree: those that are to be in a box say so.
  const unboxed: Partial<Config> = { sandbox: { ...defaultConfig.sandbox, mode: 'off' } };
  const config: Config = { ...defaultConfig, ...unboxed, ...Object.fromEntries(tables) };
  await trustRepository(paths, path, (await trustState(paths, path)).hash);
  const events: AppEvent[] = [];
  return {
    repo,
    root: path,
    target: 'main',
    config,
    loaded: { config, origins: {}, trusted: true },
    paths,
    registry,
    git: await openGit({ root: path, commonDir: join(path, '.git'), env }),
    env,
    emit: (event) => void events.push(event),
    signal: new AbortController().signal,
    events,
    ...more,
  };
}

async function addTask(session: RepoSession, slug: string, more: Partial<Task> = {}): Promise<Task> {
  const task = makeTask(slug, { id: `t-${slug}`, repo: session.repo.id, ...more });
  return session.registry.update('task.added', (file) => ({
    file: { ...file, tasks: [...file.tasks, task] },
    result: task,
  }));
}
