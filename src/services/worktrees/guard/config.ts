/** Git's configuration files, key by key: read before and after, single keys put back under git's own lock. */
import { open, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConfigValues, parseConfigList } from '../../../domain/worktrees/guard.js';
import { runProcess } from '../../platform/index.js';
import type { Saved } from './files.js';

/** Git's own lock of its configuration may be held for this long by another process. */
const lockTries = 40;

/** Values in a configuration file; nothing it includes is opened. Undefined when it is no configuration. */
export async function configValues(saved: Saved, env: NodeJS.ProcessEnv): Promise<ConfigValues | undefined> {
  if (saved.kind === 'none') return new Map();
  if (saved.kind !== 'file') return undefined;
  return valuesIn(Buffer.from(saved.base64, 'base64'), env);
}

async function valuesIn(content: Uint8Array, env: NodeJS.ProcessEnv): Promise<ConfigValues | undefined> {
  const result = await ask(['--file', '-', '--no-includes', '--list', '-z'], env, content);
  return result.code === 0 ? parseConfigList(result.stdout) : undefined;
}

/**
 * Gives a key the values it had, unless it is not at `found` any more. A file that then says what it said before
 * gets its very bytes back. Throws when the key has changed again, or another process holds git's lock.
 */
export async function restoreKey(
  path: string,
  key: string,
  { before, found }: { before: Saved; found: readonly string[] },
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const was = (await configValues(before, env)) ?? new Map<string, string[]>();
  const lock = `${path}.lock`;
  await takeLock(lock, before.kind === 'file' ? before.mode : 0o644);
  try {
    const content = await readFile(path);
    const now = await valuesIn(content, env);
    if (JSON.stringify(now?.get(key) ?? []) !== JSON.stringify(found))
      throw new Error('it has changed again');
    await writeFile(lock, content);
    await ask(['--file', lock, '--unset-all', key], env);
    for (const value of was.get(key) ?? []) await ask(['--file', lock, '--add', key, value], env);
    const is = await valuesIn(await readFile(lock), env);
    const same = JSON.stringify([...(is ?? [])].sort()) === JSON.stringify([...was].sort());
    if (same && before.kind === 'file') await writeFile(lock, Buffer.from(before.base64, 'base64'));
    await rename(lock, path);
  } catch (error) {
    await unlink(lock).catch(() => undefined);
    throw error;
  }
}

async function takeLock(lock: string, mode: number): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await (await open(lock, 'wx', mode)).close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries >= lockTries) throw error;
      await sleep(50);
    }
  }
}

function ask(args: readonly string[], env: NodeJS.ProcessEnv, input?: Uint8Array) {
  const own = {
    PATH: env.PATH,
    HOME: env.HOME,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
  const options = { cwd: '/', env: own, timeoutMs: 30_000, ...(input ? { input } : {}) };
  return runProcess(['git', 'config', ...args], options);
}
