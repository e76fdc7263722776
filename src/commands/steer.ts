/** Commands that reach into a run while it works. */

import { isLive, type RunView } from '../domain/agents/run.js';
import type { AppState } from '../domain/app/state.js';
import { appError } from '../domain/platform/errors.js';
import { sanitizeLine } from '../domain/platform/sanitize.js';
import type { AnswerReport, SendReport } from '../services/agents/index.js';
import { args, at, command, flag, text } from './define.js';
import { runIdFor } from './run-id.js';
import type { AnyCommand } from './types.js';

const runArg = at(0, text('run id, or task for its newest run', 'run|task'));

/** True, or why a live run is needed and is not there. */
function needsLive(state: AppState, id: string | undefined, what: (run: RunView) => string | undefined) {
  const run = id === undefined ? undefined : state.runs[id];
  // What the screen does not know may still be there: the handler looks.
  if (id === undefined || !run) return true;
  if (!isLive(run.phase)) return `${run.task} is not at work.`;
  return what(run) ?? true;
}

const send = command<{ id: string; message: string }, SendReport>({
  id: 'session.send',
  title: 'Send a message',
  summary: 'Put a message into the turn of a run that works, or at the head of its next one.',
  args: args({
    'id!': runArg,
    'message!': at(1, text('what to tell the agent', 'message')),
  }),
  surfaces: ['cli', 'screen'],
  when: (state, { id }) =>
    needsLive(state, id, (run) =>
      run.twoWay ? undefined : `${run.runner} takes no messages while it works.`,
    ),
  said: ({ run, sent }) => (sent === 'steered' ? `Told ${run}.` : `${run} will read it when its turn ends.`),
  async run({ id, message }, context) {
    const { sendMessage } = await context.services.agents();
    return sendMessage(context.paths, await runIdFor(id, context), message);
  },
});

interface ApproveArgs {
  id: string;
  approval?: string;
  option?: string;
  deny?: boolean;
}

const approve = command<ApproveArgs, AnswerReport>({
  id: 'session.approve',
  title: 'Answer what it asks',
  summary: 'Allow or deny what the agent of a run asks before it does it.',
  args: args({
    'id!': runArg,
    approval: text('which question, when there is more than one', 'id'),
    option: text('one of the answers it offers, by its id', 'id'),
    deny: flag('deny it; without this or an option it is allowed once'),
  }),
  surfaces: ['cli', 'screen'],
  when: (state, { id }) =>
    needsLive(state, id, (run) => (run.approvals?.length ? undefined : `${run.task} asks for nothing.`)),
  said: ({ approval, option }) => sanitizeLine(`${option.label}: ${approval.kind} ${approval.detail}`),
  async run({ id, approval, option, deny }, context) {
    if (option !== undefined && deny) {
      throw appError('bad-arguments', '--option and --deny are two answers.', { kind: 'usage' });
    }
    const { answerApproval } = await context.services.agents();
    const choice = option ?? (deny ? 'deny' : 'allow');
    return answerApproval(context.paths, await runIdFor(id, context), choice, approval);
  },
});

const interrupt = command<{ id: string }, { task: string; stopped: boolean }>({
  id: 'session.interrupt',
  title: 'Interrupt a run',
  summary: 'End the turn of a run. Its work is kept, and its session can be resumed.',
  args: args({ 'id!': runArg }),
  surfaces: ['cli', 'screen'],
  when: (state, { id }) => needsLive(state, id, () => undefined),
  said: ({ task, stopped }) => (stopped ? `Interrupted ${task}.` : `${task} was not at work.`),
  async run({ id }, context) {
    const session = await context.session();
    const runId = await runIdFor(id, context);
    const { inspectRun } = await context.services.agents();
    const run = await inspectRun(context.paths, runId);
    if (!isLive(run.phase)) {
      throw appError('run-over', `Run ${runId} is over${run.status ? `: ${run.status}` : ''}.`);
    }
    const { interruptTask } = await context.services.app();
    return interruptTask(session, run.task);
  },
});

const attach = command<{ id: string; stop?: boolean }, { run: string; exitCode: number }>({
  id: 'session.attach',
  title: 'Attach to a session',
  summary: "Give the terminal to the agent's own program, in the conversation and worktree of a run.",
  args: args({ 'id!': runArg, stop: flag('interrupt the run first when it is at work') }),
  surfaces: ['cli', 'screen'],
  confirm: ({ id, stop }, state) => {
    const run = state.runs[id];
    return stop && run && isLive(run.phase)
      ? `${run.task} is at work. Interrupt it and take over?`
      : undefined;
  },
  said: ({ run }) => `Back from ${run}.`,
  async run({ id, stop }, context) {
    const session = await context.session();
    const runId = await runIdFor(id, context);
    if (!context.lendTerminal) {
      throw appError('no-terminal', 'There is no terminal to hand over.', {
        kind: 'usage',
        hint: 'Continue the conversation with `codex-agent session resume … --message …`.',
      });
    }
    const { inspectRun } = await context.services.agents();
    const { attachArgv, attachTo } = await context.services.agents();
    let run = await inspectRun(context.paths, runId);
    if (isLive(run.phase) && stop) {
      const { interruptTask } = await context.services.app();
      await interruptTask(session, run.task);
      run = await inspectRun(context.paths, runId);
    }
    // Before the screen goes away: what is wrong is better said on it.
    attachArgv(session, run);
    return { run: runId, exitCode: await context.lendTerminal(() => attachTo(session, run)) };
  },
});

export const steerCommands: readonly AnyCommand[] = [send, approve, interrupt, attach];
