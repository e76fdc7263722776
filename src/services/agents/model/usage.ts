/** What servers say that a request used, in one form. They are not trusted to say numbers. */
import type OpenAI from 'openai';
import { tokensIn } from '../../../domain/agents/transcript/records.js';
import type { OnUsage } from './types.js';

/** Of the Responses API. */
export function tellResponseUsage(
  usage: OpenAI.Responses.ResponseUsage | null | undefined,
  onUsage?: OnUsage,
): void {
  if (!usage) return;
  const { input_tokens, input_tokens_details, output_tokens } = usage;
  onUsage?.({
    input: tokensIn(input_tokens),
    cached: tokensIn(input_tokens_details?.cached_tokens),
    output: tokensIn(output_tokens),
  });
}

/** Of chat completions. */
export function tellChatUsage(usage: OpenAI.CompletionUsage | null | undefined, onUsage?: OnUsage): void {
  if (!usage) return;
  const { prompt_tokens, prompt_tokens_details, completion_tokens } = usage;
  onUsage?.({
    input: tokensIn(prompt_tokens),
    cached: tokensIn(prompt_tokens_details?.cached_tokens),
    output: tokensIn(completion_tokens),
  });
}
