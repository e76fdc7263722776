/** Asks a model about one hunk again, with a person's word; what it says is proposed, and nothing is chosen. */
import { appError } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { type RepoSession, tellWork } from '../../store/index.js';
import { askAboutHunk } from '../resolution/ask.js';
import { type ChosenReport, type HunkPlace, requireFile, requireOne, requireOpen } from './choose.js';
import { readConflict } from './read.js';
import { updateChoices } from './store.js';

/** Throws `no-model`, `model-declined`, `no-conflict`, `no-file`, `no-hunk`, and what a model that fails throws. */
export async function askHunk(
  session: RepoSession,
  task: Task,
  place: HunkPlace,
  word: string,
): Promise<ChosenReport> {
  const open = await requireOpen(session, task);
  const [hunk] = requireOne(requireFile(open, place.path), place.hunk);
  if (word.trim() === '') {
    throw appError('bad-arguments', 'There is nothing to tell the model.', {
      kind: 'usage',
      hint: 'Say in a word what the hunk is to be.',
    });
  }
  const file = open.files.find(({ path }) => path === place.path)!;
  const said = ({ did }: ChosenReport) => ({ ok: true, text: did });
  return tellWork(session, { task: task.slug, kind: 'resolving', said }, async (told) => {
    told.progress?.stage({ kind: 'resolve', name: `${file.path}, hunk ${hunk.index}, ai` });
    const site = { session: told, task, sides: open.sides };
    const { text, reason } = await askAboutHunk(site, file.texts!, hunk.index, word);
    const asked = {
      path: file.path,
      hunk: hunk.index,
      of: hunk.of,
      text,
      reason,
      word,
      at: new Date().toISOString(),
    };
    await updateChoices(session, task, open.sides, (state) => ({ ...state, asked: [...state.asked, asked] }));
    const { document } = await readConflict(session, task);
    return { did: `${file.path}, hunk ${hunk.index}: the model answers anew, ${reason}`, document };
  });
}
