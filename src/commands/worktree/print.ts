/** Results of the worktree commands, for people. */
import { formatDuration, formatSize } from '../../domain/platform/units.js';
import type {
  Collected,
  KeptItem,
  RemovedWorktree,
  Repair,
  RestoredWorktree,
  WorktreeRow,
} from '../../services/worktrees/index.js';
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

/** What was removed, where it is now, and how to get it back. */
export function removedSaid(data: { task: string } & RemovedWorktree): string {
  const { task, removed, rescue, trash, written = [] } = data;
  if (!removed) return `${task} has no worktree.`;
  const more = written.length > 3 ? ` and ${written.length - 3} more` : '';
  const ignored =
    written.length > 0
      ? `, with files that were written there and that git leaves out (${written.slice(0, 3).join(', ')}${more})`
      : '';
  const back = trash ? ` It is in the trash${ignored}: \`codex-agent task worktree restore ${task}\`.` : '';
  return `Removed the worktree of ${task}.${rescue ? ` Its work is kept as ${rescue}.` : ''}${back}`;
}

/** What was restored, and what is not as it was. */
export function restoredSaid({ path, task, branch, warning }: Partial<RestoredWorktree>): string {
  if (!path) return `It is on the new branch ${branch} now.`;
  const adopt = task ? '' : ` No task has it: \`codex-agent task worktree adopt ${path}\` makes one.`;
  return `Restored ${path}${branch ? ` on ${branch}` : ''}.${warning ? ` ${warning}.` : ''}${adopt}`;
}

/** A line for each thing that is kept: what it is called, since when, until when, what it is, how to get it back. */
export function keptLines(kept: readonly KeptItem[]): string[] {
  if (kept.length === 0) return ['Nothing is kept: nothing was removed, replaced or landed.'];
  return table(
    kept.map(({ id, keptAt, until, what, restore }) => [
      id,
      localTime(keptAt),
      until ? `until ${localTime(until)}` : 'for good',
      what,
      restore,
    ]),
  );
}

/** "2026-01-31 09:05", as the clock here shows it. */
function localTime(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
