/** A temporary folder, and the paths of a home in it. */
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathsFrom } from '../../src/services/platform/files/paths.js';
import type { Paths } from '../../src/services/platform/types.js';

export interface Folder {
  path: string;
  paths: Paths;
  /** A home in the folder and nothing else; `mkdir` done. */
  env: NodeJS.ProcessEnv;
  cleanup(): void;
}

export function makeFolder(): Folder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'codex-agents-')));
  const home = join(path, 'home');
  mkdirSync(home, { mode: 0o700 });
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CACHE_HOME: join(home, 'cache'),
  };
  return { path, env, paths: pathsFrom(env), cleanup: () => removeFolder(path) };
}

/**
 * Removes a folder in which what was started to go on by itself may be writing its last. A retry of Node's own asks once
 * more for the folder only: a file that came into it meanwhile needs a look anew.
 */
export function removeFolder(path: string): void {
  for (let left = 10; existsSync(path); left--) {
    try {
      rmSync(path, { recursive: true, force: true, maxRetries: 2, retryDelay: 200 });
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}
