/** Which variables a coding CLI's own configuration names, or switches on: what it reads there must reach it. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { asRecord, parseJson } from '../../../domain/agents/transcript/records.js';
import { awsVariables, bedrockNames } from './providers.js';

type Env = NodeJS.ProcessEnv;

const homeOf = (env: Env): string => env.HOME || homedir();

/** Variables that the person's own Codex configuration reads keys and headers from. */
export function codexNames(env: Env, args: readonly string[]): string[] {
  const file = join(env.CODEX_HOME || join(homeOf(env), '.codex'), 'config.toml');
  const text = `${textOfFile(file)}\n${args.join('\n')}`;
  const named = text.matchAll(/\b(?:env_key|bearer_token_env_var)\s*=\s*["']?(\w+)/g);
  const headers = [...text.matchAll(/\benv_http_headers\s*=\s*\{([^}]*)\}/g)].flatMap(([, table = '']) =>
    [...table.matchAll(/=\s*["'](\w+)["']/g)].map(([, name]) => name!),
  );
  const bedrock = /amazon-bedrock/.test(text) ? awsVariables : [];
  return [...[...named].map(([, name]) => name!), ...headers, ...bedrock];
}

/** The `env` table of Claude Code's settings, where a provider may be switched on; variables of the terminal win. */
export function claudeSettings(env: Env): Env {
  const folder = env.CLAUDE_CONFIG_DIR || join(homeOf(env), '.claude');
  const settings = asRecord(parseJson(textOfFile(join(folder, 'settings.json'))));
  const named = Object.entries(asRecord(settings?.env) ?? {});
  return { ...Object.fromEntries(named.map(([name, value]) => [name, String(value)])), ...env };
}

/** Variables that opencode's configuration takes by `{env:NAME}`, and those of a provider that it names. */
export function opencodeNames(model: string, env: Env): string[] {
  const folder = join(env.XDG_CONFIG_HOME || join(homeOf(env), '.config'), 'opencode');
  const files = [
    env.OPENCODE_CONFIG,
    ...['opencode.json', 'opencode.jsonc'].map((name) => join(folder, name)),
  ];
  const texts = files.map((path) => (path ? textOfFile(path) : ''));
  const text = [...texts, env.OPENCODE_CONFIG_CONTENT ?? ''].join('\n');
  const named = [...text.matchAll(/\{env:(\w+)\}/g)].map(([, name]) => name!);
  return [...named, ...bedrockNames(`${model} ${/amazon-bedrock/.exec(text)?.[0] ?? ''}`, env)];
}

/** Variables that Gemini CLI's settings take by `$NAME` or `${NAME}`, for headers and servers of tools. */
export function geminiNames(env: Env): string[] {
  const folder = env.GEMINI_CLI_HOME || homeOf(env);
  const text = textOfFile(join(folder, '.gemini', 'settings.json'));
  return [...text.matchAll(/\$\{?([A-Z][A-Z0-9_]*)\}?/g)].map(([, name]) => name!);
}

/** Empty where there is none, or none that can be read: the program will complain of it itself. */
function textOfFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
