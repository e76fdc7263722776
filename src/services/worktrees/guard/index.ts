/** What of a repository is none of an agent's business: noted before a run, compared and put back after it. */
import { basename, join, relative } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import type { Finding } from '../../../domain/worktrees/guard.js';
import type { RepoSession } from '../../store/index.js';
import { tasksOf } from '../../store/index.js';
import { findIntent, runFolder } from '../run-folder/folder.js';
import { type GuardSession, noteRun, withBaseline } from './baseline.js';
import { repairConfig } from './config.js';
import { changedFiles, type FileChange, putBack, readGuarded } from './files.js';
import { addFindings, readFindings } from './findings.js';
import { movedHeads, noteRefs, settleRefs } from './refs.js';

export { restoreByHand } from './by-hand.js';

/** A folder that was replaced shows its content only once it is back. */
const maxRounds = 3;

/** Before a run starts: refs, what is checked out, configuration, hooks, attributes, worktree records. */
export async function guardBefore(session: RepoSession, runId: string): Promise<void> {
  const tasks = tasksOf(await session.registry.read(), session.repo.id);
  const live = tasks.filter((task) => task.status === 'running').flatMap((task) => task.runIds.at(-1) ?? []);
  await noteRun(session, runId, live);
  await noteRefs(session, runId);
}

/**
 * After a run, and before any git works for us: files by which git could be made to run programs are as they were again.
 * When every run that was at work is confined by its sandbox, none of them can have been it, and what changed is the
 * person's own. Findings go to the folder of every run that may have done it.
 */
export async function settleFiles(session: RepoSession, task: Task, runId: string): Promise<void> {
  await withBaseline(session, async (baseline, save) => {
    if (!baseline) return;
    const suspects = baseline.runs.filter((id) => !isConfined(session, id));
    const findings = suspects.length > 0 ? await putFilesBack(session, task, runId, baseline.files) : [];
    for (const id of new Set([runId, ...suspects])) await addFindings(session, id, findings);
    for (const finding of findings) tell(session, finding);
    const runs = baseline.runs.filter((id) => id !== runId);
    await save({ files: await readGuarded(session.git.commonDir), runs });
  });
}

async function putFilesBack(
  session: GuardSession,
  task: Task,
  runId: string,
  files: Parameters<typeof changedFiles>[1],
): Promise<Finding[]> {
  const found = new Map<string, Finding>();
  for (let round = 0; round < maxRounds; round++) {
    const changes = await changedFiles(session.git.commonDir, files);
    let again = false;
    for (const change of changes.filter(({ path }) => !found.has(path))) {
      const finding = await putFileBack(session, task, runId, change);
      if (!finding) continue;
      found.set(change.path, finding);
      again ||= change.before.kind === 'folder' || change.after.kind === 'folder';
    }
    if (!again) break;
  }
  return [...found.values()];
}

async function putFileBack(
  session: GuardSession,
  task: Task,
  runId: string,
  change: FileChange,
): Promise<Finding | undefined> {
  const { path } = change;
  const kept = join(runFolder(session.paths, runId), 'changed', asideName(session.git.commonDir, path));
  const changed = (what: string): Finding => ({
    code: 'changed',
    what,
    text: `${what} was changed while ${task.slug} ran, and is as it was before; the changed version is ${kept}.`,
    by: 'unknown',
    restored: true,
    kept,
  });
  try {
    if (/^config(\.worktree)?$/.test(basename(path)) && change.before.kind === 'file') {
      const { copyFile, mkdir } = await import('node:fs/promises');
      const repaired = await repairConfig(path, change.before, session.env, async () => {
        await mkdir(join(kept, '..'), { recursive: true, mode: 0o700 });
        await copyFile(path, kept).catch((error: unknown) => {
          if (!hasCode(error, 'ENOENT')) throw error;
        });
      });
      if (!repaired) return undefined;
      return changed(repaired.keys ? `${path}: ${repaired.keys.join(', ')}` : path);
    }
    if (await putBack(change, kept)) return changed(path);
    return {
      ...changed(path),
      text: `${path} was changed while ${task.slug} ran, and cannot be put back.`,
      restored: false,
    };
  } catch (error) {
    const text = `${path} was changed while ${task.slug} ran, and could not be put back: ${(error as Error).message}.`;
    return { ...changed(path), text, restored: false };
  }
}

/** A readable name, in which no path of another place can hide. */
const asideName = (commonDir: string, path: string) =>
  relative(commonDir, path).replaceAll('..', '_').replaceAll('/', '__');

/** After the run's work is committed: refs and checked-out branches. Findings join those about files. */
export async function settleMoves(session: RepoSession, task: Task, runId: string): Promise<Finding[]> {
  const tasks = tasksOf(await session.registry.read(), session.repo.id);
  const confined = isConfined(session, runId);
  const moves = await settleRefs(session, task, runId, { tasks, confined });
  const heads = confined ? [] : await movedHeads(session, task, runId);
  const shown = [...moves, ...heads].filter((finding) => finding.by === 'agent' || !confined);
  for (const finding of shown) tell(session, finding);
  await addFindings(session, runId, shown);
  return readFindings(session, runId);
}

/** Its sandbox keeps the run out of git's own files. */
function isConfined(session: Pick<RepoSession, 'paths'>, runId: string): boolean {
  return findIntent(runFolder(session.paths, runId))?.confined === true;
}

function tell(session: Pick<RepoSession, 'emit'>, finding: Finding): void {
  const level = ['made', 'unsure'].includes(finding.code) ? 'warning' : 'error';
  session.emit({ type: 'noted', level, message: finding.text });
}
