/** The one place that talks to a model: one streamed request in, the whole text of the answer out. */
import type OpenAI from 'openai';
import {
  asRecord,
  type JsonRecord,
  parseJson,
  recordsOf,
  textOf,
} from '../../../domain/agents/transcript/records.js';
import { appError } from '../../../domain/platform/errors.js';
import { beginningOf, boundedEvents } from './bodies.js';
import { modelError, notAnAnswer, saidIn, seen, timeoutError, toldIn } from './failure.js';
import { readable, recordIn, recordsFrom, recordsIn } from './shapes.js';
import type { Exchange, ModelAccess } from './types.js';
import { tellChatUsage, tellResponseUsage } from './usage.js';
import type { Watchdog } from './watchdog.js';

/** An answer longer than this is no answer to anything we ask. */
const maxAnswerChars = 1_000_000;

export interface ModelAddress {
  baseURL?: string;
  apiKey: string;
  model: string;
}

/** Where and as whom to ask, or why that cannot be told. A local server needs no key. */
export function modelAddress({ config, env }: Pick<ModelAccess, 'config' | 'env'>): ModelAddress | string {
  const baseURL = config.base_url || env.OPENAI_BASE_URL;
  const apiKey = env[config.api_key_env];
  if (!config.model) return 'no model configured (model.model is empty)';
  if (!baseURL && !apiKey)
    return `no model configured (neither model.base_url nor ${config.api_key_env} is set)`;
  return { ...(baseURL ? { baseURL } : {}), apiKey: apiKey || 'none', model: config.model };
}

/** Loads the client; done before any clock starts, for it takes longer than some servers. */
export async function openClient(address: ModelAddress): Promise<OpenAI> {
  const { default: Client } = await import('openai');
  return new Client({
    apiKey: address.apiKey,
    ...(address.baseURL ? { baseURL: address.baseURL } : {}),
    maxRetries: 0,
    // The watchdog's clocks are the only ones; this one knows nothing of a stalled body.
    timeout: 2 ** 31 - 1,
    // OPENAI_LOG must not put prompts on a terminal that a screen is painted on.
    logLevel: 'off',
    fetch: fetchWithReasons,
  });
}

/** A server that sends a request on more often than this sends it in a circle. */
const maxRedirects = 5;

/**
 * Follows a server that sends a request on within its own origin. A prompt and a key that were meant for one origin
 * go to no other: such an answer becomes an error that names where the request should have gone.
 */
async function fetchAtOrigin(...[input, init]: Parameters<typeof fetch>): Promise<Response> {
  let url = new URL(input instanceof Request ? input.url : input);
  for (let hop = 0; ; hop++) {
    const response = await fetch(url, { ...init, redirect: 'manual' });
    const location = response.status >= 300 && response.status < 400 && response.headers.get('location');
    if (!location) return response;
    await response.body?.cancel();
    if (!URL.canParse(location, url.href))
      return refusal('the server sends requests on to what is no address');
    const next = new URL(location, url);
    if (next.origin !== url.origin) {
      const where = next.origin === 'null' ? `a ${next.protocol} address` : next.origin;
      return refusal(`the server sends requests on to ${where}; if that is meant, set model.base_url to it`);
    }
    if (hop === maxRedirects) return refusal('the server sends requests on in a circle');
    url = next;
  }
}

const refusal = (message: string): Response =>
  new Response(JSON.stringify({ error: { message } }), {
    status: 400,
    headers: { 'content-type': 'application/json' },
  });

/** The client drops error bodies that are not of its maker's shape: what they say is put where it looks. */
async function fetchWithReasons(...asked: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetchAtOrigin(...asked);
  if (response.ok) return boundedEvents(response);
  const text = await beginningOf(response);
  const body = asRecord(parseJson(text));
  const message = (body && toldIn(body)) || seen(text) || 'no reason was given';
  // Unpacked by now, and perhaps of another length.
  const headers = new Headers(
    [...response.headers].filter(([name]) => !/^content-(length|encoding)$/i.test(name)),
  );
  const said = body?.error === undefined ? JSON.stringify({ error: { message } }) : text;
  return new Response(said, { status: response.status, headers });
}

/**
 * Sends one request and returns the text of a completed answer. Anything less than completed throws: a stream
 * that was cut or aborted ends like a good one, so the closing event is required.
 */
export async function exchange(
  client: OpenAI,
  model: string,
  request: Exchange,
  watchdog: Watchdog,
): Promise<string> {
  try {
    const text = await (request.dialect === 'responses' ? viaResponses : viaChat)(
      client,
      model,
      request,
      watchdog,
    );
    failIfAborted(watchdog);
    if (text === undefined) {
      throw modelError('model-unreachable', 'The answer ended before it was complete.', { retry: true });
    }
    return text;
  } catch (error) {
    failIfAborted(watchdog);
    throw error;
  }
}

function failIfAborted(watchdog: Watchdog): void {
  const clock = watchdog.expired();
  if (clock) throw timeoutError(clock);
  if (watchdog.signal.aborted) throw appError('interrupted', 'Interrupted.', { kind: 'interrupted' });
}

async function viaResponses(
  client: OpenAI,
  model: string,
  { messages, name, schema, onUsage }: Exchange,
  watchdog: Watchdog,
): Promise<string | undefined> {
  const asked = client.responses.create(
    {
      model,
      stream: true,
      store: false,
      input: messages.map(({ role, content }) => ({ role, content })),
      text: { format: { type: 'json_schema', name, strict: true, schema } },
    },
    { signal: watchdog.signal },
  );
  const { data: stream, response } = await readable(() => asked.withResponse());
  watchdog.heard();
  const whole = await wholeBody(response);
  if (whole) {
    tellResponseUsage(whole.usage, onUsage);
    return finalText(whole);
  }
  let streamed = '';
  for await (const event of recordsFrom(stream)) {
    watchdog.heard();
    if (event.type === 'response.output_text.delta') streamed = grown(streamed, textIn(event.delta));
    if (event.type === 'error') throw failedResponse(textOf(event.code), textOf(event.message));
    const ended = /^response\.(completed|failed|incomplete)$/.exec(textOf(event.type) ?? '')?.[1];
    if (ended === undefined) continue;
    const answer = recordIn(event.response);
    tellResponseUsage(answer.usage, onUsage);
    if (ended === 'completed') return bothTexts(streamed, finalText(answer));
    const error = asRecord(answer.error);
    if (ended === 'failed') throw failedResponse(textOf(error?.code), textOf(error?.message));
    const reason = seen(textIn(asRecord(answer.incomplete_details)?.reason)) || 'no reason';
    throw badAnswer(`the answer is incomplete (${reason})`, streamed);
  }
  return undefined;
}

/** Servers differ in which events they send. Where the closing one says something else than the stream, both were said. */
function bothTexts(streamed: string, closing: string): string {
  if (streamed.includes(closing.trim())) return streamed;
  return closing.includes(streamed.trim()) ? closing : `${streamed}\n${closing}`;
}

/** The text of a whole answer. Throws for one that says itself that it is none. */
function finalText(response: JsonRecord): string {
  const status = textOf(response.status) ?? '';
  if (cutShort.test(status)) throw badAnswer(`the answer is incomplete (${seen(status)})`);
  const items = recordsIn(response.output ?? []);
  const parts = items.flatMap((item) => (item.type === 'message' ? recordsIn(item.content ?? []) : []));
  const refusal = parts.find((part) => part.type === 'refusal');
  if (refusal) throw badAnswer(`the model refused: ${textIn(refusal.refusal).slice(0, 200)}`);
  return parts.map((part) => (part.type === 'output_text' ? textIn(part.text) : '')).join('');
}

async function viaChat(
  client: OpenAI,
  model: string,
  { dialect, messages, name, schema, onUsage }: Exchange,
  watchdog: Watchdog,
): Promise<string | undefined> {
  const asked = client.chat.completions.create(
    {
      model,
      stream: true,
      messages: messages.map(({ role, content }) => ({ role, content })),
      ...(dialect === 'chat'
        ? {
            response_format: { type: 'json_schema', json_schema: { name, strict: true, schema } },
            stream_options: { include_usage: true },
          }
        : {}),
    },
    { signal: watchdog.signal },
  );
  const { data: stream, response } = await readable(() => asked.withResponse());
  watchdog.heard();
  const whole = await wholeBody(response);
  if (whole) {
    tellChatUsage(whole.usage, onUsage);
    const [choice] = recordsIn(whole.choices ?? []);
    const heard = hear(newHeard(), choice?.message);
    return answerOf({ ...heard, ended: textOf(choice?.finish_reason) ?? 'stop' });
  }
  let heard = newHeard();
  let usage: unknown;
  try {
    for await (const chunk of recordsFrom(stream)) {
      watchdog.heard();
      // Comes last, after the answer; some servers count along in every piece.
      usage = chunk.usage ?? usage;
      const [choice] = recordsIn(chunk.choices ?? []);
      heard = hear(heard, choice?.delta ?? choice?.message);
      heard.ended = endOf(heard.ended, textOf(choice?.finish_reason));
    }
  } finally {
    tellChatUsage(usage, onUsage);
  }
  return answerOf(heard);
}

/** What came of an answer, by the fields that servers put it in. */
interface Heard {
  content: string;
  /** What it thought: with some servers the answer stands there, and nothing in `content`. */
  reasoning: string;
  /** Arguments of a tool call, where a server makes one of the schema. */
  called: string;
  ended?: string | undefined;
}

const newHeard = (): Heard => ({ content: '', reasoning: '', called: '' });

function hear(before: Heard, message: unknown): Heard {
  const piece = asRecord(message);
  const refusal = textIn(piece?.refusal);
  if (refusal) throw badAnswer(`the model refused: ${refusal.slice(0, 200)}`);
  const calls = [...recordsOf(piece?.tool_calls).map((one) => one.function), piece?.function_call];
  const called = calls.map((one) => textIn(asRecord(one)?.arguments)).join('');
  return {
    ...before,
    content: grown(before.content, textIn(piece?.content)),
    reasoning: grown(
      before.reasoning,
      textIn(piece?.reasoning_content ?? piece?.reasoning ?? piece?.thinking),
    ),
    called: grown(before.called, called),
  };
}

/** A string, or the texts of a list of parts, as some servers write it. */
function textIn(value: unknown): string {
  if (typeof value === 'string') return value;
  return recordsOf(value)
    .map((part) => textOf(part.text) ?? '')
    .join('');
}

/** Ends that mean that there is less than the whole answer; servers have words of their own for the others. */
const cutShort = /length|max_?(output_?)?tokens|content_?filter|safety|error|fail|cancel|abort|incomplete/i;

/** Of two ends that a server told, the one that means less. */
const endOf = (before: string | undefined, now: string | undefined): string | undefined =>
  before === undefined || (now !== undefined && cutShort.test(now)) ? now : before;

function answerOf({ content, reasoning, called, ended }: Heard): string | undefined {
  const spoken = [content, called].filter((one) => one.trim() !== '').join('\n');
  const text = spoken || reasoning;
  if (ended !== undefined && cutShort.test(ended))
    throw badAnswer(`the answer is incomplete (${seen(ended)})`, text);
  return ended === undefined ? undefined : text;
}

/**
 * The body of an answer that is no stream, as JSON; undefined for a stream. A web page, or anything else that is no
 * answer, throws with what came.
 */
async function wholeBody(response: Response): Promise<JsonRecord | undefined> {
  const type = response.headers.get('content-type') ?? '';
  if (!/json|html|xml/i.test(type) || /ndjson|jsonl|stream/i.test(type)) return undefined;
  const text = await beginningOf(response);
  const body = asRecord(parseJson(text));
  if (body && body.error === undefined && (body.choices ?? body.output) !== undefined) return body;
  const error = asRecord(body?.error);
  throw notAnAnswer(textOf(error?.message) ?? textOf(body?.error) ?? seen(text), body === undefined);
}

function grown(text: string, more: string): string {
  if (text.length + more.length > maxAnswerChars) throw badAnswer('the answer is far too long');
  return text + more;
}

/** @param came the answer as far as it came, to be shown */
function badAnswer(why: string, came = ''): Error {
  return modelError('model-bad-answer', `The model's answer cannot be used: ${why}.${saidIn(came)}`);
}

function failedResponse(code?: string, message?: string): Error {
  const text = textIn(message).slice(0, 500) || 'no message';
  if (code === 'rate_limit_exceeded') {
    return modelError('model-rate-limit', `The model is over its rate limit: ${text}`, { retry: true });
  }
  if (code === 'insufficient_quota')
    return modelError('model-rate-limit', `The model is over its quota: ${text}`);
  return modelError('model-server', `The model failed: ${text}`, { retry: code === 'server_error' });
}
