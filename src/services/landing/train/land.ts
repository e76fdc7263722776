/** Moves the target to verified merges: by git's own fast-forward where it is checked out, else by compare-and-swap. */
import { existsSync } from 'node:fs';
import { hasCode, messageOf } from '../../../domain/platform/errors.js';
import type { GitFailure } from '../../platform/index.js';
import { branchBeingRebased, endedFromOutside, unfinishedIn, waysOut } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { fastForwardIn, forgetCommand, listWorktrees } from '../../worktrees/index.js';
import { contains } from '../candidates/candidate.js';
import type { Chain } from '../candidates/chain.js';

type Needs = Pick<RepoSession, 'git' | 'root' | 'target' | 'env' | 'paths' | 'repo' | 'emit'>;

export type Landing =
  | { status: 'landed' }
  /** Build anew on the target as it is now. */
  | { status: 'target-moved' }
  /** These tasks' branches are not what was checked any more. */
  | { status: 'branches-moved'; tasks: string[] }
  /** Begins with `local-changes` when `files` of a person are in the way; those are never touched. */
  | { status: 'refused'; reason: string; files?: string[] };

/** Lands exactly the tip of the chain, or says why not. Landing twice is harmless. */
export async function landChain(session: Needs, chain: Chain): Promise<Landing> {
  const { git, target } = session;
  const ref = `refs/heads/${target}`;
  const now = await git.commitOf(ref);
  if (now && (await contains(git, now, chain.commit))) return { status: 'landed' };
  if (now !== chain.target) return { status: 'target-moved' };
  if (!(await isWhatWasChecked(session, chain))) {
    return { status: 'refused', reason: 'the candidate is not what was checked' };
  }
  const moved = await movedBranches(session, chain);
  if (moved.length > 0) return { status: 'branches-moved', tasks: moved };
  const obstacle = await move(session, ref, chain);
  if (obstacle) return obstacle;
  const after = await git.commitOf(ref);
  return { status: after && (await contains(git, after, chain.commit)) ? 'landed' : 'target-moved' };
}

/** Reads the merges again from git, from the tip down: what was checked must be what lands. */
async function isWhatWasChecked({ git }: Needs, chain: Chain): Promise<boolean> {
  const format = ['rev-list', '--first-parent', '--parents', '--reverse', `${chain.target}..${chain.commit}`];
  const found = (await git.run(format)).stdout.trim();
  let before = chain.target;
  const expected = chain.links.map(({ commit, head }) => {
    const line = [commit, before, head].join(' ');
    before = commit;
    return line;
  });
  return (
    before === chain.commit &&
    found === expected.join('\n') &&
    (await git.treeOf(chain.commit)) === chain.tree
  );
}

async function movedBranches({ git }: Needs, chain: Chain): Promise<string[]> {
  const heads = await Promise.all(chain.links.map(({ branch }) => git.commitOf(`refs/heads/${branch}`)));
  return chain.links.filter(({ head }, at) => heads[at] !== head).map(({ task }) => task);
}

type Obstacle = Extract<Landing, { status: 'refused' | 'target-moved' }>;

const refused = (reason: string): Obstacle => ({ status: 'refused', reason });

/** Moves the target; returns why it could not be moved. */
async function move(session: Needs, ref: string, chain: Chain): Promise<Obstacle | undefined> {
  const { git } = session;
  const holders: string[] = [];
  for (const record of await listWorktrees(git)) {
    if (record.missing || !existsSync(record.path)) {
      if (record.branch === ref)
        return refused(
          `${session.target} is checked out in ${record.path}, which is missing: put it back, or have git forget it (${forgetCommand(record)})`,
        );
      continue;
    }
    if (record.branch === ref) holders.push(record.path);
    else if (!record.branch && (await branchBeingRebased(git, record.path)) === ref) {
      return refused(
        `${session.target} is being rebased in ${record.path}: ${waysOut('rebase', record.path)}`,
      );
    }
  }
  if (holders.length > 1)
    return refused(`${session.target} is checked out in several worktrees: ${holders.join(', ')}`);
  if (holders[0])
    return fastForward(session, { worktree: holders[0], ref, from: chain.target, to: chain.commit });
  try {
    const why = `land ${chain.links.map(({ task }) => task).join(', ')}`;
    await git.moveRef(ref, chain.commit, chain.target, why.slice(0, 500));
    return undefined;
  } catch (error) {
    if (hasCode(error, 'ref-moved')) return { status: 'target-moved' };
    throw error;
  }
}

/** In a person's worktree git itself moves the branch, and refuses where that would overwrite a file. */
async function fastForward(
  session: Needs,
  move: Parameters<typeof fastForwardIn>[1],
): Promise<Obstacle | undefined> {
  const { git, target } = session;
  const { worktree, ref } = move;
  const unfinished = await unfinishedIn(git, worktree);
  if (unfinished)
    return refused(`a ${unfinished} is under way in ${worktree}: ${waysOut(unfinished, worktree)}`);
  const name = await git.run(['symbolic-ref', '-q', 'HEAD'], { worktree, ok: [0, 1] });
  if (name.stdout.trim() !== ref) return { status: 'target-moved' };
  try {
    await fastForwardIn(session, move);
    return undefined;
  } catch (error) {
    const { stderr } = error as GitFailure;
    if (stderr === undefined || endedFromOutside(error)) throw error;
    if (/Not possible to fast-forward|Diverging branches/.test(stderr)) return { status: 'target-moved' };
    const files = [...stderr.matchAll(/^\t(.+)$/gm)].map((match) => match[1]!);
    if (/would be overwritten|would lose untracked|not uptodate/.test(stderr)) {
      const reason = `local-changes: ${files.join(', ') || 'files'} in ${worktree} would be overwritten`;
      return { status: 'refused', reason, files };
    }
    const why = messageOf(error).replace(/\.$/, '');
    return refused(`git would not fast-forward ${target} in ${worktree}: ${why}`);
  }
}
