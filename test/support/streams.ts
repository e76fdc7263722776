/** Recorded streams of our own (test/fixtures/streams), fed in pieces and judged. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunFacts, SessionReport } from '../../src/domain/agents/agent-event.js';
import type { StreamName } from '../../src/domain/agents/run.js';
import { foldOf, parserOf } from '../../src/domain/agents/transcript/streams.js';

export const streamFile = (name: string) =>
  new Uint8Array(readFileSync(join(process.cwd(), 'test/fixtures/streams', `${name}.jsonl`)));

/** Feeds a stream in pieces of one size and judges it. */
export function judge(
  stream: StreamName,
  bytes: Uint8Array,
  facts: RunFacts,
  size = bytes.length || 1,
): SessionReport {
  const parser = parserOf(stream);
  const fold = foldOf(stream);
  for (let at = 0; at < bytes.length; at += size) fold.add(parser.push(bytes.subarray(at, at + size)));
  fold.add(parser.end());
  return fold.report(facts);
}
