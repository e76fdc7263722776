/**
 * The train: ready tasks are merged one after the other off to the side and checked as one tree. What passes lands
 * in one move of the target; a tree that fails is searched for who is to blame, and the rest lands.
 */
import type { TrainReport } from '../../../domain/landing/landing.js';
import { hasCode, withHint } from '../../../domain/platform/errors.js';
import { acquireLock } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import {
  isUsable,
  notTrusted,
  readTrust,
  requireTask,
  targetGoneLine,
  tasksOf,
  upstreamNote,
} from '../../store/index.js';
import { sweepPrivateWorktrees, undoCutMove } from '../../worktrees/index.js';
import { chainBuilder } from '../candidates/chain.js';
import { hasIdleCore } from './ahead.js';
import { eligibleMembers, type LandingContext } from './eligible.js';
import { landingLock } from './elsewhere.js';
import { openOutcomes } from './outcomes.js';
import { requireRoomToLand } from './room.js';
import { runRound } from './round.js';

export { planLanding } from './plan.js';

/** How often a target that keeps moving is chased before a person is asked. */
const maxRestarts = 5;

export interface LandRequest {
  /** Slugs that a person named; without them every task that is done. */
  tasks?: readonly string[];
  /** Tasks that asked to be landed when they were launched: no person looks at them now. */
  wanted?: readonly string[];
  /** The checks run on every tree, whatever is known of it. */
  fresh?: boolean;
  /** Whether a tree may be checked ahead of its turn now. Default: when the machine has an idle core. */
  isIdle?: () => boolean;
  /** How long another landing in this repository is waited for, in milliseconds. Default: the lock's. */
  waitMs?: number;
}

/**
 * Lands all that can land, one landing at a time per repository. Resolves with what became of every task; safe to
 * repeat after any interruption: whatever is on the target already is only tidied up.
 * Throws `task-not-found`, `disk-full`, `lock-held`, `interrupted`, and what the registry throws.
 */
export async function landTasks(session: RepoSession, request: LandRequest = {}): Promise<TrainReport> {
  const named = request.tasks ?? request.wanted ?? [];
  for (const slug of named) await requireTask(session, slug);
  await requireRoomToLand(session);
  const lock = await acquireLock(landingLock(session), {
    command: `land ${named.join(' ') || 'all that is ready'}`.slice(0, 200),
    signal: session.signal,
    ...(request.waitMs === undefined ? {} : { waitMs: request.waitMs }),
  });
  try {
    // The process that landed before may have been killed in the middle of a check.
    await sweepPrivateWorktrees(session);
    await undoCutMove(session);
    const behind = request.wanted ? undefined : await upstreamNote(session);
    if (behind) session.emit({ type: 'noted', level: 'warning', message: behind });
    const slugs = named.length > 0 ? [...new Set(named)] : await readyTasks(session);
    const report = await run(session, slugs, request);
    if (report.landed.length > 0) await tellTrustEnded(session);
    return report;
  } finally {
    await lock.release();
  }
}

/** What has landed may be configuration or instructions that a person trusted as they were. */
async function tellTrustEnded({ paths, root, loaded, emit }: RepoSession): Promise<void> {
  if (!loaded.trusted) return;
  const { state } = await readTrust(paths, root);
  if (isUsable(state)) return;
  const message = `With what has landed, ${withHint(notTrusted(root, state))}`;
  emit({ type: 'noted', level: 'warning', message });
}

async function readyTasks(session: RepoSession): Promise<string[]> {
  return tasksOf(await session.registry.read(), session.repo.id)
    .filter(({ status }) => status === 'done' || status === 'validated')
    .map(({ slug }) => slug);
}

async function run(
  session: RepoSession,
  slugs: readonly string[],
  { tasks, fresh = false, isIdle = hasIdleCore }: LandRequest,
): Promise<TrainReport> {
  const outcomes = openOutcomes(session, slugs);
  if (slugs.length === 0) return outcomes.report;
  const context: LandingContext = {
    session,
    outcomes,
    named: tasks !== undefined,
    fresh,
    opinions: new Map(),
    resolved: new Map(),
    model: {},
  };
  const tested = new Set<string>();
  session.emit({ type: 'train.started', tasks: [...slugs] });
  try {
    for (let restarts = 0; outcomes.open.size > 0; ) {
      const before = outcomes.open.size;
      if (await round(context, tested, isIdle)) continue;
      restarts = outcomes.open.size < before ? 0 : restarts + 1;
      if (restarts < maxRestarts) continue;
      const reason = `${session.target} kept moving; try again when it is quiet`;
      await outcomes.refuseAll(outcomes.open, 'target-moved', reason);
    }
    return outcomes.report;
  } finally {
    if (session.config.validator.checks.length > 0) outcomes.report.oneByOne = tested.size;
    session.emit({ type: 'train.finished', report: outcomes.report, open: [...outcomes.open] });
  }
}

/** Decides at least one task on the target as it is now; false when it has to be started over. */
async function round(context: LandingContext, tested: Set<string>, isIdle: () => boolean): Promise<boolean> {
  const { session, outcomes } = context;
  const start = await session.git.commitOf(`refs/heads/${session.target}`);
  if (!start) {
    await outcomes.refuseAll(outcomes.open, 'unknown', await targetGoneLine(session));
    return true;
  }
  try {
    const members = await eligibleMembers(context, start);
    if (members.length === 0) return true;
    for (const { task } of members) tested.add(task.slug);
    const { fresh } = context;
    await runRound({ session, outcomes, build: chainBuilder(session), start, members, fresh, isIdle });
    return true;
  } catch (error) {
    if (!hasCode(error, 'start-over')) throw error;
    return false;
  }
}
