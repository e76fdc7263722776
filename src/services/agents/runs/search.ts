/** Looks something up in transcripts: newest run first, one piece of one transcript in memory. */
import { join } from 'node:path';
import type { AgentEvent } from '../../../domain/agents/agent-event.js';
import type { RunIntent } from '../../../domain/agents/run.js';
import { streamOf } from '../../../domain/agents/transcript/streams.js';
import { lineWith, searchedText } from '../../../domain/agents/transcript/words.js';
import type { TranscriptHit } from '../../../domain/app/events.js';
import type { Paths } from '../../platform/index.js';
import { findIntent } from '../../worktrees/index.js';
import type { Executor } from '../types.js';
import { transcriptOf } from './chunks.js';
import { executorOf } from './executor.js';

export interface SearchReport {
  hits: number;
  /** Transcripts looked into. */
  runs: number;
  /** There may be more: it ended at the limit. */
  more: boolean;
}

/**
 * Calls back for each event that holds the words, whatever their case. Stops at `limit` hits or when the signal
 * is aborted. Transcripts that cannot be read are passed over; `onTrouble` says which.
 */
export async function searchRuns(
  paths: Pick<Paths, 'runsDir'>,
  wanted: { text: string; repo?: string; limit: number; signal?: AbortSignal },
  onHit: (hit: TranscriptHit) => void,
  onTrouble: (message: string) => void = () => undefined,
): Promise<SearchReport> {
  const report: SearchReport = { hits: 0, runs: 0, more: false };
  const executor = executorOf(paths);
  for (const { folder, intent } of newestFirst(
    paths.runsDir,
    await executor.known(),
    wanted.repo,
    onTrouble,
  )) {
    if (wanted.signal?.aborted || report.more) break;
    report.runs++;
    try {
      report.more = await searchOne(executor, intent, wanted, (hit) => {
        report.hits++;
        onHit(hit);
        return report.hits >= wanted.limit;
      });
    } catch (error) {
      onTrouble(`${folder}: ${(error as Error).message}`);
    }
  }
  return report;
}

/** True when `onHit` wants no more. */
async function searchOne(
  executor: Executor,
  intent: RunIntent,
  { text, signal }: { text: string; signal?: AbortSignal },
  onHit: (hit: TranscriptHit) => boolean,
): Promise<boolean> {
  const parser = streamOf(intent).parser();
  const { runId: run, task, at } = intent;
  let count = 0;
  const full = (events: readonly AgentEvent[]): boolean => {
    for (const event of events) {
      count++;
      const line = lineWith(searchedText(event), text);
      if (line !== undefined && onHit({ run, task, at, kind: event.type, event: count, line })) return true;
    }
    return false;
  };
  for await (const chunk of transcriptOf(executor, run)) {
    if (signal?.aborted) return false;
    if (full(parser.push(chunk))) return true;
  }
  return full(parser.end());
}

function newestFirst(
  runsDir: string,
  known: readonly string[],
  repo: string | undefined,
  onTrouble: (message: string) => void,
) {
  return known
    .flatMap((name) => {
      const folder = join(runsDir, name);
      try {
        const intent = findIntent(folder);
        return intent && (repo === undefined || intent.repo === repo) ? [{ folder, intent }] : [];
      } catch (error) {
        onTrouble(`${folder}: ${(error as Error).message}`);
        return [];
      }
    })
    .sort((a, b) => (a.intent.at < b.intent.at ? 1 : -1));
}
