/** From resolved files to a merge commit at the tip of the task's branch; nothing else is ever written. */
import { join } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { printedId, writeTo } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { commitToLand, fastForwardIn, listWorktrees } from '../../worktrees/index.js';
import { isInside } from './conflicts.js';
import type { OpenFile } from './open-file.js';
import type { Sides } from './types.js';

/** Writes the resolved files into the private worktree. Throws `unsafe-path` when one of them leads elsewhere. */
export async function writeResults(worktree: string, files: readonly OpenFile[]): Promise<void> {
  for (const file of files) {
    if (!(await isInside(worktree, file.path))) {
      throw appError('unsafe-path', `${file.path} is not a regular file of the merge any more.`);
    }
    await writeTo(join(worktree, file.path), file.result!);
  }
}

/**
 * Stages the resolved files, and only them, and returns the tree.
 * Everything else in the index is git's own merge. Throws `git-failed` when anything is still unmerged.
 */
export async function treeOfResult(
  session: Pick<RepoSession, 'git'>,
  worktree: string,
  files: readonly { path: string }[],
): Promise<string> {
  if (files.length > 0) {
    const input = files.map((file) => `${file.path}\0`).join('');
    await session.git.run(['update-index', '--add', '-z', '--stdin'], { worktree, input });
  }
  return printedId(session.git, ['write-tree'], { worktree });
}

/** The merge commit: parents head and target, in this order. Not on any branch yet. */
export async function commitMerge(
  session: Pick<RepoSession, 'git' | 'target' | 'emit'>,
  task: Task,
  sides: Sides,
  tree: string,
  files: readonly OpenFile[],
  notes: readonly string[] = [],
): Promise<string> {
  const strategies = files.flatMap((file) => [...file.answers.values()].map((answer) => answer.strategy));
  const counts = [...new Set(strategies)].map(
    (strategy) =>
      `${strategies.filter((other) => other === strategy).length} ${strategy === 'by-hand' ? 'by hand' : `by ${strategy}`}`,
  );
  const resolved = counts.length > 0 ? `Hunks resolved: ${counts.join(', ')}.\n\n` : '';
  const byModel = strategies.includes('ai') ? `\n${byModelTrailer}: ai` : '';
  // A line of a file's name or of the gate must not become a trailer.
  const noted = notes.map((note) => `${note.replace(/\s+/g, ' ')}\n`).join('');
  const message = `Merge ${session.target} into ${task.branch}\n\n${resolved}${noted && `${noted}\n`}Task: ${task.slug}${byModel}`;
  return commitToLand(session, tree, [sides.head, sides.target], message);
}

/** In the message of a merge whose conflicts a model resolved. */
const byModelTrailer = 'Resolved-by';

/**
 * Whether `head` brings in what a model resolved and nothing checks: such work lands only when a person says so.
 * Read from the commits: the process that resolved may have been killed before it said so.
 */
export async function isModelMade(
  session: Pick<RepoSession, 'git' | 'config'>,
  { target, head }: Sides,
): Promise<boolean> {
  if (session.config.validator.checks.length > 0) return false;
  const format = `--format=%(trailers:key=${byModelTrailer},valueonly)`;
  const { stdout } = await session.git.run(['log', '--merges', format, `${target}..${head}`, '--']);
  return stdout.split('\n').includes('ai');
}

/**
 * Throws unless the branch can be moved without touching files of a person: `task-running`, `worktree-dirty`,
 * `branch-checked-out`. Returns the worktree that has the branch checked out, if any: the task's own.
 */
export async function requireQuiet(session: RepoSession, task: Task): Promise<string | undefined> {
  if (task.status === 'running') {
    throw appError('task-running', `${task.slug} is running; its branch is the agent's now.`, {
      hint: 'Wait for the run to end, or stop it.',
    });
  }
  const records = await listWorktrees(session.git);
  const holder = records.find(({ branch }) => branch === `refs/heads/${task.branch}`)?.path;
  if (holder === undefined) return undefined;
  if (holder !== task.worktree) {
    throw appError('branch-checked-out', `${task.branch} is checked out in ${holder}.`, {
      hint: 'Resolve there by hand, or switch that worktree to another branch.',
    });
  }
  const args = ['status', '--porcelain', '-z', '--untracked-files=all'];
  const { stdout } = await session.git.run(args, { worktree: holder });
  if (stdout !== '') {
    const names = stdout.split('\0').filter(Boolean).slice(0, 3);
    throw appError('worktree-dirty', `${holder} has uncommitted changes: ${names.join(', ')}.`, {
      hint: 'Commit them, or remove them, then resolve again.',
    });
  }
  return holder;
}

/**
 * Moves the branch from `head` to the merge commit. Where it is checked out git moves it there, with the files,
 * and refuses when that would overwrite anything; elsewhere by compare-and-swap.
 * Throws `ref-moved` when the branch is not at `head` any more, `git-failed` when git refuses.
 */
export async function moveBranch(
  session: RepoSession,
  task: Task,
  head: string,
  commit: string,
  worktree: string | undefined,
): Promise<void> {
  const ref = `refs/heads/${task.branch}`;
  const why = `codex-agent: merge ${session.target}`;
  if (!worktree) return session.git.moveRef(ref, commit, head, why);
  if ((await session.git.commitOf(ref)) !== head) {
    throw appError('ref-moved', `${task.branch} moved while its conflicts were being resolved.`);
  }
  await fastForwardIn(session, { worktree, ref, from: head, to: commit });
  if ((await session.git.commitOf(ref)) !== commit) {
    throw appError('ref-moved', `${task.branch} was switched away while its conflicts were being resolved.`);
  }
}
