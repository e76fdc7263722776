/**
 * What every run of a repository used, a line each, kept apart from the runs' folders, which are cleaned up.
 * Lines are only ever appended; one that is there twice (a run taken in again after a crash) counts once.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunSpend } from '../../../domain/agents/cost.js';
import { hasCode } from '../../../domain/platform/errors.js';
import { appendDurably, ensurePrivateFolder, openToAppend, readPlain } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';

type LedgerSession = Pick<RepoSession, 'paths' | 'repo'>;

const ledgerFile = ({ paths, repo }: LedgerSession) => join(paths.stateDir, 'spend', `${repo.id}.jsonl`);

/** Adds what a run used. */
export async function recordSpend(session: LedgerSession, spend: RunSpend): Promise<void> {
  if (spend.input + spend.output === 0) return;
  const path = ledgerFile(session);
  ensurePrivateFolder(join(path, '..'));
  const file = await openToAppend(path);
  try {
    // After a line that a full disk cut short, this one begins anew.
    await appendDurably(file, path, `\n${JSON.stringify(spend)}\n`);
  } finally {
    await file.close();
  }
}

const cache = new Map<string, { stamp: string; spends: RunSpend[] }>();

/** Every run that is over, oldest first. Read again only when the file has grown. */
export async function readLedger(session: LedgerSession): Promise<readonly RunSpend[]> {
  const path = ledgerFile(session);
  const found = await stat(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (!found) return [];
  const stamp = `${found.ino}:${found.size}:${found.mtimeMs}`;
  const known = cache.get(path);
  if (known?.stamp === stamp) return known.spends;
  const byRun = new Map<string, RunSpend>();
  for (const line of (await readPlain(path, 1_000_000_000)).toString('utf8').split('\n')) {
    const spend = parse(line);
    if (spend) byRun.set(spend.run, spend);
  }
  const spends = [...byRun.values()];
  cache.set(path, { stamp, spends });
  return spends;
}

function parse(line: string): RunSpend | undefined {
  if (line === '') return undefined;
  try {
    const spend = JSON.parse(line) as RunSpend;
    return typeof spend.run === 'string' && Number.isFinite(spend.input + spend.output) ? spend : undefined;
  } catch {
    return undefined;
  }
}
