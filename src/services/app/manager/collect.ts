/** A run is over: keep everything it left, judge it, move the task on. */
import { formatTokens } from '../../../domain/agents/cost.js';
import { type Pause, pauseSaid } from '../../../domain/agents/pause.js';
import { isUnwitnessed, type RunView, retriesAfter, retryWaitMs } from '../../../domain/agents/run.js';
import { shellWord } from '../../../domain/platform/shell.js';
import { editsOf } from '../../../domain/store/hand-edit.js';
import {
  type LaunchRequest,
  moveTask,
  type Task,
  type TaskProblem,
  type TaskStatus,
} from '../../../domain/store/task.js';
import type { GuardFinding } from '../../../domain/worktrees/guard.js';
import { inspectRun, notePause, noteSpend, stashesOf, stopRun } from '../../agents/index.js';
import type { RepoSession } from '../../store/index.js';
import { requireTask, updateTask } from '../../store/index.js';
import { type CommittedWork, commitWork, freeIndex, guardAfter, keepCommits } from '../../worktrees/index.js';

/** Commits what the run left on the task's branch, then moves the task by how the run ended. Repeatable. */
export async function collectRun(session: RepoSession, slug: string, runId: string): Promise<void> {
  const task = await requireTask(session, slug);
  let run = await inspectRun(session.paths, runId);
  if (run.phase === 'leftovers') {
    await stopRun(session.paths, runId);
    run = await inspectRun(session.paths, runId);
  }
  const { found, blind, madeBranches } = await guardAfter(session, task, run.strayEdits);
  // The agent's own git may have been killed with it. What cannot be looked at here, the commit tells.
  if (!blind && task.worktree) await freeIndex(session.git, task.worktree).catch(() => false);
  const work: CommittedWork = blind
    ? { head: '', files: [] }
    : await commitWork(session, task, { message: commitMessage(task, run), runId });
  if (work.commit) {
    session.emit({ type: 'work.committed', task: slug, commit: work.commit, files: work.files.length });
  }
  for (const { path, commit, ref } of work.modules ?? []) {
    const message = `${slug}: commit ${commit.slice(0, 12)} of the submodule ${path} is kept as ${ref}; push it before others need it`;
    session.emit({ type: 'noted', level: 'warning', message });
  }
  await keepStashes(session, task, runId);
  await noteSpend(session, run);
  const pause = await notePause(session.paths, run);
  await updateTask(session, slug, (fresh) => {
    if (fresh.status !== 'running' && !fresh.guard?.found?.length) return fresh;
    const seen = [...found, ...editsOf(fresh)];
    const guard = guardWith(fresh, runId, seen);
    const held = heldFor(fresh, seen);
    // The wish to land it stays, for when a person has settled what was found.
    if (held) return moveTask(fresh, 'needs-input', { problem: held, guard });
    if (pause) return moveTask(fresh, 'ready', { ...waitingFor(pause, fresh, run), guard });
    const { to, problem } = judge(task, run, { ...work, madeBranches });
    const { resume: _, runner: __, ...launch } = fresh.launch ?? { land: false, at: '' };
    const again = retryOf(session, fresh, run);
    if (again) return moveTask(fresh, 'ready', { problem, guard, launch: again });
    return moveTask(fresh, to, {
      problem,
      guard,
      launch: problem || !fresh.launch ? undefined : launch,
      ...(to === 'done' ? { head: work.head } : {}),
    });
  });
}

/** A boxed agent has a stash of its own, which ends with its run: what it left there is kept. */
async function keepStashes(session: RepoSession, { slug }: Task, runId: string): Promise<void> {
  const refs = await keepCommits(session.git, stashesOf(session.paths, runId), slug, `stash of ${runId}`);
  for (const ref of refs) {
    const id = ref.replace('refs/codex-agents/', '');
    const message = `${slug}: the agent left work in its stash; it is kept: \`codex-agent rescue show ${id}\``;
    session.emit({ type: 'noted', level: 'info', message });
  }
}

/** Its conversation, where the agent had got an answer; a second retry begins anew, should the conversation be to blame. */
function toGoOnWith({ sessionId, runner, finalText, spent }: RunView): Pick<LaunchRequest, 'resume'> {
  const answered = Boolean(finalText) || (spent?.output ?? 0) > 0;
  return sessionId && answered ? { resume: { sessionId, runner } } : {};
}

/** The task is not used up by a limit: its wish stays, with the conversation to go on with. */
function waitingFor(pause: Pause, task: Task, run: RunView): Pick<Task, 'problem' | 'launch'> {
  const { runner: _, notBefore: __, ...launch } = task.launch ?? { land: false, at: run.startedAt };
  const resume = run.sessionId ? { sessionId: run.sessionId, runner: run.runner } : undefined;
  return {
    problem: {
      code: run.error?.code ?? 'quota',
      message: `${run.error?.message ?? 'A limit was met.'} (${pauseSaid(pause)})`,
    },
    launch: { retried: 0, ...launch, ...(resume ? { resume } : {}) },
  };
}

/** A word that was given meanwhile stays. */
function guardWith({ guard }: Task, runId: string, found: readonly GuardFinding[]): Task['guard'] {
  if (!guard && found.length === 0) return undefined;
  return { run: runId, note: '', ...guard, found: found.length > 0 ? [...found] : undefined };
}

/** What the person has to look at comes before all else, and names the two commands that settle it. */
function heldFor({ slug }: Task, found: readonly GuardFinding[]): TaskProblem | undefined {
  const [first] = found;
  if (!first) return undefined;
  const more = found.length > 1 ? ` (and ${found.length - 1} more)` : '';
  const message = `While ${slug} ran: ${first.text}${more} To leave it so: \`codex-agent task accept ${slug}\`. To put it back: \`codex-agent task restore ${slug}\`.`;
  return { code: 'changed-outside', message };
}

/** The same wish for later, when the failure may pass by itself and the retries are not used up. */
function retryOf(session: RepoSession, task: Task, run: RunView): LaunchRequest | undefined {
  // A person who told the agent something wants it done, whatever became of the wish that started the task.
  const wish = task.launch ?? (task.told?.run === run.runId ? { land: false, at: run.startedAt } : undefined);
  const retried = (wish?.retried ?? 0) + 1;
  const most = retriesAfter(run, session.config.run.retries);
  if (!wish || !run.error || retried > most) return undefined;
  const wait = retryWaitMs(retried, run.error.message, Math.random());
  if (wait === undefined) return undefined;
  const notBefore = new Date(Date.now() + wait).toISOString();
  session.emit({
    type: 'noted',
    level: 'warning',
    message: `${task.slug}: ${whyAgain(run)}, trying again at ${notBefore.slice(11, 19)} (${retried} of ${most})`,
  });
  const { resume: _, ...launch } = wish;
  return { ...launch, retried, notBefore, ...(retried === 1 ? toGoOnWith(run) : {}) };
}

/** An agent whose supervisor was killed may have done all of its work, or none: its end was not seen. */
function whyAgain(run: RunView): string {
  return isUnwitnessed(run) ? 'its supervisor was killed, and its agent is gone' : `${run.error?.code}`;
}

/** No person asked for this: the machine ended the agent, or the agent says itself that it was interrupted. */
function interruptedBy({ slug }: Task, { phase, sessionId }: RunView): string {
  const what =
    phase === 'interrupted'
      ? 'The machine restarted while the agent worked.'
      : 'The agent says that it was interrupted, and nothing here asked for that.';
  const resume = sessionId ? `; to go on in its conversation: \`codex-agent session resume ${slug}\`` : '';
  return `${what} To start it again: \`codex-agent task retry ${slug}\`${resume}.`;
}

function judge(
  task: Task,
  run: RunView,
  work: Pick<CommittedWork, 'head' | 'problem'> & { madeBranches: readonly string[] },
): { to: TaskStatus; problem?: TaskProblem } {
  switch (run.status) {
    case 'completed':
      if (work.problem) return { to: 'needs-input', problem: { code: 'uncommitted', message: work.problem } };
      if (work.head === task.base) {
        return { to: 'needs-input', problem: nothingChanged(task, run, work.madeBranches) };
      }
      return { to: 'done' };
    case 'interrupted':
      if (run.requested === 'budget') return { to: 'needs-input', problem: overBudget(task, run) };
      if (run.phase !== 'interrupted' && run.requested) {
        return { to: 'ready', problem: { code: 'stopped', message: 'Stopped on request.' } };
      }
      return { to: 'needs-input', problem: { code: 'interrupted', message: interruptedBy(task, run) } };
    case 'failed':
    case 'timeout':
    case 'crashed':
    case 'lost':
    case undefined: {
      const code = run.error?.code ?? run.status ?? 'lost';
      return { to: 'failed', problem: { code, message: run.error?.message ?? `The run ended as ${code}.` } };
    }
  }
}

/** Subject: the task's title; below it what the agent said last. Trailers are added with the commit. */
function commitMessage(task: Task, run: RunView): string {
  const said = plainText(run.finalText ?? '');
  return said ? `${task.title}\n\n${said.slice(0, 4000)}` : task.title;
}

function overBudget(task: Task, { spent }: RunView): TaskProblem {
  const used = spent ? ` after ${formatTokens(spent.input + spent.output)}` : '';
  const message = `Stopped${used}: a budget is used up. Its work is kept. Raise the budget, then \`codex-agent session resume ${task.slug}\` or \`task retry\`.`;
  return { code: 'budget', message };
}

/** A finished run without a change: what it says of itself tells where to look. */
function nothingChanged(
  task: Task,
  { finalText = '', strayEdits }: RunView,
  [branch]: readonly string[],
): TaskProblem {
  const look = `\`codex-agent session show ${task.slug}\``;
  if (branch) {
    const message = `The agent left ${task.branch} as it was, and made the branch ${branch}. To take that in: \`git -C ${shellWord(task.worktree!)} merge ${shellWord(branch)}\`, then \`codex-agent task retry ${task.slug}\`.`;
    return { code: 'committed-elsewhere', message };
  }
  if (strayEdits) {
    const message = `The agent worked outside of its worktree: it edited ${strayEdits.join(', ')}, and nothing in ${task.worktree}. Move what is good into its worktree, or undo it, then retry.`;
    return { code: 'worked-elsewhere', message };
  }
  if (/\b(committed|commits?|pushed)\b/i.test(finalText)) {
    const message = `The agent says that it committed, but neither its branch nor its files have changed: its sandbox may have refused without a word, or it worked in another folder. Read ${look}, then retry.`;
    return { code: 'claimed-commit', message };
  }
  const message = `The agent finished, but nothing was changed. What it said: ${look}`;
  return { code: 'no-changes', message };
}

/** Git takes no NUL, and a message is shown on terminals by programs that do not mind what is in it. */
function plainText(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '').trim();
}
