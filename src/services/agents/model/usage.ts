/** What servers say that a request used, in one form. They are not trusted to say numbers. */
import { asRecord, tokensIn } from '../../../domain/agents/transcript/records.js';
import type { OnUsage } from './types.js';

/** Of the Responses API. */
export function tellResponseUsage(usage: unknown, onUsage?: OnUsage): void {
  const told = asRecord(usage);
  if (!told) return;
  onUsage?.({
    input: tokensIn(told.input_tokens),
    cached: tokensIn(asRecord(told.input_tokens_details)?.cached_tokens),
    output: tokensIn(told.output_tokens),
  });
}

/** Of chat completions. */
export function tellChatUsage(usage: unknown, onUsage?: OnUsage): void {
  const told = asRecord(usage);
  if (!told) return;
  onUsage?.({
    input: tokensIn(told.prompt_tokens),
    cached: tokensIn(asRecord(told.prompt_tokens_details)?.cached_tokens),
    output: tokensIn(told.completion_tokens),
  });
}
