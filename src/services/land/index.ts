/** Landing: build the merge, move the target to it, clean up. */
export { buildCandidate, type Candidate, doneRef } from './candidate.js';
export { type CleanedUp, cleanUpLanded } from './clean-up.js';
export { landCandidate } from './land.js';
