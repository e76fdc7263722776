/** Tells of every call that this process makes to those who listen: the log, `--trace`, the screen. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { channel } from 'node:diagnostics_channel';
import type { CallFact } from '../../../domain/platform/call.js';

/** A call that was told of, with the command that caused it as far as that is known. */
export interface ToldCall extends CallFact {
  cause?: string;
}

// By name, because the pieces of the program are bundles of their own, each with its copy of this module.
const calls = channel('codex-agents:call');
const causeKey = Symbol.for('codex-agents.cause');
const shared = globalThis as { [causeKey]?: AsyncLocalStorage<string> };

/** Whether there is any listener; without one nothing of a call is worth putting together. */
const isHeard = (): boolean => calls.hasSubscribers;

/** Tells of a call that has ended. */
export function tellCall(fact: CallFact): void {
  if (!calls.hasSubscribers) return;
  const cause = shared[causeKey]?.getStore();
  calls.publish(cause === undefined ? fact : { ...fact, cause });
}

/** Listens to the calls of this process. Returns the way to stop. */
export function onCall(listener: (call: ToldCall) => void): () => void {
  const heard = (message: unknown) => listener(message as ToldCall);
  calls.subscribe(heard);
  return () => void calls.unsubscribe(heard);
}

/** Does some work; the calls that it makes, however late, are told with this cause. */
export function causedBy<T>(cause: string, work: () => T): T {
  shared[causeKey] ??= new AsyncLocalStorage<string>();
  return shared[causeKey].run(cause, work);
}

/** Does some work that is a call, and tells of it. `outcome` says how it ended; a rejection ends it with its code. */
export async function told<T>(
  fact: Pick<CallFact, 'kind' | 'words' | 'cwd'>,
  work: () => Promise<T>,
  outcome: (result: T) => Pick<CallFact, 'outcome' | 'ok' | 'said'> = () => ({ outcome: 'ok', ok: true }),
): Promise<T> {
  if (!isHeard()) return work();
  const started = performance.now();
  const tell = (how: Pick<CallFact, 'outcome' | 'ok' | 'said'>) =>
    tellCall({ ...fact, ms: performance.now() - started, ...how });
  try {
    const result = await work();
    tell(outcome(result));
    return result;
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    tell({ outcome: String(code ?? 'failed'), ok: false, said: String(message ?? '') });
    throw error;
  }
}
