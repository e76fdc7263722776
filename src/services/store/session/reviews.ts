/** Where the comments, marks and rounds of each review are kept: a file for each, replaced whole under a lock of its own. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyReview, type ReviewState } from '../../../domain/landing/review/state.js';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import { acquireLock, ensurePrivateFolder, writeFileDurably } from '../../platform/index.js';
import type { RepoSession } from '../types.js';

type Home = Pick<RepoSession, 'paths' | 'repo'>;

/** Whose review it is: a task's, or that of a branch which is no task's. */
export type ReviewOf = Task | { branch: string; id?: undefined };

const folderOf = ({ paths }: Home): string => join(paths.stateDir, 'reviews');

function keyOf({ repo }: Home, of: ReviewOf): string {
  if (of.id !== undefined) return of.id;
  return `${repo.id}-${createHash('sha256').update(of.branch).digest('hex').slice(0, 16)}`;
}

/** What is kept of a review; an empty one when it is new. Throws `bad-review` for a file that cannot be understood. */
export async function readReviewState(session: Home, of: ReviewOf): Promise<ReviewState> {
  const path = join(folderOf(session), `${keyOf(session, of)}.json`);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return emptyReview;
    throw error;
  }
  const state = parsed(text);
  if (state) return state;
  throw appError('bad-review', `${path} is no review that this version understands.`, {
    hint: 'Nothing was changed. Use a newer codex-agents, or move the file away to begin the review anew.',
  });
}

function parsed(text: string): ReviewState | undefined {
  try {
    const state = JSON.parse(text) as ReviewState;
    const whole =
      state.version === 1 &&
      Array.isArray(state.comments) &&
      Array.isArray(state.rounds) &&
      typeof state.viewed === 'object' &&
      state.viewed !== null;
    return whole ? state : undefined;
  } catch {
    return undefined;
  }
}

/** Changes what is kept, one process at a time; durable when it resolves. Throws `bad-review`, `lock-held`. */
export async function updateReviewState(
  session: Home & Pick<RepoSession, 'signal'>,
  of: ReviewOf,
  change: (state: ReviewState) => ReviewState,
): Promise<ReviewState> {
  const folder = folderOf(session);
  ensurePrivateFolder(folder);
  const path = join(folder, `${keyOf(session, of)}.json`);
  const lock = await acquireLock(`${path}.lock.d`, { command: 'change a review', signal: session.signal });
  try {
    const before = await readReviewState(session, of);
    const after = change(before);
    if (after !== before) await writeFileDurably(path, `${JSON.stringify(after, null, 2)}\n`);
    return after;
  } finally {
    await lock.release();
  }
}
