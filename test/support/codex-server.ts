/**
 * A loopback Responses server that the real Codex can be pointed at. The first part of the path is the scenario,
 * so one server serves many runs at once. Stateless: how far a conversation is, is counted in its own history.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Scenario =
  /** Runs a shell command that edits, then says what it did. */
  | { type: 'work'; command: string; said: string }
  /** Answers every request with this HTTP status. */
  | { type: 'status'; status: number }
  /** The account is at its limit for so many seconds from the first request on, and says so; then it works. */
  | { type: 'limit'; seconds: number; command: string; said: string }
  /** Fails `times` requests with 500, then works. */
  | { type: 'flaky'; times: number; command: string; said: string }
  /** Asks to run a command outside of the sandbox, then says what it did. */
  | { type: 'escalate'; command: string; said: string }
  /**
   * Says so many words, one at a time. Once a person has said something that holds `STEER`, it edits with a command
   * and says so instead.
   */
  | { type: 'talk'; words: number; wordMs: number; command: string; said: string }
  /** Sends headers and the beginning of an answer, then nothing more. */
  | { type: 'stall' }
  /** Closes the connection in the middle of an answer. */
  | { type: 'drop' };

export interface CodexServer {
  port: number;
  /** Requests by scenario. */
  requests: Record<string, number>;
  /** What was asked of the model, as it came, by scenario. */
  heard: Record<string, string[]>;
  /** Lines for `$CODEX_HOME/config.toml` that lead to a scenario. */
  config(scenario: string, more?: { port?: number; retries?: number }): string;
  close(): Promise<void>;
}

/** Starts it on a free port. */
export async function startCodexServer(scenarios: Record<string, Scenario>): Promise<CodexServer> {
  const requests: Record<string, number> = {};
  const limitLeft = countLimits();
  const heard: Record<string, string[]> = {};
  const server = createServer((request, response) => {
    const name = request.url?.split('/')[1] ?? '';
    requests[name] = (requests[name] ?? 0) + 1;
    const scenario = scenarios[name];
    if (!scenario) return fail(response, 404);
    readBody(request).then(
      (text) => {
        heard[name] = [...(heard[name] ?? []), text];
        const left = limitLeft(name, scenario);
        if (left > 0) limited(response, left);
        else answer(scenario, requests[name]!, JSON.parse(text) as Body, response);
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    requests,
    heard,
    config: (scenario, more) =>
      configLines(`http://127.0.0.1:${more?.port ?? port}/${scenario}/v1`, more?.retries ?? 1),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function configLines(url: string, retries: number): string {
  return [
    'model = "fake-model"',
    'model_provider = "fake"',
    'check_for_update_on_startup = false',
    `model_providers.fake = { name = "fake", base_url = "${url}", wire_api = "responses", env_key = "FAKE_KEY", request_max_retries = 1, stream_max_retries = ${retries} }`,
    'analytics.enabled = false',
    '',
  ].join('\n');
}

interface Body {
  input: { type?: string; role?: string; content?: { text?: string }[] }[];
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function answer(scenario: Scenario, count: number, body: Body, response: ServerResponse): void {
  switch (scenario.type) {
    case 'status':
      fail(response, scenario.status);
      return;
    case 'flaky':
      if (count <= scenario.times) fail(response, 500);
      else work(scenario, body, response);
      return;
    case 'work':
    case 'limit':
      work(scenario, body, response);
      return;
    case 'escalate':
      work(scenario, body, response, { sandbox_permissions: 'require_escalated', justification: 'because' });
      return;
    case 'talk':
      if (userTexts(body).some((text) => text.includes('STEER'))) work(scenario, body, response);
      else talk(scenario, response);
      return;
    case 'stall':
      open(response).write(event({ type: 'response.created', response: { id: 'r' } }));
      return;
    case 'drop':
      open(response).write(event({ type: 'response.created', response: { id: 'r' } }), () =>
        response.destroy(),
      );
      return;
  }
}

function work(
  scenario: { command: string; said: string },
  body: Body,
  response: ServerResponse,
  more: object = {},
): void {
  const step = stepOf(body);
  const item =
    step === 0
      ? {
          type: 'function_call',
          call_id: `call_${body.input.length}`,
          name: 'exec_command',
          arguments: JSON.stringify({ cmd: scenario.command, ...more }),
        }
      : { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: scenario.said }] };
  open(response).end(event({ type: 'response.output_item.done', item }) + completed(step));
}

/** Word by word, as a model does. */
function talk(scenario: { words: number; wordMs: number }, response: ServerResponse): void {
  const id = 'msg_1';
  const at = { item_id: id, output_index: 0, content_index: 0 };
  const message = (text: string) => ({
    type: 'message',
    role: 'assistant',
    id,
    content: text ? [{ type: 'output_text', text }] : [],
  });
  open(response).write(
    event({ type: 'response.created', response: { id: 'r' } }) +
      event({ type: 'response.output_item.added', output_index: 0, item: message('') }) +
      event({
        type: 'response.content_part.added',
        ...at,
        part: { type: 'output_text', text: '' },
      }),
  );
  const words = Array.from({ length: scenario.words }, (_, word) => `word${word} `);
  let next = 0;
  const timer = setInterval(() => {
    const delta = words[next++];
    if (delta !== undefined) {
      response.write(event({ type: 'response.output_text.delta', ...at, delta }));
      return;
    }
    clearInterval(timer);
    const item = message(words.join(''));
    response.end(event({ type: 'response.output_item.done', output_index: 0, item }) + completed(0));
  }, scenario.wordMs);
  response.on('close', () => clearInterval(timer));
}

function completed(step: number): string {
  return event({
    type: 'response.completed',
    response: {
      id: `resp_${step}`,
      usage: {
        input_tokens: 100,
        input_tokens_details: { cached_tokens: 80 },
        output_tokens: 10,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 110,
      },
    },
  });
}

function userTexts({ input }: Body): string[] {
  return input
    .filter((item) => item.role === 'user')
    .flatMap((item) => item.content?.map((part) => part.text ?? '') ?? []);
}

/** Tool results after the last message of the user: how far this turn is. */
function stepOf({ input }: Body): number {
  const lastUser = input.map((item) => item.role).lastIndexOf('user');
  return input.slice(lastUser + 1).filter((item) => item.type?.endsWith('_output')).length;
}

function open(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'content-type': 'text/event-stream' });
}

function event(data: { type: string; [key: string]: unknown }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

function fail(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { message: `scripted ${status}`, type: 'error', code: null } }));
}

/** The account's limit, as the service words it. */
function limited(response: ServerResponse, seconds: number): void {
  const error = {
    type: 'usage_limit_reached',
    message: 'The usage limit has been reached',
    plan_type: 'plus',
    resets_at: Math.ceil(Date.now() / 1000 + seconds),
    resets_in_seconds: Math.ceil(seconds),
  };
  response.writeHead(429, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
}

/** Counts the limits of scenarios from their first requests: seconds until one ends, 0 when there is none. */
export function countLimits(): (name: string, scenario: Scenario) => number {
  const ends = new Map<string, number>();
  return (name, scenario) => {
    if (scenario.type !== 'limit') return 0;
    const end = ends.get(name) ?? Date.now() + scenario.seconds * 1000;
    ends.set(name, end);
    return Math.max(0, (end - Date.now()) / 1000);
  };
}
