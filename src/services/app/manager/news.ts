/** Tells the driver when to look again: file events, the end of a step, and a slow tick for lost events. */
import { executorOf } from '../../agents/index.js';
import type { RepoSession } from '../../store/index.js';

const safetyTickMs = 1000;

export interface News {
  /** Something happened. */
  ring(): void;
  /** Resolves once something happened since the last call, at the latest after the tick. */
  next(): Promise<void>;
  /** Which runs to listen to from now on. */
  listenTo(runIds: ReadonlySet<string>): void;
  stop(): void;
}

/** Listens to the registry, to the given runs and to the session's signal. */
export function newsOf(session: RepoSession): News {
  const executor = executorOf(session.paths);
  const watchers = new Map<string, () => void>();
  let wake: (() => void) | undefined;
  let rung = false;
  const ring = () => {
    rung = true;
    wake?.();
  };
  const stopRegistry = session.registry.watch(ring);
  session.signal.addEventListener('abort', ring);

  return {
    ring,
    async next() {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const tick = setTimeout(resolve, safetyTickMs);
          wake = () => {
            clearTimeout(tick);
            resolve();
          };
        });
      }
      wake = undefined;
      rung = false;
    },
    listenTo(runIds) {
      for (const [runId, unwatch] of watchers) {
        if (runIds.has(runId)) continue;
        unwatch();
        watchers.delete(runId);
      }
      for (const runId of runIds) {
        if (!watchers.has(runId)) watchers.set(runId, executor.watch(runId, 'state', ring));
      }
    },
    stop() {
      session.signal.removeEventListener('abort', ring);
      stopRegistry();
      for (const unwatch of watchers.values()) unwatch();
    },
  };
}
