/** Reads what the inspector shows of one task, when a person looks at it. Changes nothing. */
import type { TaskPages } from '../../../domain/app/pages.js';
import { messageOf } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { readReport } from '../../landing/index.js';
import { mergeBaseOf } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { readNewFiles } from '../../worktrees/index.js';

/** No more of a diff is shown; the review has all of it. */
const shownBytes = 400_000;

type Needs = Pick<RepoSession, 'git' | 'paths' | 'target'>;

/** The pages of a task. What git cannot tell is said in `reason`; a missing report is no report. */
export async function readPages(session: Needs, task: Task): Promise<TaskPages> {
  const [work, report] = await Promise.all([
    readWork(session, task).catch((error) => ({ ...noWork, reason: messageOf(error) })),
    readReport(session, task),
  ]);
  return { task: task.slug, ...work, ...(report ? { report } : {}) };
}

type Work = Pick<TaskPages, 'diff' | 'cut' | 'untracked' | 'reason'>;

const noWork: Work = { diff: '', cut: false, untracked: [] };

async function readWork({ git, target }: Needs, task: Task): Promise<Work> {
  const options = ['diff', '--no-color', '--no-ext-diff', '--no-textconv', '--find-renames'];
  if (task.landedAs)
    return shortened((await git.run([...options, `${task.landedAs}^1`, task.landedAs])).stdout, []);
  const head = await git.commitOf(`refs/heads/${task.branch}`);
  if (!head) return { ...noWork, reason: 'The task has no branch yet.' };
  // 128: the target is gone.
  const base = (await mergeBaseOf(git, `refs/heads/${target}`, head, { ok: [0, 1, 128] })) || task.base;
  if (!base) return { ...noWork, reason: `The branch has nothing in common with ${target}.` };
  // Without its worktree, all that is left of the work is the branch.
  if (!task.worktree) return shortened((await git.run([...options, base, head])).stdout, []);
  const [diff, others] = await Promise.all([
    git.run([...options, base], { worktree: task.worktree }),
    git.run(['ls-files', '-z', '--others', '--exclude-standard'], { worktree: task.worktree }),
  ]);
  const paths = others.stdout.split('\0').filter(Boolean);
  const room = Math.max(0, shownBytes - diff.stdout.length);
  return shortened(diff.stdout, await readNewFiles(task.worktree, paths, room));
}

function shortened(diff: string, untracked: Work['untracked']): Work {
  if (diff.length <= shownBytes) return { diff, cut: false, untracked };
  return { diff: diff.slice(0, diff.lastIndexOf('\n', shownBytes) + 1), cut: true, untracked };
}
