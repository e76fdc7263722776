/** Errors of `codex app-server`: a name where it has one, the text where the name says nothing. */
import type { AgentError, AgentErrorCode } from '../run.js';
import { classifyError, codeOfStatus } from './errors.js';
import { asRecord, type JsonRecord, numberOf, textOf } from './jsonl.js';

const named: Readonly<Record<string, AgentErrorCode>> = {
  contextWindowExceeded: 'context',
  sessionBudgetExceeded: 'quota',
  usageLimitExceeded: 'quota',
  rateLimitExceeded: 'rate_limit',
  serverOverloaded: 'server',
  internalServerError: 'server',
  modelNotFound: 'model_not_found',
  unauthorized: 'auth',
  sandboxError: 'sandbox',
  tooManyDenials: 'permission',
};

/** Text that names context, quota or model beats the name and the status; then the name; then the status; then other text. */
export function codexError(error: JsonRecord | undefined): AgentError {
  const message = textOf(error?.message) ?? 'The turn failed without a message.';
  const told = classifyError(message);
  const info = error?.codexErrorInfo;
  const name = textOf(info) ?? Object.keys(asRecord(info) ?? {})[0] ?? '';
  const http = numberOf(asRecord(asRecord(info)?.[name])?.httpStatusCode) ?? told.http;
  const strong = ['context', 'quota', 'model_not_found'].includes(told.code);
  const code = strong
    ? told.code
    : (named[name] ?? (http === undefined ? undefined : codeOfStatus(http)) ?? told.code);
  return { code, message, ...(http === undefined ? {} : { http }) };
}
