/**
 * Runs: one process of a runner for one agent on one task, each with a directory that outlives us.
 *
 * `<state>/runs/<run id>/` (0700; files 0600):
 * - `intent.json`: what is to be run; durable before anything is started. Holds no secrets
 * - `stdin`: what the agent reads on standard input
 * - `prompt.md`: the same as a file, for the command runner
 * - `refs.json`: refs and checked-out branches before the run, written by the guard
 * - `findings.jsonl`, `changed/`: what was not as before after the run, and what it had been changed to
 * - `claim.json`: the supervisor's identity; made by hard link, so a run id starts at most once
 * - `pid.json`: the agent's identity, written by itself before it becomes the agent's program
 * - `transcript.log`, `stderr.log`: the agent's output as it is, appended by the agent itself
 * - `usage.json`: what a live run has used so far, written by the process that holds it to its limits
 * - `exit.json`: `{"rc":n}` with the supervisor's own word, by the supervisor, after the output is durable
 * - `stop.json`: why and when we ended it; written before the first signal
 * - `shim.err`: what kept the supervisor from starting it
 * - `outcome.json`: the judgement of a run that is over; only a copy, made from the other files
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunFacts } from '../../../domain/agents/agent-event.js';
import type { RunIntent } from '../../../domain/agents/run.js';
import type { Paths } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { readIntent, runFolder } from '../../worktrees/index.js';
import { executorOf } from './executor.js';

export { executorOf } from './executor.js';
export { exportRun, writeExport } from './export.js';
export {
  followRun,
  readTranscript,
} from './follow.js';
export { collectRuns } from './gc.js';
export { liveTranscript } from './live.js';
export { prepareRun } from './prepare.js';

export { searchRuns } from './search.js';
export { hasRun, inspectRun, listRuns, reportFile, reportRun } from './view.js';
export { waitForRuns } from './wait.js';

/**
 * Starts a prepared run, at most once however often this is called. Resolves when it is claimed, with true when this
 * call started it. Throws `launch-failed`.
 */
export async function launchRun(
  session: Pick<RepoSession, 'paths' | 'env'>,
  intent: RunIntent,
): Promise<boolean> {
  const stdin = await readFile(join(runFolder(session.paths, intent.runId), 'stdin'), 'utf8');
  return executorOf(session.paths).launch(intent, stdin, session.env);
}

/** The folder a run works in. Throws `run-not-found`. */
export const cwdOf = (paths: Pick<Paths, 'runsDir'>, runId: string): string =>
  readIntent(runFolder(paths, runId)).cwd;

/** Calls off a run that another process has yet to prepare. False when it had been launched already. */
export const forestallRun = (
  paths: Pick<Paths, 'runsDir'>,
  runId: string,
  why: NonNullable<RunFacts['requested']>,
): Promise<boolean> => executorOf(paths).forestall(runId, why);

/** Ends every process of a run; resolves when none is left. Harmless when it is over. Throws as `Executor.stop`. */
export async function stopRun(
  paths: Pick<Paths, 'runsDir'>,
  runId: string,
  why?: RunFacts['requested'],
): Promise<void> {
  await executorOf(paths).stop(runId, why);
}
