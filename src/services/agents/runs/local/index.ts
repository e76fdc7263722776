/** Runs on this machine, each held by a supervisor of its own. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, constants, existsSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunIntent } from '../../../../domain/agents/run.js';
import { appError, hasCode, messageOf } from '../../../../domain/platform/errors.js';
import type { Paths } from '../../../platform/index.js';
import {
  ensurePrivateFolder,
  namesInFolder,
  readPlainSync,
  told,
  writeFileDurably,
} from '../../../platform/index.js';
import { isClaimed, readClaim, readIntent, runFolder, sealOf } from '../../../worktrees/index.js';
import type { Executor, OutputName, OutputPart } from '../../types.js';
import { agentEnvironment } from '../environment.js';
import { rememberRun } from '../remembered.js';
import { watchFolder } from '../watch.js';
import { lookAtRun } from './phase.js';
import { watchState } from './state.js';
import { callOff, forestall, stopProcesses } from './stop.js';
import { supervisorText } from './supervisor.js';
import { holdToLimits } from './watchdog.js';

/** A supervisor claims its run within some 15 ms; a machine this slow is not going to run an agent. */
const claimLimitMs = 15_000;
const triesOfSupervisor = 3;

const files: Readonly<Record<OutputName, string>> = { transcript: 'transcript.log', stderr: 'stderr.log' };

/** The executor of the runs below `runsDir`. It holds nothing itself: any process may make another one. */
export function createLocalExecutor(paths: Pick<Paths, 'runsDir'>): Executor {
  const folderOf = (runId: string) => runFolder(paths, runId);
  return {
    kind: 'local',
    async launch(intent, stdin, env) {
      const folder = ensurePrivateFolder(folderOf(intent.runId));
      readIntent(folder);
      if (isClaimed(folder)) return false;
      await writeStdin(folder, stdin);
      const call = { kind: 'process', words: intent.argv, cwd: intent.cwd } as const;
      return told(
        call,
        () => startSupervisor(folder, intent, env),
        (own) => ({
          outcome: own ? `started as run ${intent.runId}` : 'started by another process',
          ok: true,
        }),
      );
    },
    known: async () =>
      (await namesInFolder(paths.runsDir)).filter((name) =>
        existsSync(join(paths.runsDir, name, 'intent.json')),
      ),
    phase: async (runId) => lookAtRun(folderOf(runId)),
    stop: async (runId, why) => stopProcesses(folderOf(runId), runId, why),
    forestall: (runId, why) => forestall(folderOf(runId), why),
    adopt: (runId) => holdToLimits(folderOf(runId), runId),
    read: async (runId, output, offset, length) => {
      const folder = folderOf(runId);
      readIntent(folder);
      return readPart(join(folder, files[output]), offset, length);
    },
    watch: (runId, what, onChange) =>
      (what === 'output' ? watchFolder : watchState)(folderOf(runId), onChange),
  };
}

/** A part of a file; nothing of one that is not there yet. */
async function readPart(path: string, offset: number, length: number): Promise<OutputPart> {
  // A link that the agent put there is not followed.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch((error) => {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ELOOP')) return undefined;
    throw error;
  });
  if (!file) return { bytes: new Uint8Array(), size: 0 };
  try {
    const { size } = await file.stat();
    const from = offset < 0 ? Math.max(0, size + offset) : offset;
    const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - from)));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
    return { bytes: buffer.subarray(0, bytesRead), size };
  } finally {
    await file.close();
  }
}

/** Written once: a second launch of the same run must not change what the first one reads. */
async function writeStdin(folder: string, stdin: string): Promise<void> {
  const path = join(folder, 'stdin');
  if (!existsSync(path)) await writeFileDurably(path, stdin);
}

/**
 * Resolves when the run is claimed: with true by our supervisor, with false by another's, and ours has ended then.
 * Throws `launch-failed` when it is not claimed.
 */
async function startSupervisor(
  folder: string,
  intent: RunIntent,
  env: NodeJS.ProcessEnv,
  tries = 1,
): Promise<boolean> {
  if (!existsSync(intent.cwd)) {
    throw appError('launch-failed', `Run ${intent.runId} cannot start: ${intent.cwd} does not exist.`);
  }
  const log = openSync(join(folder, 'shim.err'), 'a', 0o600);
  let ended: string | undefined;
  let killed = false;
  let pid: number | undefined;
  // For the supervisor alone; by its digest others know it once it is told.
  const word = randomBytes(16).toString('hex');
  try {
    const child = spawn('sh', ['-c', supervisorText, 'run.sh', folder, intent.runId, ...intent.argv], {
      cwd: intent.cwd,
      env: agentEnvironment(env, intent, folder),
      detached: true,
      stdio: ['pipe', 'ignore', log],
    });
    // A supervisor that ends before it has read them starts nothing.
    child.stdin?.on('error', () => {});
    child.stdin?.end(`${word} ${sealOf(word)}\n`);
    child.on('error', (error) => {
      ended = messageOf(error);
    });
    child.on('exit', (code, signal) => {
      killed = signal !== null;
      ended = `the supervisor ended with ${signal ?? code}`;
    });
    child.unref();
    pid = child.pid;
  } catch (error) {
    throw launchFailed(folder, intent, messageOf(error));
  } finally {
    closeSync(log);
  }
  const deadline = performance.now() + claimLimitMs;
  while (!isClaimed(folder)) {
    if (ended !== undefined && !isClaimed(folder)) {
      // Killed before it had claimed the run, it has started nothing.
      if (killed && tries < triesOfSupervisor) return startSupervisor(folder, intent, env, tries + 1);
      throw launchFailed(folder, intent, ended);
    }
    if (performance.now() >= deadline && (await callOff(folder))) {
      throw launchFailed(folder, intent, 'no supervisor took it in time');
    }
    await sleep(5);
  }
  // A supervisor that lost the claim carries the run's cookie, and would be taken for a leftover while it ends.
  const lost = readClaim(folder)?.pid !== pid;
  if (!lost) rememberRun(folder, intent, sealOf(word));
  while (lost && ended === undefined && performance.now() < deadline) await sleep(5);
  return !lost;
}

function launchFailed(folder: string, intent: RunIntent, what: string) {
  const told = readPlainSync(join(folder, 'shim.err')).toString('utf8').trim().split('\n').at(-1);
  return appError('launch-failed', `Run ${intent.runId} did not start: ${what}${told ? ` (${told})` : ''}.`, {
    hint: 'Look for a full disk, a missing setsid program or a missing /proc.',
  });
}
