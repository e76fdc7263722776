/** The program's own records: registry, tasks, stubs, configuration, trust, and the opened repository. */
export { readDocument } from './config/check.js';
export { configFiles, validateFiles } from './config/files.js';
export { getKey, loadConfig } from './config/load.js';
export { editFile, type OwnEdit, retrustAfterOwnEdit, setKey } from './config/set.js';
export { tomlPlaceOf, tomlPlaces } from './config/toml-places.js';
export { openRegistry } from './registry/index.js';
export {
  adoptRepository,
  allRepos,
  type FormerPlace,
  findRepo,
  forgetGoneDemos,
  formerPlaces,
  locateRepository,
  registerRepo,
  repositoryRoot,
} from './repositories/index.js';
export { requireOutsideRun } from './session/around-run.js';
export { firstEvents } from './session/first-events.js';
export { callPerson, runHooks } from './session/hooks.js';
export {
  type OpenOptions,
  type OpenRepository,
  openRepository,
  openSession,
  requireConfigHere,
  requireTrusted,
  whyLeftOut,
} from './session/index.js';
export { createMarksKeeper, readMarks } from './session/marks.js';
export { type ReviewOf, readReviewState, updateReviewState } from './session/reviews.js';
export { isWatched, looksLock, screensFolder } from './session/screens.js';
export { targetGone, targetGoneLine } from './session/target.js';
export { telling, tellWork } from './session/telling.js';
export { upstreamNote } from './session/upstream.js';
export { readStubs, refreshStub, setStubAside, stubFolder, stubPath, writeStubs } from './stubs/files.js';
export { formatStub, parseStub } from './stubs/format.js';
export { addTasks, previewTasks } from './tasks/add.js';
export { editTask, type TaskChanges, updateTask } from './tasks/change.js';
export { keepTasks, noteStubs, type StubNews, takeStubs } from './tasks/from-stubs.js';
export { type Proposal, proposeDependencies } from './tasks/propose.js';
export { requireTask, tasksOf } from './tasks/query.js';
export { removeTask } from './tasks/remove.js';
export { lastChange, type UndoReport, undoChange } from './tasks/undo.js';
export {
  isUsable,
  moveTrust,
  notTrusted,
  readTrust,
  revokeTrust,
  type TrustState,
  trustedFiles,
  trustRepository,
  trustState,
} from './trust/index.js';
export { readTrustInputs } from './trust/inputs.js';
export { type ShownFile, shownFiles } from './trust/shown.js';
export { trustWritten } from './trust/written.js';
export type { Progress, Registry, RepoSession } from './types.js';
