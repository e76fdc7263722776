/** What was found about a run, a line each in `findings.jsonl` of its folder. */
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import type { Finding } from '../../../domain/worktrees/guard.js';
import type { RepoSession } from '../../store/index.js';
import { runFolder } from '../run-folder/folder.js';

const findingsFile = 'findings.jsonl';

/** Adds those that are not known yet. */
export async function addFindings(
  session: Pick<RepoSession, 'paths'>,
  runId: string,
  findings: readonly Finding[],
): Promise<void> {
  if (findings.length === 0) return;
  const known = new Set((await readFindings(session, runId)).map((finding) => finding.text));
  const lines = findings
    .filter(({ text }) => !known.has(text))
    .map((finding) => `${JSON.stringify(finding)}\n`);
  const path = join(runFolder(session.paths, runId), findingsFile);
  await appendFile(path, lines.join(''), { mode: 0o600 }).catch((error: unknown) => {
    // The folder of another run may be gone: then nobody asks any more.
    if (!hasCode(error, 'ENOENT')) throw error;
  });
}

/** All of them, oldest first. */
export async function readFindings(session: Pick<RepoSession, 'paths'>, runId: string): Promise<Finding[]> {
  const path = join(runFolder(session.paths, runId), findingsFile);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  });
  return text
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as Finding];
      } catch {
        return [];
      }
    });
}
