/**
 * The main worktree and those of other tasks: people work there too, so only what the agent certainly did there has to
 * be looked at. Other differences may be the person's work and are only told.
 */
import { createHash } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { shellWord } from '../../../domain/platform/shell.js';
import type { Task } from '../../../domain/store/task.js';
import type { RepoSession } from '../../store/index.js';
import { isSecretFile } from '../filling/ignored.js';
import { listWorktrees } from '../places/list.js';
import { withIndex } from '../uncommitted/own-index.js';
import { asideOf, noFile, putBack, readSaved, type Saved, type SavedFiles } from './files.js';
import type { Change, Look } from './look.js';
import { reflogOf } from './refs.js';

type TreeSession = Pick<RepoSession, 'git' | 'root' | 'env'>;

export interface MainState {
  head: string;
  /** What is checked out: a branch, or a commit. */
  on: string;
  /**
   * Uncommitted changes of tracked files, by path, with what stands there. Of new files, and of ignored ones that may hold
   * secrets, only size and time.
   */
  dirty: SavedFiles;
}

/** Undefined when git cannot tell, as in a bare repository. */
export async function mainState({ git, root }: TreeSession): Promise<MainState | undefined> {
  try {
    const head = (await git.commitOf('HEAD')) ?? '';
    const name = await git.run(['symbolic-ref', '-q', '--short', 'HEAD'], { ok: [0, 1] });
    const { stdout } = await git.run(['status', '--porcelain', '-z', '--no-renames', '--ignored']);
    const saved = stdout
      .split('\0')
      .filter(isTold)
      .map(async (line) => {
        const path = join(root, line.slice(3));
        const about = { '??': 'new', '!!': ignored }[line.slice(0, 2)];
        return [line.slice(3), await (about ? aboutNew(path, about) : readSaved(path))] as const;
      });
    return {
      head,
      on: name.stdout.trim() || head.slice(0, 8),
      dirty: Object.fromEntries(await Promise.all(saved)),
    };
  } catch {
    return undefined;
  }
}

/** Lines of git's status that count. Stubs are written by this program, and what is ignored by every build. */
function isTold(line: string): boolean {
  const path = line.slice(3);
  if (path.startsWith('.codex-agent/tasks/')) return false;
  return line.startsWith('!!') ? isSecretFile(basename(path)) : line !== '';
}

const ignored = 'ignored';

async function aboutNew(path: string, about: string): Promise<Saved> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isFile()) return { kind: 'folder' };
  return { kind: 'other', about: `${about}, ${found.size} bytes, ${found.mtimeMs}` };
}

/** A look at a worktree costs a tenth of a second: more of them would be felt at every launch. */
const othersAtMost = 8;

/** Uncommitted changes in the worktrees of the newest tasks at rest; those of running ones change all the time. */
export async function othersState(
  { git }: TreeSession,
  tasks: readonly Task[],
): Promise<Record<string, string>> {
  const newest = tasks
    .filter(({ worktree, status }) => worktree && status !== 'running')
    .sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1))
    .slice(0, othersAtMost);
  const states = newest.map(async ({ worktree = '' }) => {
    const answer = await git
      .run(['status', '--porcelain', '-z', '-uno'], { worktree })
      .catch(() => undefined);
    return answer ? [[worktree, answer.stdout] as const] : [];
  });
  return Object.fromEntries((await Promise.all(states)).flat());
}

const isIn = (folder: string, path: string): boolean => !relative(folder, path).startsWith('..');

const someOf = (paths: readonly string[]) =>
  paths.slice(0, 5).join(', ') + (paths.length > 5 ? ` and ${paths.length - 5} more` : '');

/** What the run's own git did in a worktree, by git's record of where its HEAD was. */
async function deedsIn({ session, marks }: Look, worktree?: string): Promise<string[]> {
  const { git } = session;
  const gitDir = worktree ? await git.gitDir(worktree).catch(() => undefined) : git.commonDir;
  const log = gitDir ? await reflogOf(gitDir, 'HEAD') : [];
  return [...new Set(log.filter(({ email }) => marks.has(email)).map(({ why }) => why))];
}

/** @param strays files outside of its worktree that the agent edited, as its transcript says */
export async function compareMain(
  look: Look,
  before: MainState | undefined,
  strays: readonly string[],
): Promise<Change[]> {
  const { session } = look;
  const now = before && (await mainState(session));
  if (!before || !now) return [];
  const moved = now.head !== before.head || now.on !== before.on;
  const same = (path: string) => JSON.stringify(before.dirty[path]) === JSON.stringify(now.dirty[path]);
  const whys = await deedsIn(look);
  const edited = await strayPaths(session, strays);
  const asked =
    edited.length === 0 ? '' : (await session.git.run(['ls-files', '-z', '--', ...edited])).stdout;
  const known = new Set([...asked.split('\0'), ...Object.keys(before.dirty)]);
  // What is tracked, or was uncommitted, and is as it was, was put right by the agent itself.
  const inMain = edited.filter((path) => !same(path) || !known.has(path));
  const lost = Object.keys(before.dirty).filter((path) => !same(path) && now.dirty[path] === undefined);
  const byRun = new Set([...inMain, ...(whys.length > 0 ? lost : [])]);
  const others = [...new Set([...Object.keys(before.dirty), ...Object.keys(now.dirty)])]
    // What was uncommitted and is clean now was committed, or landed.
    .filter((path) => !same(path) && !byRun.has(path) && !(moved && now.dirty[path] === undefined))
    .sort();
  const changes = [...byRun].map((path) => {
    const what = inMain.includes(path)
      ? 'was edited by the agent'
      : 'has lost its uncommitted changes to the agent’s git';
    const isKnown = known.has(path) || path in now.dirty;
    return fileChange(look, before, path, { what, known: isKnown && ![before, now].some(ignores(path)) });
  });
  const found = await Promise.all(changes);
  if (whys.length > 0) found.push(headChange(look, before, now, whys));
  const tell = (what: string, text: string, state: string) => found.push({ what, text, look: false, state });
  if (others.length > 0)
    tell('main worktree', `files of the main worktree changed: ${someOf(others)}`, others.join('\0'));
  if (now.on !== before.on && whys.length === 0)
    tell('HEAD', `the main worktree has ${now.on} checked out, and had ${before.on}`, now.on);
  return found;
}

/** Whether git ignores a path there. What stood in it is not known, and it may have been there when it was not told. */
const ignores =
  (path: string) =>
  ({ dirty }: MainState): boolean => {
    const saved = dirty[path];
    return saved?.kind === 'other' && saved.about.startsWith(ignored);
  };

/** Worktrees of other tasks. What stands there is not noted, so it is not put back. */
export async function compareOthers(
  look: Look,
  before: Readonly<Record<string, string>>,
  strays: readonly string[],
): Promise<Change[]> {
  const now = await othersState(
    look.session,
    look.tasks.filter(({ worktree = '' }) => worktree in before),
  );
  const changes: Change[] = [];
  for (const { slug, worktree } of look.tasks) {
    if (!worktree) continue;
    const edited = strays.filter((path) => isIn(worktree, path)).map((path) => relative(worktree, path));
    const whys = await deedsIn(look, worktree);
    const deeds = [...edited, ...whys];
    const [was, is] = [before[worktree], now[worktree]];
    if (deeds.length > 0) {
      const text = `The agent worked in the worktree of the task ${slug}: ${deeds.slice(0, 3).join(', ')}. \`git -C ${shellWord(worktree)} status\` shows it.`;
      changes.push({ what: worktree, text, look: true, state: whys.join('\0') });
    } else if (was !== undefined && is !== undefined && is !== was)
      changes.push({ what: worktree, text: `files of the task ${slug} changed`, look: false, state: is });
  }
  return changes;
}

/** Paths in the main worktree; those in linked worktrees below it are not. */
async function strayPaths({ git, root }: TreeSession, strays: readonly string[]): Promise<string[]> {
  if (strays.length === 0) return [];
  const linked = (await listWorktrees(git)).slice(1).map(({ path }) => path);
  return strays
    .filter((path) => isIn(root, path) && !linked.some((folder) => isIn(folder, path)))
    .map((path) => relative(root, path))
    .filter((path) => path.split('/')[0] !== '.git');
}

async function fileChange(
  { session, task }: Look,
  before: MainState,
  path: string,
  { what, known }: { what: string; known: boolean },
): Promise<Change> {
  const full = join(session.root, path);
  const hash = createHash('sha256').update(JSON.stringify(await readSaved(full)));
  const change = {
    what: full,
    text: `${path} of the main worktree ${what}.`,
    look: true,
    state: hash.digest('hex'),
  };
  const undo = async () => {
    const aside = asideOf(session, task.runIds.at(-1) ?? '', path);
    await putBack(full, before.dirty[path] ?? (await committed(session, before.head, path)), aside);
    return `put back; what stood there is ${aside}`;
  };
  // What stood at a path that git ignores is not known.
  return known ? { ...change, undo } : change;
}

/** What the run's own git did in the main worktree. The files it took away are changes of their own. */
function headChange({ session, task }: Look, before: MainState, now: MainState, whys: string[]): Change {
  const { git, root } = session;
  const on = now.on === before.on ? '' : ` It has ${now.on} checked out, and had ${before.on}.`;
  const text = `The agent's own git worked in the main worktree (${someOf(whys)}).${on}`;
  const undo = async () => {
    if (now.on === before.on) return 'nothing more to put back';
    const branch = `refs/heads/${before.on}`;
    const tip = await git.commitOf(branch);
    await git.run(['read-tree', '-m', '-u', now.head, tip ?? before.head]);
    const why = ['-m', `put back after ${task.slug}`];
    if (tip) await git.run(['symbolic-ref', ...why, 'HEAD', branch]);
    else await git.run(['update-ref', '--no-deref', ...why, 'HEAD', before.head]);
    return `${before.on} is checked out again`;
  };
  return { what: `${root} HEAD`, text, look: true, state: whys.join('\0'), undo };
}

/** A path as a commit has it, by way of an index and a folder of our own. */
async function committed(session: TreeSession, commit: string, path: string): Promise<Saved> {
  const { git } = session;
  if ((await git.run(['ls-tree', '-z', commit, '--', path])).stdout === '') return noFile;
  return withIndex(session, async (indexFile) => {
    const env = { GIT_INDEX_FILE: indexFile };
    await git.run(['read-tree', commit], { env });
    await git.run(['checkout-index', '-q', `--prefix=${indexFile}-files/`, '--', path], { env });
    return readSaved(join(`${indexFile}-files`, path));
  });
}
