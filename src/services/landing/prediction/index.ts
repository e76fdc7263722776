/** Merge prediction and rebasing. */

export { type RebaseOptions, type RebaseReport, rebaseTask } from '../resolution/rebase.js';
export { type Checker, type CheckOptions, checkMerges, openChecker } from './check.js';
export { rehearseQueue } from './queue.js';
export { type MergedTree, mergeTree } from './tree.js';
