/** Whether a landing has room: git would otherwise write half a tree, and nothing could be tidied up behind it. */
import { appError } from '../../../domain/platform/errors.js';
import { roomHint } from '../../../domain/platform/system-errors.js';
import { formatSize } from '../../../domain/platform/units.js';
import { roomAt } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { worktreeRoot } from '../../worktrees/index.js';

/** Less than this is no room: refs, an index and git's record of a worktree fit into it. */
const leastBytes = 256 * 1024;

/** Throws `disk-full`, naming the folder, before anything of a landing is written. */
export async function requireRoomToLand(session: RepoSession): Promise<void> {
  const { root, paths } = session;
  for (const folder of [root, worktreeRoot(session), paths.stateDir, paths.dataDir]) {
    const free = (await roomAt(folder))?.bytes;
    if (free === undefined || free >= leastBytes) continue;
    throw appError(
      'disk-full',
      `The disk is full: ${formatSize(free)} are free at ${folder}. Nothing was landed.`,
      {
        hint: roomHint,
      },
    );
  }
}
