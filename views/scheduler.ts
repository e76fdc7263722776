/** Decides when a frame is painted: at once after a key, otherwise at most every 33 ms, never into a full pipe. */

export interface SchedulerOptions {
  paint(): void;
  /** True while the terminal has not taken the last frame; the next one waits for `drained()`. */
  stalled(): boolean;
  /** Shortest time between two frames that no key asked for; default: 33 ms. */
  frameMs?: number;
}

const usualMs = 33;
/** Shortest time between two frames that keys asked for. */
const urgentMs = 16;

/** Coalesces requests for a frame. Time comes from the clock, so a burst costs one frame per interval. */
export function createScheduler(options: SchedulerOptions) {
  let timer: NodeJS.Timeout | undefined;
  let due = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let lastUrgent = Number.NEGATIVE_INFINITY;
  let dirty = false;
  let stopped = false;

  function run() {
    clearTimeout(timer);
    timer = undefined;
    due = Number.POSITIVE_INFINITY;
    if (stopped || !dirty || options.stalled()) return;
    dirty = false;
    last = performance.now();
    options.paint();
  }

  function within(ms: number) {
    dirty = true;
    if (stopped || options.stalled()) return;
    const now = performance.now();
    const at = Math.max(now, last + ms);
    if (at >= due) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(run, Math.max(0, at - now));
  }

  return {
    /** Something changed; the frame may wait for others. */
    request: () => within(options.frameMs ?? usualMs),
    /** A key was pressed: show its effect now. */
    urgent() {
      dirty = true;
      const now = performance.now();
      if (now - lastUrgent < urgentMs) return within(urgentMs);
      lastUrgent = now;
      run();
    },
    /** The terminal takes bytes again. */
    drained: run,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
