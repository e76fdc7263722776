/** Starts the next attempt of a task: worktree, record, run; each step safe to repeat after a crash. */
import type { Agent } from '../../../domain/agents/agent.js';
import { type RunnerName, type RunView, runIdOf } from '../../../domain/agents/run.js';
import { appError } from '../../../domain/platform/errors.js';
import { moveTask, type Task } from '../../../domain/store/task.js';
import {
  askedEnvironment,
  budgetOfRun,
  developerPrompt,
  fullAccessWarning,
  hasRun,
  inspectRun,
  launchRun,
  loadAgent,
  type PrepareOptions,
  prepareRun,
  requireBudget,
} from '../../agents/index.js';
import type { RepoSession } from '../../store/index.js';
import { requireTask, updateTask } from '../../store/index.js';
import {
  addWorktree,
  guardBefore,
  keepBeforeRun,
  readClaim,
  runFolder,
  undoCutMove,
} from '../../worktrees/index.js';

/** Hydrates, records the attempt, then starts it. Killed anywhere, a later `relaunch` goes on from the record. */
export async function launchTask(session: RepoSession, slug: string, runner?: RunnerName): Promise<RunView> {
  const task = await requireTask(session, slug);
  await requireBudget(session, task);
  const worktree = await worktreeFor(inEnvironment(session, task), task);
  if (worktree.created) {
    const { path, summary, method } = worktree;
    session.emit({ type: 'worktree.hydrated', task: slug, path, summary, method });
  }
  const attempt = task.attempts + 1;
  const runId = runIdOf(task.slug, task.id, 'developer', attempt);
  await updateTask(session, slug, (fresh) => {
    // A person has stopped it meanwhile.
    if (!fresh.launch) throw appError('launch-withdrawn', `${slug} is not wanted any more.`);
    const told = toldAgain(fresh);
    return moveTask(fresh, 'running', {
      worktree: worktree.path,
      branch: worktree.branch,
      base: worktree.base,
      attempts: attempt,
      runIds: [...fresh.runIds, runId],
      problem: undefined,
      launch: { ...fresh.launch, runner },
      ...(told ? { told: { ...told, run: runId } } : {}),
    });
  });
  return startRun(session, slug);
}

/** What a person told a run that is tried again by itself: an agent whose conversation goes on has heard it. */
function toldAgain({ told, launch, runIds }: Task): Task['told'] {
  const byItself = launch?.retried !== undefined && !launch.resume;
  return byItself && told?.run === runIds.at(-1) ? told : undefined;
}

/** The worktree of a task; in one that was there before, a person may have worked. */
async function worktreeFor(session: RepoSession, task: Task) {
  if (task.worktree) await undoCutMove(session, task.worktree);
  const worktree = await addWorktree(session, task);
  if (!worktree.created) await keepBeforeRun(session, worktree.path, task.slug);
  return worktree;
}

/** A session belongs to the runner that made it, whichever is the agent's now. */
export type ResumedSession = Required<Pick<RunView, 'sessionId' | 'runner'>>;

/** Starts the run a task has on record. Starting it again is harmless: a run id is claimed once. */
export async function startRun(session: RepoSession, slug: string): Promise<RunView> {
  const task = await requireTask(session, slug);
  const own = await loadAgent(session, 'developer', task);
  const told = task.told?.run === task.runIds.at(-1) ? task.told : undefined;
  const resume = told ? told.resume : resumeOf(task, own.runner);
  const agent = onRunner(own, resume?.runner ?? task.launch?.runner);
  const asked = askedEnvironment(session, task);
  if (agent.sandbox === 'full') {
    const message = `${slug}: ${fullAccessWarning(agent)}`;
    session.emit({ type: 'noted', level: 'warning', message });
  }
  const prompt = told?.message ?? (resume ? goOn : await developerPrompt(session, task));
  const { budget } = await budgetOfRun(session, task, agent);
  const intent = await prepareRun(session, {
    task,
    agent,
    prompt,
    attempt: task.attempts,
    budget,
    asked,
    ...(resume ? await sessionOf(session, task, resume) : {}),
  });
  // Launched again after a crash, the run may be at work already: what is now is not how it was before.
  // One that was called off (by pid 0) never was.
  const claim = readClaim(runFolder(session.paths, intent.runId));
  if (!claim || claim.pid === 0) await guardBefore(session, slug, intent.runId);
  // The driver may start a run from its record while the command that recorded it does: one of them tells of it.
  const started = await launchRun({ paths: session.paths, env: asked.variables }, intent);
  const view = await inspectRun(session.paths, intent.runId);
  if (!started) return view;
  session.emit({ type: 'run.started', run: view });
  tellHeldBack(session, view);
  return view;
}

/** What was told already: the same list once for each process. */
const toldHeldBack = new Set<string>();

function tellHeldBack(session: RepoSession, { runner, heldBack = [] }: RunView): void {
  const names = heldBack.join(', ');
  if (names === '' || toldHeldBack.has(`${runner} ${names}`)) return;
  toldHeldBack.add(`${runner} ${names}`);
  const message = `Held back from ${runner}: ${names.slice(0, 300)}${names.length > 300 ? ' …' : ''} (\`env_allow\` lets variables through)`;
  session.emit({ type: 'noted', level: 'info', message });
}

/** Told to an agent whose conversation a limit, a failure that passes, or the loss of its supervisor interrupted. */
const goOn =
  'You were interrupted by a usage limit, by a failure of the server, or from outside; it has passed. Look at what stands, and go on where you stopped, until the task is done.';

/** The conversation that was interrupted, where the run goes to the runner that holds it. */
function resumeOf({ launch }: Task, own: string): ResumedSession | undefined {
  const resume = launch?.resume;
  return resume && resume.runner === (launch.runner ?? own) ? resume : undefined;
}

/** The agent on another runner than its own: the name of its model means nothing there. */
function onRunner(agent: Agent, runner: RunnerName | undefined): Agent {
  if (runner === undefined || runner === agent.runner) return agent;
  const { model: _, ...rest } = agent;
  return { ...rest, runner, runnerOrigin: 'runner.fallback' };
}

/** The same session, with the variables of the terminal that asked for the task; git's stay ours. */
export function inEnvironment(session: RepoSession, task: Pick<Task, 'launch'>): RepoSession {
  if (!task.launch?.environment) return session;
  const git = Object.entries(session.env).filter(([name]) => name.startsWith('GIT_'));
  return { ...session, env: { ...Object.fromEntries(git), ...askedEnvironment(session, task).variables } };
}

/** A session goes on with its own runner, and with what it had used when its newest run was over. */
async function sessionOf(
  session: RepoSession,
  task: Task,
  { sessionId, runner }: ResumedSession,
): Promise<Partial<PrepareOptions>> {
  const same = { resume: sessionId, runnerName: runner };
  for (const runId of task.runIds.slice(0, -1).reverse()) {
    if (!(await hasRun(session.paths, runId))) continue;
    const view = await inspectRun(session.paths, runId);
    if (view.sessionId === sessionId && view.usage) return { ...same, usedBefore: view.usage };
  }
  return same;
}

/** Records a further attempt that continues a runner's own conversation, and starts it. */
export async function resumeTask(
  session: RepoSession,
  task: Task,
  resumed: ResumedSession,
  message: string,
): Promise<RunView> {
  return furtherAttempt(session, task, { resume: resumed, message });
}

/** Records a further attempt in a conversation of its own, which begins with this prompt, and starts it. */
export async function startAnew(session: RepoSession, task: Task, prompt: string): Promise<RunView> {
  return furtherAttempt(session, task, { message: prompt });
}

async function furtherAttempt(
  session: RepoSession,
  task: Task,
  more: { resume?: ResumedSession; message: string },
): Promise<RunView> {
  // Refused before anything is made for it.
  moveTask(task, 'running');
  await requireBudget(session, task);
  const worktree = await worktreeFor(session, task);
  const attempt = task.attempts + 1;
  const run = runIdOf(task.slug, task.id, 'developer', attempt);
  await updateTask(session, task.slug, (fresh) =>
    moveTask(fresh, 'running', {
      worktree: worktree.path,
      base: fresh.base ?? worktree.base,
      attempts: attempt,
      runIds: [...fresh.runIds, run],
      // The process that drives may see the record first, and start the run from it.
      told: { run, ...more },
      problem: undefined,
    }),
  );
  return startRun(session, task.slug);
}
