/** Landing: build the merges, move the target to them, clean up. */
export { buildCandidate, type Candidate, doneRef } from './candidate.js';
export { type Built, type Chain, type ChainBuilder, chainBuilder, type Link, type Member } from './chain.js';
export { type CleanedUp, cleanUpLanded } from './clean-up.js';
export { type Landing, landCandidate, landChain } from './land.js';
