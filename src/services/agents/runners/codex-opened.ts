/**
 * Ways past Codex's own sandbox: it leaves temporary folders open, and settings of the person open more, or have tools
 * that work outside of it.
 */
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import type { RunnerConfig } from '../../../domain/store/config.js';
import type { SandboxedAt } from '../types.js';

/** Tables and keys that open folders, or name programs that Codex starts outside of its sandbox. */
const openingKeys =
  /writable_roots|danger-full-access|\b(mcp_servers|hooks|plugins|permissions|default_permissions)\b/;
const openingArgs = /--(add-dir|yolo|dangerously[\w-]*|sandbox|profile|full-auto)\b|(?<= )-[sp](?= )/;
/** A rule by which a command needs no question runs it outside. */
const openingRules = /decision\s*=\s*["']allow/;

/** Says it as what follows "the sandbox of codex, "; undefined where no way is known. */
export function codexOpened(
  settings: Pick<RunnerConfig, 'args'>,
  env: NodeJS.ProcessEnv,
  { cwd, mayWrite, kept }: SandboxedAt,
): string | undefined {
  const open = mayWrite
    ? ['/tmp', env.TMPDIR].find((folder) => folder && kept.some((path) => isBelow(folder, path)))
    : undefined;
  if (open) return `which lets it write below ${open}`;
  const args = ` ${settings.args.join(' ')} `;
  const flag = openingArgs.exec(args) ?? openingKeys.exec(args);
  if (flag) return `which ${flag[0]} in runner.codex.args leads past`;
  const home = env.CODEX_HOME || join(env.HOME || homedir(), '.codex');
  for (const folder of [home, join(cwd, '.codex'), '/etc/codex']) {
    const found =
      wordIn(folder, '.toml', openingKeys) ?? wordIn(join(folder, 'rules'), '.rules', openingRules);
    if (found) return `which ${found.word} in ${found.path} leads past`;
  }
  return undefined;
}

const isBelow = (folder: string, path: string): boolean => {
  const way = relative(realOf(folder), realOf(path));
  return !way.startsWith('..') && !isAbsolute(way);
};

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** The first such word in the files of a folder, comments apart. What is not there, or cannot be read, has none. */
function wordIn(folder: string, ending: string, words: RegExp): { word: string; path: string } | undefined {
  for (const name of namesIn(folder)) {
    if (!name.endsWith(ending)) continue;
    const path = join(folder, name);
    const [word] = words.exec(textOf(path).replace(/^\s*#.*$/gm, '')) ?? [];
    if (word) return { word, path };
  }
  return undefined;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
