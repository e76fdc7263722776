/** What checks say of the commit that work is merged with: an old problem is no reason to fail new work. */
import { besideBase, ranTests } from '../../../domain/landing/checks/outcome.js';
import { holdsTests } from '../../../domain/landing/tamper/test-files.js';
import type { CheckResult } from '../../../domain/landing/validation.js';
import { hasCode, messageOf } from '../../../domain/platform/errors.js';
import type { RepoSession } from '../../store/index.js';
import { withPrivateWorktree } from '../../worktrees/index.js';
import { openCheckCache } from './check-cache.js';
import { checkIn } from './check-in.js';

/** The commit that work is merged with. */
interface CheckBase {
  commit: string;
  tree: string;
}

/**
 * The results beside those of the same checks on the base, which are looked up, and run where they are not known: of
 * checks that fail, and of those whose tests may have become fewer. What cannot be told of the base changes no result.
 * @param paths what the work changes
 * @param fresh the base is asked again, whatever is known of it
 * Throws `interrupted` only.
 */
export async function besideTarget(
  session: RepoSession,
  results: readonly CheckResult[],
  base: CheckBase,
  paths: readonly string[],
  fresh = false,
): Promise<CheckResult[]> {
  const touchesTests = paths.some(holdsTests);
  const asked = results.filter(
    ({ status, tests, problems = [] }) =>
      (status === 'fail' && problems.length > 0) || (status === 'pass' && tests && touchesTests),
  );
  const known = new Map<string, CheckResult>();
  const cache = openCheckCache(session, base.tree);
  const { checks } = session.config.validator;
  const kept = await Promise.all(checks.map((check) => cache.resultOf(check)));
  for (const [at, { name }] of checks.entries()) if (kept[at]) known.set(name, kept[at]);
  const missing = asked.map(({ name }) => name).filter((name) => fresh || !known.has(name));
  for (const result of await runOnBase(session, base, missing)) {
    tellOfChance(session, known.get(result.name), result);
    known.set(result.name, result);
  }
  return results.map((result) => {
    const before = known.get(result.name);
    if (!before) return result;
    const beside = besideBase(result, before, session.target);
    if (!beside.tests || !before.tests) return beside;
    const fewer = { now: ranTests(beside.tests), before: ranTests(before.tests) };
    return fewer.now < fewer.before ? { ...beside, fewer } : beside;
  });
}

/** Says when the target answers otherwise than before on the same tree: what is judged beside it is as uncertain. */
function tellOfChance(session: RepoSession, before: CheckResult | undefined, now: CheckResult): void {
  const told = (status: CheckResult['status']) => status === 'pass' || status === 'fail';
  const isOther = before && told(before.status) && told(now.status) && before.status !== now.status;
  if (!isOther && now.flaky === undefined) return;
  const what = isOther
    ? `${before.status === 'pass' ? 'passed' : 'failed'} before and ${now.status === 'pass' ? 'passes' : 'fails'} now`
    : `failed and passed at attempt ${now.flaky}`;
  const message = `The check ${now.name} is flaky on ${session.target}: on the same tree it ${what}.`;
  session.emit({ type: 'noted', level: 'warning', message });
}

async function runOnBase(
  session: RepoSession,
  { commit, tree }: CheckBase,
  only: readonly string[],
): Promise<CheckResult[]> {
  if (only.length === 0) return [];
  try {
    const results = await withPrivateWorktree(session, commit, 'validate', (path) =>
      checkIn(session, { path, tree }, [], { only }),
    );
    const cache = openCheckCache(session, tree);
    await cache.remember(results, tree);
    await cache.rememberBase(results);
    return results;
  } catch (error) {
    if (hasCode(error, 'interrupted')) throw error;
    const message = `${session.target} itself could not be checked: ${messageOf(error)}`;
    session.emit({ type: 'noted', level: 'warning', message });
    return [];
  }
}
