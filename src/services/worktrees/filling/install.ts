/** Dependencies of a commit whose lock file is not the donor's: installed offline, or the person is warned. */
import { access } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parseDuration } from '../../../domain/platform/units.js';
import { runProcess } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { toolEnvironment } from './setup.js';

interface Install {
  lockFile: string;
  argv: readonly string[];
  /** Whether it makes this entry anew, so that copying it would be wasted. */
  replaces(entry: string): boolean;
}

/** How each package manager installs exactly what its lock file says, from its cache alone. */
const offline: Record<string, { argv: readonly string[]; folder: string }> = {
  'package-lock.json': {
    argv: ['npm', 'ci', '--offline', '--no-audit', '--no-fund'],
    folder: 'node_modules',
  },
  'npm-shrinkwrap.json': {
    argv: ['npm', 'ci', '--offline', '--no-audit', '--no-fund'],
    folder: 'node_modules',
  },
  'pnpm-lock.yaml': { argv: ['pnpm', 'install', '--offline', '--frozen-lockfile'], folder: 'node_modules' },
  'yarn.lock': { argv: ['yarn', 'install', '--offline', '--frozen-lockfile'], folder: 'node_modules' },
  'uv.lock': { argv: ['uv', 'sync', '--offline', '--frozen'], folder: '.venv' },
};

/** What will be installed for these lock files: nothing unless `worktree.lock_file` says so and all is trusted. */
export function installsFor(
  session: Pick<RepoSession, 'config' | 'loaded'>,
  lockFiles: readonly string[],
): Install[] {
  if (session.config.worktree.lock_file !== 'install' || !session.loaded.trusted) return [];
  return lockFiles.flatMap((lockFile) => {
    const known = offline[basename(lockFile)];
    if (!known) return [];
    const folder = join(dirname(lockFile), known.folder);
    return [{ lockFile, argv: known.argv, replaces: (entry: string) => entry === folder }];
  });
}

/** Installs where that is wanted. Returns warnings: what was not, or could not be, installed. */
export async function installDependencies(
  session: RepoSession,
  path: string,
  lockFiles: readonly string[],
): Promise<string[]> {
  if (session.config.worktree.lock_file === 'ignore') return [];
  const warnings: string[] = [];
  const installs = installsFor(session, lockFiles);
  for (const lockFile of lockFiles) {
    const install = installs.find((one) => one.lockFile === lockFile);
    const there = await access(join(path, lockFile)).then(
      () => true,
      () => false,
    );
    if (!there) continue;
    const problem = install
      ? await run(session, path, install)
      : "is not the main worktree's: run your install";
    if (problem) warnings.push(`${lockFile} ${problem}`);
  }
  return warnings;
}

async function run(
  session: RepoSession,
  path: string,
  { argv, lockFile }: Install,
): Promise<string | undefined> {
  const options = {
    cwd: join(path, dirname(lockFile)),
    env: toolEnvironment(session.env),
    timeoutMs: parseDuration(session.config.worktree.setup_timeout),
    signal: session.signal,
    mayCut: true,
    ...(session.progress ? { onOutput: session.progress.hear } : {}),
  };
  session.progress?.stage({ kind: 'set-up', name: argv.join(' ') });
  try {
    const { code, timedOut, stderr, stdout } = await runProcess(argv, options);
    if (code === 0 && !timedOut) return undefined;
    const last = `${stdout}\n${stderr}`.trim().split('\n').at(-1) ?? '';
    return `differs, and \`${argv.join(' ')}\` ${timedOut ? 'took too long' : `failed: ${last}`}`;
  } catch (error) {
    if (session.signal.aborted) throw error;
    return `differs, and \`${argv.join(' ')}\` could not run: ${(error as Error).message}`;
  }
}
