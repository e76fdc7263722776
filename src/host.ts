/**
 * The host of one run: holds the conversation with an agent that is talked to in both directions.
 *
 * `node host.js RUNDIR`: what to start stands in RUNDIR (services/agents/host/spec.ts). Standard output is the transcript.
 * Ends with 0 after a turn that was completed, 130 after one that was interrupted, 69 when the agent was given no
 * work, else with the agent's own code or 1.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appError, messageOf } from './domain/platform/errors.js';
import { version } from './domain/platform/version.js';
import {
  type ControlRequest,
  type Conversation,
  createConversation,
  createRecorder,
  readHostSpec,
  serveControl,
} from './services/agents/index.js';

const notGivenWork = 69;

main(process.argv[2] ?? '').then(
  (code) => process.exit(code),
  (error) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  },
);

async function main(folder: string): Promise<number> {
  const spec = readHostSpec(folder);
  const recorder = createRecorder(1);
  const prompt = readFileSync(join(folder, 'stdin'), 'utf8');
  const host = createConversation({ folder, spec, prompt, env: process.env, version, recorder });
  const control = serveControl(folder, (request) => handle(host, request));
  process.on('SIGINT', () => host.interrupt());
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => host.kill('SIGTERM'));
  try {
    if (spec.protocol === 'acp') {
      const { talkToAcp } = await import('./services/agents/host/talk-acp.js');
      return await talkToAcp(host);
    }
    const { talkToCodex } = await import('./services/agents/host/talk-codex.js');
    return await talkToCodex(host);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    if (spec.protocol === 'acp') return exitOf(error) ?? notGivenWork;
    // Another way of driving it follows: the transcript says why.
    host.note(messageOf(error));
    return notGivenWork;
  } finally {
    control.close();
  }
}

async function handle(host: Conversation, request: ControlRequest): Promise<unknown> {
  switch (request.type) {
    case 'send':
      return { sent: await host.messages.send(String(request.text ?? '')) };
    case 'answer':
      return host.approvals.answer(request.approval, String(request.choice ?? ''), request.alike === true);
    case 'may-run':
      host.approvals.allowOnly(request.prefixes);
      return { prefixes: request.prefixes };
    case 'interrupt':
      host.interrupt();
      return { interrupted: true };
    default:
      throw appError('bad-request', 'This host does not know that request.', { kind: 'usage' });
  }
}

/** The agent's own exit code, where it ended before it was given work. */
function exitOf(error: unknown): number | undefined {
  const cause = (error as { cause?: { exit?: unknown } }).cause;
  return typeof cause?.exit === 'number' ? cause.exit : undefined;
}
