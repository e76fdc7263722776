/** Three clocks for one request: until the server answers at all, between two of its events, and in total. */

export type Expired = 'connect' | 'idle' | 'total';

export interface Watchdog {
  /** Aborts the request when a clock runs out or the person interrupts. */
  signal: AbortSignal;
  /** The server was heard: the idle clock starts again. */
  heard(): void;
  /** The clock that ran out. An aborted stream ends without an error, so this must be asked. */
  expired(): Expired | undefined;
  stop(): void;
}

/** Starts the clocks. `deadline` is a time of `Date.now()`; the limits are milliseconds. */
export function startWatchdog(
  limits: { connectMs: number; idleMs: number; deadline: number },
  outer: AbortSignal,
): Watchdog {
  const controller = new AbortController();
  let why: Expired | undefined;
  const expire = (clock: Expired) => () => {
    why ??= clock;
    controller.abort();
  };
  const interrupt = () => controller.abort();
  const total = setTimeout(expire('total'), Math.max(0, limits.deadline - Date.now()));
  let silence = setTimeout(expire('connect'), limits.connectMs);
  outer.addEventListener('abort', interrupt);
  if (outer.aborted) controller.abort();
  return {
    signal: controller.signal,
    heard() {
      clearTimeout(silence);
      silence = setTimeout(expire('idle'), limits.idleMs);
    },
    expired: () => why,
    stop() {
      clearTimeout(total);
      clearTimeout(silence);
      outer.removeEventListener('abort', interrupt);
    },
  };
}
