/** A pause: one runner's account is at its limit, and nothing more is started on it until the limit ends. */
import type { AgentError, RunnerName, RunView } from './run.js';

export interface Pause {
  runner: RunnerName;
  /** Which account: a digest of the variables by which the runner logs in. */
  account: string;
  since: string;
  /** Absent: nothing tells when it ends; a person lifts it. */
  until?: string;
  /** What the agent said. */
  message: string;
  /** Limits in a row, without a success between them. */
  count: number;
  /** Slugs of the launched tasks that cannot start because of it; known to the process that drives. */
  tasks?: readonly string[];
}

/** A rate limit that asks for no more than this is waited out by each run for itself. */
const shortWaitMs = 60_000;
/** Where no end is told: a quarter of an hour, doubling. */
const backOffMs = (count: number): number => Math.min(15 * 60_000 * 2 ** (count - 1), 4 * 3_600_000);
/** How far clocks may differ: a limit is asked again only this long after its end. */
const slackMs = 2_000;
const minuteMs = 60_000;
const justPassedMs = minuteMs;
/** `--wait` waits for a limit that ends within a day; who waits longer comes back. */
export const longestPauseMs = 24 * 3_600_000;

/** Only money helps: such a limit does not end by itself, or not within a time that could be guessed. */
const paidFor = /credit|billing|balance|funds|payment|upgrade|subscription|spend|budget|\bmonth/i;

/** Whether this is the kind of failure that no other run on the account gets past either. */
const isLimit = ({ code }: Pick<AgentError, 'code'>): boolean => code === 'quota';

/**
 * The pause that follows from how a run ended; undefined when it ran into no limit, or into one that passes within a
 * minute.
 * @param before the pause of the same account that was noted last
 */
export function pauseAfter(
  run: Pick<RunView, 'runner' | 'account' | 'status' | 'error' | 'resetsAt'>,
  before: Pause | undefined,
  now: number,
): Pause | undefined {
  const { error, resetsAt, runner, account = '' } = run;
  if (!error || run.status === 'completed' || run.status === 'interrupted') return undefined;
  const told = resetsAt === undefined ? undefined : Date.parse(resetsAt);
  if (error.code === 'rate_limit' ? !(told !== undefined && told - now > shortWaitMs) : !isLimit(error)) {
    return undefined;
  }
  const count = (before?.count ?? 0) + 1;
  const until = endOf(error.message, told, count, now);
  return {
    runner,
    account,
    since: new Date(now).toISOString(),
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
    message: error.message.slice(0, 500),
    count,
  };
}

function endOf(message: string, told: number | undefined, count: number, now: number): number | undefined {
  if (told !== undefined && told <= now) return now + justPassedMs * count;
  // "Try again at 3:05 PM" may mean any second of that minute.
  if (told !== undefined) return told + (told % minuteMs === 0 ? minuteMs : 0) + slackMs;
  return paidFor.test(message) ? undefined : now + backOffMs(count);
}

/** Whether it holds at this time. */
export const holds = ({ until }: Pause, now: number): boolean =>
  until === undefined || Date.parse(until) > now;

/** Of several, the one that ends first. */
export const firstToEnd = (pauses: readonly Pause[]): Pause | undefined =>
  [...pauses].sort((a, b) => endTime(a) - endTime(b))[0];

const endTime = ({ until }: Pause): number =>
  until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until);

/** "2026-11-29 21:20 UTC" */
const untilSaid = (until: string): string => `${until.slice(0, 16).replace('T', ' ')} UTC`;

/** When it ends, in few words; undefined when it names no end. `now` is milliseconds since the epoch. */
export function pauseEnd({ until }: Pause, now: number): string | undefined {
  if (until === undefined) return undefined;
  const sameDay = new Date(now).toISOString().slice(0, 10) === until.slice(0, 10);
  return sameDay ? `${until.slice(11, 16)} UTC` : untilSaid(until);
}

/** What a person is told, with what goes on from here. */
export function pauseSaid({ runner, until }: Pause): string {
  return until === undefined
    ? `${runner} is at a limit that names no end; launch again once the account is in order`
    : `${runner} is at its limit until ${untilSaid(until)}; it goes on then by itself`;
}
