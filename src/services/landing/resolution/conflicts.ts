/** Merges in a private worktree and reads what is in conflict there; refuses what is not plain text to merge. */
import { lstat, realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { isGenerated } from '../../../domain/landing/generated.js';
import { hasMarkers, hunksOf, parseConflicts } from '../../../domain/landing/hunks.js';
import type { Conflict } from '../../../domain/landing/merge.js';
import { appError } from '../../../domain/platform/errors.js';
import { matchesAny } from '../../../domain/platform/glob.js';
import { parseSize } from '../../../domain/platform/units.js';
import { readPlain } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { isLockFile, type LockFile } from './locks.js';
import { type ConflictTexts, type OpenFile, openFile } from './open-file.js';
import type { RefusedFile, Sides } from './types.js';

type Session = Pick<RepoSession, 'git' | 'config' | 'signal'>;

interface Stage {
  mode: string;
  oid: string;
}

export interface Unmerged {
  path: string;
  base?: Stage;
  ours?: Stage;
  theirs?: Stage;
}

export interface MergeState {
  open: OpenFile[];
  refused: RefusedFile[];
  /** Left to their own tools. */
  locks: LockFile[];
}

/**
 * Merges the target into the private worktree at `path`, without committing.
 * Throws `git-failed` when git does not merge at all.
 * @param byPerson a person decides each hunk: what is left to people otherwise is theirs now, however much it is
 */
export async function startMerge(
  session: Session,
  path: string,
  sides: Sides,
  byPerson = false,
): Promise<MergeState> {
  // Recorded resolutions come later, so that every file is seen with its markers first.
  const settings = ['-c', 'merge.conflictStyle=diff3', '-c', 'rerere.enabled=false'];
  const merge = ['merge', '--no-commit', '--no-ff', '--no-stat', '--no-squash', '--no-verify', sides.target];
  const options = { worktree: path, ok: [0, 1], signal: session.signal };
  const { code, stdout, stderr } = await session.git.run([...settings, ...merge], options);
  const unmerged = await readUnmerged(session, path);
  if (code === 1 && unmerged.length === 0) {
    throw appError(
      'git-failed',
      `git merge failed without a conflict: ${(stderr || stdout).trim().slice(-500)}`,
    );
  }
  const state: MergeState = { open: [], refused: [], locks: [] };
  const tooMany = !byPerson && unmerged.length > session.config.resolver.max_conflicts;
  for (const file of unmerged) {
    const read = tooMany
      ? refuse(file, 'too many files are in conflict')
      : await readConflict(session, path, file, byPerson);
    if ('reason' in read) state.refused.push(read);
    else if (isLockFile(file.path)) state.locks.push(read);
    else state.open.push(openFile(read));
  }
  const hunks = state.open.reduce((sum, file) => sum + hunksOf(file.parts).length, 0);
  if (byPerson || hunks <= session.config.resolver.max_conflicts) return state;
  const reason = `${hunks} hunks are in conflict, more than resolver.max_conflicts`;
  return {
    ...state,
    open: [],
    refused: [...state.refused, ...state.open.map((file) => refuse(file, reason))],
  };
}

/** Paths that are in conflict in a worktree. */
export async function unmergedIn(session: Pick<RepoSession, 'git'>, path: string): Promise<Conflict[]> {
  return (await readUnmerged(session, path)).map((file) => ({ path: file.path, kind: kindOf(file) }));
}

/** The stages of what is in conflict; or of what was, and has been staged since. */
export async function readUnmerged(
  session: Pick<RepoSession, 'git'>,
  path: string,
  which: '--unmerged' | '--resolve-undo' = '--unmerged',
): Promise<Unmerged[]> {
  const { stdout } = await session.git.run(['ls-files', which, '-z'], { worktree: path });
  return unmergedOf(stdout.split('\0'));
}

/** Files of the rows "mode, id, stage, path" that git prints for what is in conflict. */
export function unmergedOf(rows: readonly string[]): Unmerged[] {
  const files = new Map<string, Unmerged>();
  for (const row of rows) {
    const match = /^(\d+) ([0-9a-f]+) ([123])\t(.+)$/s.exec(row);
    if (!match) continue;
    const [, mode, oid, stage, name] = match as unknown as [string, string, string, '1' | '2' | '3', string];
    const file = files.get(name) ?? { path: name };
    file[({ 1: 'base', 2: 'ours', 3: 'theirs' } as const)[stage]] = { mode, oid };
    files.set(name, file);
  }
  return [...files.values()];
}

export function kindOf({ base, ours, theirs }: Unmerged): string {
  if (ours && theirs) return base ? 'contents' : 'add/add';
  return base && (ours || theirs) ? 'modify/delete' : 'rename';
}

function refuse(file: Unmerged | OpenFile, reason: string): RefusedFile {
  const open = 'parts' in file ? file : undefined;
  return {
    path: file.path,
    kind: open ? open.kind : kindOf(file as Unmerged),
    hunks: open ? hunksOf(open.parts).length : 0,
    reason,
  };
}

async function readConflict(
  session: Session,
  worktree: string,
  file: Unmerged,
  byPerson: boolean,
): Promise<(ConflictTexts & { marked: string }) | RefusedFile> {
  const { path } = file;
  const reason = whyNotText(file) ?? (byPerson ? undefined : whyForPeople(session, path));
  if (reason) return refuse(file, reason);
  const bytes = await readInside(worktree, path);
  if (!bytes) return refuse(file, 'it is not a regular file in the merge');
  if (!byPerson && bytes.length > parseSize(session.config.resolver.max_file_bytes)) {
    return refuse(file, 'it is larger than resolver.max_file_bytes');
  }
  if (bytes.subarray(0, 8000).includes(0)) return refuse(file, 'it is binary');
  const text = bytes.toString('utf8');
  if (!Buffer.from(text).equals(bytes)) return refuse(file, 'it is not UTF-8 text');
  const read = conflictTextsOf(file, text, await textsOf(session, file));
  return typeof read === 'string' ? refuse(file, read) : { ...read, marked: text };
}

/** The texts of a file as git left it, or why its markers tell nothing. */
export function conflictTextsOf(
  { path, base }: Unmerged,
  marked: string,
  [baseText = '', ours = '', theirs = '']: readonly string[],
): ConflictTexts | string {
  if ([baseText, ours, theirs].some(hasMarkers)) {
    return 'it holds lines that look like conflict markers by itself';
  }
  const parts = parseConflicts(marked);
  if (!parts) return 'its conflict markers do not add up';
  if (hunksOf(parts).length === 0) return 'git left no markers in it';
  return { path, kind: base ? 'contents' : 'add/add', parts, base: baseText, ours, theirs };
}

/** Why what is in conflict cannot be merged line by line. */
export function whyNotText({ base, ours, theirs }: Unmerged): string | undefined {
  const modes = [base, ours, theirs].flatMap((stage) => (stage ? [stage.mode] : []));
  if (modes.includes('160000')) return 'it is a submodule';
  if (modes.includes('120000')) return 'it is a symbolic link';
  if (!ours || !theirs) {
    return base && (ours || theirs)
      ? 'one side changed it, the other deleted or renamed it'
      : 'the sides renamed it, or put a file and a folder in one place';
  }
  if (ours.mode !== theirs.mode && base?.mode !== ours.mode && base?.mode !== theirs.mode) {
    return 'the sides disagree about its mode';
  }
  return undefined;
}

/** Why only a person may decide about this file. */
function whyForPeople(session: Session, path: string): string | undefined {
  if (isGenerated(path) && !isLockFile(path)) return 'a tool writes it: merge its sources and make it anew';
  for (const name of ['forbidden_paths', 'protected_paths']) {
    const policy = session.config.validator.policies[name];
    const kept = policy && policy.level !== 'off' && Array.isArray(policy.paths) ? policy.paths : [];
    if (matchesAny(path, kept)) return `the policy ${name} keeps it for people`;
  }
  return undefined;
}

/** Base, ours and theirs; empty where there is none. */
export function textsOf(
  session: Pick<RepoSession, 'git'>,
  { base, ours, theirs }: Unmerged,
): Promise<string[]> {
  return Promise.all(
    [base, ours, theirs].map(async (stage) =>
      stage ? (await session.git.run(['cat-file', 'blob', stage.oid])).stdout : '',
    ),
  );
}

/** Bytes of a regular file below the worktree; undefined when it is none, or a link leads out of the worktree. */
async function readInside(worktree: string, path: string): Promise<Buffer | undefined> {
  return (await isInside(worktree, path)) ? readPlain(join(worktree, path)) : undefined;
}

/** Whether `path` is a regular file whose folders are all real folders of the worktree. */
export async function isInside(worktree: string, path: string): Promise<boolean> {
  const full = join(worktree, path);
  const found = await lstat(full).catch(() => undefined);
  if (!found?.isFile()) return false;
  const [root, folder] = await Promise.all([realpath(worktree), realpath(dirname(full))]);
  return folder === root || folder.startsWith(root + sep);
}
