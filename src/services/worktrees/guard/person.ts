/**
 * Files of the person: git's configuration for all repositories, by which it runs programs, and others that start programs
 * or open a login. The person writes there too: of git's, single keys have to be looked at, the rest is mostly only told.
 */
import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import type { ConfigValues } from '../../../domain/worktrees/guard.js';
import type { RepoSession } from '../../store/index.js';
import { configValues } from './config.js';
import { filesIn, readAll, readSaved, type SavedFiles } from './files.js';

export interface PersonFiles {
  /** Git's configuration, and what it includes. */
  git: SavedFiles;
  /** Hooks for all repositories, and attributes. */
  beside: SavedFiles;
  /** Settings of this program; of files that start programs or open a login, and of what git was begun to do, digests. */
  others: SavedFiles;
}

/** Where shells, terminals, remote logins and coding agents read what to start; a folder stands for what is in it. */
const inHome = [
  ...[
    '.bashrc',
    '.bash_profile',
    '.bash_login',
    '.bash_logout',
    '.profile',
    '.zshrc',
    '.zshenv',
    '.zprofile',
  ],
  ...['.zlogin', '.inputrc', '.tmux.conf', '.screenrc', '.vimrc', '.npmrc', '.yarnrc.yml', '.pypirc'],
  ...['.ssh/authorized_keys', '.ssh/config', '.ssh/rc', '.ssh/environment', '.pam_environment', '.xprofile'],
  ...[
    '.gnupg/gpg.conf',
    '.gnupg/gpg-agent.conf',
    '.cargo/config.toml',
    '.gemini/settings.json',
    '.gemini/GEMINI.md',
  ],
  ...[
    '.codex/config.toml',
    '.codex/AGENTS.md',
    '.codex/hooks.json',
    '.claude/settings.json',
    '.claude/CLAUDE.md',
  ],
];
const inConfig = [
  ...['fish/config.fish', 'fish/conf.d', 'nvim/init.lua', 'pip/pip.conf', 'autostart', 'systemd/user'],
  ...['environment.d', 'opencode/opencode.json'],
];

/** What git goes on with when the person says so: a list of steps may hold commands. */
const begun = [
  'rebase-merge/git-rebase-todo',
  'rebase-apply/next',
  'sequencer/todo',
  'BISECT_LOG',
  'MERGE_HEAD',
];

const includedAtMost = 50;

export async function personFiles({
  env,
  paths,
  git,
}: Pick<RepoSession, 'env' | 'paths' | 'git'>): Promise<PersonFiles> {
  const home = env.HOME || homedir();
  const config = env.XDG_CONFIG_HOME || join(home, '.config');
  const own = await gitsOwn(home, config, env);
  const agents = await filesIn(join(paths.configDir, 'agents'));
  const ours = ['config.toml', 'keymap.toml', 'theme.toml'].map((name) => join(paths.configDir, name));
  const steps = begun.map((name) => join(git.commonDir, name));
  const others = await Promise.all([
    ...inHome.map((name) => withEntries(join(home, name))),
    ...inConfig.map((name) => withEntries(join(config, name))),
  ]);
  const told = await readAll([...others.flat(), ...steps, join(paths.stateDir, 'trust.json')]);
  const settings = await readAll([...ours, ...agents]);
  return { ...own, others: { ...digests(told), ...settings } };
}

/** Of what is only told, and may hold passwords, the note holds no content. */
function digests(files: SavedFiles): SavedFiles {
  const all = Object.entries(files).map(([path, saved]) => {
    if (saved.kind !== 'file') return [path, saved];
    const base64 = createHash('sha256').update(saved.base64).digest('base64');
    return [path, { ...saved, base64 }];
  });
  return Object.fromEntries(all);
}

async function withEntries(path: string): Promise<string[]> {
  const real = await realOf(path);
  return [real, ...(await filesIn(real))];
}

/** A link is followed, as the programs that read it do: many keep such files elsewhere. */
const realOf = (path: string): Promise<string> => realpath(path).catch(() => path);

async function gitsOwn(
  home: string,
  config: string,
  env: NodeJS.ProcessEnv,
): Promise<Pick<PersonFiles, 'git' | 'beside'>> {
  const folder = join(config, 'git');
  const git: SavedFiles = {};
  const beside = new Set([join(folder, 'attributes')]);
  const queue = configFiles(home, folder, env);
  for (let path = queue.shift(); path && Object.keys(git).length < includedAtMost; path = queue.shift()) {
    const real = await realOf(path);
    if (git[real]) continue;
    git[real] = await readSaved(real);
    const values = (await configValues(git[real], env)) ?? new Map();
    const named = (key: RegExp) => placesIn(values, key, home, real);
    queue.push(...named(/^include(if\..*)?\.path$/s));
    for (const one of named(/^core\.attributesfile$/)) beside.add(one);
    const hooks = await Promise.all(named(/^core\.hookspath$/).map(filesIn));
    for (const one of hooks.flat()) beside.add(one);
  }
  return { git, beside: await readAll([...beside]) };
}

function configFiles(home: string, folder: string, env: NodeJS.ProcessEnv): string[] {
  const system = env.GIT_CONFIG_NOSYSTEM ? [] : [env.GIT_CONFIG_SYSTEM ?? '/etc/gitconfig'];
  const { GIT_CONFIG_GLOBAL: global } = env;
  return [...system, ...(global ? [global] : [join(folder, 'config'), join(home, '.gitconfig')])];
}

/** Paths that values of these keys name in a file. */
function placesIn(values: ConfigValues, key: RegExp, home: string, file: string): string[] {
  const named = [...values].filter(([name]) => key.test(name)).flatMap(([, found]) => found);
  return named.map((value) => {
    if (value.startsWith('~/')) return join(home, value.slice(2));
    return isAbsolute(value) ? value : join(dirname(file), value);
  });
}
