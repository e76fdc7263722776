/** Which checks are run, and which of them next. Pure: the caller runs them and says how they ended. */
import { matchesAny } from '../../platform/glob.js';
import { needsOf } from '../../store/check-config.js';
import type { CheckConfig } from '../../store/config.js';

/** A check of a plan. */
export interface PlannedCheck {
  check: CheckConfig;
  /** Names of the checks of the plan that must have held before it is run. */
  needs: readonly string[];
  /** How long it and the longest chain of what waits for it are expected to take. */
  chainMs: number;
}

/** How a check of a plan stands; `held` and `broken` have ended. */
export type Standing = 'waiting' | 'running' | 'held' | 'broken';

/**
 * The checks that changed paths make relevant, and those that these need, whatever paths they look at.
 * In the order of the configuration.
 */
export function relevantChecks(
  checks: readonly CheckConfig[],
  changedPaths: readonly string[],
): CheckConfig[] {
  const touched = checks.filter(
    ({ when }) => !when?.length || changedPaths.some((path) => matchesAny(path, when)),
  );
  return withNeeds(touched, checks);
}

/** These checks and all that they need, directly or through others. */
function withNeeds(wanted: readonly CheckConfig[], checks: readonly CheckConfig[]): CheckConfig[] {
  const byName = new Map(checks.map((check) => [check.name, check]));
  const kept = new Set<CheckConfig>();
  const open = [...wanted];
  for (let check = open.pop(); check; check = open.pop()) {
    if (kept.has(check)) continue;
    kept.add(check);
    open.push(...needsOf(check, checks).flatMap((name) => byName.get(name) ?? []));
  }
  return checks.filter((check) => kept.has(check));
}

/** Of relevant checks those whose answer is not known yet, with all that they need: a new worktree has nothing of a build. */
export function checksToRun(
  relevant: readonly CheckConfig[],
  isKnown: (check: CheckConfig) => boolean,
): CheckConfig[] {
  return withNeeds(
    relevant.filter((check) => !isKnown(check)),
    relevant,
  );
}

/** What is expected of a check that nothing is known of. */
const guessMs = 1000;

/**
 * The plan for some checks of a configuration.
 * @param tookMs how long each took the last time, where that is known
 */
export function planChecks(
  wanted: readonly CheckConfig[],
  checks: readonly CheckConfig[],
  tookMs: ReadonlyMap<string, number>,
): PlannedCheck[] {
  const names = new Set(wanted.map(({ name }) => name));
  const needs = new Map(
    wanted.map((check) => [check.name, needsOf(check, checks).filter((name) => names.has(name))]),
  );
  const followers = new Map<string, string[]>();
  for (const [name, before] of needs) {
    for (const one of before) followers.set(one, [...(followers.get(one) ?? []), name]);
  }
  const chains = new Map<string, number>();
  const chainMs = (name: string): number => {
    const known = chains.get(name);
    if (known !== undefined) return known;
    const after = Math.max(0, ...(followers.get(name) ?? []).map(chainMs));
    const all = (tookMs.get(name) ?? guessMs) + after;
    chains.set(name, all);
    return all;
  };
  return wanted.map((check) => ({ check, needs: needs.get(check.name)!, chainMs: chainMs(check.name) }));
}

/** The checks that can start now, those before which the most work waits first; as many as there are free lanes. */
export function nextChecks(
  plan: readonly PlannedCheck[],
  standing: (name: string) => Standing,
  lanes: number,
): CheckConfig[] {
  const running = plan.filter(({ check }) => standing(check.name) === 'running').length;
  return plan
    .filter(
      ({ check, needs }) =>
        standing(check.name) === 'waiting' && needs.every((name) => standing(name) === 'held'),
    )
    .sort((a, b) => b.chainMs - a.chainMs)
    .slice(0, Math.max(0, lanes - running))
    .map(({ check }) => check);
}

/** The checks that are never run, because something that they need is broken or is never run itself. */
export function neverRun(
  plan: readonly PlannedCheck[],
  standing: (name: string) => Standing,
): { check: CheckConfig; need: string }[] {
  const lost = new Map<string, { check: CheckConfig; need: string }>();
  for (let before = -1; before < lost.size; ) {
    before = lost.size;
    for (const { check, needs } of plan) {
      if (standing(check.name) !== 'waiting') continue;
      const need = needs.find((name) => lost.has(name) || standing(name) === 'broken');
      if (need) lost.set(check.name, { check, need });
    }
  }
  return [...lost.values()];
}
