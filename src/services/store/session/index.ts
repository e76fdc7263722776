/** Opens a repository: finds it, knows it, loads its configuration, holds the door to git. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Emit } from '../../../domain/app/events.js';
import { appError, hasCode, toAppError } from '../../../domain/platform/errors.js';
import { shellWord } from '../../../domain/platform/shell.js';
import { toldWords } from '../../../domain/store/agent-files.js';
import type { Paths } from '../../platform/index.js';
import { type FoundRepository, lazyGit, readPlainSync, withFilters } from '../../platform/index.js';
import { loadConfig } from '../config/index.js';
import { openRegistry } from '../registry/index.js';
import { type FormerPlace, findRepo, formerPlaces, locateRepository } from '../repositories/index.js';
import { notTrusted } from '../trust/index.js';
import type { RepoSession } from '../types.js';
import { runHooks } from './hooks.js';

export interface OpenOptions {
  cwd: string;
  paths: Paths;
  env: NodeJS.ProcessEnv;
  emit: Emit;
  signal: AbortSignal;
  /** A repository that is not set up will do: one without tasks, to look at only. */
  unknown?: true;
}

/** A repository and the registry: enough to read tasks. */
export type OpenRepository = Pick<RepoSession, 'repo' | 'root' | 'registry' | 'paths'> & FoundRepository;

/**
 * The repository around `cwd`, without its configuration and without git.
 * Throws `not-a-repository` outside of one, `no-worktree` in a bare one without any, `not-initialised` when the
 * registry does not know it, `repository-moved` when the registry knows it at a place where it is no more.
 */
export async function openRepository(options: OpenOptions): Promise<OpenRepository> {
  const { cwd, paths } = options;
  if (!existsSync(cwd)) throw appError('no-folder', `There is no folder ${cwd}.`, { kind: 'usage' });
  const registry = openRegistry(paths, noteTo(options.emit));
  const found = await locateRepository(cwd, registry.read);
  if (!found) {
    throw appError('not-a-repository', `There is no git repository at ${cwd} or above it.`, {
      hint: options.env.GIT_DIR
        ? `GIT_DIR is set, and not followed. Go to the folder of the repository's files, or name it with -C <dir>.`
        : 'Go to a repository, or name one with -C <dir>.',
    });
  }
  const file = await registry.read();
  const repo = findRepo(file, found) ?? (options.unknown ? standIn(found.root) : undefined);
  if (!repo) {
    // Only told where it can be found out: what is wrong with git here is told by what needs it.
    const [moved] = await formerPlaces(file, lazyGit(found, options.env)).catch(() => []);
    if (moved) throw repositoryMoved(found.root, moved);
    throw appError('not-initialised', `${found.root} is not set up for codex-agent yet.`, {
      hint: 'Run `codex-agent init` there.',
    });
  }
  return { ...found, repo, registry, paths };
}

/** Stands for a repository that the registry does not know; no task is its. */
const standIn = (root: string): OpenRepository['repo'] => ({
  id: 'unknown',
  path: root,
  name: basename(root),
  createdAt: new Date(0).toISOString(),
});

function repositoryMoved(root: string, { path, tasks }: FormerPlace) {
  const kept = `${tasks} task${tasks === 1 ? ' is' : 's are'} kept for it`;
  return appError('repository-moved', `${root} was at ${path} before; ${kept}.`, {
    hint: `\`codex-agent init --moved-from ${shellWord(path)}\` takes them over, \`codex-agent init\` starts without.`,
  });
}

/** The session of the repository around `cwd`, also from inside a linked worktree. Throws as `openRepository`. */
export async function openSession(options: OpenOptions): Promise<RepoSession> {
  const { repo, registry, paths, ...found } = await openRepository(options);
  const { root, commonDir } = found;
  const { emit, signal } = options;
  const loaded = await loadConfig({ paths, root, env: options.env });
  const env = withFilters(options.env, loaded.config.git.filters);
  for (const warning of loaded.warnings ?? []) noteTo(emit)(warning);
  if (loaded.trustTold) emit({ type: 'noted', level: 'info', message: toldWords(loaded.trustTold) });
  const session: RepoSession = {
    repo,
    root,
    target: loaded.config.target || checkedOutBranch(commonDir),
    config: loaded.config,
    loaded,
    paths,
    registry,
    git: lazyGit(found, env),
    env,
    emit(event) {
      emit(event);
      // The process that moves the target tells of it, once: a driver, or a command that a person gave.
      if (event.type === 'task.landed' && event.report.status === 'landed') {
        const { task, commit, target } = event.report;
        void runHooks(session, 'on_land', { task, commit, target });
      }
    },
    signal,
  };
  return session;
}

const noteTo = (emit: Emit) => (message: string) => emit({ type: 'noted', level: 'warning', message });

/**
 * The same session. Throws `not-trusted` (exit 6) while the repository's configuration is not trusted, and
 * `config-left-out` where a sparse checkout leaves it out: without it work would land that no check has seen.
 */
export async function requireTrusted(session: RepoSession): Promise<RepoSession> {
  const { trusted, trustHash: hash, trustChanges: changes, trustOrigin: origin } = session.loaded;
  if (!trusted) throw notTrusted(session.root, { hash, changes, origin });
  await requireConfigHere(session);
  return session;
}

/** Throws `config-left-out` where the repository has a configuration that a sparse checkout leaves out. */
export async function requireConfigHere({ git, root }: Pick<RepoSession, 'git' | 'root'>): Promise<void> {
  const file = '.codex-agent/config.toml';
  if (existsSync(join(root, file))) return;
  const { stdout } = await git.run(['ls-files', '-t', '--', file], { cwd: root });
  if (!stdout.startsWith('S ')) return;
  throw appError(
    'config-left-out',
    `${file} is committed, but outside of the sparse checkout of ${root}: its checks and settings would not count.`,
    { kind: 'usage', hint: `git -C ${shellWord(root)} sparse-checkout add .codex-agent` },
  );
}

/** Why the repository's configuration is not in force around `cwd`, or may not be; undefined where it is. */
export async function whyLeftOut({
  cwd,
  paths,
  env,
}: Pick<OpenOptions, 'cwd' | 'paths' | 'env'>): Promise<string | undefined> {
  const found = await locateRepository(cwd, openRegistry(paths).read);
  if (!found) return undefined;
  try {
    await requireConfigHere({ git: lazyGit(found, env), root: found.root });
    return undefined;
  } catch (error) {
    const { message, hint } = toAppError(error);
    if (hasCode(error, 'config-left-out')) return `${message} To have it: \`${hint}\``;
    const lead = `Whether ${found.root} has a configuration that is left out here cannot be told`;
    return `${lead}: ${[message, hint].filter(Boolean).join(' ')}`;
  }
}

/** Branch of the main worktree, read without starting git; "main" when HEAD is detached. */
function checkedOutBranch(commonDir: string): string {
  const head = readPlainSync(join(commonDir, 'HEAD')).toString('utf8');
  return /^ref: refs\/heads\/(.+)$/m.exec(head)?.[1]?.trim() ?? 'main';
}
