/** Commands that reach into a run while it works. */
import { isLive, type RunView } from '../../domain/agents/run.js';
import type { AppState } from '../../domain/app/state.js';
import { appError } from '../../domain/platform/errors.js';
import { inOneLine, sanitizeLine } from '../../domain/platform/sanitize.js';
import { args, at, command, flag, prose, text } from '../define.js';
import type { AnyCommand, CommandContext } from '../types.js';
import { runArg, runIdFor } from './run-id.js';

/**
 * True, or why the command cannot be used on this run.
 * @param why what else speaks against it when the run is live; undefined when nothing does
 */
function needsLive(state: AppState, id: string | undefined, why: (run: RunView) => string | undefined) {
  const run = id === undefined ? undefined : state.runs[id];
  // The screen does not know every run: the handler looks on disk.
  if (id === undefined || !run) return true;
  if (!isLive(run.phase)) return `The agent of ${run.task} is not at work.`;
  return why(run) ?? true;
}

const send = command({
  id: 'session.send',
  fits: ['working'],
  title: 'Send a message',
  summary: 'Put a message into the turn of a run that works, or at the head of its next one.',
  args: args({
    'id!': runArg,
    'message!': at(1, prose('what to tell the agent', 'message')),
  }),
  surfaces: ['cli', 'screen'],
  marks: 'refuse',
  when: (state, { id }) =>
    needsLive(state, id, (run) =>
      run.twoWay ? undefined : `The runner ${run.runner} takes no messages while it works.`,
    ),
  async run({ id, message }, context) {
    const { sendMessage } = await context.services.agents();
    return sendMessage(context.paths, await runIdFor(id, context), message);
  },
  said: ({ run, sent }) =>
    sent === 'steered' ? `Sent the message to ${run}.` : `${run} reads the message when its turn ends.`,
});

const approve = command({
  id: 'session.approve',
  title: 'Answer an agent',
  summary: 'Allow or deny what the agent of a run asks before it does it.',
  args: args({
    'id!': runArg,
    approval: text('which question, when there is more than one', 'id'),
    option: text('one of the answers it offers, by its id', 'id'),
    deny: flag('deny it; without this or an option it is allowed once'),
    alike: flag('allow it, and for this task all commands that begin with the same two words'),
  }),
  surfaces: ['cli', 'screen'],
  marks: 'cursor',
  part: 'answer',
  when: (state, { id }) =>
    needsLive(state, id, (run) =>
      run.approvals?.length ? undefined : `The agent of ${run.task} asks nothing.`,
    ),
  async run({ id, approval, option, deny, alike }, context) {
    if (deny && (option !== undefined || alike)) {
      throw appError('bad-arguments', `--${alike ? 'alike' : 'option'} and --deny are two answers.`, {
        kind: 'usage',
        hint: 'Give one of them.',
      });
    }
    const { answerApproval } = await context.services.agents();
    const choice = option ?? (deny ? 'deny' : 'allow');
    const runId = await runIdFor(id, context);
    const answered = await answerApproval(context.paths, runId, choice, {
      ...(approval === undefined ? {} : { approval }),
      ...(alike ? { alike } : {}),
    });
    if (answered.prefix !== undefined) await letRun(answered.prefix, answered.run, context);
    return answered;
  },
  said: ({ approval, option, prefix }) =>
    sanitizeLine(
      prefix === undefined
        ? inOneLine(`${option.label}: ${approval.kind} ${approval.detail}`)
        : `Allowed for this task: all that begins with "${prefix}".`,
    ),
});

/** Further runs of the task are not asked about it either. */
async function letRun(prefix: string, runId: string, context: CommandContext): Promise<void> {
  const { inspectRun } = await context.services.agents();
  const { task } = await inspectRun(context.paths, runId);
  const { updateTask } = await context.services.store();
  await updateTask(await context.session(), task, (fresh) => ({
    ...fresh,
    mayRun: [...new Set([...(fresh.mayRun ?? []), prefix])],
  }));
}

const interrupt = command({
  id: 'session.interrupt',
  fits: ['working'],
  title: 'Interrupt a run',
  summary: 'End the turn of a run. Its work is kept, and its session can be resumed.',
  args: args({ 'id!': runArg }),
  surfaces: ['cli', 'screen'],
  marks: 'refuse',
  when: (state, { id }) => needsLive(state, id, () => undefined),
  async run({ id }, context) {
    const session = await context.session();
    const runId = await runIdFor(id, context);
    const { inspectRun } = await context.services.agents();
    const run = await inspectRun(context.paths, runId);
    if (!isLive(run.phase)) {
      const how = run.status ? ` (${run.status})` : '';
      throw appError('run-over', `Run ${runId} has ended${how}, so there is nothing to interrupt.`, {
        hint: `\`codex-agent session show ${runId}\` shows what it did.`,
      });
    }
    const { interruptTask } = await context.services.app();
    return interruptTask(session, run.task);
  },
  said: ({ task, stopped }) =>
    stopped ? `Interrupted the run of ${task}.` : `The run of ${task} was not at work.`,
});

const attach = command({
  id: 'session.attach',
  title: 'Attach to a session',
  summary: "Give the terminal to the agent's own program, in the conversation and worktree of a run.",
  args: args({ 'id!': runArg, stop: flag('interrupt the run first when it is at work') }),
  surfaces: ['cli', 'screen'],
  marks: 'refuse',
  confirm: ({ id, stop }, state) => {
    const run = state.runs[id];
    return stop && run && isLive(run.phase)
      ? `The agent of ${run.task} is at work. Interrupt it and take over?`
      : undefined;
  },
  async run({ id, stop }, context) {
    const session = await context.session();
    const runId = await runIdFor(id, context);
    if (!context.lendTerminal) {
      throw appError('no-terminal', 'There is no terminal to give to the agent.', {
        kind: 'usage',
        hint: `Continue the conversation with \`codex-agent session resume ${runId} --message "…"\`.`,
      });
    }
    const { inspectRun, attachArgv, attachTo } = await context.services.agents();
    let run = await inspectRun(context.paths, runId);
    if (isLive(run.phase) && stop) {
      const { interruptTask } = await context.services.app();
      await interruptTask(session, run.task);
      run = await inspectRun(context.paths, runId);
    }
    // An error is thrown here, while the screen can still show it.
    attachArgv(session, run);
    return { run: runId, exitCode: await context.lendTerminal(() => attachTo(session, run)) };
  },
  said: ({ run }) => `Back from ${run}.`,
});

export const steerCommands: readonly AnyCommand[] = [send, approve, interrupt, attach];
