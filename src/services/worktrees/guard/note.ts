/** What is noted of a repository before a run: a file of our own, whose hash the registry keeps. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePrivateFolder, writeFileDurably } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { tasksOf } from '../../store/index.js';
import { configValues } from './config.js';
import { misleading, readGuarded, type SavedFiles } from './files.js';
import { hooksFolder, hooksIn } from './hooks.js';
import { type MainState, mainState, othersState } from './main-files.js';
import { holdStash, letStashGo, type RefsState, refsState } from './refs.js';

export interface Note {
  version: 2;
  guarded: SavedFiles;
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
const pathOf = (session: Pick<RepoSession, 'paths'>, runId: string) =>
  join(folderOf(session), `${runId}.json`);

/** Writes down how things are. Returns the hash of the note. */
export async function takeNote(session: RepoSession, runId: string): Promise<string> {
  const { commonDir } = session.git;
  const guarded = await readGuarded(commonDir);
  const tasks = tasksOf(await session.registry.read(), session.repo.id);
  const [led, refs, main, others, hooks] = await Promise.all([
    misleading(commonDir),
    refsState(session),
    mainState(session),
    othersState(
      session,
      tasks.filter((task) => !task.runIds.includes(runId)),
    ),
    hooksIn(await hooksPathIn(session, guarded)),
  ]);
  const note: Note = {
    version: 2,
    guarded: { ...guarded, ...hooks },
    misleading: [...led.keys()],
    refs,
    others,
    ...(main ? { main } : {}),
  };
  await holdStash(session, runId, refs.stash);
  const text = JSON.stringify(note);
  ensurePrivateFolder(folderOf(session));
  await writeFileDurably(pathOf(session, runId), text);
  await sweep(session);
  return hashOf(text);
}

/** The folder of the main worktree that the repository's own configuration names for hooks. */
export async function hooksPathIn(session: RepoSession, files: SavedFiles): Promise<string | undefined> {
  const config = files[join(session.git.commonDir, 'config')];
  const values = config && (await configValues(config, session.env));
  return hooksFolder(session.root, values?.get('core.hookspath')?.at(-1));
}

/** Undefined when the note is gone, or is not the one that was written. */
export async function readNote(
  session: Pick<RepoSession, 'paths'>,
  guard: { run: string; note: string },
): Promise<Note | undefined> {
  const text = await readFile(pathOf(session, guard.run), 'utf8').catch(() => undefined);
  return text !== undefined && hashOf(text) === guard.note ? (JSON.parse(text) as Note) : undefined;
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
