/** The tracked files of a new worktree: written by git from its objects, and checked by git at the end. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { indexEntries } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import type { Ground } from '../places/ground.js';
import type { Entry } from './ignored.js';
import type { Meter } from './meter.js';

type Needs = Pick<RepoSession, 'git'>;

/** From this many files on git writes them with several processes; with fewer that costs more than it saves. */
const manyFiles = 50_000;

/** Writes HEAD's files into an empty worktree. */
export async function writeTracked(
  session: Needs,
  path: string,
  ground: Ground,
  signal: AbortSignal,
  meter?: Meter,
): Promise<void> {
  const workers = await checkoutWorkers(session, ground);
  const told = meter ? { onOutput: meter.git, env: { GIT_PROGRESS_DELAY: '0' } } : {};
  const args = [...workers, 'read-tree', ...(meter ? ['-v'] : []), '-m', '-u', 'HEAD'];
  await session.git.run(args, { worktree: path, signal, ...told });
}

/** Several processes pay on ext4 and xfs only. What the user has set stays in force. */
async function checkoutWorkers({ git }: Needs, { fileSystem }: Ground): Promise<string[]> {
  if (fileSystem !== 'ext4' && fileSystem !== 'xfs') return [];
  if ((await indexEntries(join(await git.gitDir(), 'index'))) < manyFiles) return [];
  const { code } = await git.run(['config', '--get', 'checkout.workers'], { ok: [0, 1] });
  return code === 0 ? [] : ['-c', 'checkout.workers=4'];
}

/** The new worktree's own rules decide: what it does not ignore would show up as work of a person. */
export async function stillIgnored(
  session: Needs,
  path: string,
  entries: readonly Entry[],
): Promise<Entry[]> {
  if (entries.length === 0) return [];
  const input = entries.map((entry) => `${entry.path}/\0${entry.path}\0`).join('');
  const { stdout } = await session.git.run(['check-ignore', '-z', '--no-index', '--stdin'], {
    worktree: path,
    input,
    ok: [0, 1],
  });
  const ignored = new Set(stdout.split('\0').map((entry) => entry.replace(/\/$/, '')));
  return entries.filter((entry) => ignored.has(entry.path));
}

/**
 * Makes the worktree clean: a copied file may be tracked here, or no longer ignored. git's file wins, and our copy
 * goes. Only for a worktree that this program alone has written to.
 */
export async function undoStrays(session: Needs, path: string): Promise<void> {
  // It may write the index: what git wrote in the last second it would otherwise read again at every look.
  const env = { GIT_OPTIONAL_LOCKS: '1' };
  const args = ['status', '--porcelain', '-z', '--no-renames'];
  const { stdout } = await session.git.run(args, { worktree: path, env });
  const lines = stdout.split('\0').filter(Boolean);
  const changed = lines.filter((line) => !line.startsWith('??')).map((line) => line.slice(3));
  for (const line of lines.filter((one) => one.startsWith('??'))) {
    await rm(join(path, line.slice(3)), { recursive: true, force: true });
  }
  if (changed.length > 0) {
    const input = changed.map((file) => `${file}\0`).join('');
    await session.git.run(['checkout-index', '-f', '-z', '--stdin'], { worktree: path, input });
  }
}
