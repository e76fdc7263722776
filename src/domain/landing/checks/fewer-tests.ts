/** Tests that were run on the base and are not run any more: whatever the cause, what passes then tells less. */
import type { PolicyConfig } from '../../store/policies.js';
import type { CheckResult, PolicyResult } from '../validation.js';

/** What is thought of a change besides its checks. */
interface Judgement {
  policy: PolicyConfig | undefined;
  /** What its policies found, of all work that is judged together. */
  policies: readonly PolicyResult[];
  /** What a person lets it break. */
  allowed: readonly string[];
  /** How the base is called. */
  target: string;
}

/**
 * The results, in which a check that passed with fewer tests than on the base has failed. It is only told where the
 * policy is a warning, a person allowed it, or the tests that are gone were found and explained, or hold the work.
 */
export function judgeCounts(
  checks: readonly CheckResult[],
  { policy, policies, allowed, target }: Judgement,
): CheckResult[] {
  if (!policy || policy.level === 'off') return [...checks];
  const explained = policies.some(
    ({ name, status, evidence = [] }) =>
      name === 'weakened_tests' && (status === 'held' || evidence.some(({ mild }) => mild)),
  );
  const isTold = policy.level === 'warn' || explained || allowed.includes('fewer_tests');
  return checks.map((check) => {
    const { fewer, status, summary } = check;
    if (!fewer || status !== 'pass') return check;
    const words = `fewer tests ran than on ${target}: ${fewer.now} of ${fewer.before}`;
    const { fewer: _, ...told } = check;
    if (isTold) return { ...told, summary: `${summary} (${words})` };
    return { ...told, status: 'fail', problems: [], summary: `${words}\n${summary}` };
  });
}
