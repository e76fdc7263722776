/** Ends every process of a run: interrupt, TERM, KILL, of the group and of whatever left it. */
import { linkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunFacts } from '../../../../domain/agents/agent-event.js';
import { isLive } from '../../../../domain/agents/run.js';
import { appError, hasCode } from '../../../../domain/platform/errors.js';
import { ensurePrivateFolder, liveness, stageFile, writeFileDurably } from '../../../platform/index.js';
import {
  type Recorded,
  readAgent,
  readClaim,
  readExit,
  readIntent,
  readStop,
} from '../../../worktrees/index.js';
import { leftovers, lookAtRun } from './phase.js';
import { descendantsOf, type ProcessRow, rowOf, scanProcesses } from './processes.js';

const pollMs = 20;
/** What tools get to end by themselves once their agent is gone. */
const orphanGraceMs = 300;
/** How long killed processes, and the supervisor after them, get to disappear. */
const lastWaitMs = 10_000;

/**
 * Stops a run; resolves when none of its processes is left. The reason is on disk before the first signal,
 * so that any process can tell a stop from a crash; without a reason only what an agent left behind is ended. A run
 * that was not launched yet never will be.
 * Throws `run-not-found`, `run-elsewhere` (other machine or container), `run-not-stopped`.
 */
export async function stopProcesses(
  folder: string,
  runId: string,
  why?: RunFacts['requested'],
): Promise<void> {
  const { limits } = readIntent(folder);
  const { phase } = await lookAtRun(folder);
  if (phase === 'unknown') {
    throw appError('run-elsewhere', `This machine does not show which processes belong to run ${runId}.`, {
      hint: 'It may run in another container or on another machine: stop it there.',
    });
  }
  if (!isLive(phase) && phase !== 'not-launched') return;
  if (why && readExit(folder) === undefined) await noteReason(folder, why);
  if (phase === 'not-launched' && (await callOff(folder))) return;
  await until(() => readAgent(folder) !== undefined || !shimLives(folder), 5_000);

  const seen = new Map<string, ProcessRow>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const grace = aliveAgent(folder) ? limits.killGraceMs : Math.min(limits.killGraceMs, orphanGraceMs);
    await signalAll(folder, seen, signal);
    let left: ProcessRow[] = [];
    await until(async () => {
      left = await remaining(folder, seen);
      // Tools that their agent left behind have heard nothing yet: they need the next signal, not more time.
      return left.length === 0 || (signal === 'SIGINT' && !aliveAgent(folder));
    }, grace);
    if (left.length === 0) break;
  }
  const killed = await until(async () => {
    await signalAll(folder, seen, 'SIGKILL');
    return (await remaining(folder, seen)).length === 0;
  }, lastWaitMs);
  if (!killed) {
    const left = (await remaining(folder, seen)).map((row) => row.pid);
    throw appError('run-not-stopped', `Processes of run ${runId} do not end: ${left.join(', ')}.`);
  }
  // The supervisor writes the exit code next; while the disk is full it goes on trying without us.
  await until(() => readExit(folder) !== undefined || !shimLives(folder), lastWaitMs);
}

/** The first reason stands. */
async function noteReason(folder: string, why: NonNullable<RunFacts['requested']>): Promise<void> {
  if (readStop(folder)) return;
  const text = `${JSON.stringify({ why, at: new Date().toISOString() })}\n`;
  await writeFileDurably(join(folder, 'stop.json'), text);
}

/** Calls off a run that is on record only, before its directory is filled: a launch that comes later starts nothing. */
export async function forestall(folder: string, why: NonNullable<RunFacts['requested']>): Promise<boolean> {
  ensurePrivateFolder(folder);
  await noteReason(folder, why);
  return callOff(folder);
}

/** Takes the claim ourselves, so that no supervisor can. False when one already has it. */
export async function callOff(folder: string): Promise<boolean> {
  const claim = join(folder, 'claim.json');
  const staged = await stageFile(claim, '{"shim":0,"start":"","boot":""}\n');
  try {
    linkSync(staged.temp, claim);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    unlinkSync(staged.temp);
  }
}

/** An interrupt goes to the agent's group, as Ctrl-C would; later signals to every process there is. */
async function signalAll(
  folder: string,
  seen: Map<string, ProcessRow>,
  signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL',
): Promise<void> {
  const rows = await remaining(folder, seen);
  const agent = aliveAgent(folder);
  if (agent) send(-agent.pid, signal);
  if (signal === 'SIGINT' && agent) return;
  // Read anew: a start time that changed means that the pid has a new owner.
  for (const row of rows) if (rowOf(row.pid)?.start === row.start) send(row.pid, signal);
}

/**
 * Live processes of the run: agent, its descendants, its session, carriers of the cookie, and all that were
 * seen before. The group alone is not enough (agents put tools into groups of their own), nor is the cookie
 * (a tool may clear its environment).
 */
async function remaining(folder: string, seen: Map<string, ProcessRow>): Promise<ProcessRow[]> {
  const { table, carriers } = await scanProcesses();
  const byPid = new Map(table.map((row) => [row.pid, row]));
  const note = (row: ProcessRow | undefined) => row && seen.set(`${row.pid}/${row.start}`, row);
  const agent = readAgent(folder);
  const leader = agent && byPid.get(agent.pid);
  if (agent && (!leader || leader.start === agent.start)) {
    // With another process in the agent's place the numbers would mean another session.
    note(leader);
    for (const row of table) if (row.session === agent.pid) note(row);
    for (const row of leader ? descendantsOf(agent.pid, table) : []) note(row);
  }
  for (const pid of leftovers(folder, readClaim(folder), carriers.get(folder) ?? [])) note(byPid.get(pid));
  const live = [...seen.values()].filter((row) => byPid.get(row.pid)?.start === row.start);
  for (const row of live.flatMap((one) => descendantsOf(one.pid, table))) note(row);
  return [...seen.values()].filter((row) => byPid.get(row.pid)?.start === row.start);
}

function aliveAgent(folder: string): Recorded | undefined {
  const agent = readAgent(folder);
  return agent && liveness(agent) === 'alive' ? agent : undefined;
}

function shimLives(folder: string): boolean {
  const claim = readClaim(folder);
  return claim !== undefined && liveness(claim) !== 'dead';
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // One that may not be signalled (it became another user's) is told of at the end, with the others that stay.
    if (!hasCode(error, 'ESRCH') && !hasCode(error, 'EPERM')) throw error;
  }
}

/** Waits for a condition; false when the time is up first. */
async function until(condition: () => boolean | Promise<boolean>, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    if (await condition()) return true;
    if (performance.now() >= deadline) return false;
    await sleep(pollMs);
  }
}
