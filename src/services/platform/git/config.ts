/** Reads git's configuration with the scope of every value: ours to judge is only what a repository holds. */
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runReader } from '../processes/reads.js';
import type { ConfigEntry } from '../types.js';
import { unclear } from './answers.js';
import type { Place } from './place.js';

/** Given on the command line, so git tells it last of all: the list is whole when it ends with it. */
const lastKey = 'codex-agents.end';

/** All values in force at a place, weakest first. Throws when git cannot tell: nothing may run then. */
export async function readGitConfig(place: Place, env: NodeJS.ProcessEnv): Promise<ConfigEntry[]> {
  // `--includes` and a pinned worktree: without them a value behind include.path or in config.worktree stays hidden.
  const args = [
    '-c',
    `${lastKey}=yes`,
    'config',
    '--list',
    '--show-scope',
    '--show-origin',
    '--includes',
    '-z',
  ];
  const result = await runReader(['git', ...args], { cwd: place.workTree, env, timeoutMs: 30_000 });
  if (result.code !== 0) throw new Error(result.stderr.trim() || `git config ended with ${result.code}`);
  const fields = result.stdout.split('\0');
  const entries: ConfigEntry[] = [];
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [scope, origin, pair] = [fields[at]!, fields[at + 1]!, fields[at + 2]!];
    const line = pair.indexOf('\n');
    entries.push({
      scope: scope as ConfigEntry['scope'],
      ...(origin.startsWith('file:') ? { file: resolve(place.workTree, origin.slice(5)) } : {}),
      key: line < 0 ? pair : pair.slice(0, line),
      value: line < 0 ? 'true' : pair.slice(line + 1),
    });
  }
  if (entries.pop()?.key !== lastKey) throw unclear('config --list', 'it ends early');
  return entries;
}

/**
 * What the files behind a configuration look like now; equal stamps mean equal content. Looked at at once, since
 * every git call asks and waiting for these few costs more than looking.
 */
export function configStamp(place: Place, files: readonly string[]): string {
  const own = [join(place.commonDir, 'config'), join(place.gitDir, 'config.worktree')];
  return [...new Set([...own, ...files])].map(stampOf).join('\n');
}

function stampOf(file: string): string {
  try {
    const found = statSync(file, { bigint: true, throwIfNoEntry: false });
    return found ? `${file}:${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}` : `${file}:-`;
  } catch {
    return `${file}:-`;
  }
}
