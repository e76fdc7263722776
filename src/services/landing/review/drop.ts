/** Drops a hunk: a commit of the person's that takes it back, made off to the side; git itself brings it to the worktree. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DiffFile } from '../../../domain/landing/diff.js';
import type { ReviewSubject } from '../../../domain/landing/review/document.js';
import { hunkAt } from '../../../domain/landing/review/hunks.js';
import { patchOf } from '../../../domain/landing/review/patch.js';
import { parsePlace, placeName } from '../../../domain/landing/review/spelling.js';
import { appError } from '../../../domain/platform/errors.js';
import {
  ensurePrivateFolder,
  type GitFailure,
  printedId,
  tempName,
  unfinishedIn,
  waysOut,
} from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { commitToLand, fastForwardIn, listWorktrees, undoCutMove } from '../../worktrees/index.js';
import { requireHead } from './act.js';
import { type OpenReview, readReview } from './read.js';

/** `data` of a dropped hunk. */
export interface DroppedHunk {
  path: string;
  line: number;
  /** The commit that takes it back. */
  commit: string;
  /** The commit that still has it. */
  from: string;
}

/**
 * Takes the hunk at `file:line` back. The branch moves by git's own fast-forward where it is checked out, so that no
 * edit there is overwritten. Throws `no-hunk`, `cannot-drop`, `task-running`, `head-moved`, `local-changes`.
 */
export async function dropHunk(
  session: RepoSession,
  subject: ReviewSubject,
  place: string,
  expected?: string,
): Promise<DroppedHunk> {
  await undoCutMove(session);
  const open = await readReview(session, subject);
  requireHead(open, expected);
  const { review, task } = open;
  if (task?.status === 'running' || task?.status === 'landed') {
    const why = task.status === 'running' ? 'is at work' : 'has landed';
    throw appError('cannot-drop', `${task.slug} ${why}, so its branch is left alone.`, {
      hint:
        task.status === 'running'
          ? `Stop it first: \`codex-agent task stop ${task.slug}\`.`
          : 'Revert it on the target.',
    });
  }
  const { path, side, line } = parsePlace(
    place,
    review.files.map((file) => file.path),
  );
  const file = review.files.find((one) => one.path === path);
  const at = file && hunkAt(file, side, line);
  if (!file || at === undefined) {
    throw appError('no-hunk', `No change stands at ${placeName({ path, side, line })}.`, {
      kind: 'usage',
      hint: '`task review` shows the lines of every change.',
    });
  }
  requireText(file, at);
  const commit = await commitWithout(session, open, file, at, `${path}:${line}`);
  await moveBranch(session, review.branch, review.head, commit);
  return { path, line, commit, from: review.head };
}

/** What was not read as UTF-8 would be written back as something else. */
function requireText(file: DiffFile, at: number): void {
  if (!file.submodule && !file.hunks[at]!.some(({ text }) => text.includes('\ufffd'))) return;
  throw appError(
    'cannot-drop',
    `${file.path} is no text in UTF-8 there, so a patch of it would not be exact.`,
    {
      hint: 'Take it back in an editor, in the worktree.',
    },
  );
}

async function commitWithout(
  session: RepoSession,
  { review, of }: OpenReview,
  file: DiffFile,
  at: number,
  where: string,
): Promise<string> {
  const { git, paths } = session;
  const folder = join(paths.stateDir, 'reviews');
  ensurePrivateFolder(folder);
  const index = tempName(join(folder, `${of.id ?? 'branch'}.index`));
  const env = { GIT_INDEX_FILE: index };
  try {
    await git.run(['read-tree', review.head], { env });
    if (file.change === 'added' && file.hunks.length === 1) {
      await git.run(['update-index', '--force-remove', '-z', '--stdin'], { env, input: `${file.path}\0` });
    } else {
      const how = ['--cached', '--reverse', '--whitespace=nowarn', '--unidiff-zero', '-'];
      await git.run(['apply', ...how], { env, input: patchOf(file, at) });
    }
    const tree = await printedId(git, ['write-tree'], { env });
    return await commitToLand(session, tree, [review.head], `Drop a change of ${where}\n`);
  } catch (error) {
    const said = (error as Partial<GitFailure>).stderr?.trim().split('\n')[0];
    throw appError(
      'cannot-drop',
      `The change at ${where} cannot be taken back by itself${said ? `: ${said}` : ''}.`,
      {
        hint: 'Nothing was changed. Take it back in an editor, in the worktree.',
        cause: error,
      },
    );
  } finally {
    await rm(index, { force: true });
    await rm(`${index}.lock`, { force: true });
  }
}

async function moveBranch(session: RepoSession, branch: string, from: string, to: string): Promise<void> {
  const { git } = session;
  const ref = `refs/heads/${branch}`;
  const holder = (await listWorktrees(git)).find((record) => record.branch === ref && !record.missing);
  if (!holder) return git.moveRef(ref, to, from, 'review: drop a change');
  const unfinished = await unfinishedIn(git, holder.path);
  if (unfinished) {
    const ways = waysOut(unfinished, holder.path);
    const hint = `${ways.charAt(0).toUpperCase()}${ways.slice(1)}.`;
    throw appError('cannot-drop', `A ${unfinished} is under way in ${holder.path}.`, { hint });
  }
  try {
    await fastForwardIn(session, { worktree: holder.path, ref, from, to });
  } catch (error) {
    const { stderr } = error as Partial<GitFailure>;
    if (stderr === undefined) throw error;
    throw appError(
      'local-changes',
      `git would not move ${branch} in ${holder.path}: edits there are in the way.`,
      {
        hint: `Commit or finish them first. The commit ${to.slice(0, 12)} waits: \`git merge --ff-only ${to.slice(0, 12)}\`.`,
        cause: error,
      },
    );
  }
}
