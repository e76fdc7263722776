/** Stubs that came after the first look become tasks: in one change, so that thousands of files take no thousand writes. */
import { hasCode, messageOf } from '../../../domain/platform/errors.js';
import type { TaskDraft } from '../../../domain/store/draft.js';
import { parseStub, stubFolder } from '../stubs/index.js';
import type { RepoSession } from '../types.js';
import { type AddSession, addPossible } from './add.js';

/** What became of the files: slugs of new tasks, names that need no further look, and a sentence for each that failed. */
interface NewTasks {
  added: string[];
  taken: string[];
  problems: string[];
}

/**
 * Makes tasks of files, text by name, that no task has. One that cannot be taken holds no other. Throws when it is
 * cancelled; what the system refuses is one of the problems.
 */
export async function addNewStubs(
  session: AddSession & Pick<RepoSession, 'signal'>,
  files: ReadonlyMap<string, string>,
): Promise<NewTasks> {
  const found: NewTasks = { added: [], taken: [], problems: [] };
  const problem = (name: string, error: unknown) =>
    found.problems.push(`${stubFolder}/${name} did not become a task: ${messageOf(error)}`);
  const drafts = new Map<TaskDraft, string>();
  for (const [name, text] of files) {
    session.signal.throwIfAborted();
    const stub = `${stubFolder}/${name}`;
    await parseStub(text, stub).then(
      (draft) => drafts.set({ ...draft, stub }, name),
      (error: unknown) => problem(name, error),
    );
  }
  if (drafts.size === 0) return found;
  try {
    const { tasks, refused } = await addPossible(session, [...drafts.keys()]);
    found.added.push(...tasks.map(({ slug }) => slug));
    for (const [draft, name] of drafts) {
      if (refused.has(draft)) problem(name, refused.get(draft));
      else found.taken.push(name);
    }
  } catch (error) {
    session.signal.throwIfAborted();
    if (hasCode(error, 'interrupted')) throw error;
    const what = drafts.size === 1 ? 'a new file' : `${drafts.size} new files`;
    found.problems.push(`${stubFolder}: ${what} did not become tasks: ${messageOf(error)}`);
  }
  return found;
}
