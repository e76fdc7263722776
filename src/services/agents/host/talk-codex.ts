/** One run by `codex app-server`: its thread, its turns, what it asks. */

import type { AgentEvent } from '../../../domain/agents/agent-event.js';
import { codexAnswer } from '../../../domain/agents/approval.js';
import { codexDialogue } from '../../../domain/agents/transcript/codex-app-server.js';
import { asRecord, type JsonRecord, textOf } from '../../../domain/agents/transcript/records.js';
import { appError } from '../../../domain/platform/errors.js';
import { startAgent } from './child.js';
import type { Conversation } from './conversation.js';
import { createRpc } from './rpc.js';
import { createTurns } from './turns.js';

const sandboxModes = {
  'read-only': 'read-only',
  'workspace-write': 'workspace-write',
  full: 'danger-full-access',
} as const;

/** After this many lines that are no messages, before there is a thread, the program is taken for another one. */
const garbageLimit = 3;

const input = (text: string) => [{ type: 'text', text, text_elements: [] }];

/** Holds the conversation to its end; as `Turns.hold`. */
export function talkToCodex(host: Conversation): Promise<number> {
  const { spec, recorder, approvals, messages } = host;
  const turns = createTurns(host);
  const dialogue = codexDialogue();
  let opened = false;
  let garbage = 0;
  let turn: string | undefined;
  let interruptWanted = false;

  const agent = startAgent(spec.argv, { cwd: spec.cwd, env: host.env }, (line) => {
    const message = recorder.received(line);
    if (message) onMessage(message);
    else if (!opened && ++garbage >= garbageLimit) agent.kill('SIGKILL');
  });
  const rpc = createRpc(agent.stdin, {
    ...recorder,
    sent(line) {
      recorder.sent(line);
      dialogue.sent(JSON.parse(line) as JsonRecord);
    },
  });
  void agent.ended.then(rpc.close);

  function onMessage(message: JsonRecord) {
    const events = dialogue.received(message) ?? [];
    rpc.received(message);
    const params = asRecord(message.params) ?? {};
    if (message.method === 'serverRequest/resolved') approvals.withdraw(String(params.requestId));
    if (message.method === 'turn/started') turn = textOf(asRecord(params.turn)?.id);
    if (message.method !== undefined && message.id !== undefined) answer(message, events);
    turns.heard(events);
  }

  function answer(message: JsonRecord, events: readonly AgentEvent[]) {
    const asked = events.find((event) => event.type === 'approval');
    if (!asked) return rpc.refuse(message.id, `${message.method} is not supported here.`);
    void approvals.ask(asked.approval).then((option) => {
      if (option) rpc.answer(message.id, codexAnswer(message, option.id));
    });
  }

  async function open(): Promise<string> {
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
    const { thread } = spec.resume
      ? await rpc.request('thread/resume', { threadId: spec.resume, excludeTurns: true, ...settings })
      : await rpc.request('thread/start', settings);
    const id = textOf(asRecord(thread)?.id);
    if (id === undefined) throw appError('rpc-refused', 'it named no thread');
    opened = true;
    return id;
  }

  async function prompt(threadId: string, text: string): Promise<void> {
    turn = undefined;
    const started = await rpc.request('turn/start', { threadId, input: input(text) });
    turn ??= textOf(asRecord(started.turn)?.id);
    messages.turnBegan(async (more) => {
      await rpc.request('turn/steer', { threadId, expectedTurnId: turn, input: input(more) });
    });
    if (interruptWanted) interrupt(threadId);
  }

  /** Asked again once the turn has a name, when it has none yet. */
  function interrupt(threadId: string): void {
    interruptWanted = true;
    if (turn === undefined) return;
    rpc.request('turn/interrupt', { threadId, turnId: turn }).catch(() => undefined);
  }

  return turns.hold({ name: 'codex app-server', agent, open, prompt, interrupt, close: rpc.close });
}
