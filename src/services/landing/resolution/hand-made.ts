/** What a person made of the conflicts of a merge, hunk by hunk, for the review. */
import { join } from 'node:path';
import { answersIn, hunksOf, parseConflicts } from '../../../domain/landing/hunks.js';
import type { Conflict, HunkRecord } from '../../../domain/landing/merge.js';
import { objectIdIn, readUtf8 } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { isInside } from './conflicts.js';
import { answeredByHand, type OpenFile } from './open-file.js';
import type { Sides } from './types.js';

/** The sides of the merge that is under way: the target may have moved since it began. */
export async function sidesUnderWay(session: Pick<RepoSession, 'git'>, worktree: string): Promise<Sides> {
  const { stdout } = await session.git.run(['rev-parse', 'HEAD', 'MERGE_HEAD'], { worktree });
  const [head = '', target = ''] = stdout.split('\n');
  return { head: objectIdIn(head, 'rev-parse'), target: objectIdIn(target, 'rev-parse') };
}

/** Files whose hunks can still be told; where the text around them was changed too, without answers. */
export async function readHandMade(
  session: Pick<RepoSession, 'git'>,
  { head, target }: Sides,
  worktree: string,
  conflicts: readonly Conflict[],
): Promise<OpenFile[]> {
  const { git } = session;
  // The same merge once more, off to the side: its tree has the files as git left them.
  const args = ['-c', 'merge.conflictStyle=diff3', 'merge-tree', '--write-tree', '--no-messages', '-z'];
  const merged = await git.run([...args, head, target], { worktree, ok: [0, 1] });
  const tree = objectIdIn(merged.stdout.split('\0')[0] ?? '', 'merge-tree');
  const files: OpenFile[] = [];
  for (const { path, kind } of conflicts) {
    if ((kind !== 'contents' && kind !== 'add/add') || !(await isInside(worktree, path))) continue;
    const marked = await git.run(['cat-file', 'blob', `${tree}:${path}`], { ok: [0, 128] });
    const parts = marked.code === 0 ? parseConflicts(marked.stdout) : undefined;
    if (!parts) continue;
    const answers = answersIn(parts, await readUtf8(join(worktree, path))) ?? new Map<number, string>();
    files.push(answeredByHand({ path, kind, parts, base: '', ours: '', theirs: '' }, answers));
  }
  return files;
}

export function handRecords(file: OpenFile): HunkRecord[] {
  const told = file.answers.size > 0 ? 'by hand' : 'by hand, with changes around it: see the commit';
  return hunksOf(file.parts).map(({ index }) => ({ index, strategy: 'by-hand', reason: told }));
}
