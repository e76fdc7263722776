/** Keeps what validation found: a summary with the task, the whole report in a file of its own. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  summarizeValidation,
  type ValidationReport,
  type ValidationSummary,
} from '../../../domain/landing/validation.js';
import { hasCode } from '../../../domain/platform/errors.js';
import { moveTask, type Task } from '../../../domain/store/task.js';
import { readText, writeFileDurably } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { updateTask } from '../../store/index.js';

const reportFile = (session: Pick<RepoSession, 'paths'>, task: Task) =>
  join(session.paths.stateDir, 'reports', `${task.id}.json`);

/**
 * Writes the report down and moves the task: done → validated on a pass, validated → done on anything else.
 * Says that validation is finished. Returns what the registry keeps.
 */
export async function recordValidation(
  session: RepoSession,
  task: Task,
  report: ValidationReport,
): Promise<ValidationSummary> {
  const summary: ValidationSummary = {
    verdict: report.verdict,
    tree: report.tree,
    target: report.target,
    head: report.head,
    at: new Date().toISOString(),
    summary: summarizeValidation(report),
  };
  const file = reportFile(session, task);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFileDurably(file, `${JSON.stringify(report, null, 2)}\n`);
  await updateTask(session, task.slug, (fresh) => {
    const change = { validation: summary };
    if (report.verdict === 'pass' && fresh.status === 'done') return moveTask(fresh, 'validated', change);
    if (report.verdict !== 'pass' && fresh.status === 'validated') return moveTask(fresh, 'done', change);
    return { ...fresh, ...change };
  });
  session.emit({
    type: 'validation.finished',
    task: task.slug,
    verdict: summary.verdict,
    summary: summary.summary,
  });
  return summary;
}

/** The last whole report of a task, or undefined when there is none that can be read. */
export async function readReport(
  session: Pick<RepoSession, 'paths'>,
  task: Task,
): Promise<ValidationReport | undefined> {
  try {
    const text = await readText(reportFile(session, task));
    return text === undefined ? undefined : (JSON.parse(text) as ValidationReport);
  } catch (error) {
    // A report is a convenience: without it the review asks again.
    if (hasCode(error, 'not-a-file') || (error as Error).name === 'SyntaxError') return undefined;
    throw error;
  }
}
