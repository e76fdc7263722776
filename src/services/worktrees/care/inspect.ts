/** Looks at the tasks' worktrees, without changing or locking anything. */
import type { WorktreeView } from '../../../domain/app/events.js';
import type { Task } from '../../../domain/store/task.js';
import { changedFiles } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { listWorktrees, ownerOf, recordAt, type WorktreeRecord } from '../places/list.js';

/** Worktrees looked at side by side; more does not make it faster. */
const atOnce = 2;

/**
 * One view per task that has a worktree. What cannot be told is left out, and the state is then `unknown`.
 * @param onChanged gets the changed and untracked paths of each worktree that is ready
 */
export async function inspectWorktrees(
  session: Pick<RepoSession, 'git' | 'root' | 'env' | 'target'>,
  tasks: readonly Task[],
  onChanged?: (slug: string, paths: readonly string[]) => void,
): Promise<WorktreeView[]> {
  const having = tasks.filter((task) => task.worktree !== undefined);
  if (having.length === 0) return [];
  const records = await listWorktrees(session.git).catch(() => undefined);
  const views = new Map<string, WorktreeView>();
  const left = having.values();
  const work = async () => {
    for (const task of left) views.set(task.slug, await inspectOne(session, task, records, onChanged));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return having.map((task) => views.get(task.slug)!);
}

async function inspectOne(
  session: Pick<RepoSession, 'git' | 'root' | 'env' | 'target'>,
  task: Task,
  records: readonly WorktreeRecord[] | undefined,
  onChanged?: (slug: string, paths: readonly string[]) => void,
): Promise<WorktreeView> {
  const path = task.worktree!;
  const view = { task: task.slug, path, branch: task.branch };
  if (!records) return { ...view, state: 'unknown' };
  const record = recordAt(records, path);
  if (!record || record.missing) return { ...view, state: 'missing' };
  if (ownerOf(record.locked, 'hydrating')) return { ...view, state: 'hydrating' };
  const setup = ownerOf(record.locked, 'setup');
  if (setup) return { ...view, state: setup === 'alive' ? 'hydrating' : 'setup-failed' };
  try {
    const files = await changedFiles({ ...session, commonDir: session.git.commonDir }, path);
    onChanged?.(
      task.slug,
      files.flatMap(({ path: name, from }) => (from ? [name, from] : [name])),
    );
    const distance = await distanceOf(session, task);
    const worked = files.length > 0 || distance.ahead !== 0;
    const lines = worked ? await changedLines(session, path) : {};
    return { ...view, state: 'ready', dirty: files.length, ...distance, ...lines };
  } catch {
    return { ...view, state: 'unknown' };
  }
}

/** Lines of tracked files against where the branch left the target; empty when git cannot tell, or when there are none. */
async function changedLines(
  { git, target }: Pick<RepoSession, 'git' | 'target'>,
  worktree: string,
): Promise<Pick<WorktreeView, 'added' | 'removed'>> {
  const options = ['--numstat', '--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty'];
  const from = ['--merge-base', `refs/heads/${target}`, '--'];
  const { code, stdout } = await git.run(['diff', ...options, ...from], { worktree, ok: [0, 128] });
  if (code !== 0 || stdout === '') return {};
  // A binary file has dashes in place of numbers.
  const counts = stdout.split('\n').map((line) => line.split('\t', 2).map((count) => Number(count) || 0));
  const sum = (at: 0 | 1) => counts.reduce((total, count) => total + (count[at] ?? 0), 0);
  return { added: sum(0), removed: sum(1) };
}

/** Commits that only the task's branch has, and only the target; empty when git cannot tell. */
export async function distanceOf(
  { git, target }: Pick<RepoSession, 'git' | 'target'>,
  task: Task,
): Promise<Pick<WorktreeView, 'ahead' | 'behind'>> {
  const range = `refs/heads/${target}...refs/heads/${task.branch}`;
  const { code, stdout } = await git.run(['rev-list', '--left-right', '--count', range], { ok: [0, 128] });
  const [behind, ahead] = stdout.trim().split('\t').map(Number);
  return code === 0 ? { ahead: ahead!, behind: behind! } : {};
}
