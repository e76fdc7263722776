/** Merges one after the other, built off to the side: the tip is what is checked, and exactly that lands. */
import type { Conflict } from '../../../domain/landing/merge.js';
import type { Task } from '../../../domain/store/task.js';
import type { RepoSession } from '../../store/index.js';
import { commitToLand } from '../../worktrees/index.js';
import { mergeTree } from '../prediction/tree.js';

/** One merge of a chain: parents are what stood before it, and the task's head. */
export interface Link {
  task: string;
  branch: string;
  head: string;
  commit: string;
}

export interface Chain {
  /** Commit of the target that the chain stands on. */
  target: string;
  links: readonly Link[];
  /** Tip of the chain, on no branch yet, and its tree. */
  commit: string;
  tree: string;
}

export type Built =
  | { status: 'built'; chain: Chain }
  | { status: 'conflict'; task: string; conflicts: Conflict[] }
  | { status: 'unknown'; task: string; reason: string };

/** A task with the commit of its branch that is to be merged. */
export interface Member {
  task: Task;
  head: string;
}

/** The merge commit of one task. No ref, index or worktree is touched. */
export function commitMergeOf(
  session: Pick<RepoSession, 'git'>,
  { task, head }: Member,
  onto: string,
  tree: string,
): Promise<string> {
  const message = `Merge task ${task.slug}: ${task.title}\n\nTask: ${task.slug}`;
  return commitToLand(session, tree, [onto, head], message);
}

type Step = { commit: string; tree: string } | Exclude<Built, { status: 'built' }>;

/**
 * Builds chains and remembers every merge, so that a chain which begins like an earlier one is the same commits.
 * Nothing is thrown for what git answers: that is `unknown`.
 */
export function chainBuilder(session: Pick<RepoSession, 'git' | 'env' | 'target'>) {
  const made = new Map<string, Promise<Step>>();
  const trees = new Map<string, Promise<string>>();

  async function merge(onto: string, member: Member): Promise<Step> {
    const merged = await mergeTree(session, onto, member.head, { keep: true });
    const { slug } = member.task;
    if (merged.status === 'unknown') {
      return { status: 'unknown', task: slug, reason: merged.reason ?? 'no answer' };
    }
    if (merged.status === 'conflict') return { status: 'conflict', task: slug, conflicts: merged.conflicts };
    return { tree: merged.tree!, commit: await commitMergeOf(session, member, onto, merged.tree!) };
  }

  return async function build(target: string, members: readonly Member[]): Promise<Built> {
    const links: Link[] = [];
    let commit = target;
    let tree = await remembered(trees, target, () => session.git.treeOf(target));
    for (const member of members) {
      const key = `${commit} ${member.head} ${member.task.slug}`;
      const onto = commit;
      const found = await remembered(made, key, () => merge(onto, member));
      if ('status' in found) return found;
      ({ commit, tree } = found);
      links.push({ task: member.task.slug, branch: member.task.branch, head: member.head, commit });
    }
    return { status: 'built', chain: { target, links, commit, tree } };
  };
}

function remembered<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = make();
  known.set(key, made);
  // What failed may go well the next time.
  made.catch(() => known.delete(key));
  return made;
}

export type ChainBuilder = ReturnType<typeof chainBuilder>;
