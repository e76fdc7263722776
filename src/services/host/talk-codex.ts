/** One run by `codex app-server`: its thread, its turns, what it asks. */

import type { AgentEvent } from '../../domain/agent-event.js';
import { codexAnswer } from '../../domain/approval.js';
import { appError, messageOf } from '../../domain/errors.js';
import { codexDialogue } from '../../domain/transcript/codex-app-server.js';
import { asRecord, type JsonRecord, textOf } from '../../domain/transcript/jsonl.js';
import { startAgent, within } from './child.js';
import type { Conversation } from './conversation.js';
import { createRpc } from './rpc.js';

const sandboxModes = {
  'read-only': 'read-only',
  'workspace-write': 'workspace-write',
  full: 'danger-full-access',
} as const;

/** How long the agent gets to say itself that it was interrupted. */
const interruptMs = 700;
const codes = { completed: 0, failed: 1, interrupted: 130 } as const;
type Ended = keyof typeof codes;

/** So many lines that are no messages before the thread is there: this is not the program we meant. */
const garbageLimit = 3;

const notStarted = (why: string) => appError('not-started', `codex app-server could not be used: ${why}.`);
const input = (text: string) => [{ type: 'text', text, text_elements: [] }];

/**
 * Holds the conversation until the last turn is over. Resolves with the exit code to end with.
 * Throws `not-started` while nothing was asked of the agent yet.
 */
export async function talkToCodex(host: Conversation): Promise<number> {
  const { spec, recorder, approvals, messages } = host;
  const dialogue = codexDialogue();
  let thread: string | undefined;
  let turn: string | undefined;
  let interrupted = false;
  let garbage = 0;
  let over: (how: Ended) => void = () => {};

  const agent = startAgent(spec.argv, { cwd: spec.cwd, env: host.env }, (line) => {
    const message = recorder.received(line);
    if (message) onMessage(message);
    else if (thread === undefined && ++garbage >= garbageLimit) agent.kill('SIGKILL');
  });
  const rpc = createRpc(agent.stdin, {
    ...recorder,
    sent(line) {
      recorder.sent(line);
      dialogue.sent(JSON.parse(line) as JsonRecord);
    },
  });
  agent.ended.then(rpc.close);
  host.kill = agent.kill;

  function onMessage(message: JsonRecord) {
    const events = dialogue.received(message) ?? [];
    rpc.received(message);
    const params = asRecord(message.params) ?? {};
    if (message.method === 'serverRequest/resolved') approvals.withdraw(String(params.requestId));
    if (message.method === 'turn/started') turn = textOf(asRecord(params.turn)?.id);
    if (message.method !== undefined && message.id !== undefined) answer(message, events);
    for (const event of events) if (event.type === 'end') over(endedAs(event));
  }

  function answer(message: JsonRecord, events: readonly AgentEvent[]) {
    const asked = events.find((event) => event.type === 'approval');
    if (!asked) return rpc.refuse(message.id, `${message.method} is not supported here.`);
    approvals.ask(asked.approval).then((option) => {
      if (option) rpc.answer(message.id, codexAnswer(message, option.id));
    });
  }

  const starting = start();
  starting.catch(() => undefined);
  const cancelled = new Promise<void>((resolve) => {
    host.interrupt = resolve;
  }).then(() => 'cancelled' as const);
  const started = await Promise.race([within(starting, spec.startTimeoutMs), cancelled]);
  if (started === 'cancelled') {
    host.begin();
    recorder.host({ dir: 'host', type: 'interrupted' });
    return finish('interrupted');
  }
  if (!started) {
    await finish('failed');
    throw notStarted(`it was not ready within ${spec.startTimeoutMs} ms`);
  }
  try {
    thread = await starting;
  } catch (error) {
    await finish('failed');
    throw notStarted(messageOf(error));
  }
  host.begin();

  for (let prompt = host.prompt; ; ) {
    const how = await takeTurn(thread, prompt);
    const next = messages.turnEnded();
    approvals.withdrawAll();
    if (how !== 'completed' || next === undefined) return finish(how, next);
    prompt = next;
  }

  async function start(): Promise<string> {
    const clientInfo = { name: 'codex-agents', title: 'codex-agents', version: host.version };
    await rpc.request('initialize', { clientInfo, capabilities: { experimentalApi: true } });
    rpc.notify('initialized');
    const settings = {
      cwd: spec.cwd,
      sandbox: sandboxModes[spec.sandbox],
      approvalPolicy: spec.approvals === 'ask' ? 'on-request' : 'never',
      ...(spec.instructions ? { developerInstructions: spec.instructions } : {}),
      ...(spec.model ? { model: spec.model } : {}),
    };
    const { thread: found } = spec.resume
      ? await rpc.request('thread/resume', { threadId: spec.resume, excludeTurns: true, ...settings })
      : await rpc.request('thread/start', settings);
    const id = textOf(asRecord(found)?.id);
    if (id === undefined) throw appError('rpc-refused', 'it named no thread');
    return id;
  }

  function takeTurn(threadId: string, prompt: string): Promise<Ended> {
    turn = undefined;
    return new Promise((resolve) => {
      let late: NodeJS.Timeout | undefined;
      over = (how) => {
        clearTimeout(late);
        resolve(how);
      };
      const interrupt = () => {
        interrupted = true;
        // Asked again once the turn has a name, when it has none yet.
        if (turn !== undefined) {
          rpc.request('turn/interrupt', { threadId, turnId: turn }).catch(() => undefined);
        }
        late ??= setTimeout(() => {
          recorder.host({ dir: 'host', type: 'interrupted' });
          over('interrupted');
        }, interruptMs);
      };
      host.interrupt = interrupt;
      agent.ended.then(() => over('failed'));
      rpc.request('turn/start', { threadId, input: input(prompt) }).then(
        (result) => {
          turn ??= textOf(asRecord(result.turn)?.id);
          messages.turnBegan(async (text) => {
            await rpc.request('turn/steer', { threadId, expectedTurnId: turn, input: input(text) });
          });
          if (interrupted) interrupt();
        },
        () => over('failed'),
      );
    });
  }

  /** Lets the agent end, and says how it did. */
  async function finish(how: Ended, unsent?: string): Promise<number> {
    for (const text of [unsent, ...messages.close()]) {
      if (text) host.note(`Not delivered, the run ended first: ${text}`);
    }
    approvals.withdrawAll();
    await agent.end(spec.killGraceMs);
    rpc.close();
    const { code, signal, exit } = await agent.ended;
    recorder.exit(code, signal);
    // An agent that was killed in the middle of its turn did not fail: it was killed.
    return how === 'failed' && exit > 128 && !interrupted ? exit : codes[how];
  }
}

function endedAs(event: Extract<AgentEvent, { type: 'end' }>): Ended {
  if (event.ok) return 'completed';
  return event.interrupted ? 'interrupted' : 'failed';
}
