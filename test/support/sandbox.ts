/** A temporary home with a repository in it; the real home and its git configuration are never read. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

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
  cleanup(): void;
}

/** Makes a sandbox. Call `cleanup` in afterEach or afterAll. */
export function makeSandbox(): Sandbox {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'codex-agents-')));
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
    cleanup: () => rmSync(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}
