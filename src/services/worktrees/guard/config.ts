/** Changes of git's configuration: everyday ones stay, all others are taken out again. */
import { open, rename, unlink } from 'node:fs/promises';
import { type ConfigValues, configChanges, parseConfigList } from '../../../domain/worktrees/guard.js';
import { runProcess } from '../../platform/index.js';
import { readSaved, type Saved } from './files.js';

/** Git's own lock of its configuration may be held for this long by somebody else. */
const lockTries = 40;

export interface ConfigRepair {
  /** Keys that were put back; undefined when the file could not be read as configuration and was put back whole. */
  keys?: string[];
  /** Keys that changed and stay. */
  stayed: string[];
}

/**
 * Puts a configuration file back as it was before, under git's own lock, but keeps the everyday changes in it.
 * Undefined when only those were made. `keep` gets the file as it is now, before it is replaced.
 */
export async function repairConfig(
  path: string,
  before: Saved,
  env: NodeJS.ProcessEnv,
  keep: () => Promise<void>,
): Promise<ConfigRepair | undefined> {
  if (before.kind !== 'file') return undefined;
  const lock = `${path}.lock`;
  await takeLock(lock, Buffer.from(before.base64, 'base64'), before.mode);
  try {
    const was = await valuesIn(lock, env);
    const is = (await readSaved(path)).kind === 'file' ? await valuesIn(path, env) : undefined;
    const changes = was && is ? configChanges(was, is) : [];
    const stayed = changes.filter((change) => change.everyday).map((change) => change.key);
    const keys = changes.filter((change) => !change.everyday).map((change) => change.key);
    if (was && is && keys.length === 0) {
      await unlink(lock);
      return undefined;
    }
    await keep();
    if (is) for (const key of stayed) await carryOver(lock, key, is, env);
    await rename(lock, path);
    return { ...(is ? { keys } : {}), stayed };
  } catch (error) {
    await unlink(lock).catch(() => undefined);
    throw error;
  }
}

/** Creates the lock with the content that is to take the file's place, as git itself does. */
async function takeLock(lock: string, content: Uint8Array, mode: number): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      const file = await open(lock, 'wx', mode);
      await file.writeFile(content);
      await file.sync();
      await file.close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries >= lockTries) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Read as one file: nothing it includes is opened. Undefined when it is no configuration. */
async function valuesIn(path: string, env: NodeJS.ProcessEnv): Promise<ConfigValues | undefined> {
  const result = await ask(['--file', path, '--list', '-z'], env);
  return result.code === 0 ? parseConfigList(result.stdout) : undefined;
}

async function carryOver(
  file: string,
  key: string,
  now: ConfigValues,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  await ask(['--file', file, '--unset-all', key], env);
  for (const value of now.get(key) ?? []) await ask(['--file', file, '--add', key, value], env);
}

function ask(args: readonly string[], env: NodeJS.ProcessEnv) {
  const own = {
    PATH: env.PATH,
    HOME: env.HOME,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
  return runProcess(['git', 'config', ...args], { cwd: '/', env: own, timeoutMs: 30_000 });
}
