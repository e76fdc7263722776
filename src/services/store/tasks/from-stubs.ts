/** Takes over what people wrote into the stubs of a repository: edits, new files, and deletions. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { appError, hasCode, messageOf } from '../../../domain/platform/errors.js';
import { systemRefusal } from '../../../domain/platform/system-errors.js';
import type { TaskDraft } from '../../../domain/store/draft.js';
import { isSettled, type Task } from '../../../domain/store/task.js';
import { insideOnly, readPlain } from '../../platform/index.js';
import {
  formatStub,
  isStubName,
  knownStubs,
  parseStub,
  stubFolder,
  stubPath,
  stubText,
  writeStubs,
} from '../stubs/index.js';
import type { RepoSession } from '../types.js';
import type { AddSession } from './add.js';
import { applyEdit, type TaskChanges, updateTask } from './change.js';
import { addNewStubs } from './new-stubs.js';
import { tasksOf } from './query.js';

/** What was taken over from stubs, and what a person has to look at. */
export interface StubNews {
  /** Slugs of tasks that were changed, and that are new. */
  changed: string[];
  added: string[];
  /** A sentence for each thing that could not be taken as it stands. */
  problems: string[];
}

type Needs = AddSession;

/** Fields that a stub says and an edit may change. */
const fields = [
  ...(['title', 'goal', 'acceptance', 'priority', 'owner', 'labels', 'dependsOn', 'touches'] as const),
  ...(['runner', 'model', 'budget', 'startFrom'] as const),
];
type Field = (typeof fields)[number];

/** Larger files are no stubs. */
const maxBytes = 1_000_000;

/**
 * Brings the tasks of a repository in step with its stubs, and tells what it did. An edit by hand counts unless the
 * task itself was changed in the same field meanwhile: then both stay, and both are shown. A file that came after the
 * first look becomes a task. Nothing is deleted. Never throws for what stands in a stub; throws when it is cancelled.
 */
export async function takeStubs(session: Needs & Pick<RepoSession, 'signal'>): Promise<StubNews> {
  const news: StubNews = { changed: [], added: [], problems: [] };
  const { files, odd } = await readFolder(session.root, news);
  const known = await knownStubs(session.paths, session.repo.id);
  const tasks = tasksOf(await session.registry.read(), session.repo.id);
  const byName = new Map(tasks.flatMap((task) => (task.stub ? [[nameOf(task), task] as const] : [])));
  const strangers: string[] = [];
  const fresh = new Map<string, string>();
  let refused: string | undefined;
  /** A disk that takes no note is no reason to show no tasks: the same stubs are looked at again next time. */
  const noting = async (work: Promise<void>) => {
    await work.catch((error: unknown) => {
      refused ??= systemRefusal(error)?.message;
      if (refused === undefined) throw error;
    });
  };
  for (const [name, text] of files) {
    session.signal.throwIfAborted();
    const before = await known.textOf(name);
    const task = byName.get(name);
    if (before === text) continue;
    if (task) {
      if (!(await takeEdit(session, task, text, before, news))) continue;
    } else if (known.isNew) strangers.push(name);
    else if (before === undefined) {
      fresh.set(name, text);
      continue;
    }
    await noting(known.note(name, text));
  }
  const { added, taken, problems } = await addNewStubs(session, fresh);
  for (const name of taken) await noting(known.note(name, fresh.get(name)!));
  news.added.push(...added);
  news.problems.push(...problems);
  if (strangers.length > 0) {
    const what = `${strangers.length} file${strangers.length === 1 ? ' in it is' : 's in it are'} no task here`;
    news.problems.push(`${stubFolder}: ${what}; to add: codex-agent task add --from ${stubFolder}/<file>`);
  }
  const gone = [...known.names].filter((name) => !files.has(name));
  // The note of an open task stays, and with it the question, until a person has answered.
  const asked = gone.filter((name) => byName.has(name) && !isSettled(byName.get(name)!));
  for (const name of gone) if (!asked.includes(name)) await noting(known.forget(name));
  const slugs = (names: readonly string[]) => names.map((name) => byName.get(name)!.slug);
  const deleted = slugs(asked.filter((name) => !odd.has(name)));
  if (deleted.length > 0) news.problems.push(deletedSaid(deleted));
  for (const slug of slugs(asked.filter((name) => odd.has(name)))) news.problems.push(oddSaid(slug));
  if (known.isNew) await noting(known.noteLook());
  if (refused) news.problems.push(`What the stubs say could not be noted: ${refused}`);
  tell(session, news);
  return news;
}

/**
 * Notes the stubs that are there when a repository is set up, so that only those which come later become tasks.
 * Resolves with how many there are.
 */
export async function noteStubs(session: Pick<RepoSession, 'repo' | 'root' | 'paths'>): Promise<number> {
  const { files } = await readFolder(session.root, { changed: [], added: [], problems: [] });
  const known = await knownStubs(session.paths, session.repo.id);
  if (!known.isNew) return 0;
  for (const [name, text] of files) await known.note(name, text);
  await known.noteLook();
  return files.size;
}

/** What stands where the stub was, such as a link, may have been put there on purpose: a person takes it away. */
const oddSaid = (slug: string): string =>
  `${stubPath(slug)} is no regular file of at most 1 MB; the task stays as it was. Move that away, then: codex-agent task keep ${slug}.`;

/** A branch without stubs has none of them: the tasks share a sentence. */
function deletedSaid(slugs: readonly string[]): string {
  const [first] = slugs;
  if (slugs.length === 1) {
    return `The stub of ${first} was deleted; the task is still there. Remove it: codex-agent task remove ${first}. Keep it, with a stub again: codex-agent task keep ${first}.`;
  }
  const more = slugs.length > 5 ? ` and ${slugs.length - 5} more` : '';
  return `The stubs of ${slugs.slice(0, 5).join(', ')}${more} were deleted; the tasks are still there. Remove one: codex-agent task remove <task>. Keep all, with stubs again: codex-agent task keep.`;
}

/**
 * Writes the stubs of tasks anew whose files were deleted: these tasks, or all of them when none is named. Resolves
 * with the slugs of those that got one. Throws `in-the-way` where something else stands in the place of one.
 */
export async function keepTasks(session: Needs, slugs: readonly string[]): Promise<string[]> {
  const tasks = tasksOf(await session.registry.read(), session.repo.id);
  const { files, odd } = await readFolder(session.root, { changed: [], added: [], problems: [] });
  const known = await knownStubs(session.paths, session.repo.id);
  const wanted = new Set(slugs);
  const bare = tasks.filter((task) => {
    if (!task.stub || files.has(nameOf(task))) return false;
    return wanted.size > 0 ? wanted.has(task.slug) : !isSettled(task) && known.names.has(nameOf(task));
  });
  const inTheWay = bare.find(({ slug }) => odd.has(`${slug}.md`));
  if (inTheWay) throw appError('in-the-way', oddSaid(inTheWay.slug));
  await writeStubs(session, bare);
  for (const { slug, stub } of bare) {
    if (stub === stubPath(slug)) continue;
    await updateTask(session, slug, (task) => ({ ...task, stub: stubPath(slug) }));
    await known.forget(stub!.slice(stub!.lastIndexOf('/') + 1));
  }
  return bare.map(({ slug }) => slug);
}

const nameOf = (task: Task): string => task.stub!.slice(task.stub!.lastIndexOf('/') + 1);

/** Text by name, and the names of what is no regular file, or far too big. */
async function readFolder(
  root: string,
  news: StubNews,
): Promise<{ files: Map<string, string>; odd: Set<string> }> {
  const files = new Map<string, string>();
  const odd = new Set<string>();
  try {
    const folder = await insideOnly(root, stubFolder);
    for (const name of (await readdir(folder)).filter(isStubName).sort()) {
      const path = join(folder, name);
      const found = await lstat(path);
      if (!found.isFile() || found.size > maxBytes) {
        odd.add(name);
        continue;
      }
      try {
        files.set(name, stubText(await readPlain(path), path));
      } catch (error) {
        news.problems.push(messageOf(error));
      }
    }
  } catch (error) {
    if (!hasCode(error, 'ENOENT') && !hasCode(error, 'outside-repository')) throw error;
  }
  return { files, odd };
}

/** False when it could not be taken whole, so that it is looked at again. */
async function takeEdit(
  session: Needs,
  task: Task,
  text: string,
  before: string | undefined,
  news: StubNews,
): Promise<boolean> {
  if (isSettled(task) || text === formatStub(task)) return true;
  try {
    const now = await parseStub(text, nameOf(task));
    // A note that was cut off says nothing.
    const known =
      before === undefined ? undefined : await parseStub(before, nameOf(task)).catch(() => undefined);
    const was = fieldsOf(known ?? task);
    const wanted = fieldsOf(now);
    const own = fieldsOf(task);
    const edited = fields.filter((field) => !isDeepStrictEqual(wanted[field], was[field]));
    const open = edited.filter((field) => !isDeepStrictEqual(wanted[field], own[field]));
    const both = open.filter((field) => !isDeepStrictEqual(own[field], was[field]));
    const taken = open.filter((field) => !both.includes(field));
    const changes = Object.fromEntries(taken.map((field) => [field, wanted[field]]));
    if (taken.length > 0) await applyEdit(session, task.slug, changes as TaskChanges);
    const moved = await takeStatus(session, task, now);
    if (taken.length > 0 || moved) news.changed.push(task.slug);
    for (const field of both) {
      news.problems.push(
        `${task.stub} and task ${task.slug} were both changed in ${field}: the file says ${said(wanted[field])}, the task ${said(own[field])}. Settle it: codex-agent task edit ${task.slug} --${flagOf(field)} …, or write the task's words into the file.`,
      );
    }
    return both.length === 0;
  } catch (error) {
    news.problems.push(`${task.stub} is not taken, and ${task.slug} stays as it is: ${messageOf(error)}`);
    return false;
  }
}

/** A stub says that its task is a draft, or it says nothing. */
async function takeStatus(session: Needs, task: Task, draft: TaskDraft): Promise<boolean> {
  const wanted = draft.status ?? 'ready';
  if (!['draft', 'ready'].includes(task.status) || task.status === wanted) return false;
  await updateTask(session, task.slug, (fresh) =>
    fresh.status === task.status ? { ...fresh, status: wanted } : fresh,
  );
  return true;
}

/** Fields as they are compared: what is left out is the default. */
function fieldsOf(task: TaskDraft | Task): Record<Field, unknown> {
  const { title, goal = '', acceptance = [], priority = 'normal', owner = '', labels = [] } = task;
  const { dependsOn = [], touches = [], runner = '', model = '', startFrom = '' } = task;
  const budget = { tokens: task.budget?.tokens ?? 0, cost: task.budget?.cost ?? 0 };
  return {
    ...{ title, goal: goal.trim(), acceptance, priority, owner, labels },
    ...{ dependsOn, touches, runner, model, budget, startFrom },
  };
}

const flagOf = (field: Field): string =>
  ({ dependsOn: 'depends-on', startFrom: 'base', budget: 'budget-tokens' })[field as string] ?? field;

function said(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}

function tell({ emit }: Needs, news: StubNews): void {
  const list = (slugs: readonly string[]) => slugs.join(', ');
  if (news.changed.length > 0) {
    emit({ type: 'noted', level: 'info', message: `Taken from edited stubs: ${list(news.changed)}.` });
  }
  if (news.added.length > 0) {
    emit({ type: 'noted', level: 'info', message: `New tasks from stubs: ${list(news.added)}.` });
  }
  for (const message of news.problems) emit({ type: 'noted', level: 'warning', message });
}
