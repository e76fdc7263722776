/** Tells a person who looks which checks run, how many have ended, and what they write. */
import type { CheckResult } from '../../../domain/landing/validation.js';
import { formatDuration } from '../../../domain/platform/units.js';
import type { CheckConfig } from '../../../domain/store/config.js';
import type { Progress } from '../../store/index.js';

/** What a check needs to be told of while it runs. */
interface Told {
  onOutput?: (chunk: Uint8Array) => void;
}

/** Passes on what a check writes: by whole lines beside others, so that no two are mixed, and as it comes when alone. */
function wholeLines(hear: Progress['hear'], isAlone: () => boolean) {
  const newline = 10;
  let held = Buffer.alloc(0);
  return {
    take(chunk: Uint8Array) {
      const all = Buffer.concat([held, chunk]);
      const end = isAlone() || all.length > longestLine ? all.length : all.lastIndexOf(newline) + 1;
      if (end > 0) hear(all.subarray(0, end));
      held = all.subarray(end);
    },
    end() {
      if (held.length > 0) hear(Buffer.concat([held, Buffer.from('\n')]));
    },
  };
}

/** A longer line is shown in parts. */
const longestLine = 64 * 1024;

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
    const lines = wholeLines(progress.hear, () => running.size === 1);
    try {
      const result = await run({ onOutput: lines.take });
      lines.end();
      progress.hear(`${name}: ${result.status} in ${formatDuration(result.durationMs)}\n`);
      return result;
    } finally {
      running.delete(name);
      ended.add(name);
      tell();
    }
  };
}
