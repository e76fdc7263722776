/** The files of one run directory. Missing is `undefined`; anything else that keeps us from reading throws. */
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunFacts } from '../../../domain/agents/agent-event.js';
import type { PendingApproval } from '../../../domain/agents/approval.js';
import type { Usage } from '../../../domain/agents/cost.js';
import type { RunIntent } from '../../../domain/agents/run.js';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import type { Paths } from '../../platform/index.js';
import { readPlainSync } from '../../platform/index.js';

/** What a supervisor or an agent recorded of itself. */
export interface Recorded {
  pid: number;
  start: string;
  boot: string;
}

export interface StopRequest {
  why: NonNullable<RunFacts['requested']>;
  at: string;
}

/** Absolute path of a run's directory. Throws `bad-run-id` (usage) for what cannot be one. */
export function runFolder(paths: Pick<Paths, 'runsDir'>, runId: string): string {
  if (!/^[a-z0-9][A-Za-z0-9._-]*$/.test(runId) || runId.includes('..')) {
    throw appError('bad-run-id', `${JSON.stringify(runId)} cannot be the id of a run.`, { kind: 'usage' });
  }
  return join(paths.runsDir, runId);
}

/** What was to be run. Throws `run-not-found` when there is no such run. */
export function readIntent(folder: string): RunIntent {
  const intent = findIntent(folder);
  if (intent) return intent;
  throw appError('run-not-found', `There is no run in ${folder}.`, {
    hint: '`codex-agent session list` shows the runs there are.',
  });
}

export function findIntent(folder: string): RunIntent | undefined {
  return readJson<RunIntent>(join(folder, 'intent.json'));
}

/** Identity of the supervisor; pid 0 when the run was called off before it was launched. */
export function readClaim(folder: string): (Recorded & { seal?: string }) | undefined {
  const claim = readJson<{ shim: number; start: string; boot: string; seal?: string }>(
    join(folder, 'claim.json'),
  );
  return (
    claim && {
      pid: claim.shim,
      start: claim.start,
      boot: claim.boot,
      ...(claim.seal === undefined ? {} : { seal: claim.seal }),
    }
  );
}

export function isClaimed(folder: string): boolean {
  return existsSync(join(folder, 'claim.json'));
}

/** Identity of the agent, written by itself before it became the agent's program. */
export function readAgent(folder: string): Recorded | undefined {
  return readJson<Recorded>(join(folder, 'pid.json'));
}

interface ExitRecord {
  rc: number;
  /** What only the supervisor knew. Runs of earlier versions have none. */
  word?: string;
  /** False when the agent put another file in its transcript's place. */
  sameTranscript?: boolean;
}

/** The shell's exit code, 128 + n for signal n; undefined also where it is not the supervisor's word. */
export function readExit(folder: string): number | undefined {
  return exitRecord(folder)?.rc;
}

/** Throws when the record holds no exit code. */
export function exitRecord(folder: string): ExitRecord | undefined {
  const exit = readWritable<ExitRecord>(join(folder, 'exit.json'));
  if (!exit || isForged(folder, exit)) return undefined;
  if (!Number.isInteger(exit.rc)) throw new Error(`${folder}/exit.json holds no exit code`);
  return exit as ExitRecord;
}

/** An exit code is there that the supervisor did not write. */
export function hasForgedExit(folder: string): boolean {
  const exit = readWritable<ExitRecord>(join(folder, 'exit.json'));
  return exit !== undefined && isForged(folder, exit);
}

function isForged(folder: string, exit: Partial<ExitRecord> | null): boolean {
  const seal = readJson<{ seal?: string }>(join(folder, 'claim.json'))?.seal;
  return seal !== undefined && (typeof exit?.word !== 'string' || sealOf(exit.word) !== seal);
}

/** By which the supervisor's word is known once it is told. */
export const sealOf = (word: string): string => createHash('sha256').update(word).digest('hex');

export function readStop(folder: string): StopRequest | undefined {
  const stop = readWritable<StopRequest>(join(folder, 'stop.json'));
  return stop?.why === undefined ? undefined : (stop as StopRequest);
}

/** What the agent of a live run waits for an answer to; nothing when that cannot be read. */
export function readPending(folder: string): PendingApproval[] {
  try {
    return readJson<{ approvals: PendingApproval[] }>(join(folder, 'pending.json'))?.approvals ?? [];
  } catch {
    return [];
  }
}

/** What a live run has used so far, as far as the process that watches it has seen. */
export function readUsage(folder: string): Usage | undefined {
  const usage = readWritable<Usage>(join(folder, 'usage.json'));
  const isOne = typeof usage?.input === 'number' && typeof usage.output === 'number';
  return isOne ? (usage as Usage) : undefined;
}

/** Size in bytes and time of the last change; undefined when there is no such file. */
export function fileState(path: string): { size: number; mtimeMs: number } | undefined {
  try {
    const { size, mtimeMs } = statSync(path);
    return { size, mtimeMs };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** What an agent without a sandbox may have written over: an empty record where it is none. */
function readWritable<T extends object>(path: string): Partial<T> | undefined {
  try {
    const found = readJson<Partial<T> | null>(path);
    return typeof found === 'object' && found ? found : found === undefined ? undefined : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function readJson<T>(path: string): T | undefined {
  let text: string;
  try {
    text = readPlainSync(path).toString('utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
  return JSON.parse(text) as T;
}
