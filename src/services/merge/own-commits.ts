/** Which commits heads have that their target does not: heads that share some of them are no strangers. */
import type { Git } from '../types.js';

/** By head, in no order. Throws `git-failed`. */
export async function ownCommits(
  run: Git['run'],
  target: string,
  heads: readonly string[],
): Promise<Map<string, string[]>> {
  const input = [...heads, `^${target}`].map((line) => `${line}\n`).join('');
  const { stdout } = await run(['rev-list', '--parents', '--stdin'], { input });
  const parents = new Map<string, string[]>();
  for (const line of stdout.split('\n')) {
    const [commit, ...others] = line.split(' ');
    if (commit) parents.set(commit, others);
  }
  return new Map(heads.map((head) => [head, reachable(head, parents)]));
}

function reachable(head: string, parents: ReadonlyMap<string, readonly string[]>): string[] {
  const seen = new Set<string>();
  const open = [head];
  for (let commit = open.pop(); commit !== undefined; commit = open.pop()) {
    const above = parents.get(commit);
    if (!above || seen.has(commit)) continue;
    seen.add(commit);
    open.push(...above);
  }
  return [...seen];
}
