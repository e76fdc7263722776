/** `merge check`: what would happen if the tasks' branches were merged, now, in pairs, or one after the other. */

import type { MergeReport, MergeResult } from '../../../domain/landing/merge.js';
import { withNames } from '../../../domain/landing/merge-output.js';
import { hasCode, messageOf } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { branchTips } from '../../platform/index.js';
import { type RepoSession, targetGoneLine } from '../../store/index.js';
import type { Distance } from './distance.js';
import type { Looked } from './looks.js';
import { asLooked, lookedOrWhy } from './pair-looks.js';
import { checkPairs, type MergedHead } from './pairs.js';
import { openPredictor, type Predictor, type TargetMerges } from './predictor.js';
import { rehearse } from './queue.js';
import type { Uncommitted } from './uncommitted.js';
import { type AddUncommitted, type ChangedPaths, rememberWork } from './uncommitted-heads.js';

export type CheckedTask = Pick<Task, 'slug' | 'branch'> & Partial<Pick<Task, 'worktree' | 'dependsOn'>>;

export interface CheckOptions {
  /** Also every two branches with each other. */
  pairs?: boolean;
  /** Also all branches one after the other, in the order given. */
  queue?: boolean;
  /** A branch that belongs to no task, checked as well. */
  branch?: string;
  /** Branch to merge into; default the session's target. */
  into?: string;
  /** Also what clean merges into the target, and those of pairs that were asked for, leave to be looked at. */
  looks?: boolean;
  /** Also how many commits branches are ahead and behind. */
  distance?: boolean;
  /** What is uncommitted, when the caller looks at the worktrees anyway; by default they are looked at now. */
  changed?: ChangedPaths;
  /** Asked between the steps of a queue: true gives it up. What was answered so far is not lost. */
  overtaken?(): boolean;
}

type Needs = Pick<RepoSession, 'git' | 'root' | 'env' | 'target' | 'loaded'> & {
  paths?: Pick<RepoSession['paths'], 'cacheDir'>;
};

/** Checks again and again, remembering what has not changed. One check at a time. */
export interface Checker {
  /** The same report as before, not an equal one, when nothing has changed. Throws only `interrupted`. */
  check(tasks: readonly CheckedTask[], options?: CheckOptions): Promise<MergeReport>;
  close(): Promise<void>;
}

/** The tasks whose branch exists: their own, or one that they took over. */
export async function tasksWithBranch<T extends Pick<Task, 'branch'>>(
  { git }: Pick<RepoSession, 'git'>,
  tasks: readonly T[],
): Promise<T[]> {
  const tips = await branchTips(
    git,
    tasks.map(({ branch }) => branch),
  );
  return tasks.filter(({ branch }) => tips.get(branch));
}

/** The local branches that hold something the target does not: what there is to look at without tasks. */
export async function branchesToLookAt(
  { git }: Pick<RepoSession, 'git'>,
  target: string,
): Promise<CheckedTask[]> {
  const list = async (...more: string[]) => {
    const { stdout } = await git.run(['for-each-ref', '--format=%(refname)', ...more, 'refs/heads']);
    return stdout.split('\n').filter((line) => line !== '');
  };
  // Where the target is no branch, every other branch is told as unknown, and why.
  const names = await list(`--no-merged=refs/heads/${target}`).catch(() => list());
  return names
    .map((ref) => ref.slice('refs/heads/'.length))
    .filter((branch) => branch !== target)
    .map((branch) => ({ slug: branch, branch }));
}

interface Head {
  name: string;
  branch: string;
  worktree?: string;
  dependsOn: readonly string[];
  /** Commit of the branch; absent when there is no such branch. */
  tip?: string;
  /** Work on top of it. */
  work?: Uncommitted;
}

/** Checks the tasks' branches against the target. Repository, worktrees and refs stay untouched. */
export async function checkMerges(
  session: Needs,
  tasks: readonly CheckedTask[],
  options: CheckOptions = {},
): Promise<MergeReport> {
  const checker = await openChecker(session);
  try {
    return await checker.check(tasks, options);
  } finally {
    await checker.close();
  }
}

interface State {
  session: Needs;
  predictor: Predictor;
  addUncommitted: AddUncommitted;
  /** The last report by what was asked for, and everything it was made of. */
  last: Map<string, { made: string; report: MergeReport; told: boolean; at: number }>;
}

/** Until what could not be told is asked again, though nothing is known to have changed. */
const retryMs = 30_000;
/** Between two savings of what was answered, while checks go on. */
const saveMs = 30_000;

/** Opens a checker; close it, or its temporary folder stays behind. */
export async function openChecker(session: Needs): Promise<Checker> {
  const predictor = await openPredictor(session);
  const state: State = {
    session,
    predictor,
    addUncommitted: rememberWork(session, predictor),
    last: new Map(),
  };
  let savedAt = Date.now();
  return {
    async check(tasks, options = {}) {
      const heads: Head[] = tasks.map(({ slug, branch, worktree, dependsOn = [] }) => ({
        name: slug,
        branch,
        dependsOn,
        ...(worktree ? { worktree } : {}),
      }));
      if (options.branch) heads.push({ name: options.branch, branch: options.branch, dependsOn: [] });
      const target = options.into ?? session.target;
      try {
        const report = await checkHeads(state, target, heads, options);
        if (Date.now() - savedAt > saveMs) {
          savedAt = Date.now();
          await predictor.save();
        }
        return report;
      } catch (error) {
        if (hasCode(error, 'interrupted')) throw error;
        return { target, results: heads.map((head) => unknown(head, messageOf(error))), pairs: [] };
      }
    },
    close: () => predictor.close(),
  };
}

async function checkHeads(
  state: State,
  targetName: string,
  heads: Head[],
  options: CheckOptions,
): Promise<MergeReport> {
  const { git } = state.session;
  const tips = await branchTips(git, [targetName, ...heads.map((head) => head.branch)]);
  for (const name of [options.into, options.branch]) {
    const commit = name === undefined || tips.has(name) ? undefined : await otherTip(state.session, name);
    if (commit) tips.set(name!, commit);
  }
  const target = tips.get(targetName);
  if (!target) {
    const { target, loaded } = state.session;
    const reason =
      targetName === target
        ? await targetGoneLine({ git, target, loaded })
        : `there is no branch ${targetName}`;
    return { target: targetName, results: heads.map((head) => unknown(head, reason)), pairs: [] };
  }
  for (const head of heads) {
    const tip = tips.get(head.branch);
    if (tip) head.tip = tip;
  }
  const onto = await state.predictor.on(target);
  await state.addUncommitted(onto, heads, options.changed);
  const { overtaken: _, changed: __, ...asked } = options;
  const made = JSON.stringify([onto.digest, target, heads]);
  const key = JSON.stringify([targetName, asked]);
  const last = state.last.get(key);
  const now = Date.now();
  if (last?.made === made && (last.told || now - last.at < retryMs)) return last.report;
  const report = await predict(onto, targetName, heads, options);
  const told = [...report.results, ...report.pairs].every(({ status }) => status !== 'unknown');
  state.last.set(key, { made, report, told, at: now });
  return report;
}

/**
 * The commit of what a person asked for by name and what is no local branch: a branch of a remote, as clones of a CI
 * have them, a tag, a commit, HEAD.
 */
async function otherTip({ git, root }: Needs, name: string): Promise<string | undefined> {
  if (name === 'HEAD') {
    const { stdout } = await git.run(['rev-parse', '--verify', '-q', 'HEAD^{commit}'], {
      worktree: root,
      ok: [0, 1, 128],
    });
    return stdout.trim() || undefined;
  }
  for (const ref of [
    `refs/remotes/${name}`,
    `refs/tags/${name}`,
    ...(name.startsWith('refs/') ? [name] : []),
  ]) {
    const commit = await git.commitOf(ref);
    if (commit) return commit;
  }
  return /^[0-9a-f]{7,64}$/.test(name) ? git.commitOf(name) : undefined;
}

async function predict(
  onto: TargetMerges,
  targetName: string,
  heads: readonly Head[],
  options: CheckOptions,
): Promise<MergeReport> {
  const paired = options.pairs || options.queue;
  const tips = heads.flatMap((head) => head.tip ?? []);
  const [merged, measured] = await Promise.all([
    mergeHeads(onto, heads),
    options.distance ? measure(onto, tips) : undefined,
    // Pairs will ask for these: they are walked while git merges.
    paired && !options.distance ? onto.own(tips) : undefined,
  ]);
  const pairs = paired ? await checkPairs(onto, merged, options.pairs && options.looks) : [];
  const looks = options.looks ? await lookInto(onto, merged) : new Map<string, Looked>();
  const report: MergeReport = {
    target: targetName,
    results: heads.map((head, at) => {
      const result = resultOf(head, targetName, onto.target, merged[at]!, measured);
      return result.status === 'clean' ? { ...result, ...asLooked(looks.get(head.name)) } : result;
    }),
    pairs: options.pairs ? pairs : [],
  };
  if (!options.queue) return report;
  const after = new Map(heads.map((head) => [head.name, head.dependsOn]));
  const dependsOn = (name: string) => after.get(name) ?? [];
  return { ...report, queue: await rehearse(onto, merged, { ...options, targetName, pairs, dependsOn }) };
}

/** By name of a head that merges cleanly. That nothing can be told of one keeps no merge from being called clean. */
async function lookInto(onto: TargetMerges, merged: readonly MergedHead[]): Promise<Map<string, Looked>> {
  const clean = merged.flatMap(({ name, commit, tip, merged: { status, tree } }) =>
    status === 'clean' && commit && tree ? [{ name, commit, tip: tip ?? commit, tree }] : [],
  );
  const found = await lookedOrWhy(clean.length, () => onto.looks(clean));
  return new Map(clean.map(({ name }, at) => [name, found[at]!]));
}

/** By commit of a branch. */
async function measure(onto: TargetMerges, tips: readonly string[]): Promise<Map<string, Distance>> {
  const found = await onto.distances(tips).catch(() => []);
  return new Map(tips.flatMap((tip, at) => (found[at] ? [[tip, found[at]] as const] : [])));
}

const unknown = (head: Head, reason: string): MergeResult => ({
  task: head.name,
  status: 'unknown',
  conflicts: [],
  reason,
  ...(head.tip ? { head: head.tip } : {}),
});

/** The commit that stands for a head: with its uncommitted work, if there is any. */
const commitOf = ({ tip, work }: Head): string | undefined => (work && 'commit' in work ? work.commit : tip);

async function mergeHeads(onto: TargetMerges, heads: readonly Head[]): Promise<MergedHead[]> {
  const known = heads.filter((head) => head.tip && !(head.work && 'reason' in head.work));
  const merged = await onto.merge(known.map((head) => [onto.target, commitOf(head)!]));
  const byHead = new Map(known.map((head, at) => [head, merged[at]!]));
  return heads.map((head): MergedHead => {
    const answer = byHead.get(head);
    if (answer) return { name: head.name, commit: commitOf(head)!, tip: head.tip!, merged: answer };
    const reason =
      head.work && 'reason' in head.work ? head.work.reason : `there is no branch ${head.branch}`;
    return { name: head.name, merged: { status: 'unknown', conflicts: [], reason } };
  });
}

function resultOf(
  head: Head,
  targetName: string,
  target: string,
  { commit, merged }: MergedHead,
  measured: ReadonlyMap<string, Distance> | undefined,
): MergeResult {
  const apart = (head.tip && measured?.get(head.tip)) || {};
  const files = head.work && 'files' in head.work ? { uncommitted: head.work.files } : {};
  if (merged.status === 'unknown') {
    return { ...unknown(head, merged.reason ?? 'no answer'), target, ...apart, ...files };
  }
  const names = new Map([
    [target, targetName],
    [commit!, head.name],
  ]);
  return {
    task: head.name,
    status: merged.status,
    conflicts: withNames(merged.conflicts, names),
    target,
    head: head.tip!,
    ...(merged.status === 'clean' ? { tree: merged.tree! } : {}),
    ...apart,
    ...files,
  };
}
