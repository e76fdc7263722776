/**
 * Who made a resolution first. git remembers what was written and not by whom; the review of a resolution that came
 * from its memory tells whether a person, a rule or a model stands behind it.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hunksOf } from '../../../domain/landing/hunks.js';
import type { Resolution } from '../../../domain/landing/merge.js';
import { writeTo } from '../../platform/index.js';
import { type MemorySession, storeOf } from './memory.js';
import type { HunkAnswer, OpenFile } from './open-file.js';

const makers: Partial<Record<HunkAnswer['strategy'], string>> = {
  ai: 'a model',
  'by-hand': 'a person',
  structural: 'rules of text and syntax',
  whitespace: 'a rule about white space',
};

const folderOf = (session: MemorySession) => join(storeOf(session), 'origins');

/** As git does, by both sides in any order and what became of them, wherever in a file that stands. */
function nameOf({ ours, theirs }: { ours: string; theirs: string }, content: string): string {
  const texts = [...[ours, theirs].sort(), content];
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 32);
}

/** Notes who answered the hunks of these files. Never throws: without a note the review only tells less. */
export async function noteOrigins(session: MemorySession, files: readonly OpenFile[]): Promise<void> {
  const folder = folderOf(session);
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => undefined);
  const notes = files.flatMap(({ parts, answers }) =>
    hunksOf(parts).flatMap((hunk) => {
      const answer = answers.get(hunk.index);
      const maker = answer && makers[answer.strategy];
      return maker ? [writeTo(join(folder, nameOf(hunk, answer.content)), maker, { mode: 0o600 })] : [];
    }),
  );
  await Promise.allSettled(notes);
}

/** The same for the files of a resolution that is kept for review. */
export async function noteOriginsOf(session: MemorySession, files: Resolution['files']): Promise<void> {
  const folder = folderOf(session);
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => undefined);
  const notes = files.flatMap(({ hunks }) =>
    hunks.flatMap((hunk) => {
      const maker = makers[hunk.strategy as HunkAnswer['strategy']];
      if (!maker || hunk.result === undefined) return [];
      return [writeTo(join(folder, nameOf(hunk, hunk.result)), maker, { mode: 0o600 })];
    }),
  );
  await Promise.allSettled(notes);
}

/** Takes back what was noted of these answers. */
export async function forgetOrigins(session: MemorySession, { files }: Resolution): Promise<void> {
  const names = files.flatMap(({ hunks }) =>
    hunks.flatMap((hunk) => (hunk.result === undefined ? [] : [nameOf(hunk, hunk.result)])),
  );
  await Promise.all(names.map((name) => rm(join(folderOf(session), name), { force: true })));
}

/** Who made this answer first, in words; undefined when that was not noted. */
export async function originOf(
  session: MemorySession,
  hunk: { ours: string; theirs: string },
  content: string,
): Promise<string | undefined> {
  const maker = await readFile(join(folderOf(session), nameOf(hunk, content)), 'utf8').catch(() => undefined);
  return Object.values(makers).find((known) => known === maker);
}
