/** Looks at the tasks' worktrees, without changing or locking anything. */
import type { WorktreeView } from '../../../domain/app/events.js';
import { linesIn } from '../../../domain/landing/diff.js';
import type { Task } from '../../../domain/store/task.js';
import { unfinishedIn } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { listWorktrees, ownerOf, recordAt, type WorktreeRecord } from '../places/list.js';
import { editedFiles } from '../uncommitted/edited.js';
import { readNewFiles } from '../uncommitted/new-files.js';
import { fingerprint } from './fingerprint.js';

/** Worktrees looked at side by side; more does not make it faster. */
const atOnce = 2;

type Needs = Pick<RepoSession, 'git' | 'root' | 'env' | 'target'>;

/** What was found in a worktree, with what tells at the next look whether anything is different. */
export interface LookedAt {
  view: WorktreeView;
  /** Changed and untracked paths; absent where the worktree is not ready. */
  changed?: readonly string[];
  stamp?: string;
}

/** One view per task that has a worktree. What cannot be told is left out, and the state is then `unknown`. */
export async function inspectWorktrees(session: Needs, tasks: readonly Task[]): Promise<WorktreeView[]> {
  const looked = await lookAtWorktrees(session, tasks, () => listWorktrees(session.git));
  return looked.map(({ view }) => view);
}

/**
 * The same for a caller that looks again and again.
 * @param records gives git's records of worktrees
 * @param before what was found last time, and the commit of the branch now: nothing is measured again where that and
 *   the changed files are as they were, and what was found then is given back
 */
export async function lookAtWorktrees(
  session: Needs,
  tasks: readonly Task[],
  records: () => Promise<readonly WorktreeRecord[]>,
  before?: (slug: string) => { last?: LookedAt; commits: string },
): Promise<LookedAt[]> {
  const having = tasks.filter((task) => task.worktree !== undefined);
  if (having.length === 0) return [];
  const known = await records().catch(() => undefined);
  const found = new Map<string, LookedAt>();
  const left = having.values();
  const work = async () => {
    for (const task of left)
      found.set(task.slug, await inspectOne(session, task, known, before?.(task.slug)));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return having.map((task) => found.get(task.slug)!);
}

async function inspectOne(
  session: Needs,
  task: Task,
  records: readonly WorktreeRecord[] | undefined,
  before: { last?: LookedAt; commits: string } | undefined,
): Promise<LookedAt> {
  const path = task.worktree!;
  const view = { task: task.slug, path, branch: task.branch };
  if (!records) return { view: { ...view, state: 'unknown' } };
  const record = recordAt(records, path);
  if (!record || record.missing) return { view: { ...view, state: 'missing' } };
  if (ownerOf(record.locked, 'hydrating')) return { view: { ...view, state: 'hydrating' } };
  const setup = ownerOf(record.locked, 'setup');
  if (setup) return { view: { ...view, state: setup === 'alive' ? 'hydrating' : 'setup-failed' } };
  try {
    const files = await editedFiles(session, path);
    const changed = files.flatMap(({ path: name, from }) => (from ? [name, from] : [name]));
    const unfinished = await unfinishedIn(session.git, path);
    const stamp = before && `${before.commits} ${unfinished} ${await fingerprint(path, changed)}`;
    const last = before?.last;
    if (last?.stamp === stamp && last?.view.state === 'ready') return last;
    const distance = await distanceOf(session, task);
    const worked = files.length > 0 || distance.ahead !== 0;
    const unknown = files.filter((file) => file.worktree === '?').map(({ path: name }) => name);
    const lines = worked ? await changedLines(session, path, unknown) : {};
    const now: WorktreeView = {
      ...view,
      state: 'ready',
      dirty: files.length,
      ...distance,
      ...lines,
      ...(unfinished ? { unfinished } : {}),
    };
    return { view: now, changed, ...(stamp ? { stamp } : {}) };
  } catch {
    return { view: { ...view, state: 'unknown' } };
  }
}

/** No more of new files is read for their lines. */
const countedBytes = 2_000_000;

/** Lines against where the branch left the target, with those of new files; empty when git cannot tell, or when there are none. */
async function changedLines(
  { git, target }: Pick<Needs, 'git' | 'target'>,
  worktree: string,
  unknown: readonly string[],
): Promise<Pick<WorktreeView, 'added' | 'removed'>> {
  const options = ['--numstat', '--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty'];
  const from = ['--merge-base', `refs/heads/${target}`, '--'];
  const { code, stdout } = await git.run(['diff', ...options, ...from], { worktree, ok: [0, 128] });
  if (code !== 0) return {};
  const files = await readNewFiles(worktree, unknown, countedBytes);
  const fresh = files.reduce((total, { text }) => total + linesIn(text ?? '').length, 0);
  if (stdout === '' && fresh === 0) return {};
  // A binary file has dashes in place of numbers.
  const counts = stdout.split('\n').map((line) => line.split('\t', 2).map((count) => Number(count) || 0));
  const sum = (at: 0 | 1) => counts.reduce((total, count) => total + (count[at] ?? 0), 0);
  return { added: sum(0) + fresh, removed: sum(1) };
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
