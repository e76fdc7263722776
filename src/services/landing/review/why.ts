/** Finds the attempt, and the place in its transcript, at which a hunk was written. Newest attempt first. */
import type { LineKind } from '../../../domain/agents/transcript/line.js';
import { plainLines } from '../../../domain/agents/transcript/plain.js';
import { renderEvents } from '../../../domain/agents/transcript/render.js';
import type { ReviewSubject } from '../../../domain/landing/review/document.js';
import { hunkAt } from '../../../domain/landing/review/hunks.js';
import { parsePlace, placeName } from '../../../domain/landing/review/spelling.js';
import { type WhyReport, whyIn } from '../../../domain/landing/review/why.js';
import { appError } from '../../../domain/platform/errors.js';
import { cwdOf, reportRun } from '../../agents/index.js';
import type { RepoSession } from '../../store/index.js';
import { readReview } from './read.js';

/** The lines of an edit stand in the diff above already. */
const ofEdit: ReadonlySet<LineKind> = new Set(['added', 'removed', 'context', 'gap']);

/** Throws `no-hunk` for a place without a change, `not-told` where no transcript has to do with it. */
export async function whyHunk(
  session: RepoSession,
  subject: ReviewSubject,
  typed: string,
): Promise<WhyReport> {
  const { review } = await readReview(session, subject);
  const place = parsePlace(
    typed,
    review.files.map(({ path }) => path),
  );
  const file = review.files.find(({ path }) => path === place.path);
  const at = file && hunkAt(file, place.side, place.line);
  if (!file || at === undefined) {
    throw appError('no-hunk', `No change stands at ${placeName(place)}.`, {
      kind: 'usage',
      hint: '`task review` shows the lines of every change.',
    });
  }
  let named: WhyReport | undefined;
  for (const { runId, attempt } of [...review.runs].reverse()) {
    const { events } = await reportRun(session.paths, runId);
    const found = whyIn(events, file.path, file.hunks[at]!);
    if (!found) continue;
    const told = renderEvents(found.events, { cwd: cwdOf(session.paths, runId) });
    const lines = plainLines(told.filter(({ kind }) => !ofEdit.has(kind)));
    const report = { place: placeName(place), run: runId, attempt, sure: found.sure, lines };
    if (found.sure === 'lines') return report;
    named ??= report;
  }
  if (named) return named;
  throw appError('not-told', `No transcript tells how ${placeName(place)} was written.`, {
    hint: review.runs.length === 0 ? 'No agent has worked on it.' : 'A person or a tool may have written it.',
  });
}
