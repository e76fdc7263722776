/** How much room worktrees take, and whether there is room for another. */
import { dirname } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';
import { formatSize, parseSize } from '../../../domain/platform/units.js';
import { findProgram, roomAt, runProcess } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { groundBetween } from '../places/ground.js';
import { worktreeRoot } from '../places/places.js';
import { toolEnvironment } from './setup.js';

/** Bytes. */
export interface DiskUse {
  /** All blocks of its files, those that others share included. */
  total: number;
  /** Blocks that only it has; undefined where the file system shares blocks and does not tell. */
  own?: number;
}

/** What a folder takes; undefined when that cannot be told. */
export async function diskUse(
  session: Pick<RepoSession, 'root' | 'git' | 'env'>,
  path: string,
): Promise<DiskUse | undefined> {
  const env = toolEnvironment(session.env);
  try {
    const { fileSystem, reflink } = groundBetween(
      session.root,
      dirname(path),
      `${session.git.commonDir}/HEAD`,
    );
    if (fileSystem === 'btrfs' && findProgram('btrfs', env)) {
      const { stdout } = await runProcess(['btrfs', 'filesystem', 'du', '-s', '--raw', path], {
        cwd: '/',
        env,
      });
      const [total, own] = stdout.trim().split('\n').at(-1)!.trim().split(/\s+/).map(Number);
      if (Number.isFinite(total) && Number.isFinite(own)) return { total: total!, own: own! };
    }
    const { stdout } = await runProcess(['du', '-s', '-k', path], { cwd: '/', env });
    const total = Number(/^(\d+)/.exec(stdout)?.[1]) * 1024;
    if (!Number.isFinite(total)) return undefined;
    return reflink ? { total } : { total, own: total };
  } catch {
    return undefined;
  }
}

/**
 * Throws `disk-low` when less than `worktree.min_free` is left, or the worktrees take more than `worktree.max_disk`,
 * as far as that is set: looking takes about as long as a listing of all their files.
 */
export async function requireRoom(session: RepoSession): Promise<void> {
  const { min_free, max_disk } = session.config.worktree;
  const folder = dirname(worktreeRoot(session));
  const free = (await roomAt(folder))?.bytes ?? Number.POSITIVE_INFINITY;
  const hint =
    '`codex-agent task worktree gc` removes what is not needed; `task worktree list --disk` shows sizes.';
  if (free < parseSize(min_free)) {
    throw appError(
      'disk-low',
      `Only ${formatSize(free)} are free at ${folder}: no worktree is filled below ${min_free} (worktree.min_free).`,
      { hint },
    );
  }
  if (!max_disk) return;
  const used = await diskUse(session, worktreeRoot(session));
  const size = used?.own ?? used?.total ?? 0;
  if (size > parseSize(max_disk)) {
    throw appError(
      'disk-low',
      `The worktrees take ${formatSize(size)}, more than ${max_disk} (worktree.max_disk).`,
      { hint },
    );
  }
}
