/** What a screen shows first. */
import type { AppEvent } from '../../../domain/app/events.js';
import { tasksOf } from '../tasks/query.js';
import { lastChange } from '../tasks/undo.js';
import type { RepoSession } from '../types.js';

/** Tasks as the registry has them now: enough for the first paint, and no git. */
export async function firstEvents(session: RepoSession, warnings: readonly string[]): Promise<AppEvent[]> {
  const [file, change] = await Promise.all([
    session.registry.read(),
    lastChange(session).catch(() => undefined),
  ]);
  return [
    {
      type: 'repo.opened',
      repo: session.repo,
      target: session.target,
      atOnce: session.config.run.max_parallel,
      warnings: [...warnings],
      ...(session.loaded.trusted ? {} : { untrusted: true }),
    },
    { type: 'registry.loaded', rev: file.rev, tasks: tasksOf(file, session.repo.id) },
    ...(change ? [{ type: 'undo.offered', change } as const] : []),
  ];
}
