/** Predicts merges: each task against the target, every two tasks, and all of them in a queue. */

export { checkMerges, openChecker } from './check.js';
export { rehearseQueue } from './queue.js';
export { mergeTree } from './tree.js';
