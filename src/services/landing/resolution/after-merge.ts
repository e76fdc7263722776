/** What is written once a merge is made: it stands, whatever of this fails. */
import type { ResolveReport } from '../../../domain/landing/merge.js';
import { messageOf } from '../../../domain/platform/errors.js';
import type { RepoSession } from '../../store/index.js';

/** What is written, in words, and how. */
export type WriteAfter = readonly [what: string, write: () => Promise<unknown>];

/**
 * Writes all of it, tells each failure, and gives the report with those failures: an error would say that nothing was
 * merged. Without a merge the first failure is thrown.
 */
export async function writeAfterMerge<Report extends ResolveReport>(
  { emit }: Pick<RepoSession, 'emit'>,
  report: Report,
  writes: readonly WriteAfter[],
): Promise<Report> {
  const unwritten: string[] = [];
  for (const [what, write] of writes) {
    try {
      await write();
    } catch (error) {
      if (report.status !== 'resolved') throw error;
      const line = `${what} could not be written: ${messageOf(error)}`;
      unwritten.push(line);
      emit({ type: 'noted', level: 'warning', message: `${report.task} is merged, but ${line}` });
    }
  }
  return unwritten.length > 0 ? { ...report, unwritten } : report;
}
