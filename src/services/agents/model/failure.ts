/** What went wrong with a request, whether it is worth another try, and whether the server lacks a feature. */

import { redactSecrets } from '../../../domain/landing/secrets.js';
import { type AppError, appError, isAppError, messageOf } from '../../../domain/platform/errors.js';
import type { Expired } from './watchdog.js';

export interface Failure {
  error: AppError;
  retry: boolean;
  /** How long the server asks to wait. */
  waitMs?: number;
  /** The next dialect down may work. */
  unsupported: boolean;
}

const failures = new WeakMap<AppError, Failure>();

/** Makes an error that `failureOf` can classify again. */
export function modelError(
  code: string,
  message: string,
  more: { hint?: string; retry?: boolean; waitMs?: number; unsupported?: boolean } = {},
): AppError {
  const error = appError(code, message, more.hint ? { hint: more.hint } : {});
  failures.set(error, {
    error,
    retry: more.retry ?? false,
    unsupported: more.unsupported ?? false,
    ...(more.waitMs === undefined ? {} : { waitMs: more.waitMs }),
  });
  return error;
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
}

const lacksFeature =
  /unsupported|not (?:be )?supported|unknown|unrecogni[sz]ed|extra (?:fields|inputs)|not permitted|invalid.{0,20}type|response_format|json_schema|text\.format|must be 'function'/i;

/**
 * Classifies what a request threw. The key is taken out of every message, and the original error is not kept
 * as a cause: it carries the request.
 */
export function failureOf(thrown: unknown, apiKey: string): Failure {
  if (isAppError(thrown)) return failures.get(thrown) ?? { error: thrown, retry: false, unsupported: false };
  const { status, code, headers } = thrown as HttpFailure;
  const text = redactSecrets(messageOf(thrown), [apiKey]).slice(0, 500);
  const error = httpError(status, code ?? undefined, text, headers);
  return failures.get(error)!;
}

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
  if (status >= 500 && status !== 501) {
    const waitMs = retryAfter(headers);
    return modelError('model-server', `The model's server failed: ${text}`, {
      retry: true,
      ...(waitMs === undefined ? {} : { waitMs }),
    });
  }
  const missing = status === 404 || status === 405 || status === 501;
  const unsupported = missing ? code !== 'model_not_found' : lacksFeature.test(text);
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
