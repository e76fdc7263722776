/**
 * Limits of accounts. What one run finds out holds for every run on the same account, in every repository and
 * process. It is therefore kept in a file for each account, below the state folder.
 */
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { holds, type Pause, pauseAfter } from '../../../domain/agents/pause.js';
import type { RunView } from '../../../domain/agents/run.js';
import { asRecord, parseJson, textOf } from '../../../domain/agents/transcript/records.js';
import { hasCode } from '../../../domain/platform/errors.js';
import type { Paths } from '../../platform/index.js';
import { ensurePrivateFolder, namesInFolderSync, writeFileDurably } from '../../platform/index.js';

type Home = Pick<Paths, 'stateDir'>;

const folderOf = ({ stateDir }: Home): string => join(stateDir, 'limits');
const fileOf = (paths: Home, { runner, account }: Pick<Pause, 'runner' | 'account'>): string =>
  join(folderOf(paths), `${runner}-${account || 'default'}.json`);

/**
 * Notes what the end of a run says about its account: the pause that follows, or, after a success, that there is none.
 * Returns the pause. Repeatable: the same run's limit is counted once.
 */
export async function notePause(paths: Home, run: RunView): Promise<Pause | undefined> {
  const path = fileOf(paths, { runner: run.runner, account: run.account ?? '' });
  const before = readPause(path);
  if (run.status === 'completed') {
    // One that started before the limit was met proves nothing.
    if (before && run.startedAt > before.since) await rm(path, { force: true });
    return undefined;
  }
  const now = Date.now();
  // Runs that started side by side run into the same limit: it counts once.
  const same = before !== undefined && run.startedAt <= before.since;
  const pause = pauseAfter(run, same ? { ...before, count: before.count - 1 } : before, now);
  if (!pause) return undefined;
  ensurePrivateFolder(folderOf(paths));
  await writeFileDurably(path, `${JSON.stringify(pause)}\n`);
  return pause;
}

/** The pauses that hold now. A file that cannot be read is no pause. */
export function readPauses(paths: Home): Pause[] {
  return namesInFolderSync(folderOf(paths))
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const pause = readPause(join(folderOf(paths), name));
      return pause && holds(pause, Date.now()) ? [pause] : [];
    });
}

/** Lifts pauses: a person says that the account is in order, or wants to see. */
export async function liftPauses(paths: Home, which: (pause: Pause) => boolean): Promise<void> {
  for (const pause of readPauses(paths)) if (which(pause)) await rm(fileOf(paths, pause), { force: true });
}

function readPause(path: string): Pause | undefined {
  try {
    const kept = asRecord(parseJson(readFileSync(path, 'utf8')));
    return textOf(kept?.runner) && textOf(kept?.since) ? (kept as unknown as Pause) : undefined;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
