/** Whether a private worktree still is the tree that is judged, and how it becomes that again. */
import { existsSync, lstatSync } from 'node:fs';
import { copyFile, lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import { matchesAny } from '../../../domain/platform/glob.js';
import type { RepoSession } from '../../store/index.js';
import { withIndex } from '../../worktrees/index.js';
import { heldMeanwhile } from './held-meanwhile.js';

/** What happened to a worktree since it was last looked at. */
export interface TouchedFiles {
  /** Tracked files that were changed or removed, and files that are new and not ignored. */
  written: string[];
  /** Tracked files that something was done to, and that hold what they held. */
  rewritten: string[];
}

/** Compares a worktree with the tree that it was made of. */
export interface TreeWatch {
  /**
   * Whether nothing was written to since the last time: no tracked file was touched, not even to become the same again,
   * and no file is new. Nothing is put back.
   */
  isUntouched(): Promise<boolean>;
  /** What was touched since the last time. Tracked files are as in the tree again afterwards, new ones are gone. */
  settle(): Promise<TouchedFiles>;
  /** Runs `work`, and tells which of these files held something else while it ran. */
  during<T>(paths: readonly string[], work: () => Promise<T>): Promise<{ result: T; others: string[] }>;
}

interface WatchedTree {
  worktree: string;
  tree: string;
  /** Globs of new files that are expected, such as reports: they are read and taken away by who expects them. */
  promised: readonly string[];
}

/**
 * Runs `use` in a private worktree that holds exactly this tree: what a set-up command changed of it is undone first.
 * An index of our own tells the difference, so that nothing done to the worktree's index hides one.
 * Throws `git-failed`.
 */
export async function withSameTree<T>(
  session: Pick<RepoSession, 'git' | 'env'>,
  { worktree, tree, promised }: WatchedTree,
  use: (watch: TreeWatch) => Promise<T>,
): Promise<T> {
  return withIndex(session, async (index) => {
    // The whole tree is judged, whatever part of it the person looks at.
    const whole = ['-c', 'core.sparseCheckout=false', '-c', 'index.sparse=false'];
    const git = (args: readonly string[], more: { input?: string; ok?: readonly number[] } = {}) => {
      // Without its index, git would tell that every file is new.
      if (made && !existsSync(index)) throw indexGone(index);
      return session.git.run([...whole, ...args], { worktree, env: { GIT_INDEX_FILE: index }, ...more });
    };
    let made = false;
    const sparse = ['config', '--type=bool', '--get', 'core.sparseCheckout'];
    const isSparse = (await session.git.run(sparse, { worktree, ok: [0, 1] })).stdout.trim() === 'true';
    // With the times that git noted, unchanged files need not be read; but a sparse index hides what is missing.
    if (!isSparse)
      await copyFile(join(await session.git.gitDir(worktree), 'index'), index).catch((error: unknown) => {
        if (!hasCode(error, 'ENOENT')) throw error;
      });
    await git(['read-tree', '--reset', tree]);
    made = true;

    const changed = async () => {
      await git(['update-index', '-q', '--refresh'], { ok: [0, 1] });
      return listed(await git(['diff-files', '--name-only', '-z', '--ignore-submodules=dirty']));
    };
    const tracked = listed(await git(['ls-files', '-z']));
    const rules = ruleFiles(tracked);
    const others = async () => {
      const all = listed(await git(['ls-files', '--others', '--exclude-standard', '-z']));
      const unknown = all.filter((file) => !matchesAny(file, promised));
      const states = await statesOf(worktree, rules);
      return [...new Set([...unknown, ...rules.filter((path) => states.get(path) !== absent)])];
    };
    const bringBack = async (paths: readonly string[]) => {
      if (paths.length === 0) return;
      await git(['checkout-index', '--force', '-z', '--stdin'], {
        input: paths.map((path) => `${path}\0`).join(''),
      });
    };

    await bringBack(await changed());
    // Some files differ from the tree for good, such as line ends that no attribute allows.
    const known = await statesOf(worktree, [...(await changed()), ...(await others())]);
    const isNew = async (paths: readonly string[]) => {
      const now = await statesOf(worktree, paths);
      return paths.filter((path) => now.get(path) !== known.get(path));
    };
    let stamps = await stampsOf(worktree, tracked);
    /** Notes how all tracked files stand now, and tells which of them stood otherwise. */
    const stampAnew = async () => {
      const old = stamps;
      stamps = await stampsOf(worktree, tracked);
      return tracked.filter((_, at) => stamps[at] !== old[at]);
    };
    return use({
      during: (paths, work) => heldMeanwhile(worktree, paths, work),
      async isUntouched() {
        const now = await stampsOf(worktree, tracked);
        if (now.some((stamp, at) => stamp !== stamps[at])) return false;
        return (await isNew(await others())).length === 0;
      },
      async settle() {
        const [written, fresh] = [await isNew(await changed()), await isNew(await others())];
        if (written.length + fresh.length === 0) return { written: [], rewritten: await stampAnew() };
        const remove = async (paths: readonly string[]) => {
          for (const path of paths) await rm(join(worktree, path), { recursive: true, force: true });
        };
        await remove(fresh);
        await bringBack(written);
        // Rules of ignoring that were changed are back now, and may show more.
        const strays = await isNew(await others());
        await remove(strays);
        for (const [path, state] of await statesOf(worktree, [...written, ...fresh])) {
          if (known.has(path)) known.set(path, state);
        }
        const all = new Set([...written, ...fresh, ...strays]);
        const rewritten = (await stampAnew()).filter((path) => !all.has(path));
        return { written: [...all].sort(), rewritten };
      },
    });
  });
}

const indexGone = (index: string) =>
  appError(
    'git-failed',
    `The temporary index ${index} was removed meanwhile, so what was written is unknown.`,
  );

/**
 * Where rules of ignoring could be put beside tracked files, and hide themselves and more. A folder that a tool makes
 * for itself may ignore itself.
 */
function ruleFiles(tracked: readonly string[]): string[] {
  const known = new Set(tracked);
  const folders = new Set(['', ...tracked.map((path) => path.slice(0, path.lastIndexOf('/') + 1))]);
  return [...folders].map((folder) => `${folder}.gitignore`).filter((path) => !known.has(path));
}

const absent = 'absent';

/** Files that are looked at in one go, before others get their turn. */
const atOnce = 500;

/**
 * When the state of each file last changed, which no program can set; 0 for one that is not there. Git compares whole
 * seconds, and a file that is written to and restored within one looks the same to it.
 */
async function stampsOf(worktree: string, paths: readonly string[]): Promise<number[]> {
  const stamps: number[] = [];
  for (const [at, path] of paths.entries()) {
    if (at > 0 && at % atOnce === 0) await new Promise((resolve) => setImmediate(resolve));
    stamps.push(stampOf(join(worktree, path)));
  }
  return stamps;
}

const listed = ({ stdout }: { stdout: string }) => stdout.split('\0').filter(Boolean);

function stampOf(file: string): number {
  try {
    return lstatSync(file).ctimeMs;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return 0;
    throw error;
  }
}

/** Kind, size and times of each path: a write shows in them, whatever it wrote. */
async function statesOf(worktree: string, paths: readonly string[]): Promise<Map<string, string>> {
  const states = new Map<string, string>();
  for (const path of paths) {
    const state = await lstat(join(worktree, path), { bigint: true }).catch(() => undefined);
    states.set(path, state ? [state.mode, state.size, state.mtimeNs, state.ctimeNs].join(' ') : absent);
  }
  return states;
}
