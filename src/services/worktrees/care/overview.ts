/** Every worktree of the repository: whose it is, how it is, and why it stays. Changes nothing. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { isSettled, type Task } from '../../../domain/store/task.js';
import { printedCount, unfinishedIn } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { type DiskUse, diskUse } from '../filling/disk.js';
import { listWorktrees, ownerOf, type WorktreeRecord } from '../places/list.js';
import { privateFolder, spareFolder } from '../places/places.js';
import { occupants } from '../removal/occupants.js';
import { editedFiles } from '../uncommitted/edited.js';

export interface WorktreeRow {
  path: string;
  /** `task`: of a task here. `spare` and `private`: ours. `other`: made by a person or another program; never touched. */
  kind: 'task' | 'spare' | 'private' | 'other';
  task?: string;
  /** Short name; absent when detached. */
  branch?: string;
  /** `half-made`: its filling was cut short. `unknown`: git does not know the folder that the task names. */
  state: 'ready' | 'hydrating' | 'setup-failed' | 'half-made' | 'missing' | 'unknown';
  /** Milliseconds since it was made. */
  ageMs?: number;
  disk?: DiskUse;
  /** Why it stays; empty when nothing would be lost or missed. */
  keep: string[];
}

/** One row per worktree but the main one. With `disk`, their sizes too, which takes a while. */
export async function overviewOf(
  session: RepoSession,
  tasks: readonly Task[],
  options: { disk?: boolean } = {},
): Promise<WorktreeRow[]> {
  const records = (await listWorktrees(session.git)).slice(1);
  const rows: WorktreeRow[] = [];
  for (const record of records) rows.push(await rowOf(session, tasks, record));
  for (const task of tasks) {
    if (!task.worktree || records.some(({ path }) => resolve(path) === resolve(task.worktree!))) continue;
    // Of a removal that was cut off only the registry still speaks: of a task that is over that goes too.
    const gone = isSettled(task) && !existsSync(task.worktree);
    rows.push({
      path: task.worktree,
      kind: 'task',
      task: task.slug,
      branch: task.branch,
      state: 'unknown',
      keep: gone ? [] : ['git does not know it'],
    });
  }
  if (!options.disk) return rows;
  for (const row of rows) {
    const disk = row.state === 'missing' ? undefined : await diskUse(session, row.path);
    if (disk) row.disk = disk;
  }
  return rows;
}

async function rowOf(
  session: RepoSession,
  tasks: readonly Task[],
  record: WorktreeRecord,
): Promise<WorktreeRow> {
  const { path } = record;
  const task = tasks.find((one) => one.worktree && resolve(one.worktree) === resolve(path));
  const made = await stat(path).catch(() => undefined);
  const row: WorktreeRow = {
    path,
    kind: task ? 'task' : kindOf(session, path),
    ...(task ? { task: task.slug } : {}),
    ...(record.branch ? { branch: record.branch.replace('refs/heads/', '') } : {}),
    state: stateOf(record),
    ...(made ? { ageMs: Date.now() - made.birthtimeMs } : {}),
    keep: [],
  };
  row.keep = await reasonsToKeep(session, row, record, task);
  return row;
}

function kindOf(session: RepoSession, path: string): WorktreeRow['kind'] {
  if (path.startsWith(spareFolder(session) + sep)) return 'spare';
  return path.startsWith(privateFolder(session) + sep) ? 'private' : 'other';
}

function stateOf({ missing, locked }: WorktreeRecord): WorktreeRow['state'] {
  if (missing) return 'missing';
  const filling = ownerOf(locked, 'hydrating');
  if (filling) return filling === 'alive' ? 'hydrating' : 'half-made';
  const setup = ownerOf(locked, 'setup');
  if (setup) return setup === 'alive' ? 'hydrating' : 'setup-failed';
  return 'ready';
}

async function reasonsToKeep(
  session: RepoSession,
  row: WorktreeRow,
  record: WorktreeRecord,
  task: Task | undefined,
): Promise<string[]> {
  if (row.kind === 'other') return ['not made by codex-agent'];
  if (row.kind === 'private') return ownerOf(record.locked, 'private') === 'gone' ? [] : ['in use'];
  const keep: string[] = [];
  if (task && !isSettled(task)) keep.push(`the task is ${task.status}`);
  if (row.kind === 'spare' && record.locked?.startsWith('codex-agents: spare'))
    keep.push('for the next task');
  const foreignLock = record.locked !== undefined && !record.locked.startsWith('codex-agents: ');
  if (foreignLock) keep.push(`locked: ${record.locked || 'no reason given'}`);
  if (row.state === 'hydrating') keep.push('being filled');
  if (row.state === 'missing' || row.state === 'half-made') return keep;
  const [pid] = occupants(row.path);
  if (pid) keep.push(`process ${pid} works there`);
  return [...keep, ...(await workIn(session, row))];
}

/** What is in no commit of the target: an error to look is a reason too. */
async function workIn(session: RepoSession, { path }: WorktreeRow): Promise<string[]> {
  try {
    const changed = await editedFiles(session, path);
    const unfinished = await unfinishedIn(session.git, path);
    const range = ['rev-list', '--count', 'HEAD', '--not', `refs/heads/${session.target}`];
    const unlanded = await printedCount(session.git, range, { worktree: path });
    return [
      ...(changed.length > 0
        ? [`${changed.length} file${changed.length === 1 ? '' : 's'} with uncommitted work`]
        : []),
      ...(unfinished ? [`an unfinished ${unfinished}`] : []),
      ...(unlanded > 0
        ? [`${unlanded} commit${unlanded === 1 ? ' that is' : 's that are'} not on ${session.target}`]
        : []),
    ];
  } catch (error) {
    return [`cannot be looked at: ${(error as Error).message}`];
  }
}
