/** What kind of failure an agent's message tells of. First match wins. */
import type { AgentError, AgentErrorCode } from '../run.js';

type Table = readonly [RegExp, AgentErrorCode][];

/** A limit of these passes within a minute or so, whatever else the message calls it. */
const perMinute =
  /\bper[-_ ]?(second|minute|min)\b|Per(Second|Minute)|\b[TR]PM\b|too many (concurrent|parallel)|concurren(t|cy) (request|connection)|throttl/i;
const perDay =
  /\bper[-_ ]?(hour|day|week|month)\b|Per(Hour|Day|Month)|\b[TR]PD\b|\b(daily|weekly|monthly)\b/i;

const contextText =
  /context[ _-]?(window|length|limit|size)|context low\b|(maximum|max|model'?s?) context|ran out of room|(prompt|input|request|conversation|message|session)s? (is |are |was )?too (long|large|big)|too many (input |prompt |total )tokens|(request|payload|prompt|input)( entity)? too (large|long)|exceeds? the (maximum|max)\w* (number of|input|allowed)? ?(input )?tokens?|input (length|token count).{0,60}exceed|reduce the (length|size|number)|too long for (the|this) model|maximum prompt length|max_new_tokens must be|string too long\. expected|expected a string with maximum length/i;

/** Used up, until a time that may be told, or until it is paid for. */
const quotaText =
  /(?<!\bcheck )quota|usage[ _]limit|key limit exceeded|(requires?|needs?) more credits|exceeded your [\w ]{0,30}usage|billing|(hit|reached|exceeded|at) (your|the|my) (?!.{0,20}\brate\b)[\w' -]{0,30}limit|(usage|session|weekly|daily|monthly|hourly|[\w-]*hour|plan|account|opus|sonnet|spend|spending|spend-?\w*|credits?|budget) (limit|cap)\b|(?<!rate )(?<!token )(?<!turn )(?<!turns )\blimit (has been )?reached|limit.{0,40}\b(resets?|refresh(es)?|renews?)\b|limit\b.{0,20}\b(try again|available) (at|on|in) |(exceeded|used up|reached) your .{0,40}allowance|allowance (has been |is |was )?(used|exceeded|exhausted|reached)|out of (\w+ )?usage|used (up )?(all )?(of )?your (\w+ ){0,3}(usage|messages|requests|prompts|allotment)|使用上限|限额|额度|配额|余额不足|credit balance|(insufficient|not enough|no|low|out of|used (up )?all|run out of|ran out of|purchase more) (\w+ )?(credits?|balance|funds)|(credits?|balance|funds) (are |is |has |have )?(been )?(too low|insufficient|exhausted|depleted|used up)|payment required|usage (has been |is )?(exceeded|exhausted)|upgrade (to|your) (a |an |the )?(pro|plus|max|team|plan|subscription|account|paid)|subscription (has )?(expired|ended)/i;

/** These beat a status number: a 400 that says "context window" is about the context. */
const before: Table = [
  [/(exceeded|exceeds|maximum|max).{0,40}output token|output token (maximum|limit)/i, 'bad_output'],
  [contextText, 'context'],
  [quotaText, 'quota'],
  // Google says it with a 400.
  [/api key (is |was )?(not valid|invalid|expired)|(invalid|expired) api key|api_key_invalid/i, 'auth'],
  [
    /models?\b(?!.{0,80}capacity).{0,80}(does not exist|do(es)? not have access|not found|may not exist|is not (supported|available|accessible)|isn't (supported|available)|has been (retired|deprecated)|reached (the )?end of (its )?life|identifier is invalid)|model_not_found|not_found_error.{0,20}\bmodel\b|no endpoints found|deployment_?not_?found|deployment\b.{0,60}does not exist|(unknown|invalid|no such|unsupported) model\b/is,
    'model_not_found',
  ],
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
    // Of the APIs themselves, where an agent passes them on.
    contextlengthexceeded: 'context',
    requesttoolarge: 'context',
    usagelimitreached: 'quota',
    usagenotincluded: 'quota',
    insufficientcredits: 'quota',
    ratelimiterror: 'rate_limit',
    throttlingexception: 'rate_limit',
    toomanyrequests: 'rate_limit',
    toomanyrequestsexception: 'rate_limit',
    resourceexhausted: 'rate_limit',
    authenticationerror: 'auth',
    permissionerror: 'auth',
    permissiondenied: 'auth',
    unauthenticated: 'auth',
    accessdeniedexception: 'auth',
    expiredtokenexception: 'auth',
    unrecognizedclientexception: 'auth',
    overloadederror: 'server',
    serviceunavailableexception: 'server',
    modelnotreadyexception: 'server',
    apiconnectionerror: 'network',
    apiconnectiontimeouterror: 'network',
    deadlineexceeded: 'network',
    invalidmodel: 'model_not_found',
  } satisfies Record<string, AgentErrorCode>),
);

/** What an HTTP status says by itself; undefined for one that is no error. */
export const codeOfStatus = (http: number): AgentErrorCode | undefined => {
  if (http === 402) return 'quota';
  if (http === 429) return 'rate_limit';
  if (http === 401 || http === 403) return 'auth';
  if (http === 413) return 'context';
  // The proxy wants a password; the server gave up waiting for the request.
  if (http === 407 || http === 408) return 'network';
  if (http >= 500) return 'server';
  return http >= 400 ? 'other' : undefined;
};

const certificateText =
  /certificate|\bCERT_|\b(SSL|TLS)\b|self[- ]signed|x509|unable to (get|verify).{0,30}issuer|UNABLE_TO_|DEPTH_ZERO/i;
const timeoutText = /timed[- ]?out|time-?out|ETIMEDOUT|deadline.{0,5}exceeded/i;
const capacityText =
  /at capacity|no capacity|capacity (constraints?|exceeded|reached)|overloaded|high (demand|load|traffic)|(temporarily|currently) unavailable|service ?unavailable|server is busy|loading model|model is (currently )?loading/i;

const after: Table = [
  [
    /rate.?limit|\b429\b|too many (requests|tokens, please wait)|throttl|slow down|resource.{0,10}exhausted|(max|maximum) requests? limit|concurrent requests/i,
    'rate_limit',
  ],
  [
    /api key|unauthorized|forbidden|authenticat|auth method|missing environment variable|not logged in|log ?in (again|to|first|required)|run \/login|please (log|sign) in|sign in (again|to)|(token|session|credentials?|login|key)\b.{0,60}\b(expired|revoked|invalid(ated)?|missing)|(could not|unable to|cannot|can't|failed to) (load|find|locate|resolve|refresh|get) .{0,30}(credentials?|token)|(organization|account|workspace).{0,30}(disabled|suspended|deactivated)|access denied|no (valid |auth )?credentials|not authorized to|permission '[\w.]+' denied|must be (signed|logged) in|unsupported_country|(country|region|territory)\b.{0,30}not supported/i,
    'auth',
  ],
  [/idle timeout/i, 'stalled'],
  [certificateText, 'network'],
  [
    /error sending request|stream closed before|network error|connection ?(was )?(failed|refused|reset|closed|error|aborted)|(unable|cannot) (to )?connect|fetch failed|^terminated$|API Error: terminated|socket hang up|socket connection was closed|ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|EHOSTUNREACH|ENETUNREACH|getaddrinfo|failed to lookup address|dns error|name or service not known|failure in name resolution|tunnell?ing socket|unexpected EOF|other side closed|peer closed|no route to host|network is unreachable|\bERR_(INTERNET|NETWORK|CONNECTION|PROXY|NAME)|broken pipe|waiting for network|proxy auth/i,
    'network',
  ],
  [capacityText, 'server'],
  [
    /stream disconnected before completion|internal server error|bad gateway|gateway time-?out|upstream (connect|request|prematurely)|reset before headers|had an error (while )?processing|server returned an? (unknown|unexpected) error|web server is returning|runner process (has )?(terminated|crashed|no longer)|(CUDA|GPU|VRAM|ROCm|Metal)\b.{0,40}(out of|insufficient) memory|not ready for inference/i,
    'server',
  ],
  [timeoutText, 'network'],
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
  const read = endsOf(message);
  const http = facts.http ?? statusIn(read);
  const code = byPeriod(
    read,
    match(before, read) ??
      byKind.get((facts.kind ?? '').toLowerCase().replace(/[^a-z]/g, '')) ??
      (http === undefined ? undefined : codeOfStatus(http)) ??
      match(after, read) ??
      'other',
  );
  const cause = causeOf(code, read, http);
  return { code, message, ...(http === undefined ? {} : { http }), ...(cause ? { cause } : {}) };
}

/** What a failure is stands at the beginning or the end of its message; a long one would take minutes to read. */
const endsOf = (message: string): string =>
  message.length > 4_000 ? `${message.slice(0, 2_000)}\n${message.slice(-2_000)}` : message;

/** "Quota" per minute passes by itself; a "rate limit" per day does not. */
function byPeriod(message: string, code: AgentErrorCode): AgentErrorCode {
  if (code === 'quota' && perMinute.test(message) && !perDay.test(message)) return 'rate_limit';
  if (code === 'rate_limit' && perDay.test(message) && !perMinute.test(message)) return 'quota';
  return code;
}

/** What more is known of a failure that its code does not say. */
function causeOf(code: AgentErrorCode, message: string, http?: number): AgentError['cause'] {
  if (code === 'network' && certificateText.test(message)) return 'certificate';
  if (code === 'network' && (http === 407 || /proxy auth/i.test(message))) return 'proxy';
  if (code === 'network' && (http === 408 || timeoutText.test(message))) return 'timeout';
  if (code === 'server' && (http === 503 || http === 529 || capacityText.test(message))) return 'capacity';
  return undefined;
}

/** A raw JSON error body is what codex prints for a 400. "API Error: 529 Overloaded" is how Claude tells a status. */
function statusIn(message: string): number | undefined {
  const named =
    /\bstatus(?:[ _]?code)?["']?(?:\s*[:=]\s*|\s)["']?(\d{3})\b|\bAPI Error:? (?:\()?(\d{3})\b/i.exec(
      message,
    );
  if (named) return Number(named[1] ?? named[2]);
  return /^\s*\{.*"error"/s.test(message) ? 400 : undefined;
}

function match(table: Table, message: string): AgentErrorCode | undefined {
  return table.find(([pattern]) => pattern.test(message))?.[1];
}
