/** Linked worktrees: made ready, looked at, and removed without losing work. */
export { type AddedWorktree, addWorktree } from './add.js';
export { inspectWorktrees } from './inspect.js';
export { listWorktrees, type WorktreeRecord } from './list.js';
export { worktreePath, worktreeRoot } from './places.js';
export { sweepPrivateWorktrees, withPrivateWorktree } from './private.js';
export { type RemovedWorktree, removeWorktree } from './remove.js';
export { readSetupLog } from './setup.js';
export { type PreparedSpares, prepareSpares } from './spares.js';
