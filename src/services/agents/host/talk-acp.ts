/** One run by an agent that speaks the Agent Client Protocol: its session, its prompts, what it asks of us. */
import {
  type AnyMessage,
  type ClientContext,
  client,
  type InitializeResponse,
  methods,
  type NewSessionResponse,
  PROTOCOL_VERSION,
  RequestError,
} from '@agentclientprotocol/sdk';
import type { AgentEvent } from '../../../domain/agents/agent-event.js';
import { acpApproval } from '../../../domain/agents/approval.js';
import { acpDialogue } from '../../../domain/agents/transcript/acp.js';
import type { JsonRecord } from '../../../domain/agents/transcript/records.js';
import { messageOf } from '../../../domain/platform/errors.js';
import { type AgentProcess, startAgent } from './child.js';
import type { Conversation } from './conversation.js';
import { readTextFile, writeTextFile } from './files.js';
import { createTurns } from './turns.js';

/** Holds the conversation to its end; as `Turns.hold`. */
export function talkToAcp(host: Conversation): Promise<number> {
  const turns = createTurns(host);
  const { agent, process, close } = connect(host, turns.heard);
  return turns.hold<string>({
    name: 'The agent',
    agent: process,
    open: () => openSession(host, agent),
    prompt: (sessionId, text) =>
      agent.request(methods.agent.session.prompt, { sessionId, prompt: [{ type: 'text', text }] }),
    interrupt(sessionId) {
      // The protocol wants what is still asked to be called off by the side that cancels.
      agent.notify(methods.agent.session.cancel, { sessionId }).catch(() => undefined);
      host.approvals.withdrawAll();
    },
    close,
  });
}

/** Starts the agent and connects to it; every message passes through the recording. */
function connect(host: Conversation, onEvents: (events: readonly AgentEvent[]) => void) {
  const { spec, recorder } = host;
  const dialogue = acpDialogue();
  let incoming: ReadableStreamDefaultController<AnyMessage> | undefined;
  const readable = new ReadableStream<AnyMessage>({
    start(controller) {
      incoming = controller;
    },
  });
  const process: AgentProcess = startAgent(spec.argv, { cwd: spec.cwd, env: host.env }, (bytes) => {
    const message = recorder.received(bytes);
    if (!message) return;
    const events = dialogue.received(message) ?? [];
    incoming?.enqueue(message as unknown as AnyMessage);
    onEvents(events);
  });
  const writable = new WritableStream<AnyMessage>({
    write(message) {
      const text = JSON.stringify(message);
      recorder.sent(text);
      dialogue.sent(JSON.parse(text) as JsonRecord);
      process.stdin.write(`${text}\n`);
    },
  });
  const connection = client({ name: 'codex-agents' })
    .onRequest(methods.client.session.requestPermission, async ({ params, requestId }) => {
      const request = { id: requestId, method: methods.client.session.requestPermission, params };
      const approval = acpApproval(request as unknown as JsonRecord);
      const option = approval && (await host.approvals.ask(approval));
      return { outcome: option ? { outcome: 'selected', optionId: option.id } : { outcome: 'cancelled' } };
    })
    .onRequest(methods.client.fs.readTextFile, async ({ params }) => ({
      content: await guarded(() => readTextFile(spec.cwd, params.path, params)),
    }))
    .onRequest(methods.client.fs.writeTextFile, async ({ params }) => {
      if (spec.sandbox === 'read-only') throw new RequestError(-32602, 'This agent may only read.');
      await guarded(() => writeTextFile(spec.cwd, params.path, params.content));
      return {};
    })
    .onNotification(methods.client.session.update, () => {})
    .connect({ readable, writable });
  void process.ended.then(() => connection.close());
  return { agent: connection.agent, process, close: () => connection.close() };
}

/** What went wrong, in words for the agent. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new RequestError(-32602, messageOf(error));
  }
}

/** A session to prompt: new, or the one to be continued. */
async function openSession({ spec, note, version }: Conversation, agent: ClientContext): Promise<string> {
  const about = await agent.request(methods.agent.initialize, {
    protocolVersion: PROTOCOL_VERSION,
    clientCapabilities: { fs: { readTextFile: true, writeTextFile: true }, terminal: false },
    clientInfo: { name: 'codex-agents', title: 'codex-agents', version },
  });
  if (about.protocolVersion !== PROTOCOL_VERSION) {
    throw new Error(`it speaks version ${about.protocolVersion} of the protocol, not ${PROTOCOL_VERSION}`);
  }
  if (spec.authMethod) await agent.request(methods.agent.authenticate, { methodId: spec.authMethod });
  const opened = spec.resume
    ? await reopen(spec.resume, spec.cwd, about, agent)
    : await agent.request(methods.agent.session.new, { cwd: spec.cwd, mcpServers: [] });
  if (spec.model) await chooseModel(spec.model, opened, agent, note);
  return opened.sessionId;
}

type Opened = Pick<NewSessionResponse, 'sessionId' | 'configOptions'>;

async function reopen(
  sessionId: string,
  cwd: string,
  about: InitializeResponse,
  agent: ClientContext,
): Promise<Opened> {
  const given = { sessionId, cwd, mcpServers: [] };
  const can = about.agentCapabilities;
  if (can?.sessionCapabilities?.resume) {
    return { ...(await agent.request(methods.agent.session.resume, given)), sessionId };
  }
  if (!can?.loadSession) throw new Error('it cannot continue a session');
  return { ...((await agent.request(methods.agent.session.load, given)) ?? {}), sessionId };
}

/** Agents that let the model be chosen list it among their options. */
async function chooseModel(
  model: string,
  { sessionId, configOptions }: Opened,
  agent: ClientContext,
  note: (text: string) => void,
): Promise<void> {
  const option = configOptions?.find((one) => one.category === 'model' || one.id === 'model');
  if (!option) return note(`The agent does not let its model be chosen; ${model} was not set.`);
  await agent.request(methods.agent.session.setConfigOption, {
    sessionId,
    configId: option.id,
    value: model,
  });
}
