/** What servers say that a request used, in one form. They are not trusted to say numbers. */
import type OpenAI from 'openai';
import type { OnUsage } from './types.js';

const count = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) ? Math.max(0, value) : 0;

/** Of the Responses API. */
export function tellResponseUsage(
  usage: OpenAI.Responses.ResponseUsage | null | undefined,
  onUsage?: OnUsage,
): void {
  if (!usage) return;
  const { input_tokens, input_tokens_details, output_tokens } = usage;
  onUsage?.({
    input: count(input_tokens),
    cached: count(input_tokens_details?.cached_tokens),
    output: count(output_tokens),
  });
}

/** Of chat completions. */
export function tellChatUsage(usage: OpenAI.CompletionUsage | null | undefined, onUsage?: OnUsage): void {
  if (!usage) return;
  const { prompt_tokens, prompt_tokens_details, completion_tokens } = usage;
  onUsage?.({
    input: count(prompt_tokens),
    cached: count(prompt_tokens_details?.cached_tokens),
    output: count(completion_tokens),
  });
}
