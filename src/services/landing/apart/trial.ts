/** Runs checks once on a commit, in a place of its own, to learn whether they work and whether they write. */
import { realpath } from 'node:fs/promises';
import type { CheckConfig } from '../../../domain/store/config.js';
import type { RepoSession } from '../../store/index.js';
import { withPrivateWorktree, withScratch } from '../../worktrees/index.js';
import { runChecks } from '../validation/checks.js';
import { type TreeWatch, withSameTree } from '../validation/same-tree.js';
import { type ApartOptions, openSource, preparePlace } from './index.js';

/** `writes`: it changed the tree that it judges. `slow`: it was ended after its time. `untried`: no time was left. */
export interface TriedCheck {
  status: 'pass' | 'fail' | 'error' | 'writes' | 'slow' | 'untried';
  durationMs: number;
  summary: string;
  wrote: string[];
}

export interface TrialOptions extends Omit<ApartOptions, 'revisions' | 'trustBase'> {
  /** The commit that checks run on. */
  commit: string;
  /** Most time for each of them, and for all. */
  eachMs: number;
  totalMs: number;
}

/**
 * Tries each check, one after the other, in a filled worktree of the commit. What one writes is undone before the next.
 * Nothing is left when it ends, also when it is interrupted. Throws `interrupted`, `git-failed`, `setup-failed`.
 */
export async function tryChecks(
  options: TrialOptions,
  checks: readonly CheckConfig[],
): Promise<TriedCheck[]> {
  const { commit, env, signal } = options;
  const source = await openSource(options);
  return withScratch({ env }, async (folder) => {
    const revisions = { base: commit, branch: commit };
    const asked = { ...options, revisions, trustBase: false };
    const { session } = await preparePlace(asked, source, revisions, await realpath(folder));
    const tree = await session.git.treeOf(commit);
    const end = performance.now() + options.totalMs;
    return withPrivateWorktree(session, commit, 'try', (path) =>
      withSameTree(session, { worktree: path, tree, promised: [] }, async (watch) => {
        const tried: TriedCheck[] = [];
        for (const check of checks) {
          signal.throwIfAborted();
          const time = Math.floor(Math.min(options.eachMs, end - performance.now()));
          if (time < 1000) tried.push({ ...noTime });
          else tried.push(await tryOne({ session, path, watch }, check, time));
        }
        return tried;
      }),
    );
  });
}

const noTime: TriedCheck = {
  status: 'untried',
  durationMs: 0,
  summary: 'not tried: the others took all the time',
  wrote: [],
};

async function tryOne(
  { session, path, watch }: { session: RepoSession; path: string; watch: TreeWatch },
  check: CheckConfig,
  time: number,
): Promise<TriedCheck> {
  session.emit({ type: 'noted', level: 'info', message: `Trying ${check.name}: ${check.run.join(' ')}` });
  const limited = { ...check, timeout: `${time}ms`, when: [] };
  const config = { ...session.config, validator: { ...session.config.validator, checks: [limited] } };
  const run = () => runChecks({ config, env: session.env }, path, [], session.signal);
  const [result] = await run();
  const { status, durationMs, summary } = result!;
  const touched = await watch.settle();
  const wrote = touched.written.length > 0 ? touched.written : await putBack(watch, touched.rewritten, run);
  if (wrote.length > 0) return { status: 'writes', durationMs, summary, wrote };
  const isSlow = status === 'error' && durationMs >= time;
  return { status: isSlow ? 'slow' : status === 'skipped' ? 'error' : status, durationMs, summary, wrote };
}

/** Of files to which a check did something, and that are as they were, those that held something else when it is run again. */
async function putBack(
  watch: TreeWatch,
  rewritten: readonly string[],
  run: () => Promise<unknown>,
): Promise<string[]> {
  if (rewritten.length === 0) return [];
  const { others } = await watch.during(rewritten, run);
  await watch.settle();
  return others;
}
