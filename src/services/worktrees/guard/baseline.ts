/**
 * How a repository was before agents worked in it: one record per repository, taken when no other run is live and kept
 * while any is. A run that starts beside one that has already tampered must not take the tampered state for good.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import { acquireLock, ensurePrivateFolder, writeFileDurably } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { readGuarded, type SavedFiles } from './files.js';

export type GuardSession = Pick<RepoSession, 'repo' | 'paths' | 'git' | 'env' | 'emit' | 'signal'>;

export interface Baseline {
  version: 1;
  at: string;
  files: SavedFiles;
  /** Runs that may have been at work since: who of them changed a file cannot be told. */
  runs: string[];
}

/** One process at a time compares, puts back and takes a new baseline. */
export async function withBaseline<T>(
  session: GuardSession,
  use: (
    baseline: Baseline | undefined,
    save: (next: Omit<Baseline, 'version' | 'at'>) => Promise<void>,
  ) => Promise<T>,
): Promise<T> {
  const folder = ensurePrivateFolder(join(session.paths.stateDir, 'guard'));
  const path = join(folder, `${session.repo.id}.json`);
  const lock = await acquireLock(join(folder, `${session.repo.id}.lock.d`), {
    command: 'guard',
    signal: session.signal,
    // Whoever has it lets go soon: on a busy machine, twenty that start at once wait long, and none may fail for that.
    waitMs: Number.POSITIVE_INFINITY,
  });
  try {
    return await use(await read(path), async (next) => {
      const baseline: Baseline = { version: 1, at: new Date().toISOString(), ...next };
      await writeFileDurably(path, JSON.stringify(baseline));
    });
  } finally {
    await lock.release();
  }
}

/** Notes that a run is about to start. @param live other runs that are at work */
export async function noteRun(session: GuardSession, runId: string, live: readonly string[]): Promise<void> {
  await withBaseline(session, async (baseline, save) => {
    const among = baseline?.runs.filter((known) => known === runId || live.includes(known)) ?? [];
    const files = baseline && among.length > 0 ? baseline.files : await readGuarded(session.git.commonDir);
    await save({ files, runs: [...new Set([...among, runId])] });
  });
}

async function read(path: string): Promise<Baseline | undefined> {
  try {
    const found = JSON.parse(await readFile(path, 'utf8')) as Baseline;
    return found.version === 1 ? found : undefined;
  } catch (error) {
    // A damaged record is as good as none: there is nothing to compare with, which is then said.
    if (hasCode(error, 'ENOENT') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
