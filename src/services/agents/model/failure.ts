/** What went wrong with a request, whether it is worth another try, and whether the server lacks a feature. */

import { classifyError } from '../../../domain/agents/transcript/errors.js';
import { asRecord, recordsOf, textOf } from '../../../domain/agents/transcript/records.js';
import { redactSecrets } from '../../../domain/landing/secrets.js';
import { type AppError, appError, isAppError, messageOf } from '../../../domain/platform/errors.js';
import { withoutSpans } from '../../../domain/platform/spans.js';
import type { Expired } from './watchdog.js';

export interface Failure {
  error: AppError;
  retry: boolean;
  /** How long the server asks to wait. */
  waitMs?: number;
  /** The next dialect down may work. */
  unsupported: boolean;
  /** The server loads its model, which takes longer than a hiccup. */
  loading?: boolean;
}

const failures = new WeakMap<AppError, Failure>();

/** Makes an error that `failureOf` can classify again. */
export function modelError(
  code: string,
  message: string,
  more: { hint?: string; retry?: boolean; waitMs?: number; unsupported?: boolean; loading?: boolean } = {},
): AppError {
  const error = appError(code, message, more.hint ? { hint: more.hint } : {});
  failures.set(error, {
    error,
    retry: more.retry ?? false,
    unsupported: more.unsupported ?? false,
    ...(more.loading ? { loading: true } : {}),
    ...(more.waitMs === undefined ? {} : { waitMs: more.waitMs }),
  });
  return error;
}

/** What came, in one short line, without the tags of a web page. */
export function seen(text: string): string {
  const plain = withoutSpans(text, /<(?:script|style)/gi, (opened) => `</${opened.slice(1)}>`)
    .replace(/<[^<>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return redactSecrets(plain).slice(0, 300);
}

/** The same as a sentence to be added to an error; nothing when nothing came. */
export const saidIn = (text: string): string => (text.trim() === '' ? '' : ` It said: ${seen(text)}`);

/** The server answered with something that is no answer of a model: a web page, or an error that it calls a success. */
export function notAnAnswer(came: string, page: boolean): AppError {
  const what = page ? 'what came is not an answer of a model' : "the model's server says";
  return modelError('model-server', `The model cannot be asked: ${what}: ${seen(came) || 'nothing'}`, {
    unsupported: !page,
    hint: 'Check model.base_url: it may lead to a sign-in page or to another program.',
  });
}

/** The error of a clock that ran out. */
export function timeoutError(clock: Expired): AppError {
  const message = {
    connect: 'The model did not begin to answer in time.',
    idle: 'The model fell silent in the middle of its answer.',
    total: 'The model took longer than it may in total.',
  }[clock];
  return modelError('model-timeout', message, { hint: `The limit is model.${clock}_timeout.` });
}

interface HttpFailure {
  status?: number;
  code?: string | null;
  param?: string | null;
  headers?: Headers;
  /** What the server sent, where it sent an error in the stream or a body of its own shape. */
  error?: unknown;
}

/** Messages of servers that have a shape of their own for errors: `{detail: [{msg}]}`, `{error: "text"}`. */
export function toldIn(body: unknown): string | undefined {
  const record = asRecord(body);
  if (!record) return typeof body === 'string' ? body : undefined;
  const details = Array.isArray(record.detail)
    ? recordsOf(record.detail).map((one) => `${textOf(one.msg) ?? ''} (${[one.loc].flat().join('.')})`)
    : [textOf(record.detail)];
  return textOf(record.message) ?? textOf(record.error) ?? (details.filter(Boolean).join('; ') || undefined);
}

/** An error in the stream has no status: its own number, or what its words say, stands for one. */
function statusTold(text: string, code: unknown): number {
  const number = Number(code);
  if (number >= 400 && number < 600) return number;
  const { code: name } = classifyError(text);
  return (
    { auth: 401, rate_limit: 429, quota: 429, context: 400, model_not_found: 404, server: 500 }[
      name as string
    ] ?? 502
  );
}

const lacksFeature =
  /unsupported|not (?:be )?supported|unknown|unrecogni[sz]ed|extra (?:fields|inputs)|not permitted|invalid.{0,20}type|response_format|json_schema|text\.format|must be 'function'/i;

/**
 * Classifies what a request threw. The key is taken out of every message, and the original error is not kept
 * as a cause: it carries the request.
 */
export function failureOf(thrown: unknown, apiKey: string): Failure {
  if (isAppError(thrown)) return failures.get(thrown) ?? { error: thrown, retry: false, unsupported: false };
  const broken = brokenStream(thrown);
  if (broken) return failures.get(modelError('model-unreachable', broken, { retry: true }))!;
  const { status, code, headers, error: body } = thrown as HttpFailure;
  const text = redactSecrets(toldIn(body) ?? messageOf(thrown), [apiKey]).slice(0, 500);
  const told = status === undefined && body !== undefined ? statusTold(text, code) : status;
  const error = httpError(told, code ?? undefined, text, headers);
  return failures.get(error)!;
}

/** What is wrong with a stream that ended, or cannot be read, in the middle of a line; undefined for anything else. */
function brokenStream(thrown: unknown): string | undefined {
  const { name, message } = thrown as Partial<Error>;
  if (name === 'SyntaxError') return 'The answer was cut off, or is broken, in the middle of a line.';
  const isCut = name === 'TypeError' && message === 'terminated';
  return isCut ? 'The connection broke off before the answer was complete.' : undefined;
}

/** A server that makes a grammar of the schema may fail at it; asked in plain words, it answers. */
const schemaTrouble = /grammar|schema|response_?format|guided|structured|outlines|xgrammar|json_object/i;
/** Templates of models that know no system role, or want turns to alternate. */
const roleTrouble =
  /system (role|message|prompt)|role.{0,40}(not supported|unsupported|alternate|invalid)|roles must alternate|only user and assistant|jinja|chat template|applying prompt template/i;
const tooLong =
  /context (length|window|size|limit)|maximum context|n_ctx|too many tokens|prompt is too long|exceeds? the (available )?context|input (is )?too long/i;

function httpError(
  status: number | undefined,
  code: string | undefined,
  text: string,
  headers?: Headers,
): AppError {
  if (status === 401 || status === 403) {
    return modelError('model-auth', `The model refused the key: ${text}`, {
      hint: 'Check the variable that model.api_key_env names, and the address in model.base_url.',
    });
  }
  if (status === 429) {
    const waitMs = retryAfter(headers);
    const quota = code === 'insufficient_quota';
    return modelError(
      'model-rate-limit',
      `The model is over its ${quota ? 'quota' : 'rate limit'}: ${text}`,
      {
        retry: !quota,
        ...(waitMs === undefined ? {} : { waitMs }),
      },
    );
  }
  if (status === undefined) {
    return modelError('model-unreachable', `The model cannot be reached: ${text}`, {
      retry: true,
      hint: 'Check model.base_url and the network.',
    });
  }
  if (tooLong.test(text)) {
    return modelError('model-context', `The question is too long for the model: ${text}`, {
      hint: 'Give the server a longer context, set model.model to a model with one, or set model.context, so that less is asked at once.',
    });
  }
  if (status >= 500 && status !== 501) {
    const waitMs = retryAfter(headers);
    const lacking = schemaTrouble.test(text) || roleTrouble.test(text);
    return modelError('model-server', `The model's server failed: ${text}`, {
      retry: !lacking,
      unsupported: lacking,
      loading: /loading|starting up|warming up|not ready/i.test(text),
      ...(waitMs === undefined ? {} : { waitMs }),
    });
  }
  const missing = status === 404 || status === 405 || status === 501;
  // 422: it does not know a field of the request.
  const lacking =
    status === 422 || lacksFeature.test(text) || roleTrouble.test(text) || schemaTrouble.test(text);
  const unsupported = missing ? code !== 'model_not_found' : lacking;
  return modelError('model-server', `The model's server refused the request: ${text}`, {
    unsupported,
    hint: 'Check model.model, model.base_url and model.api.',
  });
}

function retryAfter(headers?: Headers): number | undefined {
  const ms = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (ms >= 0) return ms;
  const value = headers?.get('retry-after');
  if (!value) return undefined;
  const seconds = Number(value);
  if (seconds >= 0) return seconds * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
