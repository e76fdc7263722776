/** Limits of a run: total time, no sign of life, no answer to begin with, too much output. */
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentEvent, RunFacts, TranscriptParser } from '../../../../domain/agents/agent-event.js';
import type { Usage } from '../../../../domain/agents/cost.js';
import { costOf, ownUsage } from '../../../../domain/agents/cost.js';
import type { RunIntent } from '../../../../domain/agents/run.js';
import { addUsage } from '../../../../domain/agents/transcript/report.js';
import { isTwoWay, streamOf } from '../../../../domain/agents/transcript/streams.js';
import { tempName, writeTo } from '../../../platform/index.js';
import { fileState, readAgent, readExit, readIntent, readPending } from '../../../worktrees/index.js';
import { readSeen, type SeenTranscript, seeTranscript, writeSeen } from '../cut.js';
import { rememberRun } from '../remembered.js';
import { capOutput } from './cap.js';
import { secondsSince } from './processes.js';
import { stopProcesses } from './stop.js';

const maxTickMs = 1000;
/** More than this between two looks is activity; only its beginning is read. */
const readLimit = 1_000_000;
/**
 * How long an agent may be silent after the end event of its stream before it is stopped: a child of it may live on
 * for ever.
 */
const endGraceMs = 5_000;
/** After so much more it is stopped although it goes on writing: what it writes then is no work. */
const noiseMs = 8_000;
/** How many requests in a row may fail where the agent itself would never give up. */
const maxFailedTries = 4;

interface Watched {
  /** On our own monotonic clock, as if we had been there from the start. */
  startedAt: number;
  lastLifeAt: number;
  transcriptSize: number;
  /** How far the transcript was seen, by us or by the process that held the run before. */
  seen?: SeenTranscript | undefined;
  stderrSize: number;
  /** The agent has got an answer: there was more than greetings and retries. */
  answered: boolean;
  /** It has said that it cannot reach its server. */
  struggling: boolean;
  /** Requests that failed since its last word, where it tells of them on standard error only. */
  failedTries: number;
  /** Since when its last turn is over, and since when it has been silent, in our time. */
  endedAt?: number | undefined;
  lastWordAt: number;
  usage?: Usage;
  /** What of it is written down. */
  toldUsage?: Usage;
  parser: TranscriptParser;
}

/**
 * Holds a live run to the limits of its intent, also one that another process started: times come from the kernel
 * and from files, so counting never starts anew. The first limit that is passed stops the run. The reason is
 * written first, so any process can tell why it ended. Retries are no sign of life.
 */
export function holdToLimits(folder: string, runId: string): { stop(): void } {
  const intent = readIntent(folder);
  const { totalMs, idleMs, connectMs } = intent.limits;
  const tickMs = Math.max(10, Math.min(maxTickMs, totalMs / 5, idleMs / 5, connectMs / 5));
  const cap = capOutput(folder, intent);
  let watched: Watched | undefined;
  let looking = false;

  const look = async () => {
    watched ??= begin(folder, intent);
    if (!watched || readExit(folder) !== undefined) return;
    await notice(folder, intent, watched);
    await tellSeen(folder, intent, watched);
    await tellUsage(folder, watched);
    const why = limitPassed(intent, watched);
    if (!why) return;
    clearInterval(timer);
    await stopProcesses(folder, runId, why);
  };
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    // A look that fails (a full disk, an unreadable file) is repeated: limits must outlive that.
    look()
      .catch(() => undefined)
      .finally(() => {
        looking = false;
      });
  }, tickMs);
  return {
    stop() {
      clearInterval(timer);
      cap.stop();
    },
  };
}

/** Undefined until the agent has started. */
function begin(folder: string, intent: RunIntent): Watched | undefined {
  const agent = readAgent(folder);
  if (!agent) return undefined;
  rememberRun(folder, intent);
  const now = performance.now();
  const startedAt = now - secondsSince(agent.start) * 1000;
  const written = Math.max(
    ...['transcript.log', 'stderr.log'].map((name) => fileState(join(folder, name))?.mtimeMs ?? 0),
  );
  // The wall clock may have been set meanwhile: life cannot lie in the future, nor before the start.
  const lastLifeAt = Math.max(startedAt, Math.min(now, now - (Date.now() - written)));
  return {
    startedAt,
    lastLifeAt,
    lastWordAt: lastLifeAt,
    transcriptSize: 0,
    seen: readSeen(folder),
    stderrSize: fileState(join(folder, 'stderr.log'))?.size ?? 0,
    answered: false,
    struggling: false,
    failedTries: 0,
    parser: streamOf(intent).parser(),
  };
}

/** A host first lets its agent end, which takes up to three times the grace of a signal. */
const endGraceOf = (intent: RunIntent): number =>
  isTwoWay(intent) ? endGraceMs + 3 * intent.limits.killGraceMs : endGraceMs;

function sinceChanged(folder: string): number {
  const changed = fileState(join(folder, 'transcript.log'))?.mtimeMs ?? 0;
  return Math.max(0, Date.now() - changed);
}

function limitPassed(intent: RunIntent, watched: Watched): RunFacts['requested'] {
  const { limits } = intent;
  const now = performance.now();
  // Judged by what it said at its end, whatever kept it.
  if (watched.endedAt !== undefined) {
    const grace = endGraceOf(intent);
    if (now - watched.lastWordAt > grace || now - watched.endedAt > grace + noiseMs) return 'ended';
  }
  if (now - watched.startedAt > limits.totalMs) return 'timeout';
  // A program without a protocol may well be silent until it is done: nothing tells that it waits for a server.
  const speaks = streamOf(intent).terminal === 'event';
  const silent = speaks && !watched.answered && (watched.struggling || watched.transcriptSize === 0);
  if (silent && now - watched.startedAt > limits.connectMs) return 'connect';
  if (now - watched.lastLifeAt > limits.idleMs) return 'idle';
  if (watched.failedTries >= maxFailedTries) return 'retries';
  if (watched.endedAt === undefined && overBudget(intent, watched.usage)) return 'budget';
  return undefined;
}

/** A runner that tells only at its end what it used is not stopped by it: its work is done by then. */
function overBudget({ limits, usedBefore, model }: RunIntent, usage: Usage | undefined): boolean {
  const { budget, prices } = limits;
  if (!budget || !usage) return false;
  const own = ownUsage(usage, usedBefore);
  if (budget.tokens !== undefined && own.input + own.output >= budget.tokens) return true;
  const cost = budget.cost === undefined ? undefined : costOf({ ...own, model }, prices ?? {});
  return cost !== undefined && cost >= budget.cost!;
}

/** Tells lists and the screen what the run has used so far; only a copy of what its transcript says. */
async function tellUsage(folder: string, watched: Watched): Promise<void> {
  if (watched.usage === watched.toldUsage) return;
  const temp = tempName(join(folder, 'usage.json'));
  await writeTo(temp, JSON.stringify(watched.usage), { mode: 0o600 });
  await rename(temp, join(folder, 'usage.json'));
  watched.toldUsage = watched.usage;
}

/** Writes down how far the transcript was seen: what is gone afterwards was cut away. */
async function tellSeen(folder: string, intent: RunIntent, watched: Watched): Promise<void> {
  const before = watched.seen;
  const seen = seeTranscript(folder, intent, before);
  if (before?.size === seen.size && before.end === seen.end) return;
  await writeSeen(folder, seen);
  watched.seen = seen;
}

/** Reads what is new and notes whether it is a sign of life. */
async function notice(folder: string, intent: RunIntent, watched: Watched): Promise<void> {
  const size = fileState(join(folder, 'transcript.log'))?.size ?? 0;
  const stderrSize = fileState(join(folder, 'stderr.log'))?.size ?? 0;
  const dropped = size < watched.transcriptSize;
  if (dropped) {
    // What was over the limit is gone; the file began anew.
    watched.transcriptSize = 0;
    watched.parser = streamOf(intent).parser();
  }
  const grown = size - watched.transcriptSize;
  const firstLook = !dropped && watched.transcriptSize === 0;
  // A run that waits for a person is not idle.
  let alive = readPending(folder).length > 0;
  if (stderrSize !== watched.stderrSize) {
    const tries = await failedTriesIn(folder, intent, watched.stderrSize, stderrSize);
    watched.failedTries += tries;
    alive ||= tries === 0;
  }
  if (grown > readLimit || dropped) {
    watched.answered = true;
    alive = true;
  }
  if (grown > 0) {
    const news = await readAt(folder, 'transcript.log', watched.transcriptSize, Math.min(grown, readLimit));
    for (const event of watched.parser.push(news)) {
      heard(watched, event);
      alive ||= event.type !== 'retry';
    }
  }
  if (grown > 0) watched.lastWordAt = performance.now() - sinceChanged(folder);
  watched.transcriptSize = size;
  watched.stderrSize = stderrSize;
  // What an adopted run had written before we came is dated by its file.
  if (alive && !firstLook) watched.lastLifeAt = performance.now();
}

/** What an event tells of where the run stands. */
function heard(watched: Watched, event: AgentEvent): void {
  if (event.type === 'end') watched.endedAt ??= performance.now();
  else if (['turn', 'text', 'thought', 'tool'].includes(event.type)) watched.endedAt = undefined;
  if (event.type === 'usage') watched.usage = addUsage(watched.usage, event.usage);
  if (isAnswer(event)) {
    watched.answered = true;
    watched.failedTries = 0;
  }
  watched.struggling ||= event.type === 'retry' || event.type === 'error';
}

async function failedTriesIn(folder: string, intent: RunIntent, from: number, to: number): Promise<number> {
  const { failedTries } = streamOf(intent);
  if (!failedTries || to < from) return 0;
  const news = await readAt(folder, 'stderr.log', from, Math.min(to - from, readLimit));
  return failedTries(Buffer.from(news).toString('utf8')).length;
}

function isAnswer(event: AgentEvent): boolean {
  return ['text', 'thought', 'tool', 'line', 'usage', 'end'].includes(event.type);
}

async function readAt(folder: string, name: string, position: number, length: number): Promise<Uint8Array> {
  const file = await open(join(folder, name), 'r');
  try {
    const buffer = new Uint8Array(length);
    const { bytesRead } = await file.read(buffer, 0, length, position);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
