/** A person's review: read, commented, marked, decided, and kept by what was changed. */
export { changeReview, decideReview, type ReviewChanges, requireHead } from './act.js';
export { coloursOf } from './colours.js';
export { type DroppedHunk, dropHunk } from './drop.js';
export { type OpenReview, readReview, textIn } from './read.js';
export { whyHunk } from './why.js';
