import { expect, test } from '@jest/globals';
import { classifyError } from '../../../../src/domain/agents/transcript/errors.js';

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
  const error = classifyError(message);
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
