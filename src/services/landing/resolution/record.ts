/** Keeps the last resolution of a task with the texts of its hunks, so that a person can review what was decided. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hunksOf } from '../../../domain/landing/hunks.js';
import type { Resolution, ResolveReport, ReviewedHunk } from '../../../domain/landing/merge.js';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { writeFileDurably } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import type { OpenFile } from './open-file.js';
import type { Sides } from './types.js';

const recordFile = (session: Pick<RepoSession, 'paths'>, task: Task) =>
  join(session.paths.stateDir, 'resolutions', `${task.id}.json`);

/** Longer texts are nothing to read hunk by hunk; git has them. */
const maxChars = 100_000;

/** The report with the texts of the hunks that were open. */
export function resolutionOf(
  session: Pick<RepoSession, 'target'>,
  task: Task,
  sides: Sides,
  report: ResolveReport,
  open: readonly OpenFile[],
): Resolution {
  const { status, commit, reason } = report;
  const byPath = new Map(open.map((file) => [file.path, file]));
  return {
    task: task.slug,
    status,
    at: new Date().toISOString(),
    branch: task.branch,
    target: session.target,
    ours: sides.head,
    theirs: sides.target,
    ...(commit ? { commit } : {}),
    ...(reason ? { reason } : {}),
    files: report.files.map((file) => ({ ...file, hunks: reviewed(file.hunks, byPath.get(file.path)) })),
  };
}

function reviewed(
  records: ResolveReport['files'][number]['hunks'],
  file: OpenFile | undefined,
): ReviewedHunk[] {
  const texts = new Map(file ? hunksOf(file.parts).map((hunk) => [hunk.index, hunk]) : []);
  return records.flatMap((record) => {
    const hunk = texts.get(record.index);
    if (!hunk) return [];
    const answer = file!.answers.get(record.index)?.content;
    return {
      ...record,
      ...{ base: clip(hunk.base), ours: clip(hunk.ours), theirs: clip(hunk.theirs) },
      ...(answer === undefined ? {} : { result: clip(answer) }),
    };
  });
}

const clip = (text: string): string =>
  text.length > maxChars ? `${text.slice(0, maxChars)}\n… ${text.length - maxChars} more characters\n` : text;

/** Replaces what was kept of the task's last resolution: an older one must never pass for it. */
export async function keepResolution(
  session: Pick<RepoSession, 'paths'>,
  task: Task,
  resolution: Resolution,
): Promise<void> {
  const file = recordFile(session, task);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await rm(file, { force: true });
  await writeFileDurably(file, `${JSON.stringify(resolution)}\n`);
}

/** The last resolution of a task. Throws `no-resolution` when none is kept that can be read. */
export async function readResolution(session: Pick<RepoSession, 'paths'>, task: Task): Promise<Resolution> {
  try {
    return JSON.parse(await readFile(recordFile(session, task), 'utf8')) as Resolution;
  } catch (error) {
    if (!hasCode(error, 'ENOENT') && (error as Error).name !== 'SyntaxError') throw error;
    throw appError('no-resolution', `No resolution of ${task.slug} is on record.`, {
      kind: 'usage',
      hint: `Conflicts are resolved by \`codex-agent merge resolve ${task.slug}\`.`,
    });
  }
}
