/** What the driver tells a person's hooks: who waits for an answer, which run ended, which account is at its limit. */
import type { Pause } from '../../../domain/agents/pause.js';
import { waitingOf } from '../../../domain/app/attention.js';
import type { AppEvent } from '../../../domain/app/events.js';
import { type RepoSession, runHooks } from '../../store/index.js';
import type { Survey } from './survey.js';

export interface HookTeller {
  /** An event of this process, which drives. */
  event(event: AppEvent): void;
  /** What the driver found at its last look. */
  found(found: Pick<Survey, 'tasks' | 'runs'>): void;
}

/** Tells hooks what is new since this driver began. What it found waiting at its first look is not new. */
export function hookTeller(session: RepoSession): HookTeller {
  let known: ReadonlySet<string> | undefined;
  const begun = new Date().toISOString();
  const limits = new Set<string>();
  const tell = (...told: [name: Parameters<typeof runHooks>[1], news: object]) =>
    void runHooks(session, ...told);

  function limitsTold(pauses: readonly Pause[]): void {
    for (const { runner, since, until, message } of pauses) {
      const key = `${runner} ${since}`;
      if (since >= begun && !limits.has(key)) tell('on_limit', { runner, since, until, message });
      limits.add(key);
    }
  }

  return {
    event(event) {
      if (event.type === 'runners.paused') limitsTold(event.pauses);
      if (event.type !== 'run.ended') return;
      const { task, runId, runner, status, error } = event.run;
      tell('on_run_end', { task, run: runId, runner, status, ...(error ? { error } : {}) });
    },
    found({ tasks, runs }) {
      const waiting = waitingOf(tasks, runs);
      const before = known;
      known = new Set(waiting.map(({ key }) => key));
      const fresh = before && waiting.filter(({ key }) => !before.has(key));
      for (const { item } of fresh ?? []) tell('on_attention', { ...item, count: waiting.length });
    },
  };
}
