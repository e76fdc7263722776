/** What a person should know before agents start: how old their ground is, what they do not get, what is missing. */
import type { Obstacles } from '../../../domain/app/events.js';
import { appError, isAppError } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { loadAgent, probeRunners } from '../../agents/index.js';
import { fetchRemote, upstreamOf } from '../../platform/index.js';
import { type RepoSession, upstreamNote } from '../../store/index.js';
import { unchangedUnfiltered } from '../../worktrees/index.js';

/** How many paths of uncommitted edits the message names. */
const namedAtMost = 3;

/**
 * Fetches where `worktree.fetch` says so, then tells in quiet lines that the target is behind its upstream, and that
 * edits which are not committed stay behind. Told once for each launch, never an obstacle.
 */
export async function tellGround(session: RepoSession, { dryRun = false } = {}): Promise<void> {
  if (!dryRun) await fetchFirst(session);
  const notes = await Promise.all([upstreamNote(session), editsNote(session)].map(quietly));
  for (const message of notes) if (message) session.emit({ type: 'noted', level: 'warning', message });
}

async function fetchFirst(session: RepoSession): Promise<void> {
  if (!session.config.worktree.fetch) return;
  const remote = (await upstreamOf(session.git, session.target))?.remote ?? 'origin';
  const problem = await quietly(fetchRemote(session.git, remote));
  if (!problem) return;
  const message = `${remote} was not fetched (worktree.fetch): ${problem.replace(/\.+$/, '')}. Agents start from what is here.`;
  session.emit({ type: 'noted', level: 'warning', message });
}

/** Whether there is no commit that agents could start from, and what they do not get since no commit holds it. */
export async function findObstacles(session: RepoSession): Promise<Obstacles> {
  const { head, paths } = await lookAtMain(session);
  if (!head && !(await session.git.commitOf(`refs/heads/${session.target}`))) return { noCommit: true };
  return paths.length > 0 ? { uncommitted: { count: paths.length, first: paths.slice(0, namedAtMost) } } : {};
}

/**
 * Whether HEAD is a commit, and the paths that no commit holds: one process of git, since a screen at rest asks again and
 * again. Stubs and configuration are read from the folder itself, so they do not count.
 */
async function lookAtMain(session: RepoSession): Promise<{ head: boolean; paths: string[] }> {
  const { git, root } = session;
  const args = ['status', '--porcelain=v2', '--branch', '-z', '--no-renames'];
  const { stdout } = await git.run([...args, '--', '.', ':(exclude).codex-agent']);
  const lines = stdout.split('\0').filter(Boolean);
  const seen = lines.flatMap((line) => pathIn(line) ?? []);
  const same = new Set(await unchangedUnfiltered(session, root, seen));
  const head = lines.some((line) => /^# branch\.oid [0-9a-f]+$/.test(line));
  return { head, paths: seen.filter((path) => !same.has(path)) };
}

/** How many words stand before the path in each kind of line. */
const wordsBefore: Readonly<Record<string, number>> = { '1': 8, u: 10, '?': 1 };

function pathIn(line: string): string | undefined {
  const words = wordsBefore[line[0]!];
  return words === undefined ? undefined : line.split(' ').slice(words).join(' ');
}

async function editsNote(session: RepoSession): Promise<string | undefined> {
  const { root, target } = session;
  const { paths } = await lookAtMain(session);
  if (paths.length === 0) return undefined;
  const more = paths.length - namedAtMost;
  const names = `${paths.slice(0, namedAtMost).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return `Uncommitted in ${root}, so agents do not get it: ${names}. They start from ${target} as it is committed.`;
}

/** A look that fails is no reason not to start. */
const quietly = (look: Promise<string | undefined>): Promise<string | undefined> =>
  look.catch((error: unknown) => {
    if (isAppError(error) && error.kind === 'interrupted') throw error;
    return undefined;
  });

/** Which runners of these tasks cannot be started. */
export interface MissingRunners {
  /** Name of the first of them. */
  name: string;
  /** What is wrong, in words. */
  what: string;
  /** No other runner is wanted: none of the tasks could start. */
  all: boolean;
}

/** Undefined when each runner that these tasks want is there. */
export async function missingRunners(
  session: RepoSession,
  tasks: readonly Task[],
): Promise<MissingRunners | undefined> {
  const kinds = new Map(tasks.map((task) => [task.runner ?? '', task]));
  const agents = await Promise.all([...kinds.values()].map((task) => loadAgent(session, 'developer', task)));
  const runners = new Set(agents.map(({ runner }) => runner));
  const wanted = new Set(runners);
  // A program named by a path may lie in the worktree that is still to be made.
  if (session.config.runner.command.args[0]?.includes('/')) wanted.delete('command');
  const { config, env, paths } = session;
  const probes = await probeRunners(config, env, { cacheDir: paths.cacheDir, only: [...wanted] });
  const missing = probes.filter(({ path }) => path === undefined);
  if (!missing[0]) return undefined;
  const what = missing.map(({ problem }) => problem).join(' ');
  return { name: missing[0].name, what, all: missing.length === runners.size };
}

/**
 * Throws `runner-missing` when no runner of these tasks can be started, before a wish is written. Where some can,
 * the others are only told of.
 */
export async function requireRunners(session: RepoSession, tasks: readonly Task[]): Promise<void> {
  const missing = await missingRunners(session, tasks);
  if (!missing) return;
  const { name, what, all } = missing;
  if (!all) {
    session.emit({ type: 'noted', level: 'warning', message: what });
    return;
  }
  throw appError('runner-missing', `Nothing was launched. ${what}`, {
    hint: `Install it, say where it is (codex-agent config set --user runner.${name}.path <path>), or choose another (codex-agent config set --user runner.default <name>). codex-agent doctor lists those that are here.`,
  });
}
