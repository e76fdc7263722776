/** Configuration and instructions as the base commit has them. What the branch or a worktree says of them is not read. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type AppError, isAppError } from '../../../domain/platform/errors.js';
import type { LoadedConfig } from '../../../domain/store/config.js';
import type { Git, Paths } from '../../platform/index.js';
import { writeTo } from '../../platform/index.js';
import { loadConfig, trustRepository, trustState } from '../../store/index.js';

/** What can be configuration of ours, and the instructions that are trusted with it. */
const configPaths = ['.codex-agent', 'AGENTS.md', 'CLAUDE.md'];

export interface BaseConfig {
  loaded: LoadedConfig;
  /** What of it is not used, and how it would be. */
  leftOut: string[];
}

export interface BaseConfigOptions {
  git: Git;
  /** The commit, and how the person calls it. */
  base: { commit: string; name: string };
  /** Empty folder that gets the files. */
  folder: string;
  /** Where this run keeps its own files, and where the person keeps theirs. */
  paths: Paths;
  persons: Paths;
  /** Main worktree, whose configuration the person may have trusted. */
  root: string | undefined;
  /** The caller vouches for the base. */
  trust: boolean;
  env: NodeJS.ProcessEnv;
}

/**
 * Writes the base's files into a folder and loads the configuration from there. It counts when the caller vouches for it,
 * or when the person has trusted the very bytes of each file before.
 * Throws `toml-syntax`, `config-invalid` and what trusting throws, with places in the base.
 */
export async function loadBaseConfig(options: BaseConfigOptions): Promise<BaseConfig> {
  const { git, base, folder, paths, persons, root, env } = options;
  await writeFiles(git, base.commit, folder);
  const inBase = (error: unknown) => renamed(error, `${folder}/`, `${base.name}:`);
  try {
    const state = await trustState(paths, folder);
    const isTrusted = options.trust || (await wasTrusted(persons, root, state.files));
    if (state.status !== 'nothing-to-trust' && isTrusted) await trustRepository(paths, folder, state.hash);
    const loaded = await loadConfig({ paths, root: folder, env });
    const files = state.files.map(({ path }) => path).join(', ');
    const leftOut = `configuration of the base (${files}): not trusted; --trust-base uses it`;
    return { loaded, leftOut: loaded.trusted ? [] : [leftOut] };
  } catch (error) {
    throw inBase(error);
  }
}

/** Regular files only: a link in a commit can lead anywhere. */
async function writeFiles(git: Git, commit: string, folder: string): Promise<void> {
  const { stdout } = await git.run(['ls-tree', '-r', '-z', '--full-tree', commit, '--', ...configPaths]);
  for (const line of stdout.split('\0')) {
    const [, id, path] = /^100\d{3} blob ([0-9a-f]+)\t(.+)$/s.exec(line) ?? [];
    if (!id || !path) continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeTo(join(folder, path), (await git.run(['cat-file', 'blob', id])).stdout);
  }
}

/** Whether the person has trusted each of these files for this repository. What cannot be told is not trusted. */
async function wasTrusted(
  paths: Paths,
  root: string | undefined,
  files: readonly { path: string; sha256: string }[],
): Promise<boolean> {
  if (root === undefined) return false;
  const state = await trustState(paths, root).catch(() => undefined);
  if (!state || state.origin) return false;
  const now = Object.fromEntries(state.files.map(({ path, sha256 }) => [path, sha256]));
  const trusted = state.status === 'trusted' ? now : (state.trustedFiles ?? {});
  return files.every(({ path, sha256 }) => Object.hasOwn(trusted, path) && trusted[path] === sha256);
}

/** The error with places that a person knows. */
function renamed(error: unknown, from: string, to: string): unknown {
  if (!isAppError(error)) return error;
  const change: Partial<AppError> = { message: error.message.replaceAll(from, to) };
  if (error.hint) change.hint = error.hint.replaceAll(from, to);
  return Object.assign(error, change);
}
