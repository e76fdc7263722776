/** What kind of failure an agent's message tells of. First match wins. */
import type { AgentError, AgentErrorCode } from '../run.js';

/** These beat a status number: a 400 that says "context window" is about the context. */
const before: readonly [RegExp, AgentErrorCode][] = [
  [/context window|context_length|ran out of room/i, 'context'],
  [/quota|usage limit|usage_limit|billing/i, 'quota'],
  [/model\b.{0,80}(does not exist|not found)|model_not_found/is, 'model_not_found'],
];

/** What an HTTP status says by itself; undefined for one that is no error. */
export const codeOfStatus = (http: number): AgentErrorCode | undefined => {
  if (http === 402) return 'quota';
  if (http === 429) return 'rate_limit';
  if (http === 401 || http === 403) return 'auth';
  if (http >= 500) return 'server';
  return http >= 400 ? 'other' : undefined;
};

const after: readonly [RegExp, AgentErrorCode][] = [
  [/rate.?limit|\b429\b/i, 'rate_limit'],
  [/api key|unauthorized|forbidden|authenticat|missing environment variable/i, 'auth'],
  [/idle timeout/i, 'stalled'],
  [
    /error sending request|stream closed before|network error|connection (failed|refused|reset)|ECONN|ENOTFOUND|EAI_AGAIN|waiting for network/i,
    'network',
  ],
  [/high demand|overloaded|stream disconnected before completion|internal server error/i, 'server'],
  [/incomplete response/i, 'bad_output'],
];

/**
 * The error a message tells of: text about context, quota or model first, then the HTTP status it
 * names, then other text. `other` when nothing fits.
 */
export function classifyError(message: string): AgentError {
  const http = statusIn(message);
  const code =
    match(before, message) ??
    (http === undefined ? undefined : codeOfStatus(http)) ??
    match(after, message) ??
    'other';
  return { code, message, ...(http === undefined ? {} : { http }) };
}

/** A raw JSON error body is what codex prints for a 400. */
function statusIn(message: string): number | undefined {
  const named = /\bstatus(?: code)?:? (\d{3})\b/i.exec(message);
  if (named) return Number(named[1]);
  return /^\s*\{.*"error"/s.test(message) ? 400 : undefined;
}

function match(table: readonly [RegExp, AgentErrorCode][], message: string): AgentErrorCode | undefined {
  return table.find(([pattern]) => pattern.test(message))?.[1];
}
