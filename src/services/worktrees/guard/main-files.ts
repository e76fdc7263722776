/** The main worktree: the person works there too, so only what the agent certainly did there has to be looked at. */
import { createHash } from 'node:crypto';
import { lstat, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Task } from '../../../domain/store/task.js';
import type { RepoSession } from '../../store/index.js';
import { listWorktrees } from '../places/list.js';
import { withIndex } from '../uncommitted/own-index.js';
import { asideOf, noFile, putBack, readSaved, type Saved } from './files.js';
import type { Change, Look } from './look.js';
import { reflogOf } from './refs.js';

type MainSession = Pick<RepoSession, 'git' | 'root' | 'env'>;

export interface MainState {
  head: string;
  /** What is checked out: a branch, or a commit. */
  on: string;
  /** Uncommitted changes of tracked files, by path, with what stands there. Of new files only size and time. */
  dirty: Record<string, Saved>;
}

/** Undefined when git cannot tell, as in a bare repository. */
export async function mainState({ git, root }: MainSession): Promise<MainState | undefined> {
  try {
    const head = (await git.commitOf('HEAD')) ?? '';
    const name = await git.run(['symbolic-ref', '-q', '--short', 'HEAD'], { ok: [0, 1] });
    const { stdout } = await git.run(['status', '--porcelain', '-z', '--no-renames']);
    const dirty: Record<string, Saved> = {};
    for (const line of stdout.split('\0').filter(Boolean)) {
      // Stubs are written by this program.
      if (line.slice(3).startsWith('.codex-agent/tasks/')) continue;
      const path = join(root, line.slice(3));
      dirty[line.slice(3)] = line.startsWith('??') ? await aboutNew(path) : await readSaved(path);
    }
    return { head, on: name.stdout.trim() || head.slice(0, 8), dirty };
  } catch {
    return undefined;
  }
}

/** A look at a worktree costs a tenth of a second: more of them would be felt at every launch. */
const othersAtMost = 8;

/** Uncommitted changes in the worktrees of the newest tasks at rest; those of running ones change all the time. */
export async function othersState(
  { git }: Pick<RepoSession, 'git'>,
  tasks: readonly Task[],
): Promise<Record<string, string>> {
  const newest = tasks
    .filter(({ worktree, status }) => worktree && status !== 'running')
    .sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1))
    .slice(0, othersAtMost);
  const states = await Promise.all(
    newest.map(async ({ worktree = '' }) => {
      const args = ['status', '--porcelain', '-z', '-uno'];
      const answer = await git.run(args, { worktree }).catch(() => undefined);
      return answer ? [[worktree, answer.stdout] as const] : [];
    }),
  );
  return Object.fromEntries(states.flat());
}

async function aboutNew(path: string): Promise<Saved> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isFile()) return { kind: 'folder' };
  return { kind: 'other', about: `new, ${found.size} bytes, ${found.mtimeMs}` };
}

/**
 * What the run's own git did there, and files that the transcript says the agent edited outside of its worktree, have
 * to be looked at. Other differences may be the person's work and are only told.
 */
export async function compareMain(
  look: Look,
  before: MainState | undefined,
  strays: readonly string[],
): Promise<Change[]> {
  const { session, marks } = look;
  const now = before && (await mainState(session));
  if (!before || !now) return [];
  const moved = now.head !== before.head || now.on !== before.on;
  const same = (path: string) => JSON.stringify(before.dirty[path]) === JSON.stringify(now.dirty[path]);
  const differing = [...new Set([...Object.keys(before.dirty), ...Object.keys(now.dirty)])]
    // What was uncommitted and is clean now was committed, or landed.
    .filter((path) => !same(path) && !(moved && now.dirty[path] === undefined));
  const log = await reflogOf(session, 'HEAD');
  const whys = [...new Set(log.filter(({ email }) => marks.has(email)).map(({ why }) => why))];
  const edited = await strayPaths(session, strays);
  const { stdout } =
    edited.length === 0 ? { stdout: '' } : await session.git.run(['ls-files', '-z', '--', ...edited]);
  const tracked = new Set(stdout.split('\0'));
  // What is tracked, or was uncommitted, and is as it was, was put right by the agent itself.
  const inMain = edited.filter((path) => !same(path) || !(tracked.has(path) || path in before.dirty));
  const lost = Object.keys(before.dirty).filter((path) => !same(path) && now.dirty[path] === undefined);
  const byRun = new Set([...inMain, ...(whys.length > 0 ? lost : [])]);
  const changes: Change[] = [];
  for (const path of byRun) {
    const known = tracked.has(path) || path in before.dirty || path in now.dirty;
    changes.push(await fileChange(look, before, path, { edited: inMain.includes(path), known }));
  }
  if (whys.length > 0) changes.push(headChange(look, before, now, whys));
  const others = differing.filter((path) => !byRun.has(path)).sort();
  if (others.length > 0) {
    const text = `files of the main worktree changed: ${someOf(others)}`;
    changes.push({ what: 'main worktree', text, look: false, state: others.join('\0') });
  }
  if (now.on !== before.on && whys.length === 0) {
    const text = `the main worktree has ${now.on} checked out, and had ${before.on}`;
    changes.push({ what: 'HEAD', text, look: false, state: now.on });
  }
  return changes;
}

const someOf = (paths: readonly string[]) =>
  paths.slice(0, 5).join(', ') + (paths.length > 5 ? ` and ${paths.length - 5} more` : '');

/** Paths in the main worktree; those in linked worktrees below it are not. */
async function strayPaths({ git, root }: MainSession, strays: readonly string[]): Promise<string[]> {
  if (strays.length === 0) return [];
  const linked = (await listWorktrees(git)).slice(1).map(({ path }) => path);
  const inside = (folder: string, path: string) => !relative(folder, path).startsWith('..');
  return strays
    .filter((path) => inside(root, path) && !linked.some((folder) => inside(folder, path)))
    .map((path) => relative(root, path))
    .filter((path) => path.split('/')[0] !== '.git');
}

async function fileChange(
  { session, task }: Look,
  before: MainState,
  path: string,
  { edited, known }: { edited: boolean; known: boolean },
): Promise<Change> {
  const full = join(session.root, path);
  const state = createHash('sha256')
    .update(JSON.stringify(await readSaved(full)))
    .digest('hex');
  const what = edited ? 'was edited by the agent' : 'has lost its uncommitted changes to the agent’s git';
  return {
    what: full,
    text: `${path} of the main worktree ${what}.`,
    look: true,
    state,
    // What stood at a path that git ignores is not known.
    ...(known ? { undo } : {}),
  };
  async function undo(): Promise<string> {
    const was = before.dirty[path] ?? (await committed(session, before.head, path));
    const aside = asideOf(session, task.runIds.at(-1) ?? '', path);
    await putBack(full, was, aside);
    return `put back; what stood there is ${aside}`;
  }
}

/** What the run's own git did in the main worktree. The files it took away are changes of their own. */
function headChange({ session, task }: Look, before: MainState, now: MainState, whys: string[]): Change {
  const on = now.on === before.on ? '' : ` It has ${now.on} checked out, and had ${before.on}.`;
  return {
    what: `${session.root} HEAD`,
    text: `The agent's own git worked in the main worktree (${someOf(whys)}).${on}`,
    look: true,
    state: whys.join('\0'),
    undo: async () => {
      if (now.on === before.on) return 'nothing more to put back';
      const branch = `refs/heads/${before.on}`;
      const to = (await session.git.commitOf(branch)) ?? before.head;
      const args = ['read-tree', '-m', '-u', now.head, to];
      await session.git.run(args);
      const why = `put back after ${task.slug}`;
      if (await session.git.commitOf(branch))
        await session.git.run(['symbolic-ref', '-m', why, 'HEAD', branch]);
      else await session.git.run(['update-ref', '--no-deref', '-m', why, 'HEAD', before.head]);
      return `${before.on} is checked out again`;
    },
  };
}

/** A path as a commit has it, by way of an index and a folder of our own. */
async function committed(session: MainSession, commit: string, path: string): Promise<Saved> {
  const known = await session.git.run(['ls-tree', '-z', commit, '--', path]);
  if (known.stdout === '') return noFile;
  const folder = await mkdtemp(join(session.env.TMPDIR ?? tmpdir(), 'codex-agents-file-'));
  try {
    return await withIndex(session, async (indexFile) => {
      const env = { GIT_INDEX_FILE: indexFile };
      await session.git.run(['read-tree', commit], { env });
      await session.git.run(['checkout-index', '-q', `--prefix=${folder}/`, '--', path], { env });
      return readSaved(join(folder, path));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
