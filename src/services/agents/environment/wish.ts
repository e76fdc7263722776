/**
 * The environment of the terminal that asked for a launch, as far as an agent may see it. Whichever process drives
 * gives the agent this one. It may hold keys: a private file beside the registry, gone with the wish.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runnerNames } from '../../../domain/agents/run.js';
import { asRecord, parseJson } from '../../../domain/agents/transcript/records.js';
import { heldBack, pickVariables } from '../../../domain/platform/environment.js';
import { hasCode } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { ensurePrivateFolder, namesInFolderSync, writeFileDurably } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { loadAgent } from '../roles/index.js';
import { runnerFor } from '../runners/index.js';
import { allowedFor, everyAgent } from './allowed.js';

/** What was set where a run was asked for. */
export interface AskedEnvironment {
  /** What some agent, or the model, may see. */
  variables: NodeJS.ProcessEnv;
  /** Names of what else was set; their values are not kept. */
  others: string[];
}

type WishSession = Pick<RepoSession, 'paths' | 'repo' | 'config' | 'env' | 'loaded' | 'root'>;

/** A file younger than this is not removed: it is written before the registry names it. */
const freshMs = 60_000;

const folderOf = ({ paths, repo }: Pick<WishSession, 'paths' | 'repo'>) =>
  join(paths.stateDir, 'wishes', repo.id);

/** Keeps what is allowed of this process's environment; returns the name to find it by. The same again is one file. */
export async function keepEnvironment(session: WishSession): Promise<string> {
  const agent = await loadAgent(session, 'developer').catch(() => ({ envAllow: [] }));
  const names = [
    ...everyAgent,
    ...runnerNames.flatMap((name) => allowedFor(runnerFor(name), session.config, agent, session.env)),
    // Ours, and what the thinking agents need.
    ...['CODEX_AGENTS_*', session.config.model.api_key_env, 'OPENAI_*'],
  ];
  // What one runner keeps out, another may need: each run is judged by its own list again.
  const wide = names.filter((name) => !name.startsWith('!'));
  const asked: AskedEnvironment = {
    variables: pickVariables(session.env, wide),
    others: heldBack(session.env, wide),
  };
  const text = JSON.stringify(asked);
  const id = createHash('sha256').update(text).digest('hex').slice(0, 16);
  ensurePrivateFolder(join(session.paths.stateDir, 'wishes'));
  ensurePrivateFolder(folderOf(session));
  await writeFileDurably(join(folderOf(session), `${id}.json`), text);
  return id;
}

/** The environment a task was asked for in; this process's own where none was kept, or it is gone. */
export function askedEnvironment(
  session: Pick<WishSession, 'paths' | 'repo' | 'env'>,
  task: Pick<Task, 'launch'>,
): AskedEnvironment {
  const own = { variables: session.env, others: [] };
  const id = task.launch?.environment;
  if (!id || !/^[0-9a-f]+$/.test(id)) return own;
  try {
    const kept = asRecord(parseJson(readFileSync(join(folderOf(session), `${id}.json`), 'utf8')));
    const variables = asRecord(kept?.variables) as NodeJS.ProcessEnv | undefined;
    return variables ? { variables, others: (kept?.others as string[] | undefined) ?? [] } : own;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return own;
    throw error;
  }
}

/** Removes what no wish names any more: it may hold keys. */
export async function sweepEnvironments(
  session: Pick<WishSession, 'paths' | 'repo'>,
  tasks: readonly Pick<Task, 'launch'>[],
): Promise<void> {
  const named = new Set(tasks.flatMap((task) => task.launch?.environment ?? []));
  for (const name of namesInFolderSync(folderOf(session))) {
    const path = join(folderOf(session), name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (!named.has(name.replace(/\.json$/, '')) && age > freshMs) await rm(path, { force: true });
  }
}
