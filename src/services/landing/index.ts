/** From a branch to the target: prediction, resolution, validation and the train. */

export { type ApartOptions, validateApart } from './apart/index.js';
export { type TrialOptions, type TriedCheck, tryChecks } from './apart/trial.js';
export { reportFiles, type WorkflowOutput, writeReports } from './apart/write-reports.js';
export { buildCandidate, type Candidate, doneRef } from './candidates/candidate.js';
export {
  type Built,
  type Chain,
  type ChainBuilder,
  chainBuilder,
  type Link,
  type Member,
} from './candidates/chain.js';
export {
  askHunk,
  type ChosenReport,
  editHunk,
  type FinishReport,
  finishChoices,
  type HunkPlace,
  readConflict,
  takeHunk,
  undoChoice,
  writeHunk,
} from './choosing/index.js';
export {
  branchesToLookAt,
  type Checker,
  type CheckOptions,
  checkMerges,
  openChecker,
  tasksWithBranch,
} from './prediction/check.js';
export { rehearseQueue } from './prediction/queue.js';
export { type MergedTree, mergeTree } from './prediction/tree.js';
export {
  type ForgetReport,
  forgetResolution,
  isModelMade,
  type ModelState,
  nextAfterMerge,
  type ResolveOptions,
  readResolution,
  resolveByHand,
  resolveTask,
} from './resolution/index.js';
export { type RebaseOptions, type RebaseReport, rebaseTask } from './resolution/rebase.js';
export {
  changeReview,
  coloursOf,
  type DroppedHunk,
  decideReview,
  dropHunk,
  type OpenReview,
  type ReviewChanges,
  readReview,
  requireHead,
  textIn,
  whyHunk,
} from './review/index.js';
export { type CleanedUp, cleanUpLanded } from './train/clean-up.js';
export { settleLandedElsewhere, withLandedElsewhere } from './train/elsewhere.js';
export { type LandRequest, landTasks } from './train/index.js';
export { type Landing, landChain } from './train/land.js';
export { planLanding } from './train/plan.js';
export {
  type CheckOutput,
  type Judged,
  type Opinion,
  opinionOf,
  outputsOf,
  problemsOf,
  type ReviewReport,
  reportOf,
  reviewTask,
  type ValidateOptions,
  validateCandidate,
  validateTask,
} from './validation/index.js';
export { readReport } from './validation/record.js';
export { type CheckedTree, checkTree } from './validation/tree.js';
