/** What kind of failure an agent's message tells of. First match wins. */
import type { AgentError, AgentErrorCode } from '../run.js';

/** These beat a status number: a 400 that says "context window" is about the context. */
const before: readonly [RegExp, AgentErrorCode][] = [
  [/context window|context_length|ran out of room/i, 'context'],
  [/quota|usage limit|usage_limit|billing/i, 'quota'],
  [/models?\b.{0,80}(does not exist|not found)|model_not_found/is, 'model_not_found'],
];

/** The agents' own names of failures, without case and punctuation: `rate_limit`, `RateLimitExceeded`. */
const byKind: ReadonlyMap<string, AgentErrorCode> = new Map(
  Object.entries({
    contextwindowexceeded: 'context',
    contextoverflowerror: 'context',
    usagelimitexceeded: 'quota',
    sessionbudgetexceeded: 'quota',
    insufficientquota: 'quota',
    billingerror: 'quota',
    ratelimit: 'rate_limit',
    ratelimitexceeded: 'rate_limit',
    unauthorized: 'auth',
    authenticationfailed: 'auth',
    oauthorgnotallowed: 'auth',
    providerautherror: 'auth',
    fatalauthenticationerror: 'auth',
    modelnotfound: 'model_not_found',
    modelnotfounderror: 'model_not_found',
    providermodelnotfounderror: 'model_not_found',
    internalservererror: 'server',
    serveroverloaded: 'server',
    servererror: 'server',
    overloaded: 'server',
    sandboxerror: 'sandbox',
    fatalsandboxerror: 'sandbox',
    toomanydenials: 'permission',
    maxoutputtokens: 'bad_output',
    messageoutputlengtherror: 'bad_output',
  } satisfies Record<string, AgentErrorCode>),
);

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
  [/api key|unauthorized|forbidden|authenticat|auth method|missing environment variable/i, 'auth'],
  [/idle timeout/i, 'stalled'],
  [
    /error sending request|stream closed before|network error|connection ?(was )?(failed|refused|reset|closed|error)|(unable|cannot) (to )?connect|fetch failed|API Error: terminated|socket hang up|ECONN|ENOTFOUND|EAI_AGAIN|waiting for network/i,
    'network',
  ],
  [/high demand|overloaded|stream disconnected before completion|internal server error/i, 'server'],
  [/incomplete response/i, 'bad_output'],
  // Where nothing else is told, a number that can be a status is taken for one.
  [/\b40[13]\b/, 'auth'],
  [/\b(50[0-4]|529)\b/, 'server'],
];

/** What the agent says of a failure besides its text. */
export interface ErrorFacts {
  http?: number | undefined;
  /** Its own name for it. */
  kind?: string | undefined;
}

/**
 * The error a message tells of: text about context, quota or model first, then the agent's own name for it,
 * then the HTTP status it gives or names, then other text. `other` when nothing fits.
 */
export function classifyError(message: string, facts: ErrorFacts = {}): AgentError {
  const http = facts.http ?? statusIn(message);
  const code =
    match(before, message) ??
    byKind.get((facts.kind ?? '').toLowerCase().replace(/[^a-z]/g, '')) ??
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
