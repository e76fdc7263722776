/** Looks at all there is of a repository's tasks, and drives them: what the one screen does that others read from. */
import { type FSWatcher, watch } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppEvent, Obstacles, WorktreeView } from '../../../domain/app/events.js';
import { messageOf } from '../../../domain/platform/errors.js';
import { hasWork, isSettled, type Task } from '../../../domain/store/task.js';
import type { RepoSession } from '../../store/index.js';
import { stubFolder, takeStubs, tasksOf } from '../../store/index.js';
import { followWorktrees, prepareSpares, sparesStanding } from '../../worktrees/index.js';
import { findObstacles } from '../manager/ground.js';
import { drive } from '../manager/index.js';
import { keepPredicting } from './predictions.js';

/** How long events are gathered before git is asked, and how often it is asked unprompted. */
const gatherMs = 250;
const tickMs = 5_000;
/** After so many ticks the main worktree is looked at again: while it has edits that no commit holds, and while it has none. */
const editTicks = 6;
const seldomTicks = 24;
/** Views that are as they were are told again after so long. */
const retellMs = 60_000;
/** Spares that nothing is known to have happened to are looked at again after so long. */
const tidyMs = 600_000;
/** After this long without work the feed fills spare worktrees. */
const idleMs = 30_000;
/** Until driving is tried again after it failed. */
const retryMs = 2_000;

export interface Looking {
  /** Looks at worktrees and merges again, soon. */
  refresh(): void;
  /** The task that the person looks at: its worktree is looked at more often. */
  focus(slug: string | undefined): void;
  /** Resolves when everything under way has settled. */
  stop(): Promise<void>;
}

/** Starts looking; events go to `session.emit`. The session's signal ends it. */
export function startLooking(session: RepoSession): Looking {
  const follower = followWorktrees(session, () => looking.ask());
  const predictions = keepPredicting(session);
  const tellWorktrees = onlyNews(session);
  const looking = newestWins(async (overtaken) => {
    const tasks = tasksOf(await session.registry.read(), session.repo.id);
    if (tasks.length > 0) tellWorktrees(await follower.views(tasks));
    await predictions.look(
      tasks.filter((task) => hasWork(task) && !isSettled(task)),
      { changed: follower.changed, overtaken },
    );
  }, session);
  const obstacles = keepObstacles(session);
  let busyAt = Date.now();
  const own: RepoSession = {
    ...session,
    emit: (event) => {
      session.emit(event);
      busyAt = Date.now();
      if (!changesGit(event)) return;
      if ('task' in event) follower.touch(event.task);
      else looking.ask();
    },
  };
  const driving = session.loaded.trusted ? keepDriving(own) : watchOnly(own);
  const spares = session.loaded.trusted ? keepSpares(session, () => Date.now() - busyAt > idleMs) : undefined;
  const stubs = newestWins(async () => void (await takeStubs(session)), session);
  const folder = followStubs(session, stubs.ask);
  stubs.ask();
  let ticks = 0;
  const tick = setInterval(() => {
    looking.ask();
    folder.look();
    ticks += 1;
    // Edits come and go unseen: nothing watches all files of the main worktree.
    if (obstacles.stuck() || ticks % (obstacles.some() ? editTicks : seldomTicks) === 0) obstacles.ask();
  }, tickMs);
  looking.ask();
  obstacles.ask();
  return {
    refresh() {
      follower.touch();
      obstacles.ask();
    },
    focus: follower.focus,
    async stop() {
      clearInterval(tick);
      folder.close();
      await Promise.allSettled([driving, spares, looking.settled(), stubs.settled(), obstacles.settled()]);
      follower.close();
      await predictions.close();
    },
  };
}

/** Follows the folder of stubs, which a pull or an editor may change at any time, and which may not be there yet. */
function followStubs({ root }: RepoSession, onChange: () => void): { look(): void; close(): void } {
  let watcher: FSWatcher | undefined;
  const close = () => {
    watcher?.close();
    watcher = undefined;
  };
  const look = () => {
    if (watcher) return;
    try {
      watcher = watch(join(root, stubFolder), { persistent: false }, (_, name) => {
        // Of a folder that is gone the watcher tells nothing more.
        if (name === basename(stubFolder)) close();
        onChange();
      });
      watcher.on('error', close);
      onChange();
    } catch {
      // There is no such folder, or there are no more watches: each tick tries again.
    }
  };
  look();
  return { look, close };
}

/** What keeps agents from being started: looked for at first and when a person wants it, then until it is mended. */
function keepObstacles(session: RepoSession) {
  let told: Obstacles = {};
  const { ask, settled } = newestWins(async () => {
    const ground = await findObstacles(session);
    if (JSON.stringify(ground) !== JSON.stringify(told)) session.emit({ type: 'ground.found', ground });
    told = ground;
  }, session);
  return {
    ask,
    settled,
    stuck: () => told.noCommit === true,
    some: () => Object.keys(told).length > 0,
  };
}

/** Refills the pool of spare worktrees when nothing else goes on, and no oftener than that. */
async function keepSpares(session: RepoSession, isIdle: () => boolean): Promise<void> {
  let tidiedAt = 0;
  let tidied = '';
  while (session.config.worktree.spare > 0) {
    await sleep(idleMs / 3, undefined, { signal: session.signal, ref: false }).catch(() => undefined);
    if (session.signal.aborted) return;
    const tasks = tasksOf(await session.registry.read(), session.repo.id);
    // Only where the next task is in sight: others would pay for it with their disk.
    if (!isIdle() || !tasks.some(wantsWorktree)) continue;
    const standing = await sparesStanding(session).catch(() => '');
    if (standing !== '' && standing === tidied && Date.now() - tidiedAt < tidyMs) continue;
    await prepareSpares(session).catch((error) => {
      session.emit({ type: 'noted', level: 'warning', message: `No spare worktree: ${messageOf(error)}` });
    });
    tidied = await sparesStanding(session).catch(() => '');
    tidiedAt = Date.now();
  }
}

const wantsWorktree = (task: Task): boolean => !task.worktree && ['draft', 'ready'].includes(task.status);

/** A look that failed (a registry edited by hand, a full disk) is said and tried again: people mend such things. */
async function keepDriving(session: RepoSession): Promise<void> {
  while (!session.signal.aborted) {
    try {
      await drive(session, { until: 'signal' });
    } catch (error) {
      session.emit({ type: 'noted', level: 'error', message: messageOf(error) });
      await sleep(retryMs, undefined, { signal: session.signal }).catch(() => undefined);
    }
  }
}

function changesGit(event: AppEvent): boolean {
  return [
    'worktree.hydrated',
    'worktree.removed',
    'work.committed',
    'run.ended',
    'merge.resolved',
    'task.landed',
    'validation.finished',
  ].includes(event.type);
}

/** One look at a time; asked again meanwhile, it is told that it is overtaken, and looks once more afterwards. */
function newestWins(work: (overtaken: () => boolean) => Promise<void>, session: RepoSession) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  function start(): void {
    timer = undefined;
    if (session.signal.aborted) return;
    running = work(() => again || session.signal.aborted)
      .catch((error) => session.emit({ type: 'noted', level: 'error', message: messageOf(error) }))
      .finally(() => {
        running = undefined;
        if (again) ask();
      });
  }
  function ask(): void {
    again = running !== undefined;
    if (running || timer || session.signal.aborted) return;
    timer = setTimeout(start, gatherMs);
  }
  return {
    ask,
    async settled() {
      clearTimeout(timer);
      again = false;
      await running;
    },
  };
}

/** Tells views that are not the ones told last; now and then all the same, should an event have come in between. */
function onlyNews(session: RepoSession): (worktrees: WorktreeView[]) => void {
  let told: readonly WorktreeView[] = [];
  let toldAt = 0;
  return (worktrees) => {
    const same = worktrees.length === told.length && worktrees.every((view, at) => view === told[at]);
    if (same && Date.now() - toldAt < retellMs) return;
    told = worktrees;
    toldAt = Date.now();
    session.emit({ type: 'worktrees.inspected', worktrees });
  };
}

/** Tells the tasks whenever the registry has changed. Returns the way to stop. */
export function followRegistry(session: RepoSession): () => void {
  const reload = async () => {
    const file = await session.registry.read();
    session.emit({ type: 'registry.loaded', rev: file.rev, tasks: tasksOf(file, session.repo.id) });
  };
  return session.registry.watch(() => void reload().catch(() => undefined));
}

/** Without trust nothing is driven; changes by other processes are still shown. */
async function watchOnly(session: RepoSession): Promise<void> {
  session.emit({
    type: 'noted',
    level: 'warning',
    message:
      'The configuration of this repository is not trusted: nothing is started. See `codex-agent trust`.',
  });
  const stop = followRegistry(session);
  await new Promise<void>((resolve) => {
    if (session.signal.aborted) resolve();
    session.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  stop();
}
