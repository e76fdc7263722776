/** `events.jsonl`: one durable line per change, enough to rebuild the registry from an older copy. */
import { createHash } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { hasCode } from '../../../domain/platform/errors.js';
import type { RegistryFile, Repo, Task } from '../../../domain/store/task.js';
import { appendDurably, openToAppend, readPlainSync } from '../../platform/index.js';
import { withoutMark } from './parse.js';
import { difference, type Rendered } from './render.js';

export interface JournalLine {
  /** The revision this change led to. A later line of the same revision replaces this one: it was not written. */
  rev: number;
  at: string;
  pid: number;
  label: string;
  /** Of the text that was written, by which an edit of something else is seen. */
  sum?: string;
  /** Tasks added or changed, whole. */
  tasks?: Task[];
  /** Ids of tasks that are gone. */
  removed?: string[];
  repos?: Repo[];
  removedRepos?: string[];
}

export const textSum = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What differs between two registries, as a journal line of revision `rev`. */
export function describeChange(before: Rendered, after: Rendered, rev: number, label: string): JournalLine {
  const tasks = difference<Task>(before.tasks, after.tasks);
  const repos = difference<Repo>(before.repos, after.repos);
  return {
    rev,
    at: new Date().toISOString(),
    pid: process.pid,
    label,
    ...(tasks.put.length > 0 ? { tasks: tasks.put } : {}),
    ...(tasks.gone.length > 0 ? { removed: tasks.gone } : {}),
    ...(repos.put.length > 0 ? { repos: repos.put } : {}),
    ...(repos.gone.length > 0 ? { removedRepos: repos.gone } : {}),
  };
}

/** Appends a line; resolves when it is durable. A torn last line of a dead writer is closed first. */
export async function appendJournal(path: string, line: JournalLine): Promise<{ size: number }> {
  const handle = await openToAppend(path);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1, '\n');
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    const text = `${last.toString() === '\n' ? '' : '\n'}${JSON.stringify(line)}\n`;
    await appendDurably(handle, path, text);
    return { size: size + text.length };
  } finally {
    await handle.close();
  }
}

/** Starts a new journal; the old one is kept as `<path>.1`, since the previous registry may need its last lines. */
export async function rotateJournal(path: string): Promise<void> {
  await rename(path, `${path}.1`);
}

/** All readable lines in order, and how many could not be read. */
export function readJournal(path: string): { lines: JournalLine[]; unreadable: number } {
  const lines: JournalLine[] = [];
  let unreadable = 0;
  for (const part of [`${path}.1`, path]) {
    for (const text of withoutMark(textOf(part)).split('\n')) {
      if (text === '') continue;
      const line = lineOf(text);
      if (line) lines.push(line);
      else unreadable += 1;
    }
  }
  return { lines, unreadable };
}

function lineOf(text: string): JournalLine | undefined {
  try {
    const line = JSON.parse(text) as JournalLine | null;
    return typeof line?.rev === 'number' ? line : undefined;
  } catch {
    return undefined;
  }
}

/** The line of each revision. Where an older file was put back, what followed it in the journal counts no longer. */
function byRevision(lines: readonly JournalLine[]): Map<number, JournalLine> {
  const found = new Map<number, JournalLine>();
  let newest = 0;
  for (const line of lines) {
    if (line.rev < newest) for (const rev of found.keys()) if (rev > line.rev) found.delete(rev);
    newest = line.rev;
    found.set(line.rev, line);
  }
  return found;
}

/**
 * The registry after the lines that follow its revision. Lines behind a gap cannot be applied; the result
 * then takes their last revision, so that they never follow a new change either.
 */
export function replay(
  base: RegistryFile,
  lines: readonly JournalLine[],
): { file: RegistryFile; applied: number; complete: boolean } {
  const byRev = byRevision(lines.filter((line) => line.rev > base.rev));
  let file = base;
  for (let next = byRev.get(file.rev + 1); next; next = byRev.get(file.rev + 1)) file = applyLine(file, next);
  const newest = Math.max(base.rev, ...byRev.keys());
  return {
    file: { ...file, rev: newest },
    applied: file.rev - base.rev,
    complete: file.rev === newest,
  };
}

function applyLine(file: RegistryFile, line: JournalLine): RegistryFile {
  return {
    ...file,
    rev: line.rev,
    repos: mergeRows(file.repos, line.repos, line.removedRepos),
    tasks: mergeRows(file.tasks, line.tasks, line.removed),
  };
}

function mergeRows<T extends { id: string }>(rows: T[], put: T[] = [], removed: string[] = []): T[] {
  if (put.length === 0 && removed.length === 0) return rows;
  const drop = new Set(removed);
  const byId = new Map(rows.filter((row) => !drop.has(row.id)).map((row) => [row.id, row]));
  for (const row of put) byId.set(row.id, row);
  return [...byId.values()];
}

function textOf(path: string): string {
  try {
    return readPlainSync(path, 1_000_000_000).toString('utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return '';
    throw Object.assign(error as Error, { path });
  }
}
