/** Runs a plan of checks: side by side where they may be, one at a time where one of them writes to the tree. */
import {
  neverRun,
  nextChecks,
  type PlannedCheck,
  type Standing,
} from '../../../domain/landing/checks/schedule.js';
import type { CheckResult } from '../../../domain/landing/validation.js';
import { hasCode, messageOf } from '../../../domain/platform/errors.js';
import { matchesAny } from '../../../domain/platform/glob.js';
import type { CheckConfig } from '../../../domain/store/config.js';
import { named } from './run-check.js';
import type { TreeWatch } from './same-tree.js';

/** Files that a check wrote to, at most so many are kept by name. */
const mostTold = 100;

interface Lanes {
  count: number;
  /** Tells what checks wrote to the tree, and undoes it. */
  watch?: TreeWatch;
  run(check: CheckConfig): Promise<CheckResult>;
}

/**
 * The results of a plan, by name. A check whose need is broken is not run.
 *
 * What a check saw counts only while no check wrote to the tree. After each check the tree is looked at; once something
 * was written while several ran, none is started any more, the tree is put back when all have ended, and each of them is
 * run again by itself: then the one that writes is known by name, and the others have seen the tree that is judged.
 * Throws what `run` throws, when nothing runs any more.
 */
export async function runPlan(
  plan: readonly PlannedCheck[],
  lanes: Lanes,
): Promise<Map<string, CheckResult>> {
  const results = new Map<string, CheckResult>();
  for (;;) {
    const disturbed = await runTogether(plan, lanes, results);
    if (disturbed.length === 0) return results;
    const [first] = disturbed;
    if (first?.alone) {
      results.set(first.check.name, await judgedAlone(first.check, first.result, lanes));
      continue;
    }
    const { rewritten } = await lanes.watch!.settle();
    for (const { check } of disturbed) results.set(check.name, await runAlone(check, lanes, rewritten));
  }
}

/** How often a check that rewrites other files each time is run with an eye on them. */
const mostRuns = 3;

/** Runs a check by itself, with an eye on files to which something was done before. */
async function runAlone(
  check: CheckConfig,
  lanes: Lanes,
  files: readonly string[],
  runs = 1,
): Promise<CheckResult> {
  const watched = files.filter((path) => !matchesAny(path, check.rewrites ?? []));
  const { result, others } = await lanes.watch!.during(watched, () => lanes.run(check));
  return judgedAlone(check, result, lanes, { watched, others, runs });
}

interface Watched {
  watched: readonly string[];
  /** Of the watched files those that held something else while the check ran. */
  others: readonly string[];
  runs: number;
}

/**
 * The result of a check that ran by itself. Writing to the tree that it judges makes it an error that names what. One
 * that passed, and rewrote files with what they held, is run again with an eye on them: it may have put them back.
 */
async function judgedAlone(
  check: CheckConfig,
  result: CheckResult,
  lanes: Lanes,
  { watched, others, runs }: Watched = { watched: [], others: [], runs: 0 },
): Promise<CheckResult> {
  try {
    const { written, rewritten } = await lanes.watch!.settle();
    if (written.length > 0)
      return asError(result, written, `it wrote to the tree that it judges: ${firstOf(written)}`);
    if (result.status !== 'pass') return result;
    if (others.length > 0) {
      const what = `while it ran, files of the tree held something else: ${firstOf(others)}`;
      return asError(
        result,
        others,
        `${what}. Where it has to write them: rewrites = ${JSON.stringify(others)}`,
      );
    }
    const known = new Set(watched);
    const isExpected = (path: string) => known.has(path) || matchesAny(path, check.rewrites ?? []);
    if (rewritten.every(isExpected)) return result;
    if (runs >= mostRuns) {
      const more = rewritten.filter((path) => !isExpected(path));
      const what = `it rewrote other files in each of its runs, so what they held is unknown: ${firstOf(more)}`;
      return asError(result, more, `${what}. Where it has to write them: rewrites = ${JSON.stringify(more)}`);
    }
    return await runAlone(check, lanes, [...new Set([...watched, ...rewritten])], runs + 1);
  } catch (error) {
    if (hasCode(error, 'interrupted')) throw error;
    return {
      ...result,
      status: 'error',
      summary: `what it wrote to the tree is unknown: ${messageOf(error)}`,
    };
  }
}

/** What did not come to its end says nothing of the tree, whatever it wrote. */
const asError = (result: CheckResult, wrote: readonly string[], what: string): CheckResult => ({
  ...result,
  status: 'error',
  ...(result.status === 'error' ? {} : { wrote: wrote.slice(0, mostTold) }),
  summary: `${what}\n${result.summary}`,
});

const firstOf = (paths: readonly string[]) =>
  `${paths.slice(0, 5).join(', ')}${paths.length > 5 ? ` and ${paths.length - 5} more` : ''}`;

/** What ended while the tree was not as it is to be; `alone`: nothing else ran that could have written. */
interface Disturbed {
  check: CheckConfig;
  result: CheckResult;
  alone: boolean;
}

/** Runs what is left of a plan, until all of it has a result or the tree was written to. */
async function runTogether(
  plan: readonly PlannedCheck[],
  { count, watch, run }: Lanes,
  results: Map<string, CheckResult>,
): Promise<Disturbed[]> {
  const running = new Map<string, Promise<Ended>>();
  /** What has ended, while the tree is looked at: its lane is free, its result does not count yet. */
  const looking = new Map<string, Promise<Ended>>();
  const disturbed: Disturbed[] = [];
  const thrown: unknown[] = [];
  const standing = (name: string): Standing => {
    const result = results.get(name);
    if (result) return result.status === 'pass' ? 'held' : 'broken';
    return running.has(name) || looking.has(name) ? 'running' : 'waiting';
  };
  const looks = inTurn();
  const ending = (check: CheckConfig, work: () => Promise<Ended>): Promise<Ended> =>
    work().catch((error: unknown) => ({ check, error }));
  const startMore = () => {
    if (disturbed.length + thrown.length > 0) return;
    for (const { check, need } of neverRun(plan, standing)) results.set(check.name, notRun(check, need));
    // One lane means one at a time: what comes next is not to see what the last one left.
    const lanes = count > 1 ? count + looking.size : count;
    for (const check of nextChecks(plan, standing, lanes)) {
      running.set(
        check.name,
        ending(check, async () => ({ check, result: await run(check) })),
      );
    }
  };
  for (startMore(); running.size + looking.size > 0; startMore()) {
    const ended = await Promise.race([...running.values(), ...looking.values()]);
    const { name } = ended.check;
    const alone = running.size + looking.size === 1 && disturbed.length === 0;
    const ran = running.delete(name);
    looking.delete(name);
    if ('error' in ended) thrown.push(ended.error);
    else if (ran && watch) {
      const look = async () => ({ ...ended, isSame: await looks(() => isUntouched(watch)) });
      looking.set(name, ending(ended.check, look));
    } else if (ended.isSame === false) disturbed.push({ check: ended.check, result: ended.result, alone });
    else results.set(name, ended.result);
  }
  if (thrown.length > 0) throw thrown[0];
  return disturbed;
}

type Ended =
  | { check: CheckConfig; result: CheckResult; isSame?: boolean }
  | { check: CheckConfig; error: unknown };

/** Calls that share one index of git wait for each other. */
function inTurn() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };
}

/** What cannot be told is not called untouched: the check is then run by itself, and says why. */
async function isUntouched(watch: TreeWatch): Promise<boolean> {
  try {
    return await watch.isUntouched();
  } catch (error) {
    if (hasCode(error, 'interrupted')) throw error;
    return false;
  }
}

const notRun = (check: CheckConfig, need: string): CheckResult => ({
  ...named(check),
  status: 'skipped',
  durationMs: 0,
  summary: `not run: it needs ${need}, which did not pass`,
});
