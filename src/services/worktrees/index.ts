/** Linked worktrees: made ready, looked at, and removed without losing work. */
export { type AddedWorktree, addWorktree } from './add.js';
export { adoptWorktree } from './adopt.js';
export { type Follower, followWorktrees } from './follow.js';
export { type Collected, collectWorktrees } from './gc.js';
export { inspectWorktrees } from './inspect.js';
export { listWorktrees, type WorktreeRecord } from './list.js';
export { type Opener, openers, openWorktree, requireWorktree } from './open.js';
export { overviewOf, type WorktreeRow } from './overview.js';
export { worktreePath, worktreeRoot } from './places.js';
export { sweepPrivateWorktrees, withPrivateWorktree } from './private.js';
export { type RemovedWorktree, removeWorktree } from './remove.js';
export { type Repair, repairWorktrees } from './repair.js';
export { readSetupLog } from './setup.js';
export { type PreparedSpares, prepareSpares } from './spares.js';
