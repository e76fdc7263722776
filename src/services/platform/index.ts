/** What every service stands on: processes, files, locks and git. */
export { assetPath } from './files/assets.js';
export {
  appendDurably,
  errorAt,
  stageFile,
  tempName,
  tempOwner,
  writeFileDurably,
  writeTo,
} from './files/atomic.js';
export { bytesOfPath, isTextPath, pathBelow, textOfPath } from './files/byte-paths.js';
export { logFiles, logFolder, openCallLog } from './files/call-log.js';
export { followCalls, readCalls } from './files/call-log-reader.js';
export { acquireLock, type Lock, lockHolder, tryAcquireLock } from './files/chain-lock.js';
export { namesInFolder, namesInFolderSync } from './files/folder.js';
export {
  bootId,
  identityOf,
  liveness,
  type ProcessIdentity,
  pidNamespace,
  selfIdentity,
} from './files/identity.js';
export { folderInside, insideOnly } from './files/inside.js';
export { positionAt, scanJson } from './files/json-position.js';
export {
  makeOwnFolder,
  sweepOwnFolders,
  temporaryFolder,
  withOwnFolder,
} from './files/own-folders.js';
export { ensurePrivateFolder, pathsFrom } from './files/paths.js';
export {
  openRegular,
  openToAppend,
  openToRead,
  readPlain,
  readPlainSync,
  readText,
  readUtf8,
} from './files/plain.js';
export { roomAt } from './files/room.js';
export { watchEvents } from './files/watching.js';
export {
  mergeBaseOf,
  objectIdIn,
  objectIdsIn,
  printedCount,
  printedId,
  readRefs,
  unclear,
} from './git/answers.js';
export { baseEnvironment } from './git/environment.js';
export {
  type FilterCommands,
  skippedFilters,
  trustFilterCommand,
  unfilteredPaths,
  withFilters,
} from './git/filters.js';
export {
  type BareRepository,
  type FoundRepository,
  findRepository,
  findRepositoryOrBare,
  linkedWorktrees,
} from './git/find.js';
export { type GitFailure, gitAt, openGit } from './git/git.js';
export {
  copyIndex,
  indexEntries,
  indexNames,
  indexStats,
  mayHoldMarks,
  mayHoldSubmodules,
  wholeStat,
} from './git/index-file.js';
export { endedFromOutside } from './git/killed.js';
export { lazyGit } from './git/lazy.js';
export { leftLocks } from './git/left-locks.js';
export { originUrl } from './git/origin.js';
export { gitText, valueIn } from './git/own-config.js';
export { recordOf } from './git/place.js';
export { type ChangedFile, changedFiles } from './git/porcelain.js';
export { branchBeingRebased, unfinishedIn, waysOut } from './git/state.js';
export { branchTips } from './git/tips.js';
export { fetchRemote, type Upstream, upstreamOf } from './git/upstream.js';
export { heldLock } from './git/words.js';
export { runApart } from './processes/apart.js';
export { causedBy, onCall, type ToldCall, told } from './processes/calls.js';
export { drain } from './processes/drain.js';
export { openInEditor } from './processes/editor.js';
export { endedAfter } from './processes/ended-after.js';
export { commandWords, pids } from './processes/others.js';
export {
  findProgram,
  handTerminal,
  type ProcessResult,
  runProcess,
  startDetached,
} from './processes/process.js';
export { endReads } from './processes/reads.js';
export { together } from './processes/together.js';
export type { ConfigEntry, Git, GitOptions, GitResult, Paths, SkippedFilter } from './types.js';
