/** One hunk in the person's own editor: the file holds that hunk and nothing else. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { textNow } from '../../../domain/landing/hunk-choices.js';
import { hasMarkers, markHunks } from '../../../domain/landing/hunks.js';
import { appError, toAppError } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { openInEditor, temporaryFolder, writeTo } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import {
  type ChosenReport,
  type HunkPlace,
  requireFile,
  requireOne,
  requireOpen,
  writeHunk,
} from './choose.js';

/**
 * Opens what stands in the hunk in $VISUAL or $EDITOR: what was chosen or proposed; for a guess or no answer, all
 * three sides between markers. What is saved is chosen. Where it cannot be, the error names the file that keeps the text.
 * Throws `editor-failed`, `nothing-written`, `not-text`, `markers-left`, and what `takeHunk` throws.
 */
export async function editHunk(session: RepoSession, task: Task, place: HunkPlace): Promise<ChosenReport> {
  const open = await requireOpen(session, task);
  const file = requireFile(open, place.path);
  const [hunk] = requireOne(file, place.hunk);
  // A guess is looked at on the page; a person who writes wants to see what it was guessed from.
  const known = hunk.choice || !hunk.answer?.guess ? textNow(hunk) : undefined;
  const start =
    known ?? markHunks([{ type: 'hunk', hunk }], new Map(), { labels: ['ours', 'base', 'theirs'] });
  const folder = await mkdtemp(join(temporaryFolder(session.env), 'codex-agent-hunk-'));
  // The ending tells the editor which language it is.
  const path = join(folder, `hunk-${hunk.index}${extname(file.path).replace(/[^\w.]/g, '')}`);
  await writeTo(path, start, { mode: 0o600 });
  let written = false;
  try {
    await openInEditor(path, { cwd: session.root, env: session.env });
    const saved = await readFile(path);
    const text = saved.toString('utf8');
    written = text !== start;
    if (!Buffer.from(text).equals(saved) || text.includes('\0')) {
      throw appError('not-text', 'What was saved is not UTF-8 text, so nothing was chosen.', {
        kind: 'usage',
      });
    }
    if (text === start && (!hunk.answer || hunk.choice || hasMarkers(text))) {
      throw appError('nothing-written', 'The hunk was not changed, so nothing was chosen.', {
        kind: 'interrupted',
      });
    }
    const report = await writeHunk(session, task, { ...place, of: hunk.of }, text);
    written = false;
    return report;
  } catch (cause) {
    if (!written) throw cause;
    const { code, kind, message } = toAppError(cause);
    throw appError(code, message, {
      kind,
      hint: `Nothing was chosen. Your text is kept in ${path}.`,
      cause,
    });
  } finally {
    if (!written) await rm(folder, { recursive: true, force: true });
  }
}
