/** What an agent left behind: committed for it, compared with what was, and kept before anything is removed. */
export { type CommittedWork, commitWork } from './commit.js';
export { compareRefs, type MovedRef, restoreRefs, snapshotRefs } from './refs.js';
export { nestedRepositories, rescueWorktree, writeRescueRef } from './rescue.js';
