/** What is noted of a repository before a run: a file of our own, whose hash the registry keeps. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePrivateFolder, readText, writeFileDurably } from '../../platform/index.js';
import { type RepoSession, tasksOf } from '../../store/index.js';
import { misleading, type SavedFiles } from './files.js';
import { readGuarded } from './guarded.js';
import { type PersonFiles, personFiles } from './person.js';
import { holdStash, letStashGo, type RefsState, refsState } from './refs.js';
import { type MainState, mainState, othersState } from './trees.js';

export interface Note {
  version: 2;
  guarded: SavedFiles;
  /** Files outside of the repository; notes of earlier versions have none. */
  person?: PersonFiles;
  /** The file by which git notes what the agent's git moves; notes of earlier versions do not tell. */
  mark?: string;
  /** Files that led git elsewhere already. */
  misleading: string[];
  refs: RefsState;
  /** Undefined when it could not be read, as in a bare repository. */
  main?: MainState;
  /** Uncommitted changes of other tasks' worktrees, by path. */
  others: Record<string, string>;
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const folderOf = ({ paths }: Pick<RepoSession, 'paths'>) => join(paths.stateDir, 'guard');

/** Writes down how things are. Returns the hash of the note. @param mark see `Note` */
export async function takeNote(session: RepoSession, runId: string, mark?: string): Promise<string> {
  const { commonDir } = session.git;
  const tasks = tasksOf(await session.registry.read(), session.repo.id);
  const others = tasks.filter((task) => !task.runIds.includes(runId));
  const [guarded, person, led, refs, main, states] = await Promise.all([
    readGuarded(session),
    personFiles(session),
    misleading(commonDir),
    refsState(session),
    mainState(session),
    othersState(session, others),
  ]);
  const seen = { guarded, person, misleading: [...led.keys()], refs, others: states };
  const note: Note = { version: 2, ...seen, ...(mark ? { mark } : {}), ...(main ? { main } : {}) };
  await holdStash(session, runId, refs.stash);
  const text = JSON.stringify(note);
  ensurePrivateFolder(folderOf(session));
  await writeFileDurably(join(folderOf(session), `${runId}.json`), text);
  await sweep(session);
  return hashOf(text);
}

/** Undefined when the note is gone, or is not the one that was written. */
export async function readNote(
  session: Pick<RepoSession, 'paths'>,
  { run, note }: { run: string; note: string },
): Promise<Note | undefined> {
  const text = await readText(join(folderOf(session), `${run}.json`)).catch(() => undefined);
  return text !== undefined && hashOf(text) === note ? (JSON.parse(text) as Note) : undefined;
}

/** A note goes with the folder of its run. */
async function sweep(session: RepoSession): Promise<void> {
  const runs = new Set(readdirSync(session.paths.runsDir));
  for (const name of readdirSync(folderOf(session))) {
    const run = /^(.+)\.json$/.exec(name)?.[1];
    if (!run || runs.has(run)) continue;
    await letStashGo(session, run);
    await rm(join(folderOf(session), name), { force: true });
  }
}
