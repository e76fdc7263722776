/** Tells a screen which runners its tasks want that are not there, so that a launch can say so before it asks. */
import { type FSWatcher, watch } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import { messageOf } from '../../../domain/platform/errors.js';
import type { RepoSession } from '../../store/index.js';
import { tasksOf } from '../../store/index.js';
import { missingRunners } from '../manager/ground.js';

/** What is installed comes in several steps. */
const gatherMs = 500;
/** A program may appear where no watch can tell of it: in a folder that is new. */
const againMs = 60_000;

/**
 * Looks at the start, when the registry changes, and while something is missing, when a folder of programs changes.
 * Returns the way to stop.
 */
export function watchRunners(session: RepoSession): () => Promise<void> {
  let told: string | undefined;
  let looking: Promise<void> | undefined;
  let again = false;
  let timer: NodeJS.Timeout | undefined;
  let dueAt = Number.POSITIVE_INFINITY;
  let stopped = false;
  let watchers: FSWatcher[] = [];

  async function look(): Promise<void> {
    const { repo, registry } = session;
    const ready = tasksOf(await registry.read(), repo.id).filter(({ status }) => status === 'ready');
    const missing = ready.length > 0 ? await missingRunners(session, ready) : undefined;
    if (stopped || missing?.what === told) return;
    if (told === undefined) watchPrograms();
    else if (!missing) unwatchPrograms();
    told = missing?.what;
    session.emit({
      type: 'runners.missed',
      ...(missing ? { missing: { what: missing.what, all: missing.all } } : {}),
    });
  }
  function ask(): void {
    again = looking !== undefined;
    if (stopped || again) return;
    clearTimeout(timer);
    dueAt = Number.POSITIVE_INFINITY;
    looking = look()
      .catch((error) => session.emit({ type: 'noted', level: 'error', message: messageOf(error) }))
      .finally(() => {
        looking = undefined;
        if (again) ask();
        else if (told !== undefined) askWithin(againMs);
      });
  }
  /** A folder that changes all the time must not put the look off each time. */
  function askWithin(ms: number): void {
    const at = performance.now() + ms;
    if (stopped || at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(ask, ms);
  }
  function watchPrograms(): void {
    watchers = watchFolders(programFolders(session), () => {
      if (looking !== undefined) again = true;
      else askWithin(gatherMs);
    });
    // What came after it was looked for, and before the watches, is not told by them.
    again = true;
  }
  function unwatchPrograms(): void {
    for (const watcher of watchers) watcher.close();
    watchers = [];
  }
  const unwatch = session.registry.watch(ask);
  ask();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    unwatch();
    unwatchPrograms();
    await looking;
  };
}

/** Where a runner's program would be: on the PATH, or where the configuration says. */
function programFolders({ env, config }: RepoSession): Set<string> {
  const paths = Object.values(config.runner).flatMap((one) =>
    typeof one === 'object' && 'path' in one && one.path ? [dirname(one.path)] : [],
  );
  return new Set([...(env.PATH ?? '').split(':'), ...paths].filter(isAbsolute));
}

/** Folders that are not there, or for which there are no more watches, are left out. */
function watchFolders(folders: ReadonlySet<string>, onChange: () => void): FSWatcher[] {
  return [...folders].flatMap((folder) => {
    try {
      const watcher = watch(folder, { persistent: false }, onChange);
      watcher.on('error', () => watcher.close());
      return [watcher];
    } catch {
      return [];
    }
  });
}
