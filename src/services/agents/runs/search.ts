/** Looks something up in transcripts: newest run first, one piece of one transcript in memory. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentEvent } from '../../../domain/agents/agent-event.js';
import type { RunIntent } from '../../../domain/agents/run.js';
import { streamOf } from '../../../domain/agents/transcript/streams.js';
import { lineWith, wordsOf } from '../../../domain/agents/transcript/words.js';
import type { TranscriptHit } from '../../../domain/app/events.js';
import { hasCode } from '../../../domain/platform/errors.js';
import type { Paths } from '../../platform/index.js';
import { findIntent } from '../../worktrees/index.js';
import { chunksOf } from './chunks.js';

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
  for (const { folder, intent } of newestFirst(paths.runsDir, wanted.repo, onTrouble)) {
    if (wanted.signal?.aborted || report.more) break;
    report.runs++;
    try {
      report.more = await searchOne(folder, intent, wanted, (hit) => {
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
  folder: string,
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
      const line = lineWith(wordsOf(event), text);
      if (line !== undefined && onHit({ run, task, at, kind: event.type, event: count, line })) return true;
    }
    return false;
  };
  for await (const chunk of chunksOf(join(folder, 'transcript.log'))) {
    if (signal?.aborted) return false;
    if (full(parser.push(chunk))) return true;
  }
  return full(parser.end());
}

function newestFirst(runsDir: string, repo: string | undefined, onTrouble: (message: string) => void) {
  return namesIn(runsDir)
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

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
