/** Results of the worktree commands, for people. */
import { formatDuration, formatSize } from '../domain/platform/units.js';
import type { Collected, Repair, WorktreeRow } from '../services/worktrees/index.js';
import { table } from './table.js';

export const worktreePrinters = {
  'task.worktree.add': (data: { path: string }) => [data.path],
  'task.worktree.list': (data: { worktrees: WorktreeRow[] }) =>
    data.worktrees.length === 0
      ? ['No worktrees yet.']
      : table(
          data.worktrees.map((row) => [
            row.task ?? row.kind,
            row.state,
            row.ageMs === undefined ? '' : formatDuration(row.ageMs),
            ...(row.disk ? [sizes(row.disk)] : []),
            row.keep.join(', ') || 'nothing keeps it',
            row.path,
          ]),
        ),
  'task.worktree.repair': (data: { repairs: Repair[] }) =>
    data.repairs.length === 0
      ? ['Nothing to repair.']
      : data.repairs.map(
          ({ path, task, problem, done, hint }) =>
            `${task ?? path}: ${problem}${done ? `: ${done}` : ''}${hint ? `. ${hint}` : ''}`,
        ),
  'task.worktree.gc': (data: Collected) => [
    ...(data.removed.length === 0 ? ['Nothing to remove.'] : []),
    ...data.removed.map(({ path, task, why }) => `removed ${task ?? path} (${why})`),
    ...data.kept.map(({ path, task, keep }) => `kept ${task ?? path}: ${keep.join(', ')}`),
  ],
};

/** "1.2 GB, 80 MB of its own"; total alone where the file system does not tell. */
function sizes({ total, own }: NonNullable<WorktreeRow['disk']>): string {
  if (own === undefined) return `${formatSize(total)}, shared blocks included`;
  return own === total ? formatSize(total) : `${formatSize(total)}, ${formatSize(own)} of its own`;
}
