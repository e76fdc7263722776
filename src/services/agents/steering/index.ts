/** Steering runs that work: a message, an answer, an interrupt. One layer for the command line and the screen. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Approval, ApprovalOption } from '../../../domain/agents/approval.js';
import { isLive, type RunIntent } from '../../../domain/agents/run.js';
import { isTwoWay } from '../../../domain/agents/transcript/streams.js';
import { appError } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import type { Paths } from '../../platform/index.js';
import { readIntent, readStop, runFolder } from '../../worktrees/index.js';
import type { Sent } from '../host/messages.js';
import { executorOf, inspectRun } from '../runs/index.js';
import { askHost } from './ask.js';

export { attachArgv } from './attach.js';

type Runs = Pick<Paths, 'runsDir'>;

/** How often it is looked whether an interrupted run is over. */
const pollMs = 20;
/** How long a run may take to end after its turn was interrupted, before it is stopped like any other. */
const endLimitMs = 5_000;

/** `data` of `session send`. */
export interface SendReport {
  run: string;
  /** Whether it is part of the turn under way or begins the next one. */
  sent: Sent;
}

/**
 * Puts a message into a run. Throws `run-over`, `cannot-steer` where its runner takes none while it works,
 * `empty-message`, and as `askHost`.
 */
export async function sendMessage(paths: Runs, runId: string, text: string): Promise<SendReport> {
  const folder = await liveFolder(paths, runId);
  requireTwoWay(readIntent(folder), 'takes no messages while it works');
  const { sent } = (await askHost(folder, { type: 'send', text })) as { sent: Sent };
  return { run: runId, sent };
}

/** `data` of `session approve`. */
export interface AnswerReport {
  run: string;
  approval: Approval;
  option: ApprovalOption;
  /** How commands begin that the run does not ask about any more. */
  prefix?: string;
}

/**
 * Answers what a run asks. Throws `run-over`, `cannot-steer`, `no-approval`, `which-approval`, `no-option`,
 * `no-prefix`, and as `askHost`.
 * @param choice an option's id, `allow` or `deny`
 * @param which the question, where there is more than one; `alike`: all commands that begin so are answered as well
 */
export async function answerApproval(
  paths: Runs,
  runId: string,
  choice: string,
  { approval, alike }: { approval?: string; alike?: boolean } = {},
): Promise<AnswerReport> {
  const folder = await liveFolder(paths, runId);
  requireTwoWay(readIntent(folder), 'asks for nothing while it works');
  const request = {
    ...({ type: 'answer', choice } as const),
    ...(approval === undefined ? {} : { approval }),
    ...(alike ? { alike } : {}),
  };
  const answered = (await askHost(folder, request)) as Omit<AnswerReport, 'run'>;
  return { run: runId, ...answered };
}

/**
 * Tells the run at work of a task how commands begin that it may run unasked, in place of what it was told before. One that
 * is over, or cannot be talked to, asks for nothing. Throws `not-told`.
 */
export async function tellMayRun(
  paths: Runs,
  { slug, runIds, mayRun = [] }: Pick<Task, 'slug' | 'runIds' | 'mayRun'>,
): Promise<void> {
  const runId = runIds.at(-1);
  const run = runId === undefined ? undefined : await inspectRun(paths, runId).catch(() => undefined);
  if (!run?.twoWay || !isLive(run.phase)) return;
  await askHost(runFolder(paths, run.runId), { type: 'may-run', prefixes: mayRun }).catch(
    (cause: unknown) => {
      const message = `${slug} was changed, but its run at work could not be told, and goes by what it was told before.`;
      throw appError('not-told', message, { hint: 'Give the command again in a moment.', cause });
    },
  );
}

/**
 * Ends a run at its next breath: in words where the agent can be talked to, else, and when words do not help, by
 * signals. Resolves when none of its processes is left; harmless when it is over.
 */
export async function interruptRun(paths: Runs, runId: string): Promise<void> {
  const folder = runFolder(paths, runId);
  const executor = executorOf(paths);
  if (isTwoWay(readIntent(folder)) && readStop(folder) === undefined) {
    try {
      await askHost(folder, { type: 'interrupt' });
      const deadline = performance.now() + endLimitMs;
      while (performance.now() < deadline) {
        const { phase } = await executor.phase(runId);
        if (!isLive(phase)) return;
        // It has ended; what it started has not.
        if (phase === 'leftovers') break;
        await sleep(pollMs);
      }
    } catch {
      // The host does not answer: signals follow, which every process understands.
    }
  }
  await executor.stop(runId, 'interrupt');
}

async function liveFolder(paths: Runs, runId: string): Promise<string> {
  const run = await inspectRun(paths, runId);
  if (isLive(run.phase)) return runFolder(paths, runId);
  throw appError('run-over', `Run ${runId} is over${run.status ? `: ${run.status}` : ''}.`, {
    hint: `Continue its conversation: \`codex-agent session resume ${run.task} --message …\`.`,
  });
}

function requireTwoWay(intent: RunIntent, how: string): void {
  if (isTwoWay(intent)) return;
  const hint =
    intent.runner === 'codex'
      ? 'Codex does when it is launched from the dashboard, or with runner.codex.transport = "app-server".'
      : `Stop it (\`codex-agent task stop ${intent.task}\`), then resume its session with the message.`;
  throw appError('cannot-steer', `${intent.runner}, as run ${intent.runId} drives it, ${how}.`, { hint });
}
