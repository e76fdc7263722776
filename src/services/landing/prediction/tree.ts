/** One merge, or many, computed without touching a worktree, a ref or an index. */

import type { Conflict, MergeStatus } from '../../../domain/landing/merge.js';
import { type MergeAnswer, parseMerge, parseMergeBatch } from '../../../domain/landing/merge-output.js';
import { messageOf } from '../../../domain/platform/errors.js';
import type { Git } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { withAnalysis } from './analysis.js';

export interface MergedTree {
  status: MergeStatus;
  /** Tree id; on a conflict it holds files with markers. Absent when unknown. */
  tree?: string;
  conflicts: Conflict[];
  /** Why it is unknown. */
  reason?: string;
}

/**
 * Merges two commits as `git merge` in a worktree of `ours` would.
 * @param ours full commit id that receives the merge
 * @param theirs full commit id
 * @param options `keep`: the tree is written into the repository, to be committed
 */
export async function mergeTree(
  session: Pick<RepoSession, 'git' | 'env'>,
  ours: string,
  theirs: string,
  options: { keep?: boolean } = {},
): Promise<MergedTree> {
  try {
    return await withAnalysis(session, { attributesOf: ours, ...options }, (run) =>
      mergeWith(run, ours, theirs),
    );
  } catch (error) {
    return unknown(messageOf(error));
  }
}

/** One merge with a git of `withAnalysis`. Never throws for what git answers: that is "unknown". */
export async function mergeWith(run: Git['run'], ours: string, theirs: string): Promise<MergedTree> {
  const ok = Array.from({ length: 256 }, (_, code) => code);
  const result = await run(['merge-tree', '--write-tree', '-z', ours, theirs], { ok });
  const answer = parseMerge(result.code, result.stdout);
  return answer ? judged(answer) : unknown(lastLine(result.stderr) || `git ended with ${result.code}`);
}

/**
 * Many merges in one process, as pairs of full commit ids. A pair that git cannot answer ends its batch:
 * it is asked again alone for the reason, and the batch goes on behind it.
 */
export async function mergeMany(
  run: Git['run'],
  pairs: readonly (readonly [string, string])[],
): Promise<MergedTree[]> {
  const merged: MergedTree[] = [];
  const ok = Array.from({ length: 256 }, (_, code) => code);
  while (merged.length < pairs.length) {
    const input = pairs
      .slice(merged.length)
      .map(([ours, theirs]) => `${ours} ${theirs}\n`)
      .join('');
    const { stdout } = await run(['merge-tree', '--write-tree', '--stdin'], { input, ok });
    merged.push(...parseMergeBatch(stdout).map(judged));
    const next = pairs[merged.length];
    if (next) merged.push(await mergeWith(run, ...next));
  }
  return merged;
}

const unknown = (reason: string): MergedTree => ({ status: 'unknown', conflicts: [], reason });

function judged(answer: MergeAnswer): MergedTree {
  if (answer.error) return unknown(answer.error);
  const { clean, tree, conflicts } = answer;
  return { status: clean ? 'clean' : 'conflict', tree, conflicts };
}

const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? '';
