/** Trees of commits. A commit's tree never changes, so git is asked for it once. */
import type { Git } from '../types.js';
import { isObjectId, objectIdIn } from './answers.js';

/** A process that goes on for days forgets what it asked for long ago. */
const mostKnown = 2_000;

/** `treeOf` and `treesOf` of a repository that `run` works in. */
export function treeReader(run: Git['run']): Pick<Git, 'treeOf' | 'treesOf'> {
  const known = new Map<string, string>();
  const keep = (commit: string, tree: string): string => {
    if (known.size >= mostKnown) known.clear();
    known.set(commit, tree);
    return tree;
  };
  async function treeOf(commit: string): Promise<string> {
    const before = known.get(commit);
    if (before !== undefined) return before;
    const args = ['rev-parse', '--verify', '--end-of-options', `${commit}^{tree}`];
    const tree = objectIdIn((await run(args)).stdout, 'rev-parse');
    return isObjectId(commit) ? keep(commit, tree) : tree;
  }
  return {
    treeOf,
    async treesOf(commits) {
      const asked = [...new Set(commits)].filter((commit) => isObjectId(commit) && !known.has(commit));
      if (asked.length > 1) {
        const input = asked.map((commit) => `${commit}^{tree}\n`).join('');
        const { stdout } = await run(['cat-file', '--batch-check=%(objectname) %(objecttype)'], { input });
        const lines = stdout.split('\n');
        for (const [at, commit] of asked.entries()) {
          const [tree = '', kind] = (lines[at] ?? '').split(' ');
          if (kind === 'tree' && isObjectId(tree)) keep(commit, tree);
        }
      }
      // What that did not tell is asked for by itself, which says why.
      const trees: string[] = [];
      for (const commit of commits) trees.push(await treeOf(commit));
      return trees;
    },
  };
}
