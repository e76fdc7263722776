/** All that the checks of the last validation wrote, for a person who wants more than its tail. */
import { readFile } from 'node:fs/promises';
import { redactSecrets } from '../../../domain/landing/secrets.js';
import type { CheckResult } from '../../../domain/landing/validation.js';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import type { RepoSession } from '../../store/index.js';
import { readReport } from './record.js';

export interface CheckOutput {
  check: string;
  status: CheckResult['status'];
  file: string;
  /** Without secrets; absent when it is not kept any more. */
  text?: string;
}

/**
 * The output of a check of the last validation, or of all that did not pass, or of all.
 * Throws `not-validated`, and `no-such-check` (usage) for a name that no check of it has.
 */
export async function outputsOf(
  session: Pick<RepoSession, 'paths'>,
  task: Task,
  wanted?: string,
): Promise<CheckOutput[]> {
  const report = await readReport(session, task);
  const ran = (report?.checks ?? []).filter(({ output }) => output !== undefined);
  if (ran.length === 0) {
    throw appError('not-validated', `No check has run in the last validation of ${task.slug}.`, {
      hint: `Run the checks: codex-agent task validate ${task.slug}`,
    });
  }
  const bad = ran.filter(({ status }) => status !== 'pass');
  const shown =
    wanted === undefined ? (bad.length > 0 ? bad : ran) : ran.filter(({ name }) => name === wanted);
  if (shown.length === 0) {
    throw appError('no-such-check', `No check called ${JSON.stringify(wanted)} has run for ${task.slug}.`, {
      kind: 'usage',
      hint: `Known: ${ran.map(({ name }) => name).join(', ')}`,
    });
  }
  return Promise.all(shown.map(({ name, status, output }) => readOutput(name, status, output!)));
}

async function readOutput(check: string, status: CheckResult['status'], file: string): Promise<CheckOutput> {
  try {
    return { check, status, file, text: redactSecrets(await readFile(file, 'utf8')) };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return { check, status, file };
    throw error;
  }
}
