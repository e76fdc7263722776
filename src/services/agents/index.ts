/** Agents: their roles, the coding CLIs that run them, their runs, conversations, models and spending. */
export { boxHint, confinementOf } from './box/index.js';
export { stashesOf } from './box/stashes.js';
export { namesHeldBack } from './environment/allowed.js';
export {
  type AskedEnvironment,
  askedEnvironment,
  keepEnvironment,
  sweepEnvironments,
} from './environment/wish.js';
export { type Approvals, createApprovals } from './host/approvals.js';
export { type ControlRequest, serveControl } from './host/control.js';
export { type Conversation, createConversation } from './host/conversation.js';
export { createRecorder } from './host/record.js';
export { readHostSpec } from './host/spec.js';
export { chooseRunner, type RunnerChoice } from './limits/choose.js';
export { liftPauses, notePause, readPauses } from './limits/index.js';
export { thinkFitting } from './model/fitting.js';
export { roomFor, whyNoThinking } from './model/index.js';
export { agentFilePath, type CheckedFile, editAgent, validateAgents } from './roles/author.js';
export { loadPrompt } from './roles/files.js';
export {
  type AgentSession,
  fullAccessWarning,
  listAgents,
  loadAgent,
  standingWarnings,
} from './roles/index.js';
export { acceptanceOf, developerPrompt } from './roles/prompt.js';
export { probeRunners, runnerFor } from './runners/index.js';
export { createProcessMeter, executorOf, type ProcessMeter } from './runs/executor.js';
export { exportRun, writeExport } from './runs/export.js';
export {
  type Followed,
  type FollowOptions,
  followRun,
  readTranscript,
  type TranscriptPage,
} from './runs/follow.js';
export { type CollectedRuns, collectRuns } from './runs/gc.js';
export { cwdOf, forestallRun, launchRun, stopRun } from './runs/index.js';
export { type LiveTranscript, liveTranscript } from './runs/live.js';
export { type PrepareOptions, prepareRun } from './runs/prepare.js';
export { checkAgainst } from './runs/schema.js';
export { type SearchReport, searchRuns } from './runs/search.js';
export { type FileFacts, hasRun, inspectRun, listRuns, reportFile, reportRun } from './runs/view.js';
export { waitForRuns } from './runs/wait.js';
export { watchFolder } from './runs/watch.js';
export {
  budgetOfRun,
  everySpend,
  noteSpend,
  reportSpend,
  requireBudget,
  type SpendingRun,
} from './spend/index.js';
export { attachArgv, attachTo } from './steering/attach.js';
export {
  type AnswerReport,
  answerApproval,
  interruptRun,
  type SendReport,
  sendMessage,
  tellMayRun,
} from './steering/index.js';
export type { RunnerProbe } from './types.js';
