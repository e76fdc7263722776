/** How the coding CLIs' model servers speak: enough of each protocol to play a short conversation. */

/** What the model says in one answer. */
export interface Said {
  text?: string;
  /** A shell command it wants to have run. */
  command?: string;
}

export interface Dialect {
  /** Whether a request to this path asks for an answer in this protocol. */
  asks(path: string): boolean;
  /** The conversation so far ends with the result of a tool. */
  afterTool(body: unknown): boolean;
  /** The whole answer as server-sent events. */
  answer(said: Said): string;
  /** The beginning of an answer that never goes on. */
  beginning: string;
  failure(status: number): object;
  /** What comes with status 429 while the account is at a limit that ends in so many seconds. */
  limited(seconds: number): { headers: Record<string, string>; body: object };
}

interface Message {
  role: string;
  content?: unknown;
  parts?: unknown;
}

const sse = (data: object & { type?: string }): string =>
  `${data.type ? `event: ${data.type}\n` : ''}data: ${JSON.stringify(data)}\n\n`;

const lastOf = (list: unknown): Message | undefined => (list as Message[] | undefined)?.at(-1);
const has = (value: unknown, text: string) => JSON.stringify(value ?? '').includes(text);

/** Anthropic's messages, for Claude Code. */
const messages: Dialect = {
  asks: (path) => path.endsWith('/v1/messages'),
  afterTool: (body) => has(lastOf((body as { messages?: unknown }).messages), '"tool_result"'),
  answer: ({ text, command }) => {
    const block = command
      ? { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: {} }
      : { type: 'text', text: '' };
    const delta = command
      ? { type: 'input_json_delta', partial_json: JSON.stringify({ command, description: 'work' }) }
      : { type: 'text_delta', text };
    return [
      messages.beginning,
      sse({ type: 'content_block_start', index: 0, content_block: block } as object),
      sse({ type: 'content_block_delta', index: 0, delta } as object),
      sse({ type: 'content_block_stop', index: 0 } as object),
      sse({
        type: 'message_delta',
        delta: { stop_reason: command ? 'tool_use' : 'end_turn', stop_sequence: null },
        usage: { output_tokens: 10 },
      } as object),
      sse({ type: 'message_stop' }),
    ].join('');
  },
  beginning: sse({
    type: 'message_start',
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'toy',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: {
        input_tokens: 20,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 80,
        output_tokens: 1,
      },
    },
  } as object),
  failure: (status) => ({
    type: 'error',
    error: {
      type: status === 401 ? 'authentication_error' : status === 429 ? 'rate_limit_error' : 'api_error',
      message: `scripted ${status}`,
    },
  }),
  limited: (seconds) => ({
    headers: {
      'retry-after': String(seconds),
      'anthropic-ratelimit-unified-status': 'rejected',
      'anthropic-ratelimit-unified-representative-claim': 'five_hour',
      'anthropic-ratelimit-unified-reset': String(Math.ceil(Date.now() / 1000) + seconds),
    },
    body: {
      type: 'error',
      error: { type: 'rate_limit_error', message: "This request would exceed your account's rate limit." },
    },
  }),
};

/** OpenAI's chat completions, for opencode. */
const chat: Dialect = {
  asks: (path) => path.endsWith('/chat/completions'),
  afterTool: (body) => lastOf((body as { messages?: unknown }).messages)?.role === 'tool',
  answer: ({ text, command }) => {
    const call = {
      index: 0,
      id: 'call_1',
      type: 'function',
      function: { name: 'bash', arguments: JSON.stringify({ command, description: 'work' }) },
    };
    const delta = command ? { tool_calls: [call] } : { content: text };
    const usage = {
      prompt_tokens: 100,
      completion_tokens: 10,
      total_tokens: 110,
      prompt_tokens_details: { cached_tokens: 80 },
    };
    return [
      chat.beginning,
      chatChunk(delta, null),
      chatChunk({}, command ? 'tool_calls' : 'stop'),
      sse({
        id: 'c',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'toy',
        choices: [],
        usage,
      } as object),
      'data: [DONE]\n\n',
    ].join('');
  },
  get beginning() {
    return chatChunk({ role: 'assistant', content: '' }, null);
  },
  failure: (status) => ({ error: { message: `scripted ${status}`, type: 'error', code: null } }),
  limited: (seconds) => ({
    headers: { 'retry-after': String(seconds) },
    body: {
      error: {
        message: `Rate limit reached for toy. Please try again in ${seconds}s.`,
        type: 'requests',
        code: 'rate_limit_exceeded',
      },
    },
  }),
};

const chatChunk = (delta: object, finish: string | null): string =>
  sse({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'toy',
    choices: [{ index: 0, delta, finish_reason: finish }],
  } as object);

/** Google's generateContent, for the Gemini CLI. */
const generate: Dialect = {
  asks: (path) => path.endsWith(':streamGenerateContent'),
  afterTool: (body) => has(lastOf((body as { contents?: unknown }).contents), '"functionResponse"'),
  answer: ({ text, command }) => {
    const part = command
      ? { functionCall: { name: 'run_shell_command', args: { command, description: 'work' } } }
      : { text };
    return sse({
      candidates: [{ content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 }],
      usageMetadata: {
        promptTokenCount: 100,
        cachedContentTokenCount: 80,
        candidatesTokenCount: 10,
        totalTokenCount: 110,
      },
      modelVersion: 'toy',
    } as object);
  },
  beginning: sse({
    candidates: [{ content: { role: 'model', parts: [{ text: 'La' }] }, index: 0 }],
  } as object),
  failure: (status) => ({ error: { code: status, message: `scripted ${status}`, status: 'SCRIPTED' } }),
  limited: (seconds) => ({
    headers: {},
    body: {
      error: {
        code: 429,
        message: `You exceeded your current quota. Please retry in ${seconds}s.`,
        status: 'RESOURCE_EXHAUSTED',
        details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${seconds}s` }],
      },
    },
  }),
};

export const dialects: readonly Dialect[] = [messages, chat, generate];
