/** Which steps of the driver are taken again by themselves after they failed. */
import type { Emit } from '../../../domain/app/events.js';
import type { Step } from '../../../domain/app/steps.js';
import { hasCode, messageOf } from '../../../domain/platform/errors.js';
import { endedFromOutside } from '../../platform/index.js';

/** How often in a row a step is taken again. */
const most = 2;

export interface Failures {
  /** The step went well: what failed later counts anew. */
  forget(key: string): void;
  /** Whether a step that failed like this is taken again by the next look; told where it is. */
  mayPass(key: string, what: { type: Step['type']; tasks: readonly string[] }, error: unknown): boolean;
}

/** Counts failures of steps. Each goes on from what is on disk, as if this process had been killed in it. */
export function countFailures(emit: Emit): Failures {
  const counts = new Map<string, number>();
  return {
    forget: (key) => void counts.delete(key),
    mayPass(key, { type, tasks }, error) {
      if (!isPassing(error)) return false;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count > most ? 0 : count);
      if (count > most) return false;
      const message = `${tasks.join(', ')}: ${type}: ${messageOf(error)}; trying again (${count} of ${most})`;
      emit({ type: 'noted', level: 'warning', message });
      return true;
    },
  };
}

/**
 * A process of ours was killed from outside, a branch moved while we worked on it, or another process held a lock for
 * longer than it is waited for: the next look finds all as it is then.
 */
const isPassing = (error: unknown): boolean =>
  endedFromOutside(error) || hasCode(error, 'ref-moved') || hasCode(error, 'lock-held');
