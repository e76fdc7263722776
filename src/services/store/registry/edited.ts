/** Whether `tasks.json` is what this program wrote last, by the sums in its journal. */
import { closeSync, fstatSync, readSync, statSync } from 'node:fs';
import { hasCode } from '../../../domain/platform/errors.js';
import type { RegistryFile } from '../../../domain/store/task.js';
import { openToRead, readPlainSync } from '../../platform/index.js';
import { type JournalLine, readJournal, replay, textSum } from './journal.js';
import { parseRegistry, requireSingleKeys } from './parse.js';
import { lastKnown } from './recover.js';

/** As much of the journal's end is read at every change; a line that is longer tells nothing. */
const tailBytes = 100_000;

/**
 * What this program wrote last, where something else has edited the file since; undefined where nothing has, or where
 * that cannot be told: no journal, or one of an earlier version. Throws `registry-invalid` for an edit with doubled keys.
 */
export async function knownBeforeEdit(
  { path, journal }: { path: string; journal: string },
  { rev, text }: { rev: number; text: string },
): Promise<RegistryFile | undefined> {
  if (!isEdited({ path, journal }, rev, text)) return undefined;
  requireSingleKeys(text, path);
  const { lines } = readJournal(journal);
  const last = await lastKnown(path, lines).catch(() => undefined);
  // A journal or a previous version that its disk changed would make an edit of what was left alone.
  if (last) return last.complete && last.sound !== false ? last.file : undefined;
  // What was put back was the version before, which then is missing: the file itself stands for it.
  if (!isOurs({ journal }, rev, text)) return undefined;
  const known = replay(await parseRegistry(text, path), lines);
  return known.complete ? known.file : undefined;
}

function isEdited({ path, journal }: { path: string; journal: string }, rev: number, text: string): boolean {
  let newest: number | undefined;
  for (const line of lastLines(journal)) {
    // A line of an earlier version, or one that was taken back, has no sum.
    if (line.rev === rev) {
      if (line.sum === undefined) return false;
      return line.sum !== textSum(text) || isPutBack(path, { rev, text }, newest ?? rev);
    }
    if (line.sum === undefined) continue;
    // Nothing has written this revision.
    if (line.rev < rev) return newest === undefined;
    newest ??= line.rev;
  }
  return false;
}

/**
 * Whether what this program once wrote was put back after it had written `newest`. A writer that was killed leaves a
 * line for one revision more than there is; the version before is then an older one still. It is missing where there
 * was none yet, and where it was moved into the file's place.
 */
function isPutBack(path: string, { rev, text }: { rev: number; text: string }, newest: number): boolean {
  if (newest !== rev + 1) return newest > rev;
  const [now, before] = [path, `${path}.1`].map((name) => statSync(name, { throwIfNoEntry: false }));
  if (!before) return rev > 1;
  return now?.size === before.size && readPlainSync(`${path}.1`).toString('utf8') === text;
}

/** Whether the journal says of this revision that this program wrote this text. */
function isOurs({ journal }: { journal: string }, rev: number, text: string): boolean {
  for (const line of lastLines(journal)) if (line.rev === rev) return line.sum === textSum(text);
  return false;
}

/** The newest line first. */
function* lastLines(journal: string): Generator<JournalLine> {
  let handle: number;
  try {
    handle = openToRead(journal);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  try {
    const { size } = fstatSync(handle);
    const bytes = Buffer.alloc(Math.min(size, tailBytes));
    readSync(handle, bytes, 0, bytes.length, size - bytes.length);
    const lines = bytes.toString('utf8').split('\n');
    // The first one is cut, unless all of the journal was read.
    for (const line of lines.slice(size > tailBytes ? 1 : 0).reverse()) {
      const value = parsed(line);
      if (value) yield value;
    }
  } catch (error) {
    throw Object.assign(error as Error, { path: journal });
  } finally {
    closeSync(handle);
  }
}

function parsed(line: string): JournalLine | undefined {
  try {
    const value = JSON.parse(line) as JournalLine | null;
    return typeof value?.rev === 'number' ? value : undefined;
  } catch {
    return undefined;
  }
}
