/** Merge prediction and rebasing. */
export { type CheckOptions, checkMerges } from './check.js';
export { type RebaseOptions, type RebaseReport, rebaseTask } from './rebase.js';
export { type MergedTree, mergeTree } from './tree.js';
