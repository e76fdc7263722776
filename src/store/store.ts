/** Holds the state: events in, subscribers told, and a count of work under way to wait for. */

export interface Store<S, E> {
  state(): S;
  dispatch(event: E): void;
  /** Calls back after every change. Returns the way to stop. */
  subscribe(listener: (state: S, event: E) => void): () => void;
  /** Counts `work` as under way until it settles; `idle` waits for the count to reach nought. */
  busy<T>(work: Promise<T>): Promise<T>;
  idle(): Promise<void>;
}

/**
 * A store over a pure reducer.
 * @param reduce state after an event; `at` is an ISO time
 */
export function createStore<S, E>(reduce: (state: S, event: E, at: string) => S, initial: S): Store<S, E> {
  let current = initial;
  let working = 0;
  const listeners = new Set<(state: S, event: E) => void>();
  let waiting: (() => void)[] = [];

  function settle() {
    working -= 1;
    if (working > 0) return;
    const ready = waiting;
    waiting = [];
    for (const resume of ready) resume();
  }

  return {
    state: () => current,
    dispatch(event) {
      current = reduce(current, event, new Date().toISOString());
      for (const listener of [...listeners]) listener(current, event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    busy(work) {
      working += 1;
      work.then(settle, settle);
      return work;
    },
    idle: () => (working === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}
