/** Errors of `codex app-server`: text that names context, quota or model, then a name, then a status. */
import type { AgentError } from '../run.js';
import { classifyError } from './errors.js';
import { asRecord, type JsonRecord, numberOf, textOf } from './records.js';

export function codexError(error: JsonRecord | undefined): AgentError {
  const message = textOf(error?.message) ?? 'The turn failed without a message.';
  const info = error?.codexErrorInfo;
  const kind = textOf(info) ?? Object.keys(asRecord(info) ?? {})[0] ?? '';
  return classifyError(message, { kind, http: numberOf(asRecord(asRecord(info)?.[kind])?.httpStatusCode) });
}
