/** The one place that talks to a model: one streamed request in, the whole text of the answer out. */
import type OpenAI from 'openai';
import { appError } from '../../../domain/platform/errors.js';
import { modelError, timeoutError } from './failure.js';
import type { Exchange, ModelAccess } from './types.js';
import { tellChatUsage, tellResponseUsage } from './usage.js';
import type { Watchdog } from './watchdog.js';

/** An answer longer than this is no answer to anything we ask. */
const maxAnswerChars = 4_000_000;

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
  });
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
  const stream = await client.responses.create(
    {
      model,
      stream: true,
      store: false,
      input: messages.map(({ role, content }) => ({ role, content })),
      text: { format: { type: 'json_schema', name, strict: true, schema } },
    },
    { signal: watchdog.signal },
  );
  watchdog.heard();
  let streamed = '';
  for await (const event of stream) {
    watchdog.heard();
    switch (event.type) {
      case 'response.output_text.delta':
        streamed = grown(streamed, event.delta);
        break;
      case 'response.completed':
        tellResponseUsage(event.response.usage, onUsage);
        return finalText(event.response) || streamed;
      case 'response.failed':
        tellResponseUsage(event.response.usage, onUsage);
        throw failedResponse(event.response.error?.code, event.response.error?.message);
      case 'response.incomplete':
        tellResponseUsage(event.response.usage, onUsage);
        throw badAnswer(
          `the answer is incomplete (${event.response.incomplete_details?.reason ?? 'no reason'})`,
        );
      case 'error':
        throw failedResponse(event.code ?? undefined, event.message);
    }
  }
  return undefined;
}

/** Servers differ in which events they send; the closing one holds the whole text when it holds any. */
function finalText(response: OpenAI.Responses.Response): string {
  const parts = (response.output ?? []).flatMap((item) => (item.type === 'message' ? item.content : []));
  const refusal = parts.find((part) => part.type === 'refusal');
  if (refusal?.type === 'refusal') throw badAnswer(`the model refused: ${refusal.refusal.slice(0, 200)}`);
  return parts.map((part) => (part.type === 'output_text' ? part.text : '')).join('');
}

async function viaChat(
  client: OpenAI,
  model: string,
  { dialect, messages, name, schema, onUsage }: Exchange,
  watchdog: Watchdog,
): Promise<string | undefined> {
  const stream = await client.chat.completions.create(
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
  watchdog.heard();
  let text = '';
  let ended: string | undefined;
  let usage: OpenAI.CompletionUsage | undefined;
  try {
    for await (const chunk of stream) {
      watchdog.heard();
      // Comes last, after the answer; some servers count along in every piece.
      usage = chunk.usage ?? usage;
      const choice = chunk.choices?.[0];
      if (choice?.delta?.refusal) throw badAnswer(`the model refused: ${choice.delta.refusal.slice(0, 200)}`);
      text = grown(text, choice?.delta?.content ?? '');
      ended ??= choice?.finish_reason ?? undefined;
    }
  } finally {
    tellChatUsage(usage, onUsage);
  }
  if (ended !== undefined && ended !== 'stop') throw badAnswer(`the answer is incomplete (${ended})`);
  return ended === undefined ? undefined : text;
}

function grown(text: string, more: string): string {
  if (text.length + more.length > maxAnswerChars) throw badAnswer('the answer is far too long');
  return text + more;
}

function badAnswer(why: string): Error {
  return modelError('model-bad-answer', `The model's answer cannot be used: ${why}.`);
}

function failedResponse(code?: string, message = 'no message'): Error {
  const text = message.slice(0, 500);
  if (code === 'rate_limit_exceeded') {
    return modelError('model-rate-limit', `The model is over its rate limit: ${text}`, { retry: true });
  }
  if (code === 'insufficient_quota')
    return modelError('model-rate-limit', `The model is over its quota: ${text}`);
  return modelError('model-server', `The model failed: ${text}`, { retry: code === 'server_error' });
}
