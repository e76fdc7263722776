/** Data files that ship with the program: keymaps, prompts, terminfo, the demo's sample. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { appError } from '../../../domain/platform/errors.js';

/**
 * Absolute path of a file or folder at the root of this package, from source and from any depth of the build.
 * Throws `asset-missing` when the installation lacks it.
 */
export function assetPath(name: string): string {
  const path = join(packageRoot(), name);
  if (existsSync(path)) return path;
  throw appError('asset-missing', `This installation of codex-agents has no ${name}.`, {
    hint: 'Install codex-agents again.',
  });
}

function packageRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    if (isOurPackage(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) break;
  }
  throw appError('asset-missing', `codex-agents does not find its own package above ${start}.`, {
    hint: 'Install codex-agents again.',
  });
}

function isOurPackage(manifest: string): boolean {
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'codex-agents';
}
