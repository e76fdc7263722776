/** Where a person's choices for the conflict of a task are kept: a file for each task, replaced whole under a lock of its own. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChoiceState, offeredAgain } from '../../../domain/landing/hunk-choices.js';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { acquireLock, ensurePrivateFolder, writeFileDurably } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import type { Sides } from '../resolution/types.js';

type Home = Pick<RepoSession, 'paths'>;

const folderOf = ({ paths }: Home): string => join(paths.stateDir, 'choices');

/** What is kept for the conflict between these sides; what was chosen between others is void. Throws `bad-choices`. */
export async function readChoices(session: Home, task: Task, sides: Sides): Promise<ChoiceState> {
  const path = join(folderOf(session), `${task.id}.json`);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    return fresh(sides);
  }
  const state = parsed(text);
  if (state) return forSides(state, sides);
  throw appError('bad-choices', `${path} holds no choices that this version understands.`, {
    hint: 'Nothing was changed. Use a newer codex-agents, or move the file away to choose anew.',
  });
}

const fresh = ({ head, target }: Sides): ChoiceState => ({
  version: 1,
  ours: head,
  theirs: target,
  choices: [],
  asked: [],
  earlier: [],
});

function forSides(state: ChoiceState, sides: Sides): ChoiceState {
  const [ours, theirs] = [state.ours !== sides.head, state.theirs !== sides.target];
  if (!ours && !theirs) return state;
  // Digests tell which of it is about what is in conflict still, also after several moves.
  const kept = { ...fresh(sides), asked: state.asked, earlier: offeredAgain(state) };
  if (state.choices.length === 0) return kept;
  return { ...kept, moved: ours && theirs ? 'both' : ours ? 'ours' : 'theirs' };
}

function parsed(text: string): ChoiceState | undefined {
  try {
    const state = JSON.parse(text) as ChoiceState;
    const lists = [state.choices, state.asked, state.earlier];
    return state.version === 1 && lists.every(Array.isArray) ? state : undefined;
  } catch {
    return undefined;
  }
}

/** Changes what is kept, one process at a time; durable when it resolves. Throws `bad-choices`, `lock-held`. */
export async function updateChoices(
  session: Home & Pick<RepoSession, 'signal'>,
  task: Task,
  sides: Sides,
  change: (state: ChoiceState) => ChoiceState,
): Promise<void> {
  const folder = folderOf(session);
  ensurePrivateFolder(folder);
  const path = join(folder, `${task.id}.json`);
  const lock = await acquireLock(`${path}.lock.d`, { command: 'choose', signal: session.signal });
  try {
    const before = await readChoices(session, task, sides);
    const after = change(before);
    if (after !== before) await writeFileDurably(path, `${JSON.stringify(after)}\n`);
  } finally {
    await lock.release();
  }
}
