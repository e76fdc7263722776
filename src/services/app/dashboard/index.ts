/**
 * Keeps a projection current while a person looks. Of several screens on one repository one looks and drives; the
 * others show what it found, and look for themselves only when it gives no sign of life.
 */
import { isLive } from '../../../domain/agents/run.js';
import type { AppEvent } from '../../../domain/app/events.js';
import { inspectRun } from '../../agents/index.js';
import { type Lock, lockHolder, tryAcquireLock } from '../../platform/index.js';
import { isUsable, looksLock, type RepoSession, trustState } from '../../store/index.js';
import { newMemory, survey } from '../manager/survey.js';
import { followRegistry, type Looking, startLooking } from './looking.js';
import { watchRunners } from './missing.js';
import { type Findings, readFindings, shareFindings, watchFor } from './sharing.js';

/**
 * A screen that reads asks whether the other one is still there when that one lets go, and after so long without a sign
 * of life: longer than from one sign to the next, so that at rest it is not woken besides.
 */
const askMs = 6_000;
/** Without a sign of life for so long, the other one is taken to be stopped or gone. */
const staleMs = 12_000;
/** How many attempts of a task are loaded besides the newest. */
const maxEarlier = 20;

export interface Feed {
  /** Looks at worktrees and merges again, soon. */
  refresh(): void;
  /** The task that the person looks at, with its runs: its worktree is looked at more often, earlier runs are told. */
  focus(slug: string | undefined, runIds?: readonly string[]): void;
  /** A command of this screen has ended: one that reads shows what became of the runs, should the other be stopped. */
  acted(): void;
  /** Resolves when everything under way has settled. */
  stop(): Promise<void>;
}

/**
 * Starts the feed; events go to `session.emit`. The session's signal ends it.
 * @param findings what this screen has found, for others to read; without it this one always looks for itself
 * @param onTrusted called when the configuration, which was not trusted, has been trusted by another process
 */
export function startFeed(session: RepoSession, findings?: Findings, onTrusted = () => {}): Feed {
  const earlier = tellEarlier(session);
  const unwatchRunners = watchRunners(session);
  const unwatchTrust = session.loaded.trusted ? () => {} : watchTrust(session, onTrusted);
  // Without trust there is nothing to share: another screen may drive, and this one must not depend on it.
  const role = findings && session.loaded.trusted ? takeTurns(session, findings) : alone(session);
  return {
    refresh: () => role.refresh(),
    focus(slug, runIds = []) {
      role.focus(slug);
      void earlier(runIds);
    },
    acted: () => role.acted(),
    async stop() {
      unwatchTrust();
      await Promise.all([unwatchRunners(), role.stop()]);
    },
  };
}

/** Calls back when what is configured here is trusted. Returns the way to stop. */
function watchTrust({ paths, root }: RepoSession, onTrusted: () => void): () => void {
  return watchFor(paths.stateDir, (name) => {
    if (name !== undefined && name !== 'trust.json') return;
    trustState(paths, root).then(
      (state) => isUsable(state) && onTrusted(),
      // What cannot be read is not trusted.
      () => undefined,
    );
  });
}

type Role = Looking & Pick<Feed, 'acted'>;

const alone = (session: RepoSession): Role => ({ ...startLooking(session), acted() {} });

/** Looks when no other screen does, and reads otherwise. */
function takeTurns(session: RepoSession, findings: Findings): Role {
  let looking: Looking | undefined;
  let ending: AbortController | undefined;
  let reading: (ReturnType<typeof readFindings> & { since: number }) | undefined;
  let lock: Lock | undefined;
  let drives = false;
  /** Something happened to the lock since it was looked at. */
  let letGo = false;
  let stopSharing = () => {};
  let focused: string | undefined;
  let asking: Promise<void> | undefined;
  const lockDir = looksLock(session);

  function look(): void {
    if (looking) return;
    ending = new AbortController();
    session.signal.addEventListener('abort', () => ending?.abort(), { once: true });
    const emit = (event: AppEvent) => {
      if (event.type === 'lease.changed') drives = event.held;
      session.emit(event);
    };
    looking = startLooking({ ...session, emit, signal: ending.signal });
    looking.focus(focused);
  }

  function read(): void {
    const stopFollowing = followRegistry(session);
    const { freshAt, stop } = readFindings(
      session,
      (shared) => {
        // What was found before this screen began to look for itself is older than what it sees.
        if (!looking) session.emit({ type: 'state.shared', shared });
      },
      // One that looks for itself has to learn soon that the other one is back.
      () => !looking && timer.refresh(),
    );
    const stopBoth = () => {
      stop();
      stopFollowing();
    };
    reading = { freshAt, stop: stopBoth, since: Date.now() };
  }

  const isFresh = () => Math.max(reading!.since, reading!.freshAt()) > Date.now() - staleMs;

  async function ask(): Promise<void> {
    // One that reads at rest looks at the time of a file, and at nothing else: a lock that is let go is told.
    if (reading && !looking && !letGo && isFresh()) return;
    letGo = false;
    // Asking reads; taking writes, which a screen at rest must not do every second.
    if (!lock && !(await lockHolder(lockDir))) lock = await tryAcquireLock(lockDir, { command: 'screen' });
    if (session.signal.aborted) return;
    if (lock) {
      reading?.stop();
      reading = undefined;
      look();
      stopSharing = shareFindings(session, findings);
      clearInterval(timer);
      unwatch();
      return;
    }
    if (!reading) read();
    if (!isFresh()) return look();
    // One that drives goes on until it can share.
    if (!looking || drives) return;
    const old = looking;
    looking = undefined;
    ending?.abort();
    await old.stop();
  }

  const once = () => {
    asking ??= ask()
      .catch(() => undefined)
      .finally(() => {
        asking = undefined;
      });
  };
  const timer = setInterval(once, askMs);
  const unwatch = watchFor(lockDir, () => {
    letGo = true;
    once();
  });
  once();
  return {
    refresh: () => looking?.refresh(),
    focus(slug) {
      focused = slug;
      looking?.focus(slug);
    },
    acted() {
      if (reading && !looking) void survey(session, newMemory()).catch(() => undefined);
    },
    async stop() {
      clearInterval(timer);
      unwatch();
      await asking;
      stopSharing();
      reading?.stop();
      await looking?.stop();
      await lock?.release();
    },
  };
}

/** Attempts before the newest, which is all that the driver looks at. They are over: telling each once will do. */
function tellEarlier(session: RepoSession): (runIds: readonly string[]) => Promise<void> {
  const told = new Set<string>();
  return async (runIds) => {
    for (const runId of runIds.slice(-maxEarlier - 1, -1)) {
      if (told.has(runId)) continue;
      told.add(runId);
      // One that was cleaned up, or cannot be read, stays a name.
      const run = await inspectRun(session.paths, runId).catch(() => undefined);
      if (run && !isLive(run.phase)) session.emit({ type: 'run.changed', run });
    }
  };
}
