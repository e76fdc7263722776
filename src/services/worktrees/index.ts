/** Linked worktrees: filled, looked after, removed without losing work; and what watches over them while a run works. */
export { adoptWorktree } from './care/adopt.js';
export { fingerprint } from './care/fingerprint.js';
export { type Follower, followWorktrees } from './care/follow.js';
export { inspectWorktrees } from './care/inspect.js';
export { type Opener, openers, openShellHere, openWorktree, requireWorktree } from './care/open.js';
export { overviewOf, type WorktreeRow } from './care/overview.js';
export { type Repair, repairWorktrees } from './care/repair.js';
export { type AddedWorktree, addWorktree } from './filling/add.js';
export { readSetupLog } from './filling/setup.js';
export { type PreparedSpares, prepareSpares, sparesStanding } from './filling/spares.js';
export {
  acceptFound,
  guardAfter,
  guardBefore,
  released,
  restoreFound,
  type Settled,
} from './guard/index.js';
export { fastForwardIn } from './moves/fast-forward.js';
export { undoCutMove } from './moves/undo.js';
export { freeIndex } from './places/index-lock.js';
export { forgetCommand, listWorktrees, ownerOf, recordAt, type WorktreeRecord } from './places/list.js';
export { worktreePath, worktreeRoot } from './places/places.js';
export { sweepPrivateWorktrees, withPrivateWorktree } from './places/private.js';
export { type Collected, collectWorktrees } from './removal/gc.js';
export { type KeptDetail, type KeptItem, listKept, restoreKept, showKept } from './removal/kept.js';
export { lookInto } from './removal/look.js';
export { type RemovedWorktree, removeWorktree } from './removal/remove.js';
export { type RestoredWorktree, restoreWorktree } from './removal/restore.js';
export {
  exitRecord,
  fileState,
  findIntent,
  hasForgedExit,
  isClaimed,
  type Recorded,
  readAgent,
  readClaim,
  readExit,
  readIntent,
  readPending,
  readStop,
  readUsage,
  runFolder,
  sealOf,
} from './run-folder/folder.js';
export { formerMarkPath, markFile, markPath, markVariables } from './run-folder/mark.js';
export { keepBeforeRun } from './uncommitted/before-run.js';
export { type CommittedWork, commitWork } from './uncommitted/commit.js';
export { editedFiles } from './uncommitted/edited.js';
export { commitHooks, neverRunHooks, skippedHooksText } from './uncommitted/hooks.js';
export { type NewFile, readNewFiles } from './uncommitted/new-files.js';
export { outsidePatterns } from './uncommitted/outside.js';
export { withIndex, withScratch } from './uncommitted/own-index.js';
export {
  commitTree,
  keepCommits,
  nestedRepositories,
  rescueWorktree,
  writeRescueRef,
} from './uncommitted/rescue.js';
export { commitToLand, signingFlag, signsCommits, whyUnsigned } from './uncommitted/signing.js';
export { stageFiles } from './uncommitted/stage.js';
export { unchangedUnfiltered } from './uncommitted/unfiltered.js';
