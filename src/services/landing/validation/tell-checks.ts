/** Tells a person who looks which checks run, how many have ended, and what they write. */
import type { CheckResult } from '../../../domain/landing/validation.js';
import { formatDuration } from '../../../domain/platform/units.js';
import type { CheckConfig } from '../../../domain/store/config.js';
import type { Progress } from '../../store/index.js';

/** What a check needs to be told of while it runs. */
interface Told {
  onOutput?: (chunk: Uint8Array) => void;
}

/**
 * Runs checks and tells of them; without a person who looks, it just runs them.
 * @param of how many checks there are
 */
export function checkTeller(progress: Progress | undefined, of: number) {
  const running = new Set<string>();
  const ended = new Set<string>();
  function tell(): void {
    if (running.size === 0) return;
    // One that runs again, since another has written to its tree, has been counted before.
    const at = Math.min(of, ended.size + 1);
    progress?.stage({ kind: 'check', name: [...running].join(', '), at, of });
  }
  return async ({ name }: CheckConfig, run: (told: Told) => Promise<CheckResult>): Promise<CheckResult> => {
    if (!progress) return run({});
    running.add(name);
    ended.delete(name);
    tell();
    try {
      const result = await run({ onOutput: progress.hear });
      progress.hear(`${name}: ${result.status} in ${formatDuration(result.durationMs)}\n`);
      return result;
    } finally {
      running.delete(name);
      ended.add(name);
      tell();
    }
  };
}
