/** What a person chooses for a hunk or a file: a side, the proposed answer, a text of their own; and taking that back. */
import {
  type ConflictDocument,
  type ConflictDocumentFile,
  type HunkChoice,
  offeredAgain,
  type Take,
  textTaken,
} from '../../../domain/landing/hunk-choices.js';
import { newMarkers } from '../../../domain/landing/hunks.js';
import { appError } from '../../../domain/platform/errors.js';
import { plural } from '../../../domain/platform/units.js';
import type { Task } from '../../../domain/store/task.js';
import type { RepoSession } from '../../store/index.js';
import { type OpenConflict, readConflict } from './read.js';
import { digestsIn } from './sides.js';
import { updateChoices } from './store.js';

/** What was done, in words, and how things stand now. */
export interface ChosenReport {
  did: string;
  document: ConflictDocument;
}

/** Which hunks are meant: a number of the file, or all of it. */
export interface HunkPlace {
  path: string;
  hunk: number | 'all';
  /** Digest of what was looked at: where something else is in conflict by now, nothing is chosen. */
  of?: string;
}

/**
 * Takes a side, both, the base or the proposed answer. For all hunks of a file, "answer" takes those that have one that is
 * no guess.
 * Throws `no-conflict`, `no-file`, `no-hunk`, `no-answer`, `hunk-changed`, and what `readConflict` throws.
 */
export async function takeHunk(
  session: RepoSession,
  task: Task,
  place: HunkPlace,
  take: Take,
): Promise<ChosenReport> {
  const open = await requireOpen(session, task);
  const file = requireFile(open, place.path);
  if (file.whole) return takeWhole(session, task, { open, file, place, take });
  const hunks = requireHunks(file, place.hunk);
  requireSame(place, hunks[0]?.of);
  const made = hunks.flatMap((hunk): HunkChoice[] => {
    const guessed = take === 'answer' && place.hunk === 'all' && hunk.answer?.guess;
    const text = guessed ? undefined : textTaken(hunk, take);
    if (text === undefined && place.hunk !== 'all') {
      throw appError('no-answer', `Hunk ${hunk.index} of ${file.path} has no answer: ${hunk.why ?? ''}.`, {
        kind: 'usage',
        hint: 'Take a side, or write it with `codex-agent merge edit`.',
      });
    }
    return text === undefined ? [] : [choiceOf(open, file.path, hunk.index, { took: take, text })];
  });
  if (made.length === 0) {
    throw appError('no-answer', `No hunk of ${file.path} has an answer to take.`, { kind: 'usage' });
  }
  const what = place.hunk === 'all' ? plural(made.length, 'hunk') : `hunk ${place.hunk}`;
  return keep(session, task, open, made, `${file.path}, ${what}: ${take}.`);
}

async function takeWhole(
  session: RepoSession,
  task: Task,
  {
    open,
    file,
    place,
    take,
  }: { open: OpenConflict; file: ConflictDocumentFile; place: HunkPlace; take: Take },
): Promise<ChosenReport> {
  if (place.hunk !== 'all' && place.hunk !== 0) throw noHunk(file, place.hunk);
  requireSame(place, file.whole!.of);
  if (file.whole!.apart || take === 'both' || take === 'answer') {
    throw appError('not-by-hunk', `${file.path} is decided as a whole: ${file.whole!.reason}.`, {
      kind: 'usage',
      hint: `${file.whole!.apart ? '' : 'Take ours, theirs or base; or '}lay it out in the worktree: \`codex-agent merge resolve ${task.slug} --by-hand\`.`,
    });
  }
  const choice = choiceOf(open, file.path, 0, { took: take });
  return keep(session, task, open, [choice], `${file.path}: ${take}, ${file.whole![take].words}.`);
}

/** A text of the person's own. Throws `markers-left` too. */
export async function writeHunk(
  session: RepoSession,
  task: Task,
  place: HunkPlace,
  text: string,
): Promise<ChosenReport> {
  const open = await requireOpen(session, task);
  const file = requireFile(open, place.path);
  const [hunk] = requireOne(file, place.hunk);
  requireSame(place, hunk.of);
  const left = newMarkers(text, [hunk.ours, hunk.theirs]);
  if (left.length > 0) {
    throw appError('markers-left', `The text still holds conflict markers: ${left[0]!.trim()}.`, {
      kind: 'usage',
      hint: 'Nothing was chosen. Write what is to stand there, without the markers.',
    });
  }
  const choice = choiceOf(open, file.path, hunk.index, { took: 'edited', text: inItsPlace(text, hunk) });
  return keep(session, task, open, [choice], `${file.path}, hunk ${hunk.index}: as you wrote it.`);
}

function requireSame({ path, of }: HunkPlace, now: string | undefined): void {
  if (of === undefined || of === now) return;
  throw appError('hunk-changed', `Something else is in conflict in ${path} by now: a side moved.`, {
    kind: 'usage',
    hint: 'Nothing was chosen. Look at it again.',
  });
}

/** Lines around the hunk stay lines of their own: what is written ends as the hunk does. */
function inItsPlace(
  text: string,
  { ours, theirs, after }: { ours: string; theirs: string; after: string },
): string {
  if (text === '' || text.endsWith('\n') || after === '') return text;
  return `${text}${/\r?\n/.exec(ours + theirs)?.[0] ?? '\n'}`;
}

/** Takes the last choice back, or all of them. Throws `nothing-chosen`. */
export async function undoChoice(session: RepoSession, task: Task, all: boolean): Promise<ChosenReport> {
  const open = await requireOpen(session, task);
  let did = '';
  await updateChoices(session, task, open.sides, (state) => {
    const last = state.choices.at(-1);
    if (!last) {
      throw appError('nothing-chosen', `Nothing is chosen for the conflict of ${task.slug}.`, {
        kind: 'usage',
      });
    }
    if (!all) {
      did = `Took back ${last.path}${last.hunk > 0 ? `, hunk ${last.hunk}` : ''}: ${last.took}.`;
      return { ...state, choices: state.choices.slice(0, -1) };
    }
    did = `Took back ${plural(state.choices.length, 'choice')}; they are proposed from now on, and nothing was merged.`;
    // What a person wrote is not thrown away.
    const { moved: _, ...kept } = state;
    return { ...kept, choices: [], earlier: offeredAgain(state) };
  });
  return { did, document: (await readConflict(session, task)).document };
}

function choiceOf(
  { files }: OpenConflict,
  path: string,
  hunk: number,
  made: Pick<HunkChoice, 'took' | 'text'>,
): HunkChoice {
  const of = digestsIn(files.find((file) => file.path === path)!).get(hunk)!;
  return { path, hunk, of, ...made, at: new Date().toISOString() };
}

async function keep(
  session: RepoSession,
  task: Task,
  { sides }: OpenConflict,
  made: readonly HunkChoice[],
  did: string,
): Promise<ChosenReport> {
  await updateChoices(session, task, sides, (state) => ({ ...state, choices: [...state.choices, ...made] }));
  return { did, document: (await readConflict(session, task)).document };
}

/** The conflict while it is open. Throws `no-conflict`. */
export async function requireOpen(session: RepoSession, task: Task): Promise<OpenConflict> {
  const open = await readConflict(session, task);
  if (open.document.status === 'open') return open;
  throw appError('no-conflict', `${task.slug} has no conflict with ${session.target} now.`, {
    kind: 'usage',
    hint: `\`codex-agent merge check ${task.slug}\` tells how it merges.`,
  });
}

/** The file of this name. Throws `no-file`. */
export function requireFile({ document }: OpenConflict, name: string): ConflictDocumentFile {
  const path = name.replace(/^\.\//, '');
  const file =
    document.files.find((one) => one.path === name) ?? document.files.find((one) => one.path === path);
  if (file) return file;
  throw appError('no-file', `${name} is not in conflict.`, {
    kind: 'usage',
    hint: `In conflict: ${document.files.map((one) => one.path).join(', ')}.`,
  });
}

function requireHunks(file: ConflictDocumentFile, which: number | 'all'): ConflictDocumentFile['hunks'] {
  return which === 'all' ? file.hunks : requireOne(file, which);
}

/** One hunk of a file that has hunks. Throws `no-hunk`, `not-by-hunk`. */
export function requireOne(
  file: ConflictDocumentFile,
  which: number | 'all',
): [ConflictDocumentFile['hunks'][number]] {
  if (file.whole) {
    throw appError('not-by-hunk', `${file.path} is decided as a whole: ${file.whole.reason}.`, {
      kind: 'usage',
    });
  }
  const hunk = file.hunks.find(({ index }) => index === which);
  if (!hunk) throw noHunk(file, which);
  return [hunk];
}

const noHunk = ({ path, hunks }: ConflictDocumentFile, which: number | 'all') =>
  appError('no-hunk', `${path} has no hunk ${which}.`, {
    kind: 'usage',
    hint: hunks.length > 0 ? `Its hunks are 1 to ${hunks.length}.` : 'It is decided as a whole: say "all".',
  });
