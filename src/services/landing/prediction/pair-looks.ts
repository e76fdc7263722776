/** What was looked into, in the reports: of a merge into the target, and of pairs that go together. */
import type { PairResult } from '../../../domain/landing/merge.js';
import { hasCode, messageOf } from '../../../domain/platform/errors.js';
import type { Looked } from './looks.js';
import type { CleanPair, TargetMerges } from './predictor.js';

/** The results of pairs with what the clean ones leave to be looked at. `merges`: those of heads that merge cleanly. */
export async function withLooks(
  onto: TargetMerges,
  results: readonly PairResult[],
  merges: readonly (CleanPair | undefined)[],
): Promise<PairResult[]> {
  const clean = merges.flatMap((merge, at) =>
    merge && results[at]!.status === 'clean' ? [{ at, merge }] : [],
  );
  const looked = await lookedOrWhy(clean.length, () => onto.looksBetween(clean.map(({ merge }) => merge)));
  const told = new Map(clean.map(({ at }, index) => [at, looked[index]]));
  return results.map((result, at) => ({ ...result, ...asLooked(told.get(at)) }));
}

/** What was looked into; an error makes all of it unknown, and keeps no merge from being called clean. */
export async function lookedOrWhy(many: number, look: () => Promise<Looked[]>): Promise<Looked[]> {
  if (many === 0) return [];
  return look().catch((error: unknown) => {
    if (hasCode(error, 'interrupted')) throw error;
    return Array.from({ length: many }, () => ({ looks: [], unknown: messageOf(error) }));
  });
}

/** The fields of a report for what was looked into. */
export const asLooked = (
  { looks, unknown }: Looked = { looks: [] },
): Pick<PairResult, 'looks' | 'notLooked'> => ({
  ...(looks.length > 0 ? { looks } : {}),
  ...(unknown === undefined ? {} : { notLooked: unknown }),
});
