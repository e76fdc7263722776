/** What the driver tells a person's hooks: who waits for an answer, which run ended, which account is at its limit. */
import type { Pause } from '../../../domain/agents/pause.js';
import { type Attention, waitingOf } from '../../../domain/app/attention.js';
import type { AppEvent } from '../../../domain/app/events.js';
import { type RepoSession, runHooks } from '../../store/index.js';
import type { Survey } from './survey.js';

export interface HookTeller {
  /** An event of this process, which drives. */
  event(event: AppEvent): void;
  /** What the driver found at its last look. */
  found(found: Pick<Survey, 'tasks' | 'runs'>): void;
  /** Tells what waits to be told: nothing follows. */
  close(): void;
}

/** What needs the person is told at most this often: what comes up meanwhile is told together. */
const gatherMs = 10_000;

/** Tells hooks what is new since this driver began. What it found waiting at its first look is not new. */
export function hookTeller(session: RepoSession): HookTeller {
  let known: ReadonlySet<string> | undefined;
  const begun = new Date().toISOString();
  const limits = new Set<string>();
  /** What needs the person is told in the order in which it came up: a later count is the truer one. */
  let told: Promise<void> = Promise.resolve();
  const attention = gathered((items, count) => {
    const [newest, ...others] = [...items].reverse();
    if (!newest || session.quiet?.()) return;
    const news = { ...newest, count, ...(others.length > 0 ? { others } : {}) };
    told = told.then(() => runHooks(session, 'on_attention', news));
  });
  const tell = (...what: [name: Parameters<typeof runHooks>[1], news: object]) =>
    void runHooks(session, ...what);

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
      if (fresh && fresh.length > 0)
        attention.add(
          fresh.map(({ item }) => item),
          waiting.length,
        );
    },
    close: attention.close,
  };
}

/** Tells at once what comes up after a while of quiet, and together what comes up soon after that. */
function gathered(tell: (items: readonly Attention[], count: number) => void) {
  let items: Attention[] = [];
  let count = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  function now(): void {
    clearTimeout(timer);
    timer = undefined;
    if (items.length === 0) return;
    const all = items;
    items = [];
    toldAt = performance.now();
    tell(all, count);
  }
  return {
    add(fresh: readonly Attention[], waiting: number) {
      items.push(...fresh);
      count = waiting;
      const wait = toldAt + gatherMs - performance.now();
      if (wait <= 0) now();
      else timer ??= setTimeout(now, wait).unref();
    },
    close: now,
  };
}
