/** Merge prediction and rebasing. */
export { type Checker, type CheckOptions, checkMerges, openChecker } from './check.js';
export { rehearseQueue } from './queue.js';
export { type RebaseOptions, type RebaseReport, rebaseTask } from './rebase.js';
export { type MergedTree, mergeTree } from './tree.js';
