/** A git of ours that was killed from outside: what may be tried again, and the locks that it left behind. */
import { readdirSync } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import { tempName } from '../files/atomic.js';
import { namesInFolder } from '../files/folder.js';
import type { ProcessResult } from '../processes/process.js';
import type { GitOptions } from '../types.js';
import { linkedWorktrees } from './find.js';
import { type FoundLock, leftLocks } from './left-locks.js';
import type { Place } from './place.js';

/** A git that crashes by its own fault ends by other signals, and would do so again. */
const fromOutside: readonly unknown[] = ['SIGKILL', 'SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'];

/** Whether a signal that we did not send ended a git, or one that it had started itself. */
export const wasKilled = ({ signal, stderr, timedOut }: ProcessResult): boolean =>
  !timedOut && (fromOutside.includes(signal) || /\bdied of signal (1|2|3|9|15)\b/.test(stderr));

/** Whether an error comes of a process of ours that was killed from outside: the step may go well the next time. */
export function endedFromOutside(error: unknown): boolean {
  const { killed, cause } = (error ?? {}) as { killed?: unknown; cause?: unknown };
  return killed === true || (cause !== undefined && endedFromOutside(cause));
}

/** These only read, write objects, or bring a file to the same content however often they are called. */
const repeatable = new Set(
  `blame cat-file check-attr check-ignore checkout-index commit-tree diff diff-files diff-index diff-tree fetch
  for-each-ref hash-object log ls-files ls-tree merge-base merge-tree mktree patch-id rev-list rev-parse show show-ref
  status symbolic-ref update-index write-tree`.split(/\s+/),
);

/** These hold no lock and write no file, so that they can be ended at any moment. */
const reading = new Set(
  `blame cat-file check-attr check-ignore diff diff-files diff-index diff-tree for-each-ref log ls-files ls-tree
  merge-base patch-id rev-list rev-parse show show-ref status`.split(/\s+/),
);

const commandIn = (args: readonly string[]): string =>
  args.find((arg, at) => arg !== '-c' && args[at - 1] !== '-c') ?? '';

/** Whether a call only reads. */
export const onlyReads = (args: readonly string[]): boolean => reading.has(commandIn(args));

/** Whether a call that was killed anywhere in its work may simply be made again: output that was passed on stays. */
export function isRepeatable(args: readonly string[], { onOutput }: GitOptions): boolean {
  if (onOutput) return false;
  const command = commandIn(args);
  // With files to write, what the first call wrote stands in the way of the second one.
  if (command === 'read-tree') return !args.includes('-u');
  if (command === 'config') return args.some((arg) => /^(--get|--list$|-l$|--show)/.test(arg));
  return repeatable.has(command);
}

const lockNames = /^(index|HEAD|ORIG_HEAD|packed-refs|config|config\.worktree|shallow)\.lock$/;
/** Clocks of file systems move on in steps. */
const stepMs = 20;
const patienceMs = 2_000;

/**
 * Takes away the locks that a git of ours left when it was killed: no other git would, and each holds up all of them.
 * Only those go that were made during its `durationMs`, that have outlived every git that was at work there, and that no
 * process has open. The clock is that of the file system.
 */
export async function dropLocksOfKilled(
  place: Place,
  { durationMs }: ProcessResult,
  { GIT_INDEX_FILE: indexFile }: GitOptions['env'] = {},
): Promise<void> {
  // A lock that cannot be looked at stays, and the next git names it.
  const found = await locksSince(place, durationMs, indexFile).catch(() => []);
  if (found.length > 0) await dropLeft(place, found).catch(() => {});
}

async function dropLeft(place: Place, found: readonly FoundLock[]): Promise<void> {
  const { commonDir, gitDir, workTree } = place;
  // Locks of refs are taken by gits in every worktree of the repository.
  const worktrees = (await linkedWorktrees(commonDir)).map(({ path }) => path);
  const main = basename(commonDir) === '.git' ? [dirname(commonDir)] : [];
  const folders = [...new Set([commonDir, gitDir, workTree, ...main, ...worktrees])];
  for (const path of await leftLocks(found, folders, patienceMs)) await rm(path, { force: true });
}

async function locksSince(place: Place, durationMs: number, indexFile?: string): Promise<FoundLock[]> {
  const { gitDir, commonDir } = place;
  const paths = [...new Set([gitDir, commonDir])].map(async (folder) =>
    (await namesInFolder(folder)).filter((name) => lockNames.test(name)).map((name) => join(folder, name)),
  );
  const refs = refLocks(commonDir);
  const own = indexFile ? [`${indexFile}.lock`] : [];
  const now = await timeAt(commonDir);
  const since = now - durationMs - stepMs;
  const locks = [...(await Promise.all(paths)).flat(), ...refs, ...own].map(async (path) => {
    const found = await stat(path).catch(() => undefined);
    return found && found.birthtimeMs >= since && found.birthtimeMs <= now + stepMs
      ? [{ path, inode: found.ino }]
      : [];
  });
  return (await Promise.all(locks)).flat();
}

/** git takes empty folders of refs away while it works: then what was seen so far must do. */
function refLocks(commonDir: string): string[] {
  const refs = join(commonDir, 'refs');
  try {
    const names = readdirSync(refs, { recursive: true }) as string[];
    return names.filter((name) => name.endsWith('.lock')).map((name) => join(refs, name));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** What the file system calls now. */
async function timeAt(folder: string): Promise<number> {
  const path = tempName(join(folder, 'codex-agents-now'));
  const file = await open(path, 'wx');
  try {
    return (await file.stat()).birthtimeMs;
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}
