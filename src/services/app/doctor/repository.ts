/** Configuration in force, and what the repository's file system can do. */
import { constants, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { loadConfig, repositoryRoot } from '../../store/index.js';
import type { DoctorItem, DoctorOptions } from './types.js';

async function rootOf(options: DoctorOptions): Promise<string | undefined> {
  return options.root ?? (options.cwd ? repositoryRoot(options.cwd, options.paths) : undefined);
}

/** The user's configuration, and whether a model is set up. */
export async function checkUserConfig({ paths, env }: DoctorOptions): Promise<DoctorItem[]> {
  const { config, warnings = [] } = await loadConfig({ paths, env });
  const key = env[config.model.api_key_env];
  const model: DoctorItem =
    key || config.model.base_url
      ? {
          name: 'model',
          status: 'ok',
          detail: `${config.model.model || 'no name set'} at ${config.model.base_url || 'the standard address'}`,
        }
      : {
          name: 'model',
          status: 'warn',
          detail: `not configured: ${config.model.api_key_env} is not set`,
          hint: 'Reviews, AI conflict resolution and questions for new tasks are skipped without one.',
        };
  return [
    { name: 'config', status: 'ok', detail: 'readable' },
    ...warnings.map((detail): DoctorItem => ({ name: 'config', status: 'warn', detail })),
    model,
  ];
}

export async function checkRepositoryConfig(options: DoctorOptions): Promise<DoctorItem[]> {
  const root = await rootOf(options);
  const name = 'repository';
  if (!root) return [{ name, status: 'ok', detail: 'not inside a repository' }];
  const {
    trusted,
    trustHash,
    warnings = [],
  } = await loadConfig({ paths: options.paths, env: options.env, root });
  if (!trusted) {
    const hint = 'codex-agent trust --show, then codex-agent trust';
    return [{ name, status: 'warn', detail: `${root}: configuration not trusted (${trustHash})`, hint }];
  }
  return [
    { name, status: 'ok', detail: root },
    ...warnings.map((detail): DoctorItem => ({ name, status: 'warn', detail })),
  ];
}

/** Whether worktrees can share blocks with the main worktree, tried by cloning one small file of its git folder. */
export async function checkReflinks(options: DoctorOptions): Promise<DoctorItem[]> {
  const root = await rootOf(options);
  if (!root) return [];
  const { config } = await loadConfig({ paths: options.paths, env: options.env, root });
  const target = nearestExisting(resolve(root, config.worktree.root || '..'));
  const name = 'reflinks';
  let probe: string | undefined;
  try {
    const git = join(root, '.git');
    const sample = statSync(git).isDirectory() ? join(git, 'HEAD') : git;
    probe = mkdtempSync(join(target, '.codex-agents-probe-'));
    copyFileSync(sample, join(probe, 'clone'), constants.COPYFILE_FICLONE_FORCE);
    return [{ name, status: 'ok', detail: `${target} shares blocks with the repository` }];
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    if (['ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'ENOTTY', 'EINVAL', 'ENOSYS'].includes(code)) {
      const detail = `not between the repository and ${target} (${code}): worktrees are copied`;
      return [{ name, status: 'ok', detail }];
    }
    return [{ name, status: 'warn', detail: `could not be tried in ${target}: ${code}` }];
  } finally {
    if (probe) rmSync(probe, { recursive: true, force: true });
  }
}

function nearestExisting(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : nearestExisting(dirname(path));
}
