/** What a person starts: the manager of waves, the feed of the dashboard, doctor, init, authoring and the demo. */
export { editStub, editText } from './author/editor.js';
export { interview } from './author/interview.js';
export { type Feed, startFeed } from './dashboard/index.js';
export { monitorReader } from './dashboard/monitor.js';
export { readPages } from './dashboard/pages.js';
export type { Findings } from './dashboard/sharing.js';
export { createDemo, type Demo, type DemoOptions } from './demo/create.js';
export { type DemoReport, playDemo, prepareDemo } from './demo/play.js';
export { keptOnDisk } from './doctor/disk.js';
export { diagnose } from './doctor/index.js';
export type { DoctorItem, DoctorOptions, DoctorReport, KeptPlace } from './doctor/types.js';
export { type InitReport, initialise } from './init/index.js';
export { completeTask, fixFindings } from './manager/complete.js';
export { drive } from './manager/drive.js';
export { type FinishedWork, finishTask } from './manager/finish.js';
export {
  cancelTask,
  interruptTask,
  type LaunchOptions,
  type LaunchReport,
  launch,
  type PlanReport,
  planTasks,
  requestLaunch,
  runTask,
  stopAll,
  stopTask,
  wouldLaunch,
} from './manager/index.js';
export { resumeTask } from './manager/launch.js';
export { tellNoRoom } from './manager/no-room.js';
export { type SentReview, sendReview } from './manager/send-review.js';
export { acceptTask, restoreTask } from './manager/settle.js';
export { takeInEnded } from './manager/take-in.js';
export type { Ask } from './types.js';
