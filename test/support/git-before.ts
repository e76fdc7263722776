/** A git that stands before the real one on PATH. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from './sandbox.js';

/**
 * Puts a git first on PATH that does these lines of shell before the real one; `$real` is that one. `once NAME` is true
 * the first time for each name, over all calls.
 */
export function gitBefore({ env, root }: Sandbox, lines: string): void {
  const folder = join(root, 'bin');
  const real = env
    .PATH!.split(':')
    .filter((part) => part !== folder)
    .map((part) => join(part, 'git'))
    .find(existsSync)!;
  mkdirSync(folder, { recursive: true });
  const head = `#!/bin/sh\nreal=${real}\nonce() { mkdir '${folder}/once-'"$1" 2>/dev/null; }\n`;
  writeFileSync(join(folder, 'git'), `${head}${lines}\nexec $real "$@"\n`, { mode: 0o755 });
  if (!env.PATH!.startsWith(`${folder}:`)) env.PATH = `${folder}:${env.PATH}`;
}
