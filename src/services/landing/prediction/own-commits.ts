/** Which commits heads have that their target does not: heads that share some of them are no strangers. */
import type { Git } from '../../platform/index.js';

/** What stands between a head and its target. */
export interface OwnCommits {
  /** Commits that the target does not have, in no order. */
  own: string[];
  /** Where the head's history meets the target's: the commits of the target that its own ones stand on. */
  meets: string[];
}

/** By head; one whose history git cannot read is left out. */
export async function ownCommits(
  run: Git['run'],
  target: string,
  heads: readonly string[],
): Promise<Map<string, OwnCommits>> {
  const input = [...heads, `^${target}`].map((line) => `${line}\n`).join('');
  const { code, stdout } = await run(['rev-list', '--parents', '--stdin'], { input, ok: [0, 128] });
  if (code === 0) {
    const parents = parentsIn(stdout);
    return new Map(heads.map((head) => [head, reachable([head], parents)]));
  }
  // One that is broken must not keep the others from being told.
  const found = new Map<string, OwnCommits>();
  if (heads.length < 2) return found;
  for (const head of heads)
    for (const [one, own] of await ownCommits(run, target, [head])) found.set(one, own);
  return found;
}

/** Reads what `rev-list --parents` says. */
export function parentsIn(stdout: string): Map<string, string[]> {
  const parents = new Map<string, string[]>();
  for (const line of stdout.split('\n')) {
    const [commit, ...others] = line.split(' ');
    if (commit) parents.set(commit, others);
  }
  return parents;
}

/** The commits of a piece of history that can be reached from some, and those outside of it that they stand on. */
export function reachable(
  from: readonly string[],
  parents: ReadonlyMap<string, readonly string[]>,
): OwnCommits {
  const own = new Set<string>();
  const meets = new Set<string>();
  const open = [...from];
  for (let commit = open.pop(); commit !== undefined; commit = open.pop()) {
    const above = parents.get(commit);
    if (!above) meets.add(commit);
    else if (!own.has(commit)) {
      own.add(commit);
      open.push(...above);
    }
  }
  return { own: [...own], meets: [...meets] };
}
