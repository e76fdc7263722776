/** What git knows about worktrees, and the locks by which we mark those that are not ready. */
import { readdir, rename, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import { shellWord } from '../../../domain/platform/shell.js';
import type { Git } from '../../platform/index.js';
import {
  linkedWorktrees,
  liveness,
  type ProcessIdentity,
  readText,
  selfIdentity,
  unclear,
  writeTo,
} from '../../platform/index.js';

export interface WorktreeRecord {
  path: string;
  head?: string;
  /** Full ref name; absent when detached. */
  branch?: string;
  /** Reason of its lock; undefined when it is not locked. */
  locked?: string;
  /** Its folder is gone; git does not say so of one that is locked. */
  missing: boolean;
}

/** The command with which a person has git forget a worktree whose folder is gone; git asks for no force there. */
export function forgetCommand({ path, locked }: Pick<WorktreeRecord, 'path' | 'locked'>): string {
  const word = shellWord(path);
  return `${locked === undefined ? '' : `git worktree unlock ${word} && `}git worktree remove ${word}`;
}

/**
 * All worktrees, the main one first; of a bare repository the one that stands for it.
 * Throws `git-unclear` for a list that does not even hold that one.
 */
export async function listWorktrees(git: Git): Promise<WorktreeRecord[]> {
  const args = ['worktree', 'list', '--porcelain', '-z'];
  const { stdout } = await git.run(args).catch(async (error: unknown) => {
    if ((await completeRecords(git)) === 0) throw error;
    return git.run(args);
  });
  if (!stdout.startsWith('worktree ') || !stdout.endsWith('\0\0')) {
    throw unclear('worktree list', stdout === '' ? 'it does not hold the main worktree' : 'it is cut');
  }
  const records = stdout
    .split('\0\0')
    .filter((block) => block !== '' && !block.endsWith('\0bare'))
    .map((block) => {
      const lines = block.split('\0').map((line) => {
        const at = line.indexOf(' ');
        return at < 0 ? ([line, ''] as const) : ([line.slice(0, at), line.slice(at + 1)] as const);
      });
      const fields = new Map(lines);
      const path = fields.get('worktree') ?? '';
      return {
        // Where the git directory lies elsewhere, as of a submodule, git names that in place of the main worktree.
        path: resolve(path) === git.commonDir ? git.root : path,
        // A branch without a commit is listed with an id of zeros.
        ...(/[^0]/.test(fields.get('HEAD') ?? '') ? { head: fields.get('HEAD')! } : {}),
        ...(fields.has('branch') ? { branch: fields.get('branch')! } : {}),
        ...(fields.has('locked') ? { locked: fields.get('locked')! } : {}),
        missing: fields.has('prunable'),
      };
    });
  const main = recordAt(records, git.root);
  return main && records[0] !== main ? [main, ...records.filter((one) => one !== main)] : records;
}

/**
 * git that was killed between making the file `commondir` of a new record and writing it leaves a repository in which
 * no git lists worktrees any more. In a record of ours whose maker is dead it is written to its end. Returns how often.
 */
async function completeRecords({ commonDir }: Pick<Git, 'commonDir'>): Promise<number> {
  let completed = 0;
  for (const { gitDir } of await linkedWorktrees(commonDir)) {
    const locked = (await readText(join(gitDir, 'locked')))?.trim();
    const shared = await readText(join(gitDir, 'commondir'));
    if (shared !== '' || ownerOf(locked, 'hydrating') !== 'gone') continue;
    await writeTo(join(gitDir, 'commondir'), '../..\n');
    completed += 1;
  }
  return completed;
}

/**
 * The linked worktrees as git's own files tell of them: their place, their lock, whether the folder is gone. For a
 * caller that looks so often that a process each time would cost more than the looks.
 */
export async function readWorktrees({ commonDir }: Pick<Git, 'commonDir'>): Promise<WorktreeRecord[]> {
  const linked = await linkedWorktrees(commonDir);
  return Promise.all(
    linked.map(async ({ path, gitDir }) => {
      const [locked, there] = await Promise.all([
        readText(join(gitDir, 'locked')),
        stat(join(path, '.git')).catch(absent),
      ]);
      return {
        path,
        ...(locked === undefined ? {} : { locked: locked.trim() }),
        missing: there === undefined,
      };
    }),
  );
}

/** What is not there is undefined; whatever else went wrong is thrown. */
function absent(error: unknown): undefined {
  if (!hasCode(error, 'ENOENT') && !hasCode(error, 'ENOTDIR')) throw error;
  return undefined;
}

/**
 * Whether there are files where git says that the folder is gone: without its `.git` file it takes one for gone. What
 * is no folder, or cannot be read, counts as files.
 */
export async function holdsFiles({
  missing,
  path,
}: Pick<WorktreeRecord, 'missing' | 'path'>): Promise<boolean> {
  if (!missing) return false;
  try {
    return (await readdir(path)).length > 0;
  } catch (error) {
    return !hasCode(error, 'ENOENT');
  }
}

/** The record of the worktree at this path. */
export function recordAt(records: readonly WorktreeRecord[], path: string): WorktreeRecord | undefined {
  return records.find((record) => resolve(record.path) === resolve(path));
}

/** `hydrating`: being filled, with no work in it yet. `setup`: filled. `private`: ours for a moment. */
export type Purpose = 'hydrating' | 'setup' | 'private';

/** The reason of a lock that this process takes: it names its owner, so that others can tell whether it lives. */
export function lockReason(purpose: Purpose): string {
  const self = selfIdentity();
  return `codex-agents: ${purpose} ${self.pid} ${self.start} ${self.boot}`;
}

/** Reason of the lock of a worktree whose filling, or set-up, failed. */
export const failedReason = (purpose: 'hydrating' | 'setup') => `codex-agents: ${purpose} failed`;

/** Gives a locked worktree another reason, in one step: unlocked in between it would look ready. */
export async function relock(git: Git, path: string, reason: string): Promise<void> {
  const file = join(await git.gitDir(path), 'locked');
  await writeTo(`${file}.new`, reason);
  await rename(`${file}.new`, file);
}

/** Reason of the lock of a spare worktree that is ready; `policy` says by which rules it was filled. */
export const spareReason = (policy: string) => `codex-agents: spare ${policy}`;

/** Whether a lock is ours for this purpose, and whether its owner may still live. Undefined: not such a lock. */
export function ownerOf(reason: string | undefined, purpose: Purpose): 'gone' | 'alive' | undefined {
  // git's own mark of an `add` that was killed.
  if (reason === 'initializing' && purpose === 'hydrating') return 'gone';
  const match = /^codex-agents: (\w+) (.*)$/.exec(reason ?? '');
  if (match?.[1] !== purpose) return undefined;
  const [pid, start, boot] = match[2]!.split(' ');
  if (!start || !boot) return 'gone';
  const owner: ProcessIdentity = { pid: Number(pid), start, boot };
  return liveness(owner) === 'dead' ? 'gone' : 'alive';
}
