/** What coding CLIs keep in the home: a box leaves a program its own, and hides the others'. */
import { homedir } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';
import type { RunnerPlaces } from '../types.js';

type Env = NodeJS.ProcessEnv;

const nothingOfItsOwn: RunnerPlaces = { write: [], read: [], apart: [], copy: [] };

/** By the name of its program; nothing of one that is not known. */
export function placesOfProgram(program: string, env: Env): RunnerPlaces {
  return byProgram.find(([names]) => names.test(basename(program)))?.[1](env) ?? nothingOfItsOwn;
}

const byProgram: readonly [RegExp, (env: Env) => RunnerPlaces][] = [
  [/^claude/, claudePlaces],
  [/^opencode/, opencodePlaces],
  [/^gemini/, geminiPlaces],
  [/^codex/, codexPlaces],
];

const homeOf = (env: Env): string => env.HOME || homedir();

function folderOf(env: Env, variable: string, otherwise: string): string {
  const value = env[variable];
  return value && isAbsolute(value) ? value : join(homeOf(env), otherwise);
}

const within = (folder: string, names: readonly string[]): string[] =>
  names.map((name) => join(folder, name));

function claudePlaces(env: Env): RunnerPlaces {
  const folder = folderOf(env, 'CLAUDE_CONFIG_DIR', '.claude');
  return {
    write: [folder],
    read: within(folder, [
      ...['settings.json', 'settings.local.json', 'CLAUDE.md', 'commands', 'agents', 'skills', 'plugins'],
      ...['hooks', 'output-styles', 'keybindings.json', 'local', 'rules', 'statusline.sh'],
    ]),
    apart: [],
    // Where it also notes which servers of tools it starts.
    copy: env.CLAUDE_CONFIG_DIR ? within(folder, ['.claude.json']) : [join(homeOf(env), '.claude.json')],
  };
}

function opencodePlaces(env: Env): RunnerPlaces {
  const config = join(folderOf(env, 'XDG_CONFIG_HOME', '.config'), 'opencode');
  const data = join(folderOf(env, 'XDG_DATA_HOME', '.local/share'), 'opencode');
  const state = join(folderOf(env, 'XDG_STATE_HOME', '.local/state'), 'opencode');
  const cache = join(folderOf(env, 'XDG_CACHE_HOME', '.cache'), 'opencode');
  return {
    write: [data, state, cache],
    read: [
      ...[join(homeOf(env), '.opencode'), join(data, 'bin')],
      ...within(cache, ['bin', 'node_modules', 'packages', 'package.json']),
    ],
    apart: [config],
    copy: [],
  };
}

function geminiPlaces(env: Env): RunnerPlaces {
  const folder = join(env.GEMINI_CLI_HOME || homeOf(env), '.gemini');
  return {
    write: [folder],
    read: within(folder, [
      ...['settings.json', 'GEMINI.md', 'extensions', 'commands', 'policies', 'skills', 'agents', 'hooks'],
      ...['trustedFolders.json', 'trusted_hooks.json', '.env', 'keybindings.json', 'system.md'],
    ]),
    apart: [],
    copy: [],
  };
}

function codexPlaces(env: Env): RunnerPlaces {
  const folder = folderOf(env, 'CODEX_HOME', '.codex');
  return {
    write: [folder],
    read: within(folder, ['config.toml', 'AGENTS.md', 'prompts', 'rules', 'skills', 'hooks.json', 'plugins']),
    apart: [],
    copy: [],
  };
}
