/** What a person lets work break, by name. */
import { appError } from '../../domain/platform/errors.js';
import { policyNames } from '../../domain/store/policies.js';

/** Throws `no-such-policy` (usage) for a name that no policy has. Behind a colon stands which of its places. */
export function requirePolicies(allowed: readonly string[]): void {
  const known: readonly string[] = policyNames;
  const unknown = allowed.map((one) => one.split(':')[0]!).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw appError('no-such-policy', `There is no policy ${unknown}.`, {
    kind: 'usage',
    hint: `Known: ${known.join(', ')}`,
  });
}
