/** Merge prediction and rebasing. */

export { rebaseTask } from '../resolution/rebase.js';
export { checkMerges, openChecker } from './check.js';
export { rehearseQueue } from './queue.js';
export { mergeTree } from './tree.js';
