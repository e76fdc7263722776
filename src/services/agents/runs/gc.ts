/** Takes away the folders of runs that are not needed any more: old ones, and the oldest when all together take too much. */
import { lstat, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isLive } from '../../../domain/agents/run.js';
import { parseDuration, parseSize } from '../../../domain/platform/units.js';
import { isSettled, type RegistryFile } from '../../../domain/store/task.js';
import { namesInFolder } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { findIntent } from '../../worktrees/index.js';
import { executorOf } from './executor.js';

export interface RemovedRun {
  runId: string;
  bytes: number;
  why: string;
}

/** `data` of `session gc`. */
export interface CollectedRuns {
  removed: RemovedRun[];
  /** Bytes of what was removed, and of what stays. */
  freed: number;
  left: number;
}

interface Candidate {
  runId: string;
  bytes: number;
  endedAt: number;
}

/**
 * Removes runs over `run.keep_for` old, then the oldest until all take less than `run.keep_size`. Never those of tasks
 * that are not settled, nor live ones, nor what is no run. What a run used stays counted: it is in the ledger.
 */
export async function collectRuns(
  session: Pick<RepoSession, 'paths' | 'config' | 'registry'>,
  options: { dryRun?: boolean } = {},
): Promise<CollectedRuns> {
  const { keep_for, keep_size } = session.config.run;
  const keepForMs = keep_for ? parseDuration(keep_for) : Number.POSITIVE_INFINITY;
  const keepBytes = keep_size ? parseSize(keep_size) : Number.POSITIVE_INFINITY;
  const needed = runsInUse(await session.registry.read());
  const { runsDir } = session.paths;
  const executor = executorOf(session.paths);
  const candidates: Candidate[] = [];
  let left = 0;
  for (const runId of await namesInFolder(runsDir)) {
    const folder = join(runsDir, runId);
    const bytes = await sizeOf(folder);
    left += bytes;
    if (needed.has(runId) || !findIntentSafely(folder)) continue;
    const { phase } = await executor.phase(runId);
    if (isLive(phase) || phase === 'not-launched') continue;
    candidates.push({ runId, bytes, endedAt: (await lstat(join(folder, 'intent.json'))).mtimeMs });
  }
  const removed: RemovedRun[] = [];
  for (const { runId, bytes, endedAt } of candidates.sort((a, b) => a.endedAt - b.endedAt)) {
    const old = Date.now() - endedAt > keepForMs;
    if (!old && left <= keepBytes) continue;
    removed.push({
      runId,
      bytes,
      why: old ? `older than ${keep_for}` : `all runs take more than ${keep_size}`,
    });
    left -= bytes;
    if (!options.dryRun) await removeFolder(join(runsDir, runId));
  }
  return { removed, freed: removed.reduce((sum, run) => sum + run.bytes, 0), left };
}

/** Runs of every repository's unsettled tasks; runs of tasks that are gone from the registry belong to none. */
function runsInUse({ tasks }: RegistryFile): Set<string> {
  return new Set(tasks.filter((task) => !isSettled(task)).flatMap((task) => task.runIds));
}

/** In two steps, so that a removal that is cut short leaves no half run that looks like one. */
async function removeFolder(folder: string): Promise<void> {
  const gone = `${folder}.removed`;
  await rename(folder, gone);
  await rm(gone, { recursive: true, force: true });
}

function findIntentSafely(folder: string): boolean {
  try {
    return findIntent(folder) !== undefined;
  } catch {
    // What cannot be read is not judged.
    return false;
  }
}

async function sizeOf(path: string): Promise<number> {
  const found = await lstat(path).catch(() => undefined);
  if (!found) return 0;
  if (!found.isDirectory()) return found.size;
  const sizes = await Promise.all((await namesInFolder(path)).map((name) => sizeOf(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}
