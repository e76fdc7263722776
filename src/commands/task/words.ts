/** Words that several commands print of a validation. */
import type { CheckResult } from '../../domain/landing/validation.js';
import { formatDuration } from '../../domain/platform/units.js';

/** A check in a line, and below it the rest of what is said of one that did not pass. */
export function checkLine({ status, name, durationMs, summary, cached }: CheckResult): string {
  const how = cached ? `${formatDuration(durationMs)}, known of this tree` : formatDuration(durationMs);
  return `  ${status} ${name} (${how}) ${summary}`;
}
