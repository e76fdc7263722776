/** From a branch to the target: prediction, resolution, validation and the train. */
export { type Checker, type CheckOptions, checkMerges, openChecker } from './prediction/check.js';
export { rehearseQueue } from './prediction/queue.js';
export { type MergedTree, mergeTree } from './prediction/tree.js';
export { isModelMade } from './resolution/apply.js';
export { type HandStep, resolveByHand } from './resolution/by-hand.js';
export { type ResolveOptions, resolveTask } from './resolution/index.js';
export { type RebaseOptions, type RebaseReport, rebaseTask } from './resolution/rebase.js';
export { readResolution } from './resolution/record.js';
export { buildCandidate, type Candidate, doneRef } from './train/candidate.js';
export {
  type Built,
  type Chain,
  type ChainBuilder,
  chainBuilder,
  type Link,
  type Member,
} from './train/chain.js';
export { type CleanedUp, cleanUpLanded } from './train/clean-up.js';
export { settleLandedElsewhere } from './train/elsewhere.js';
export { type LandRequest, landTasks } from './train/index.js';
export { type Landing, landCandidate, landChain } from './train/land.js';
export { planLanding } from './train/plan.js';
export { runChecks } from './validation/checks.js';
export {
  type Judged,
  type Opinion,
  opinionOf,
  problemsOf,
  type ReviewReport,
  reportOf,
  reviewTask,
  type ValidateOptions,
  validateCandidate,
  validateTask,
} from './validation/index.js';
export { type CheckedTree, checkTree, rememberPass } from './validation/tree.js';
