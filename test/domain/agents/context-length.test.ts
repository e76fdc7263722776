import { expect, test } from '@jest/globals';
import { charsFor, contextIn, contextTold, cutToFit } from '../../../src/domain/agents/context-length.js';

test.each<[string, unknown, number | undefined]>([
  ['vLLM', { data: [{ id: 'toy', max_model_len: 32768 }] }, 32768],
  [
    'a gateway',
    {
      data: [
        { id: 'other', context_length: 1 },
        { id: 'toy', context_length: 131072 },
      ],
    },
    131072,
  ],
  ['LM Studio', { data: [{ id: 'toy', max_context_length: 131072, loaded_context_length: 4096 }] }, 4096],
  [
    'llama.cpp, of its models',
    { data: [{ id: 'any.gguf', meta: { n_ctx_train: 40960, n_ctx: 8192 } }] },
    8192,
  ],
  ['llama.cpp, of itself', { default_generation_settings: { n_ctx: 16384 } }, 16384],
  ['Ollama, of what is loaded', { models: [{ name: 'toy', context_length: 4096 }] }, 4096],
  [
    'Ollama, of its parameters',
    { parameters: 'stop "x"\nnum_ctx    8192', model_info: { 'a.context_length': 131072 } },
    8192,
  ],
  ['Ollama, of the architecture', { model_info: { 'general.x': 1, 'llama.context_length': 131072 } }, 131072],
  [
    'a list without the model',
    {
      data: [
        { id: 'a', max_model_len: 1000 },
        { id: 'b', max_model_len: 2000 },
      ],
    },
    undefined,
  ],
  ['nothing', { data: [{ id: 'toy', object: 'model' }] }, undefined],
  ['no number', { data: [{ id: 'toy', max_model_len: 'much' }] }, undefined],
  ['no object', 'hello', undefined],
])('%s tells how much its model takes', (_, body, tokens) => {
  expect(contextIn(body, 'toy')).toBe(tokens);
});

test.each<[string, number | undefined]>([
  ["This model's maximum context length is 8192 tokens. However, you requested 9000 tokens", 8192],
  ['the request exceeds the available context size (4096 tokens), try increasing it', 4096],
  ['context length exceeded: 9000 > 8192', 8192],
  ['prompt is too long: 210000 tokens > 200,000 maximum', undefined],
  ['{"error":{"code":400,"n_prompt_tokens":9000,"n_ctx":4096}}', 4096],
  ['the context window is 131,072 tokens', 131072],
  ['it took 8192 ms', undefined],
])('"%s"', (message, tokens) => {
  expect(contextTold(message)).toBe(tokens);
});

test('a question leaves room for instructions and the answer', () => {
  expect(charsFor(4_096)).toBeLessThan(4_096 * 2.5);
  expect(charsFor(4_096)).toBeGreaterThan(4_096);
  expect(charsFor(200_000)).toBe(192_000 * 2.5);
});

test('a value is never cut within a character', () => {
  for (const chars of [300, 301]) {
    const { values } = cutToFit({ text: '\u{1f600}'.repeat(500) }, ['text'], chars);
    expect(values.text).toMatch(/^(?:\u{1f600})+\n\[/u);
  }
});
