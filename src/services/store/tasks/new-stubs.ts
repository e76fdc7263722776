/** Stubs that came after the first look become tasks: in one change, so that thousands of files take no thousand writes. */
import { messageOf } from '../../../domain/platform/errors.js';
import type { TaskDraft } from '../../../domain/store/draft.js';
import { parseStub, stubFolder } from '../stubs/index.js';
import { type AddSession, addTasks } from './add.js';
import { tasksOf } from './query.js';

/** What became of the files: slugs of new tasks, names that need no further look, and a sentence for each that failed. */
export interface NewTasks {
  added: string[];
  taken: string[];
  problems: string[];
}

interface NewStub {
  name: string;
  draft: TaskDraft;
  /** Why it is no task yet. */
  error?: unknown;
}

/** Makes tasks of files, text by name, that no task has. One that cannot be taken holds no other. */
export async function addNewStubs(session: AddSession, files: Iterable<[string, string]>): Promise<NewTasks> {
  const found: NewTasks = { added: [], taken: [], problems: [] };
  const problem = (name: string, error: unknown) =>
    found.problems.push(`${stubFolder}/${name} did not become a task: ${messageOf(error)}`);
  let open: NewStub[] = [];
  for (const [name, text] of files) {
    const stub = `${stubFolder}/${name}`;
    await parseStub(text, stub).then(
      (draft) => open.push({ name, draft: { ...draft, stub } }),
      (error: unknown) => problem(name, error),
    );
  }
  // What one depends on may come in another half, so those left over are tried again as long as that helps.
  for (let before = -1; open.length > 0 && found.taken.length > before; ) {
    before = found.taken.length;
    open = await addAll(session, open, found);
  }
  const tasks = open.length > 0 ? tasksOf(await session.registry.read(), session.repo.id) : [];
  for (const { name, draft, error } of open) {
    // Another process may have taken it at the same time.
    if (tasks.some(({ stub }) => stub === draft.stub)) found.taken.push(name);
    else problem(name, error);
  }
  return found;
}

/** All at once; when that fails, each half by itself. Resolves with those that alone could not be added. */
async function addAll(session: AddSession, stubs: readonly NewStub[], found: NewTasks): Promise<NewStub[]> {
  try {
    const drafts = stubs.map(({ draft }) => draft);
    const tasks = await addTasks(session, drafts, { writeStubs: false });
    found.added.push(...tasks.map(({ slug }) => slug));
    found.taken.push(...stubs.map(({ name }) => name));
    return [];
  } catch (error) {
    if (stubs.length === 1) return [{ ...stubs[0]!, error }];
    const half = Math.ceil(stubs.length / 2);
    const first = await addAll(session, stubs.slice(0, half), found);
    return [...first, ...(await addAll(session, stubs.slice(half), found))];
  }
}
