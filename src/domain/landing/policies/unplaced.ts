/** Errors of the validator agent whose place the diff does not have: a slip of its counting, an invention, or bait. */
import type { FoundPlace } from '../finding-places.js';
import type { Finding, PolicyEvidence } from '../validation.js';

/**
 * What a person is told of such an error. Its place is wrong, and what it says may be right: the text under review
 * may have made the agent name that place, so the error is no invention that counts for nothing.
 */
export function unplacedError(
  { path, line, message }: Finding,
  place: Extract<FoundPlace, { kind: 'unshown' | 'elsewhere' }>,
): PolicyEvidence {
  const said = message.slice(0, 1000);
  return place.kind === 'unshown'
    ? { path: place.file.path, line: 0, what: `line ${line}, which the diff does not show: ${said}` }
    : { path: path.trim().slice(0, 300), line: 0, what: `not in the diff: ${said}` };
}
