/** How busy a run was over the last five minutes, from how much its transcript grew. */

/** Length of one step, in milliseconds, and how many are kept. */
const stepMs = 30_000;
const steps = 10;

export interface Activity {
  /** Number of the newest step, counted from the epoch. */
  step: number;
  /** Size of the transcript when it was last seen, in bytes. */
  size: number;
  /** Bytes written in each step, oldest first; at most ten. */
  grown: readonly number[];
}

/** The activity after the transcript was seen with this size at this time (milliseconds since the epoch). */
export function noteActivity(before: Activity | undefined, size: number, atMs: number): Activity {
  const step = Math.floor(atMs / stepMs);
  if (!before) return { step, size, grown: [0] };
  const moved = moveTo(before, step);
  const grew = Math.max(0, size - before.size);
  return { step, size, grown: [...moved.slice(0, -1), (moved.at(-1) ?? 0) + grew] };
}

/** Bytes of each of the last ten steps as of this time, oldest first; 0 where nothing is known. */
export function activityAt(activity: Activity, atMs: number): number[] {
  const known = moveTo(activity, Math.floor(atMs / stepMs));
  return [...new Array<number>(steps - known.length).fill(0), ...known];
}

function moveTo(activity: Activity, step: number): readonly number[] {
  const passed = Math.max(0, Math.min(steps, step - activity.step));
  return [...activity.grown, ...new Array<number>(passed).fill(0)].slice(-steps);
}

const bars = [...'▁▂▃▄▅▆▇'];

/**
 * A sparkline of `width` columns; a step in which nothing was written is `_`. The scale is that of the square root,
 * so that one long output does not flatten all that came before it.
 */
export function sparkline(values: readonly number[], width: number): string {
  const shown = values.slice(-width);
  const top = Math.sqrt(Math.max(1, ...shown));
  const line = shown.map((value) =>
    value === 0 ? '_' : bars[Math.min(bars.length - 1, Math.floor((Math.sqrt(value) / top) * bars.length))]!,
  );
  return line.join('').padStart(width, '_');
}
