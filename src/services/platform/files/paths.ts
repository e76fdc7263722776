/** Where this program keeps its own files. */
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import envPaths from 'env-paths';
import { appError } from '../../../domain/platform/errors.js';
import type { Paths } from '../types.js';

const name = 'codex-agents';

/**
 * The XDG variables win on every platform; a relative one counts as unset, as the specification says.
 * Without them macOS and Windows have folders of their own, everything else the XDG defaults.
 */
export function pathsFrom(env: NodeJS.ProcessEnv): Paths {
  const own = platformFolders(env);
  const folder = (variable: string, otherwise: string) => {
    const value = env[variable];
    return value && isAbsolute(value) ? join(value, name) : otherwise;
  };
  const dataDir = folder('XDG_DATA_HOME', own.data);
  const stateDir = folder('XDG_STATE_HOME', own.state);
  return {
    configDir: folder('XDG_CONFIG_HOME', own.config),
    dataDir,
    stateDir,
    cacheDir: folder('XDG_CACHE_HOME', own.cache),
    registryFile: join(dataDir, 'tasks.json'),
    runsDir: join(stateDir, 'runs'),
  };
}

function platformFolders(env: NodeJS.ProcessEnv) {
  if (process.platform === 'darwin' || process.platform === 'win32') {
    const { config, data, log, cache } = envPaths(name, { suffix: '' });
    return { config, data, state: log, cache };
  }
  const home = env.HOME && isAbsolute(env.HOME) ? env.HOME : homedir();
  return {
    config: join(home, '.config', name),
    data: join(home, '.local', 'share', name),
    state: join(home, '.local', 'state', name),
    cache: join(home, '.cache', name),
  };
}

/**
 * Makes a folder (and those above it) that only its owner can read, and returns its path.
 * Throws `not-ours` when it belongs to another user, who could read or replace what is in it.
 */
export function ensurePrivateFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const found = statSync(path);
  const uid = process.getuid?.();
  if (!found.isDirectory() || (uid !== undefined && found.uid !== uid)) {
    throw appError('not-ours', `${path} is not a folder of this user.`, {
      hint: 'Point the XDG variables to folders of your own.',
    });
  }
  if ((found.mode & 0o077) !== 0) chmodSync(path, 0o700);
  return path;
}
