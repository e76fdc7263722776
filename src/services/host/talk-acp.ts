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
import type { AgentEvent } from '../../domain/agent-event.js';
import { acpApproval } from '../../domain/approval.js';
import { appError, messageOf } from '../../domain/errors.js';
import { acpDialogue } from '../../domain/transcript/acp.js';
import type { JsonRecord } from '../../domain/transcript/jsonl.js';
import { type AgentProcess, startAgent, within } from './child.js';
import type { Conversation } from './conversation.js';
import { readTextFile, writeTextFile } from './files.js';

const interruptMs = 700;
const codes = { completed: 0, failed: 1, interrupted: 130 } as const;
type Ended = keyof typeof codes;

/**
 * Holds the conversation until the last prompt is answered. Resolves with the exit code to end with.
 * Throws `not-started` when the agent could not be given work.
 */
export async function talkToAcp(host: Conversation): Promise<number> {
  const { spec, recorder, approvals, messages } = host;
  let over: (how: Ended) => void = () => {};
  const line = connect(host, (events) => {
    for (const event of events) {
      if (event.type === 'end') over(event.ok ? 'completed' : event.interrupted ? 'interrupted' : 'failed');
    }
  });
  const { agent, process } = line;
  host.kill = process.kill;

  const starting = openSession(host, agent);
  starting.catch(() => undefined);
  const cancelled = new Promise<void>((resolve) => {
    host.interrupt = resolve;
  }).then(() => 'cancelled' as const);
  const started = await Promise.race([within(starting, spec.startTimeoutMs), cancelled]);
  if (started === 'cancelled') {
    recorder.host({ dir: 'host', type: 'interrupted' });
    return finish('interrupted');
  }
  let sessionId: string;
  try {
    if (!started) throw new Error(`it was not ready within ${spec.startTimeoutMs} ms`);
    sessionId = await starting;
  } catch (error) {
    const exit = await finish('failed');
    throw appError('not-started', `The agent could not be used: ${messageOf(error)}`, { cause: { exit } });
  }
  host.begin();
  for (let prompt = host.prompt; ; ) {
    const how = await takeTurn(prompt);
    const next = messages.turnEnded();
    approvals.withdrawAll();
    if (how !== 'completed' || next === undefined) return finish(how, next);
    prompt = next;
  }

  function takeTurn(text: string): Promise<Ended> {
    return new Promise((resolve) => {
      let late: NodeJS.Timeout | undefined;
      over = (how) => {
        clearTimeout(late);
        resolve(how);
      };
      host.interrupt = () => {
        // The protocol wants what is still asked to be called off by whoever cancels.
        agent.notify(methods.agent.session.cancel, { sessionId }).catch(() => undefined);
        approvals.withdrawAll();
        late ??= setTimeout(() => {
          recorder.host({ dir: 'host', type: 'interrupted' });
          over('interrupted');
        }, interruptMs);
      };
      process.ended.then(() => over('failed'));
      agent
        .request(methods.agent.session.prompt, { sessionId, prompt: [{ type: 'text', text }] })
        .catch(() => over('failed'));
    });
  }

  async function finish(how: Ended, unsent?: string): Promise<number> {
    for (const text of [unsent, ...messages.close()]) {
      if (text) host.note(`Not delivered, the run ended first: ${text}`);
    }
    approvals.withdrawAll();
    await process.end(spec.killGraceMs);
    line.close();
    const { code, signal, exit } = await process.ended;
    recorder.exit(code, signal);
    return how === 'failed' && exit > 126 ? exit : codes[how];
  }
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
  process.ended.then(() => connection.close());
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
