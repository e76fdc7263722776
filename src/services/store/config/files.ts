/** Where configuration is. */
import { join } from 'node:path';
import type { Paths } from '../../platform/index.js';
import { readText } from '../../platform/index.js';
import { readDocument } from './check.js';

/** The files that configuration is read from; they need not exist. */
export function configFiles(
  paths: Pick<Paths, 'configDir'>,
  root?: string,
): { user: string; repository?: string } {
  return {
    user: join(paths.configDir, 'config.toml'),
    ...(root ? { repository: join(root, '.codex-agent', 'config.toml') } : {}),
  };
}

/** Checks every file that exists and returns their paths. Throws `toml-syntax` or `config-invalid` for the first bad one. */
export async function validateFiles(paths: Pick<Paths, 'configDir'>, root?: string): Promise<string[]> {
  const { user, repository } = configFiles(paths, root);
  const checked: string[] = [];
  for (const file of [user, repository]) {
    if (file === undefined) continue;
    const text = await readText(file);
    if (text === undefined) continue;
    await readDocument({ where: file, text }, 'config');
    checked.push(file);
  }
  return checked;
}
