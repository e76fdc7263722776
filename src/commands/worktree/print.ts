/** Results of the worktree commands, for people. */
import { formatDuration, formatSize } from '../../domain/platform/units.js';
import type { Collected, Repair, WorktreeRow } from '../../services/worktrees/index.js';
import { table } from '../table.js';

/** A line for each worktree: whose it is, how it is, how old, how big when that was looked at, why it stays. */
export function worktreeLines(worktrees: readonly WorktreeRow[]): string[] {
  if (worktrees.length === 0) return ['No worktrees yet.'];
  return table(
    worktrees.map((row) => [
      row.task ?? row.kind,
      row.state,
      row.ageMs === undefined ? '' : formatDuration(row.ageMs),
      ...(row.disk ? [sizes(row.disk)] : []),
      row.keep.join(', ') || 'nothing keeps it',
      row.path,
    ]),
  );
}

/** A line for each repair: what was wrong, what was done, and what is left to the person. */
export function repairLines(repairs: readonly Repair[]): string[] {
  if (repairs.length === 0) return ['Nothing to repair.'];
  return repairs.map(
    ({ path, task, problem, done, hint }) =>
      `${task ?? path}: ${problem}${done ? `: ${done}` : ''}${hint ? `. ${hint}` : ''}`,
  );
}

/** What was removed and why, then what was kept and why. */
export function collectedLines({ removed, kept }: Collected): string[] {
  return [
    ...(removed.length === 0 ? ['Nothing to remove.'] : []),
    ...removed.map(({ path, task, why }) => `removed ${task ?? path} (${why})`),
    ...kept.map(({ path, task, keep }) => `kept ${task ?? path}: ${keep.join(', ')}`),
  ];
}

/** "1.2 GB, 80 MB of its own"; total alone where the file system does not tell. */
function sizes({ total, own }: NonNullable<WorktreeRow['disk']>): string {
  if (own === undefined) return `${formatSize(total)}, shared blocks included`;
  return own === total ? formatSize(total) : `${formatSize(total)}, ${formatSize(own)} of its own`;
}
