/** Moves the target to a verified merge: by git's own fast-forward where it is checked out, else by compare-and-swap. */
import { hasCode } from '../../domain/errors.js';
import type { LandReport } from '../../domain/merge.js';
import type { Task } from '../../domain/task.js';
import type { GitFailure } from '../git/index.js';
import { branchBeingRebased, unfinishedIn } from '../git/state.js';
import type { RepoSession } from '../types.js';
import { listWorktrees } from '../worktrees/list.js';
import { type Candidate, contains } from './candidate.js';

type Clean = Extract<Candidate, { status: 'clean' }>;
type Needs = Pick<RepoSession, 'git' | 'root' | 'target'>;

/**
 * Lands exactly the candidate's commit, or says why not. The reason is `target-moved` when the caller should build
 * a new candidate, and begins with `local-changes` when files of a person are in the way; those are never touched.
 * Landing twice is harmless.
 */
export async function landCandidate(session: Needs, task: Task, candidate: Candidate): Promise<LandReport> {
  const { git, target } = session;
  const refused = (reason: string): LandReport => ({ task: task.slug, status: 'not-landed', target, reason });
  if (candidate.status === 'landed') {
    return { task: task.slug, status: 'landed', target, commit: candidate.commit };
  }
  if (candidate.status !== 'clean') return refused(`the candidate is ${candidate.status}`);
  const landed: LandReport = { task: task.slug, status: 'landed', target, commit: candidate.commit };
  const ref = `refs/heads/${target}`;
  const now = await git.commitOf(ref);
  if (now && (await contains(git, now, candidate.commit))) return landed;
  if (now !== candidate.target) return refused('target-moved');
  const problem = await mismatch(session, task, candidate);
  if (problem) return refused(problem);
  const reason = await move(session, ref, task, candidate);
  if (reason) return refused(reason);
  const after = await git.commitOf(ref);
  return after && (await contains(git, after, candidate.commit)) ? landed : refused('target-moved');
}

/** Reads the candidate again from git: what was checked must be what lands. */
async function mismatch({ git }: Needs, task: Task, candidate: Clean): Promise<string | undefined> {
  const format = ['rev-list', '--parents', '-n', '1', candidate.commit];
  const [commit, ...parents] = (await git.run(format)).stdout.trim().split(' ');
  const same =
    commit === candidate.commit &&
    parents.join() === [candidate.target, candidate.head].join() &&
    (await git.treeOf(candidate.commit)) === candidate.tree;
  if (!same) return 'the candidate is not what was checked';
  const head = await git.commitOf(`refs/heads/${task.branch}`);
  return head === candidate.head ? undefined : `${task.branch} moved after it was checked`;
}

/** Moves the target; returns why it could not be moved. */
async function move(session: Needs, ref: string, task: Task, candidate: Clean): Promise<string | undefined> {
  const { git } = session;
  const holders: string[] = [];
  for (const record of await listWorktrees(git)) {
    if (record.missing) {
      if (record.branch === ref)
        return `${session.target} is checked out in ${record.path}, which is missing`;
      continue;
    }
    if (record.branch === ref) holders.push(record.path);
    else if (!record.branch && (await branchBeingRebased(git, record.path)) === ref) {
      return `${session.target} is being rebased in ${record.path}`;
    }
  }
  if (holders.length > 1)
    return `${session.target} is checked out in several worktrees: ${holders.join(', ')}`;
  if (holders[0]) return fastForward(session, holders[0], ref, candidate.commit);
  try {
    await git.moveRef(ref, candidate.commit, candidate.target, `land ${task.slug}`);
    return undefined;
  } catch (error) {
    if (hasCode(error, 'ref-moved')) return 'target-moved';
    throw error;
  }
}

/** In somebody's worktree git itself moves the branch, and refuses where that would overwrite a file. */
async function fastForward(
  { git, target }: Needs,
  worktree: string,
  ref: string,
  commit: string,
): Promise<string | undefined> {
  const unfinished = await unfinishedIn(git, worktree);
  if (unfinished) return `a ${unfinished} is under way in ${worktree}`;
  const name = await git.run(['symbolic-ref', '-q', 'HEAD'], { worktree, ok: [0, 1] });
  if (name.stdout.trim() !== ref) return 'target-moved';
  // Without these, settings of the person may stash their edits, or an ignored file of theirs be overwritten.
  const safe = ['--no-autostash', '--no-overwrite-ignore', '--no-verify-signatures', '--no-stat'];
  try {
    await git.run(['merge', '--ff-only', '-q', ...safe, commit], { worktree });
    return undefined;
  } catch (error) {
    const { stderr } = error as GitFailure;
    if (stderr === undefined) throw error;
    if (/Not possible to fast-forward|Diverging branches/.test(stderr)) return 'target-moved';
    const files = [...stderr.matchAll(/^\t(.+)$/gm)].map((match) => match[1]);
    if (/would be overwritten|would lose untracked|not uptodate/.test(stderr)) {
      return `local-changes: ${files.join(', ') || 'files'} in ${worktree} would be overwritten`;
    }
    return `git would not fast-forward ${target} in ${worktree}: ${stderr.trim().split('\n').at(-1)}`;
  }
}
