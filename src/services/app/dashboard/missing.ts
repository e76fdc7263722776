/** Tells a screen which runners its tasks want that are not there, so that a launch can say so before it asks. */
import { messageOf } from '../../../domain/platform/errors.js';
import type { RepoSession } from '../../store/index.js';
import { tasksOf } from '../../store/index.js';
import { missingRunners } from '../manager/ground.js';

/** A program that is missing may be installed at any time, and nothing tells of it. */
const againMs = 5_000;

/** Looks at the start, when the registry changes, and now and then while something is missing. Returns the way to stop. */
export function watchRunners(session: RepoSession): () => Promise<void> {
  let told: string | undefined;
  let looking: Promise<void> | undefined;
  let again = false;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function look(): Promise<void> {
    const { repo, registry } = session;
    const ready = tasksOf(await registry.read(), repo.id).filter(({ status }) => status === 'ready');
    const missing = ready.length > 0 ? await missingRunners(session, ready) : undefined;
    if (stopped || missing?.what === told) return;
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
    looking = look()
      .catch((error) => session.emit({ type: 'noted', level: 'error', message: messageOf(error) }))
      .finally(() => {
        looking = undefined;
        if (again) ask();
        else if (told !== undefined && !stopped) timer = setTimeout(ask, againMs);
      });
  }
  const unwatch = session.registry.watch(ask);
  ask();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    unwatch();
    await looking;
  };
}
