/** Checks: the repository's own commands, run on exactly the tree that is judged. */
import { availableParallelism } from 'node:os';
import { checksToRun, planChecks, relevantChecks } from '../../../domain/landing/checks/schedule.js';
import type { CheckResult } from '../../../domain/landing/validation.js';
import type { CheckConfig } from '../../../domain/store/config.js';
import type { RepoSession } from '../../store/index.js';
import { runPlan } from './lanes.js';
import { named, runUntilSure } from './run-check.js';
import type { TreeWatch } from './same-tree.js';
import { checkTeller } from './tell-checks.js';

export interface CheckRunOptions {
  /** Gets what each check that failed wrote. */
  heard?: (output: string) => void;
  /** Tells what a check wrote to the tree, and undoes it. */
  watch?: TreeWatch;
  /** Results that are known for this very tree. */
  known?: ReadonlyMap<string, CheckResult>;
  /** How long each check took the last time. */
  tookMs?: ReadonlyMap<string, number>;
  /** Only these checks and what they need, whatever paths have changed. */
  only?: readonly string[];
  /** File for all that a check writes. */
  outputOf?: (check: CheckConfig) => string;
}

const mostLanes = 4;

/**
 * Runs the configured checks in a folder: what they need first, independent ones side by side, all of them even when one
 * fails. A check that no changed path makes relevant is skipped. One that cannot be run, is killed or takes too long is
 * an error, never a failure. So is one that writes to the tree it judges: it judged something else.
 * The results stand in the order of the configuration. Throws `interrupted` only.
 */
export async function runChecks(
  session: Pick<RepoSession, 'config' | 'env' | 'progress'>,
  path: string,
  changedPaths: readonly string[],
  signal: AbortSignal,
  options: CheckRunOptions = {},
): Promise<CheckResult[]> {
  const { checks, max_parallel } = session.config.validator;
  const { heard, watch, known = new Map<string, CheckResult>(), tookMs = new Map(), outputOf } = options;
  const { only } = options;
  const relevant = only ? checks : relevantChecks(checks, changedPaths);
  const wanted = checksToRun(relevant, ({ name }) => known.has(name) || only?.includes(name) === false);
  const telling = checkTeller(session.progress, wanted.length);
  const ran = await runPlan(planChecks(wanted, checks, tookMs), {
    count: max_parallel || Math.min(mostLanes, availableParallelism()),
    ...(watch ? { watch } : {}),
    run: (check) =>
      telling(check, (told) => {
        const place = { path, signal, ...(outputOf ? { output: outputOf(check) } : {}), ...told };
        return runUntilSure(session, check, place, heard);
      }),
  });
  if (only) return [...ran.values()];
  return checks.map((check) => known.get(check.name) ?? ran.get(check.name) ?? notTouched(check));
}

/** The checks that would be run for these paths. */
export function checksFor(
  session: Pick<RepoSession, 'config'>,
  changedPaths: readonly string[],
): CheckConfig[] {
  return relevantChecks(session.config.validator.checks, changedPaths);
}

const notTouched = (check: CheckConfig): CheckResult => ({
  ...named(check),
  status: 'skipped',
  durationMs: 0,
  summary: `no change in ${check.when.join(', ')}`,
});
