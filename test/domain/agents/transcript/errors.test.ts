import { describe, expect, test } from '@jest/globals';
import { classifyError } from '../../../../src/domain/agents/transcript/errors.js';
import { reportStream } from '../../../../src/domain/agents/transcript/streams.js';

test.each([
  ['unexpected status 401 Unauthorized: bad key', 'auth', 401],
  ['unexpected status 403 Forbidden', 'auth', 403],
  ['Missing environment variable: `OPENAI_API_KEY`.', 'auth', undefined],
  ['exceeded retry limit, last status: 429 Too Many Requests', 'rate_limit', 429],
  ['Rate limit reached for this model', 'rate_limit', undefined],
  ['unexpected status 402 Payment Required', 'quota', 402],
  ['exceeded retry limit, last status: 429: Quota exceeded. Check your plan.', 'quota', 429],
  ['You’ve hit your usage limit.', 'quota', undefined],
  ['Codex ran out of room in the model’s context window.', 'context', undefined],
  ['{"error":{"message":"maximum context_length is 4096"}}', 'context', 400],
  ['{"error":{"message":"tools must be functions"}}', 'other', 400],
  ['The model `gpt-0` does not exist or you do not have access to it.', 'model_not_found', undefined],
  ['unexpected status 503 Service Unavailable', 'server', 503],
  ['We’re currently experiencing high demand, which may cause temporary errors.', 'server', undefined],
  ['stream disconnected before completion: response.failed event received', 'server', undefined],
  ['stream disconnected before completion: error sending request', 'network', undefined],
  ['stream disconnected before completion: stream closed before response.completed', 'network', undefined],
  [
    'stream disconnected before completion: Transport error: network error: error decoding',
    'network',
    undefined,
  ],
  ['stream disconnected before completion: idle timeout waiting for SSE', 'stalled', undefined],
  ['connect ECONNREFUSED 127.0.0.1:1', 'network', undefined],
  ['API Error: Unable to connect to API (ConnectionRefused)', 'network', undefined],
  ['[API Error: exception TypeError: fetch failed sending request]', 'network', undefined],
  ['Cannot connect to API: The socket connection was closed unexpectedly.', 'network', undefined],
  ['[API Error: terminated]', 'network', undefined],
  ['Incomplete response returned, reason: max_output_tokens', 'bad_output', undefined],
  ['Internal error: it said 401: APIError', 'auth', undefined],
  ['AI_APICallError: it said 503', 'server', undefined],
  ['the strings are out of tune', 'other', undefined],
])('%s is %s', (message, code, http) => {
  const { cause: _, ...error } = classifyError(message);
  expect(error).toEqual({ code, message, ...(http === undefined ? {} : { http }) });
});

test.each([
  [{ kind: 'rate_limit' }, 'slow down', 'rate_limit'],
  [{ kind: 'ContextOverflowError' }, 'no', 'context'],
  [{ kind: 'rate_limit' }, 'You hit your usage limit', 'quota'],
  [{ kind: 'unknown', http: 503 }, 'no', 'server'],
  [{ kind: 'constructor' }, 'no', 'other'],
])('%j with "%s" is %s', (facts, message, code) => {
  expect(classifyError(message, facts).code).toBe(code);
});

describe('failures by their names', () => {
  test.each([
    // Context
    ['Prompt is too long', 'context'],
    ['API Error: 400 input length and max_tokens exceed context limit: 190000 + 21333 > 200000', 'context'],
    ['API Error: 413 Request too large', 'context'],
    ["This model's maximum context length is 8192 tokens. However, you requested 9001 tokens", 'context'],
    ['The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).', 'context'],
    ['Conversation is too long. Use /compact.', 'context'],
    ['413 Payload Too Large', 'context'],
    // Used up
    ["You've hit your limit · resets 9:20pm (UTC)", 'quota'],
    ["You've hit your session limit · resets 7:10am (UTC)", 'quota'],
    ["You've reached your weekly limit · resets Mar 3, 9am", 'quota'],
    ["You're at your monthly spend limit", 'quota'],
    ['5-hour limit reached ∙ resets 7pm', 'quota'],
    ['Opus weekly limit reached ∙ resets Oct 3 at 9am', 'quota'],
    ['Claude AI usage limit reached|1767225600', 'quota'],
    ['Credit balance is too low', 'quota'],
    ['Your credit balance is too low to access the Anthropic API.', 'quota'],
    ['Insufficient credits. Add more using https://openrouter.ai/settings/credits', 'quota'],
    ['To use Codex with your ChatGPT plan, upgrade to Plus', 'quota'],
    ['You exceeded your current quota, please check your plan and billing details.', 'quota'],
    ['Rate limit reached for gpt-x on requests per day (RPD): Limit 200, Used 200.', 'quota'],
    ['Quota exceeded for metric: generate_requests_per_model_per_day', 'quota'],
    // Too fast
    [
      'Rate limit reached for m in organization o on tokens per min (TPM): Limit 30000, Used 29000.',
      'rate_limit',
    ],
    [
      "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute' of service 'x'",
      'rate_limit',
    ],
    ['ThrottlingException: Too many tokens, please wait before trying again.', 'rate_limit'],
    ['Too many requests, please slow down.', 'rate_limit'],
    ['RESOURCE_EXHAUSTED', 'rate_limit'],
    // Login
    ['Not logged in · Please run /login', 'auth'],
    ['OAuth token has expired · Please run /login', 'auth'],
    ['The security token included in the request is expired', 'auth'],
    ['Could not load the default credentials. Browse to https://cloud.google.com', 'auth'],
    ['This organization has been disabled.', 'auth'],
    ['Your session has expired. Please sign in again.', 'auth'],
    // The model
    [
      "There's an issue with the selected model (x). It may not exist or you may not have access to it.",
      'model_not_found',
    ],
    ['The model gpt-9 is not supported when using Codex with a ChatGPT account.', 'model_not_found'],
    // The rest
    ["API Error: Claude's response exceeded the 32000 output token maximum.", 'bad_output'],
    ['the strings are out of tune', 'other'],
    ['Reached maximum number of turns (10)', 'other'],
  ])('%s: %s', (message, code) => expect(classifyError(message).code).toBe(code));

  test.each([
    [
      'API Error: SSL certificate verification failed. Check your proxy or firewall',
      'network',
      'certificate',
    ],
    ['unable to get local issuer certificate', 'network', 'certificate'],
    ['SELF_SIGNED_CERT_IN_CHAIN: self-signed certificate in certificate chain', 'network', 'certificate'],
    ['unexpected status 407 Proxy Authentication Required', 'network', 'proxy'],
    ['API Error: Request timed out.', 'network', 'timeout'],
    ['connect ETIMEDOUT 10.0.0.1:443', 'network', 'timeout'],
    ['Selected model is at capacity. Please try a different model.', 'server', 'capacity'],
    ['API Error: 529 Overloaded', 'server', 'capacity'],
    ['unexpected status 503 Service Unavailable', 'server', 'capacity'],
    ['connect ECONNREFUSED 127.0.0.1:1', 'network', undefined],
  ])('%s: %s, %s', (message, code, cause) => {
    expect(classifyError(message)).toMatchObject({ code, ...(cause ? { cause } : {}) });
    expect(classifyError(message).cause).toBe(cause);
  });
});

describe('a failure that Claude puts in place of an answer', () => {
  const judge = (message: object, more: object, result: object) =>
    reportStream(
      'claude',
      Buffer.from(
        [
          { type: 'system', subtype: 'init', session_id: 's-1' },
          {
            type: 'assistant',
            message: { content: [{ type: 'text', text: 'Prompt is too long' }], ...message },
            ...more,
          },
          { type: 'result', subtype: 'success', is_error: false, result: 'Prompt is too long', ...result },
        ]
          .map((record) => `${JSON.stringify(record)}\n`)
          .join(''),
      ),
      { exitCode: 0 },
    );

  test('is a failure, though the end calls it a success', () => {
    const context = { status: 'failed', error: { code: 'context' } };
    expect(judge({}, { error: 'invalid_request' }, {})).toMatchObject(context);
    expect(judge({ model: '<synthetic>' }, {}, {})).toMatchObject(context);
  });

  test('the same words of the model itself are an answer', () => {
    expect(judge({ model: 'm' }, {}, {}).status).toBe('completed');
    expect(judge({ model: '<synthetic>' }, {}, { result: 'Something else' }).status).toBe('completed');
  });
});

test('when a limit ends is told by the stream, where it can', () => {
  const claude = (info: object) =>
    reportStream(
      'claude',
      Buffer.from(`${JSON.stringify({ type: 'rate_limit_event', rate_limit_info: info })}\n`),
      {
        exitCode: 1,
      },
    ).resetsAt;
  expect(claude({ status: 'rejected', resetsAt: 1_796_000_000 })).toBe(1_796_000_000_000);
  expect(claude({ status: 'rejected', resetsAt: '2026-11-30T00:53:20Z' })).toBe(1_796_000_000_000);
  expect(claude({ status: 'allowed_warning', resetsAt: 1_796_000_000 })).toBeUndefined();
  expect(claude({ status: 'rejected', resetsAt: 'soon' })).toBeUndefined();
  const full = { usedPercent: 100, resetsAt: 1_796_000_000 };
  const codex = (rateLimits: object) =>
    reportStream(
      'codex-app-server',
      Buffer.from(
        `${JSON.stringify({ ms: 1, dir: '<', method: 'account/rateLimits/updated', params: { rateLimits } })}\n`,
      ),
      { exitCode: 1 },
    ).resetsAt;
  expect(codex({ primary: { ...full, usedPercent: 20 }, secondary: full })).toBe(1_796_000_000_000);
  expect(codex({ primary: { ...full, usedPercent: 20 }, secondary: null })).toBeUndefined();
});
