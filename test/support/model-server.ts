/** A model on loopback that answers as told: well, badly, late, or not at all. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ModelCall {
  /** `responses` or `chat`. */
  api: 'responses' | 'chat' | 'other';
  /** How many calls came before. */
  n: number;
  authorization: string;
  system: string;
  user: string;
  /** Every message after the first question: the bad answer and what was said about it, on a repair. */
  repair: string;
  schema?: string;
  body: Record<string, unknown>;
}

export type Reply =
  /** Streams this value as JSON, completed; says what it used when that is given: input, cached of it, output. */
  | { answer: unknown; used?: readonly [number, number, number] }
  /** Streams this text, completed. */
  | { text: string; used?: readonly [number, number, number] }
  | { status: number; headers?: Record<string, string>; message?: string; code?: string }
  /** Never sends headers, or sends the beginning of a body and no more. */
  | { stall: 'headers' | 'body' }
  /** Streams the beginning of an answer and closes the connection. */
  | { cut: string }
  /** Sends exactly this, as the server of some other maker would; `chunks` are chat deltas with a finish reason. */
  | { raw: string; type?: string; status?: number }
  | { chunks: readonly object[]; finish?: string | null }
  /** The bytes of a stream, each part written by itself. */
  | { sent: readonly (string | Uint8Array)[]; headers?: Record<string, string> }
  /** Streams a whole text, but says that it failed or is incomplete. */
  | { ending: 'failed' | 'incomplete' | 'refusal' };

export interface ModelServer {
  /** For model.base_url. */
  url: string;
  calls: ModelCall[];
  close(): Promise<void>;
}

/** Starts the server; `script` is asked for each call. `tells`: what it says of itself, by path. */
export async function startModelServer(
  script: (call: ModelCall) => Reply,
  tells: Readonly<Record<string, unknown>> = {},
): Promise<ModelServer> {
  const calls: ModelCall[] = [];
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    if (request.method === 'GET' || path.startsWith('/api/')) {
      response.writeHead(tells[path] === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(tells[path] ?? {}));
      return;
    }
    const call = await readCall(request, calls.length);
    calls.push(call);
    reply(response, call, script(call));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function readCall(request: IncomingMessage, n: number): Promise<ModelCall> {
  let text = '';
  for await (const chunk of request) text += chunk;
  const body = JSON.parse(text || '{}') as Record<string, unknown>;
  const messages = (body.input ?? body.messages ?? []) as { role: string; content: string }[];
  const [system, user, ...repair] = messages;
  const format = (body.text as { format?: { name?: string } } | undefined)?.format;
  const chatFormat = (body.response_format as { json_schema?: { name?: string } } | undefined)?.json_schema;
  const name = format?.name ?? chatFormat?.name;
  return {
    api: request.url?.endsWith('/responses')
      ? 'responses'
      : request.url?.endsWith('/chat/completions')
        ? 'chat'
        : 'other',
    n,
    authorization: request.headers.authorization ?? '',
    system: system?.content ?? '',
    user: user?.content ?? '',
    repair: repair.map((message) => message.content).join('\n'),
    ...(name ? { schema: name } : {}),
    body,
  };
}

/** Exactly this, or these pieces of a chat. */
function replyAsTold(
  response: ServerResponse,
  how: Extract<Reply, { raw: string } | { chunks: readonly object[] }>,
): void {
  if ('raw' in how) {
    response.writeHead(how.status ?? 200, { 'content-type': how.type ?? 'application/json' });
    response.end(how.raw);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const piece = (delta: object, finish_reason: string | null) =>
    response.write(`data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta, finish_reason }] })}\n\n`);
  for (const delta of how.chunks) piece(delta, null);
  piece({}, how.finish === undefined ? 'stop' : how.finish);
  response.end('data: [DONE]\n\n');
}

async function sendParts(
  response: ServerResponse,
  { sent, headers = {} }: Extract<Reply, { sent: unknown }>,
): Promise<void> {
  response.socket?.setNoDelay(true);
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
  for (const part of sent) {
    await new Promise<void>((written) => response.write(part, () => written()));
    // The reader gets a turn, so that parts arrive as they were sent.
    await new Promise(setImmediate);
  }
  response.end();
}

function reply(response: ServerResponse, call: ModelCall, how: Reply): void {
  if ('stall' in how && how.stall === 'headers') return;
  if ('sent' in how) {
    void sendParts(response, how);
    return;
  }
  if ('raw' in how || 'chunks' in how) {
    replyAsTold(response, how);
    return;
  }
  if ('status' in how) {
    response.writeHead(how.status, { 'content-type': 'application/json', ...how.headers });
    response.end(
      JSON.stringify({ error: { message: how.message ?? 'no', type: 'error', code: how.code ?? null } }),
    );
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (event: object) => response.write(`data: ${JSON.stringify(event)}\n\n`);
  const delta = (text: string) =>
    call.api === 'responses'
      ? send({
          type: 'response.output_text.delta',
          item_id: 'm',
          output_index: 0,
          content_index: 0,
          delta: text,
        })
      : send({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: text } }] });
  if ('stall' in how) {
    delta('{"half');
    return;
  }
  if ('cut' in how) {
    delta(how.cut);
    // A clean end of the body: the client sees a stream that is simply over.
    response.end();
    return;
  }
  if ('ending' in how) {
    delta('{"ok":true}');
    if (call.api === 'responses') sendEnding(send, how.ending);
    else send({ id: 'c', choices: [{ index: 0, delta: {}, finish_reason: 'length' }] });
    response.end();
    return;
  }
  const text = 'text' in how ? how.text : JSON.stringify(how.answer);
  const half = Math.ceil(text.length / 2);
  delta(text.slice(0, half));
  delta(text.slice(half));
  if (call.api === 'responses') {
    const content = [{ type: 'output_text', text, annotations: [] }];
    send({
      type: 'response.completed',
      response: {
        id: 'r',
        output: [{ type: 'message', role: 'assistant', content }],
        ...(how.used ? { usage: usageOf('input', 'output', how.used) } : {}),
      },
    });
  } else {
    send({ id: 'c', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
    const wanted = (call.body.stream_options as { include_usage?: boolean } | undefined)?.include_usage;
    if (how.used && wanted) send({ id: 'c', choices: [], usage: usageOf('prompt', 'completion', how.used) });
    response.write('data: [DONE]\n\n');
  }
  response.end();
}

function usageOf(
  inWord: string,
  outWord: string,
  [input, cached, output]: readonly [number, number, number],
) {
  return {
    [`${inWord}_tokens`]: input,
    [`${inWord}_tokens_details`]: { cached_tokens: cached },
    [`${outWord}_tokens`]: output,
    total_tokens: input + output,
  };
}

function sendEnding(send: (event: object) => void, ending: 'failed' | 'incomplete' | 'refusal'): void {
  if (ending === 'failed') {
    send({
      type: 'response.failed',
      response: { id: 'r', error: { code: 'invalid_prompt', message: 'not today' } },
    });
  } else if (ending === 'incomplete') {
    send({
      type: 'response.incomplete',
      response: { id: 'r', incomplete_details: { reason: 'max_output_tokens' } },
    });
  } else {
    const content = [{ type: 'refusal', refusal: 'I would rather not' }];
    send({ type: 'response.completed', response: { id: 'r', output: [{ type: 'message', content }] } });
  }
}
