/** How far branches are from the target, counted in commits: a few walks for all of them, not one for each. */
import { type Git, objectIdsIn } from '../../platform/index.js';
import { type OwnCommits, parentsIn, reachable } from './own-commits.js';

/** Commits that only the branch has, and that only the target has. */
export interface Distance {
  ahead: number;
  behind: number;
}

/**
 * The distance of each head from the target, in the order given. Throws `git-failed`.
 * @param apart what `ownCommits` found for each head
 */
export async function distances(
  run: Git['run'],
  target: string,
  apart: readonly OwnCommits[],
): Promise<Distance[]> {
  const behind = await countBehind(run, target, apart);
  return apart.map(({ own, meets }) => ({ ahead: own.length, behind: behind.get(keyOf(meets))! }));
}

const keyOf = (meets: readonly string[]): string => [...meets].sort().join(' ');

/** By where heads meet the target's history: most of them meet it in the same few places. */
async function countBehind(
  run: Git['run'],
  target: string,
  apart: readonly OwnCommits[],
): Promise<Map<string, number>> {
  const places = new Map(apart.map(({ meets }) => [keyOf(meets), meets]));
  const since = await commonBelow(run, [...places.values()]);
  const input = [target, ...since.map((commit) => `^${commit}`)].map((line) => `${line}\n`).join('');
  const parents = parentsIn((await run(['rev-list', '--parents', '--stdin'], { input })).stdout);
  return new Map(
    [...places].map(([key, meets]) => [key, parents.size - reachable(meets, parents).own.length]),
  );
}

/** What all of them have below: none of them is behind by any of it. */
async function commonBelow(run: Git['run'], places: readonly (readonly string[])[]): Promise<string[]> {
  const commits = [...new Set(places.flat())];
  // A history that meets the target's nowhere has nothing in common with it.
  if (places.some((meets) => meets.length === 0)) return [];
  if (commits.length < 2) return commits;
  const { stdout } = await run(['merge-base', '--octopus', '--all', ...commits], { ok: [0, 1] });
  return objectIdsIn(stdout, 'merge-base');
}
