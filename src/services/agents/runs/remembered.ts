/**
 * What a run is judged by, as this process saw it when the run began. An agent without a sandbox can write another
 * claim, whose word it knows, or another intent; the process that started or adopted its run knows better.
 */
import type { RunIntent } from '../../../domain/agents/run.js';
import { findIntent, readClaim, sealOf } from '../../worktrees/index.js';

interface Remembered {
  /** Digest of its text, which may be long: a driver remembers thousands of runs. */
  intent: string;
  seal: string | undefined;
}

const began = new Map<string, Remembered>();

/** The first word stands. @param seal of the claim, where this process made it */
export function rememberRun(folder: string, intent: RunIntent, seal = readClaim(folder)?.seal): void {
  if (!began.has(folder)) began.set(folder, { intent: digestOf(intent), seal });
}

/** The file of a run that is not what this process remembers; undefined when all is, or nothing is remembered. */
export function rewrittenRecord(folder: string): 'claim' | 'intent' | undefined {
  const known = began.get(folder);
  if (!known) return undefined;
  if (readClaim(folder)?.seal !== known.seal) return 'claim';
  const intent = findIntent(folder);
  return intent && digestOf(intent) === known.intent ? undefined : 'intent';
}

/** Two processes may write the record of the same start: what differs then is no change of what the run is judged by. */
const digestOf = (intent: RunIntent): string => sealOf(JSON.stringify({ ...intent, at: '', heldBack: [] }));
