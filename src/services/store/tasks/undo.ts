/** Keeps what a person changed of tasks, so that it can be taken back, also after a restart. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { canUndo, type TaskChange, undone } from '../../../domain/store/undo.js';
import {
  appendDurably,
  ensurePrivateFolder,
  openToAppend,
  readText,
  writeFileDurably,
} from '../../platform/index.js';
import { refreshStub, writeStubs } from '../stubs/index.js';
import type { RepoSession } from '../types.js';
import { tasksOf } from './query.js';

/** How many changes can be taken back, one after the other. */
const kept = 100;

type Needs = Pick<RepoSession, 'repo' | 'registry' | 'root' | 'paths' | 'emit'>;
/** A change, or the word that one was taken back. */
type Line = TaskChange | { undone: string };

const fileOf = ({ paths, repo }: Pick<Needs, 'paths' | 'repo'>): string =>
  join(paths.stateDir, 'changes', `${repo.id}.jsonl`);

/** Notes a change that a person made, and tells that it can be taken back. Never in the way of the change itself. */
export async function noteChange(session: Needs, before: Task, after?: Task): Promise<void> {
  const change: TaskChange = {
    id: randomBytes(6).toString('hex'),
    at: new Date().toISOString(),
    before,
    ...(after ? { after } : {}),
  };
  try {
    await append(session, change);
    session.emit({ type: 'undo.offered', change });
  } catch {
    session.emit({
      type: 'noted',
      level: 'warning',
      message: `The change of ${before.slug} cannot be undone.`,
    });
  }
}

/** The newest change that was not taken back; undefined when there is none. */
export async function lastChange(session: Pick<Needs, 'paths' | 'repo'>): Promise<TaskChange | undefined> {
  return (await openChanges(session)).at(-1);
}

/** `data` of `task undo`. */
export interface UndoReport {
  change: TaskChange;
  task: Task;
}

/**
 * Takes the newest change back. Other changes of the same task stay. Throws `nothing-to-undo`, `cannot-undo` when the
 * task has become another one since, and `bad-transition`.
 */
export async function undoChange(session: Needs): Promise<UndoReport> {
  const [change, next] = (await openChanges(session)).reverse();
  if (!change) {
    throw appError('nothing-to-undo', 'There is no change of a task to take back.', { kind: 'usage' });
  }
  const { task, before, all, rev } = await session.registry.update(`undo ${change.before.slug}`, (file) => {
    const tasks = tasksOf(file, session.repo.id);
    const able = canUndo(change, tasks);
    if (able !== true) {
      throw appError('cannot-undo', `${able} The change stays as it is.`, {
        hint: `Set it by hand: codex-agent task edit ${change.before.slug}`,
      });
    }
    const now = tasks.find(({ slug }) => slug === change.before.slug);
    const back: Task = { ...defined(undone(change, now)), updatedAt: new Date().toISOString() };
    const next = {
      ...file,
      tasks: now ? file.tasks.map((one) => (one === now ? back : one)) : [...file.tasks, back],
    };
    return {
      file: next,
      result: { task: back, before: now, all: tasksOf(next, session.repo.id), rev: file.rev + 1 },
    };
  });
  session.emit({ type: 'registry.loaded', rev, tasks: all });
  await append(session, { undone: change.id });
  session.emit({ type: 'undo.offered', ...(next ? { change: next } : {}) });
  if (before) await refreshStub(session, before, task);
  else if (task.stub) await writeStubs(session, [task]);
  return { change, task };
}

async function openChanges(session: Pick<Needs, 'paths' | 'repo'>): Promise<TaskChange[]> {
  const lines = await readLines(session);
  const taken = new Set(lines.flatMap((line) => ('undone' in line ? line.undone : [])));
  return lines.flatMap((line) => ('undone' in line || taken.has(line.id) ? [] : line)).slice(-kept);
}

/** Lines that a crash cut short are left out: such a change cannot be taken back. */
async function readLines(session: Pick<Needs, 'paths' | 'repo'>): Promise<Line[]> {
  const text = (await readText(fileOf(session))) ?? '';
  return text.split('\n').flatMap((line): Line[] => {
    try {
      const read = JSON.parse(line) as Line | null;
      const whole = read && ('undone' in read || (typeof read.id === 'string' && !!read.before?.slug));
      return whole ? [read] : [];
    } catch {
      return [];
    }
  });
}

async function append(session: Needs, line: Line): Promise<void> {
  const path = fileOf(session);
  ensurePrivateFolder(join(path, '..'));
  const file = await openToAppend(path);
  let size: number;
  try {
    // After a line that was cut short, this one begins anew.
    await appendDurably(file, path, `\n${JSON.stringify(line)}\n`);
    ({ size } = await file.stat());
  } finally {
    await file.close();
  }
  if (size < 4_000_000) return;
  const left = await openChanges(session);
  await writeFileDurably(path, left.map((change) => `${JSON.stringify(change)}\n`).join(''));
}

/** JSON drops undefined fields; dropping them here keeps memory and disk alike. */
const defined = (task: Task): Task =>
  Object.fromEntries(Object.entries(task).filter(([, value]) => value !== undefined)) as unknown as Task;
