/** Gets a removed worktree back out of the trash, with its index and what was under way in it. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { namesInFolder, readUtf8, writeTo } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { listWorktrees } from '../places/list.js';
import { lockWorktrees, worktreePath } from '../places/places.js';
import { headFile, move } from './discard.js';
import { listTrash, recordFolder, slugOf, type TrashEntry } from './trash.js';

export interface RestoredWorktree {
  path: string;
  /** Task that works there again; absent when there is none by this name any more. */
  task?: string;
  /** Short name of the branch it is on; absent when it is on none. */
  branch?: string;
  /** What is not as it was. */
  warning?: string;
}

/**
 * Restores an entry of the trash: by its name, or the newest of a task's. Throws `not-in-trash`,
 * `worktree-exists`, `worktree-path-taken`, `git-failed`.
 */
export async function restoreWorktree(
  session: RepoSession,
  wanted: { slug: string } | { name: string },
): Promise<RestoredWorktree> {
  const lock = await lockWorktrees(session, 'worktree restore');
  try {
    const entry = (await listTrash(session)).find((one) =>
      'name' in wanted ? one.name === wanted.name : one.slug === wanted.slug,
    );
    const begun = entry && 'name' in wanted ? undefined : await unfinished(session, wanted);
    if (!entry && !begun) {
      throw appError(
        'not-in-trash',
        `There is no removed worktree of ${'name' in wanted ? wanted.name : wanted.slug}.`,
        {
          hint: '`codex-agent rescue list` shows all that is kept.',
        },
      );
    }
    const task = await taskOf(session, (begun ?? entry!).slug);
    const path = begun?.path ?? (await bringBack(session, entry!));
    const gitDir = await session.git.gitDir(path);
    // A file that was only announced (`add -N`) stands in the index by the empty object, which a gc may have taken.
    await session.git.run(['hash-object', '-w', '--stdin'], { input: '' });
    const restored = { path, ...(await placeHead(session, path, gitDir)) };
    if (!task) return await finished(restored, gitDir);
    await session.registry.update('task.worktree', (file) => ({
      file: {
        ...file,
        tasks: file.tasks.map((one) => (one.id === task.id ? { ...one, worktree: restored.path } : one)),
      },
      result: undefined,
    }));
    return await finished({ ...restored, task: task.slug }, gitDir);
  } finally {
    await lock.release();
  }
}

/** The file by which an unfinished restore is known goes last. */
async function finished(restored: RestoredWorktree, gitDir: string): Promise<RestoredWorktree> {
  await rm(join(gitDir, headFile), { force: true });
  return restored;
}

/** A worktree that a restore put back in its place before it was cut off: its task does not know of it yet. */
async function unfinished(
  session: RepoSession,
  wanted: { slug: string } | { name: string },
): Promise<{ slug: string; path: string } | undefined> {
  const slug = 'name' in wanted ? slugOf(wanted.name) : wanted.slug;
  const { tasks } = await session.registry.read();
  const task = tasks.find((one) => one.repo === session.repo.id && one.slug === slug);
  if (!slug || task?.worktree) return undefined;
  for (const { path, branch, missing } of (await listWorktrees(session.git)).slice(1)) {
    const its = branch === `refs/heads/${task?.branch}` || basename(path) === slug;
    if (its && !missing && existsSync(join(await session.git.gitDir(path), headFile))) return { slug, path };
  }
  return undefined;
}

/** The task that a removed worktree was of, if it is still there. Throws `worktree-exists` when it has another one. */
async function taskOf(session: RepoSession, slug: string): Promise<Task | undefined> {
  const { tasks } = await session.registry.read();
  const task = tasks.find((one) => one.repo === session.repo.id && one.slug === slug);
  if (!task?.worktree) return task;
  throw appError('worktree-exists', `${task.slug} has a worktree already: ${task.worktree}.`, {
    hint: `Remove it first: \`codex-agent task worktree remove ${task.slug}\`. The trash keeps both.`,
  });
}

/**
 * Puts folder and record back where they were; of a repository that was moved meanwhile, where they belong now. Returns
 * the path.
 */
async function bringBack(session: RepoSession, entry: TrashEntry): Promise<string> {
  const folder = await realpath(entry.folder);
  const kept = join(folder, recordFolder);
  let gitDir = await recordNamed(session, folder);
  // Killed between the two renames, an earlier restore has put the record in its place already.
  if (existsSync(kept)) {
    const stood = await folderOf(session, kept);
    // Where nothing is left of that place, it goes among the worktrees as they are now.
    const path = existsSync(dirname(stood)) ? stood : worktreePath(session, basename(stood));
    if ((await namesInFolder(folder)).length === 1) {
      throw appError('not-in-trash', `The folder of ${entry.slug} was gone before it was removed.`, {
        hint: `git's record of it is in ${kept}; \`codex-agent task worktree add ${entry.slug}\` makes the worktree anew.`,
      });
    }
    gitDir = freeRecord(gitDir ?? join(session.git.commonDir, 'worktrees', basename(path)));
    await requireFree(path);
    await mkdir(dirname(gitDir), { recursive: true });
    await pointTo(folder, path, gitDir);
    if (path !== stood) await writeTo(join(kept, 'gitdir'), `${join(path, '.git')}\n`);
    await move(kept, gitDir);
  }
  if (!gitDir) {
    throw appError('not-in-trash', `${folder} holds files, but not git's record of a worktree.`, {
      hint: `Copy what you need from it.`,
    });
  }
  const path = await folderOf(session, gitDir);
  await requireFree(path);
  await rename(folder, path);
  if (folder !== entry.folder) await rm(entry.folder, { force: true });
  const reason = await readUtf8(join(gitDir, 'locked')).catch(() => '');
  if (reason.startsWith('codex-agents: ')) await rm(join(gitDir, 'locked'));
  return path;
}

const pointerIn = async (folder: string): Promise<string | undefined> =>
  /^gitdir: (.+)$/m.exec(await readUtf8(join(folder, '.git')).catch(() => ''))?.[1];

/** The record that a worktree's `.git` file names, when it is one of this repository: an agent may have written it. */
async function recordNamed({ git }: Pick<RepoSession, 'git'>, folder: string): Promise<string | undefined> {
  const named = await pointerIn(folder);
  if (named === undefined) return undefined;
  const records = join(git.commonDir, 'worktrees');
  if (!isAbsolute(named)) return join(records, basename(named));
  const common = await realpath(dirname(dirname(named))).catch(() => undefined);
  return common === git.commonDir && basename(dirname(named)) === 'worktrees' ? named : undefined;
}

/** Folder of the worktree that a record was made for; git may note it relative to the record. */
async function folderOf({ git }: Pick<RepoSession, 'git'>, record: string): Promise<string> {
  const noted = (await readUtf8(join(record, 'gitdir'))).trim();
  return dirname(resolve(git.commonDir, 'worktrees', basename(record), noted));
}

/** A file that leads to the record stays as it is, and so does a repository in its place. */
async function pointTo(folder: string, path: string, gitDir: string): Promise<void> {
  const pointer = join(folder, '.git');
  const named = await pointerIn(folder);
  if (named !== undefined && resolve(path, named) === gitDir) return;
  if ((await stat(pointer).catch(() => undefined))?.isDirectory()) return;
  await rm(pointer, { force: true });
  await writeTo(pointer, `gitdir: ${gitDir}\n`);
}

/** HEAD stands where it stood: on its branch if that is there and unmoved, else on the commit alone. */
async function placeHead(
  session: RepoSession,
  path: string,
  gitDir: string,
): Promise<Pick<RestoredWorktree, 'branch' | 'warning'>> {
  const { git } = session;
  const head = (await readUtf8(join(gitDir, headFile)).catch(() => '')).trim();
  const ref = /^ref: (.+)$/.exec((await readUtf8(join(gitDir, 'HEAD'))).trim())?.[1];
  if (!ref) return {};
  const branch = ref.replace('refs/heads/', '');
  const tip = await git.commitOf(ref);
  if (!tip && head) await git.moveRef(ref, head, '', `restore ${path}`);
  const others = (await listWorktrees(git)).filter((one) => one.branch === ref && one.path !== path);
  if ((!tip || !head || tip === head) && others.length === 0) return { branch };
  await git.run(['update-ref', '--no-deref', 'HEAD', head || tip!], { worktree: path });
  const why = others[0] ? `is checked out in ${others[0].path}` : 'has moved since';
  return { warning: `${branch} ${why}, so the worktree is on the commit it was at, and on no branch` };
}

function freeRecord(wanted: string): string {
  let gitDir = wanted;
  for (let number = 2; existsSync(gitDir); number++)
    gitDir = join(dirname(wanted), `${basename(wanted)}-${number}`);
  return gitDir;
}

async function requireFree(path: string): Promise<void> {
  const names = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (names.length === 0) return;
  throw appError('worktree-path-taken', `${path} is not empty.`, {
    hint: 'Move that folder away, or remove the worktree that is there, then restore again.',
  });
}
