/** Work that came to the target by another way: squash-merged, cherry-picked or rebased, as a pull request is. */
import { isAppError } from '../../../domain/platform/errors.js';
import { type Git, mergeBaseOf } from '../../platform/index.js';

/** With more paths than this the whole history is compared. */
const pathsAtMost = 500;

/**
 * The commit of the target that holds what `head` changed, or undefined when the target lacks some of it. It holds it
 * when merging would change nothing, or when it has a commit with the same patch: of all changes, or of each commit.
 * @param mergedTree tree of a clean merge of both, when there is one
 */
export async function sameWork(
  git: Git,
  target: string,
  head: string,
  mergedTree?: string,
): Promise<string | undefined> {
  return sameWorkSince(git, await mergeBaseOf(git, target, head), { target, head }, mergedTree);
}

/** `sameWork`, for whom knows already where both parted. */
export async function sameWorkSince(
  git: Git,
  base: string,
  { target, head }: { target: string; head: string },
  mergedTree?: string,
): Promise<string | undefined> {
  if (base === '') return undefined;
  const [baseTree, headTree, targetTree] = await git.treesOf([base, head, target]);
  if (baseTree === headTree) {
    return base === target && (await hadWork(git, target, head)) ? target : undefined;
  }
  const inTarget = mergedTree !== undefined && mergedTree === targetTree;
  if (mergedTree !== undefined && !inTarget) return undefined;
  return (await commitOfPatch(git, base, target, head)) ?? (inTarget ? target : undefined);
}

/** The commit by which the target got this very work, for a branch whose merge changes something all the same. */
export async function hadBefore(
  git: Git,
  base: string,
  { target, head }: { target: string; head: string },
): Promise<string | undefined> {
  return base === '' || base === target ? undefined : commitOfPatch(git, base, target, head);
}

/**
 * Whether a branch that took the target in, and is as the target now, had changes before: then the target holds them,
 * or the person who merged gave them up. One whose commits undo each other never had any.
 */
async function hadWork(git: Git, target: string, head: string): Promise<boolean> {
  const own = await git.run(['rev-list', '--no-merges', '--max-count=1', `${target}..${head}`, '--']);
  const last = own.stdout.trim();
  if (last === '') return false;
  const parted = await mergeBaseOf(git, target, last);
  if (parted === '' || parted === target) return false;
  const [before, after] = await git.treesOf([parted, last]);
  return before !== after;
}

async function commitOfPatch(
  git: Git,
  base: string,
  target: string,
  head: string,
): Promise<string | undefined> {
  try {
    const names = await git.run(['diff', '--name-only', '-z', '--no-renames', base, head, '--']);
    const paths = names.stdout.split('\0').filter(Boolean);
    const within = paths.length <= pathsAtMost ? paths.map((path) => `:(literal)${path}`) : [];
    const patch = ['-p', '--no-renames', '--full-index', '--binary'];
    const history = ['log', '--no-merges', '--format=commit %H', '--reverse', ...patch];
    const theirs = await patchIds(git, [...history, `${base}..${target}`, '--', ...within]);
    if (theirs.size === 0) return undefined;
    const squashed = await patchIds(git, ['diff', ...patch, base, head, '--', ...within]);
    const whole = theirs.get([...squashed.keys()][0] ?? '');
    if (whole) return whole;
    const own = [...(await patchIds(git, [...history, `${base}..${head}`, '--', ...within])).keys()];
    return own.length > 0 && own.every((id) => theirs.has(id)) ? theirs.get(own.at(-1)!) : undefined;
  } catch (error) {
    // Too much to compare, or to read: then it is not known to be there.
    if (isAppError(error) && error.code === 'git-failed') return undefined;
    throw error;
  }
}

/** Commit by patch id, white space included. */
async function patchIds(git: Git, args: readonly string[]): Promise<Map<string, string>> {
  const { stdout: input } = await git.run(args);
  if (input === '') return new Map();
  const { stdout } = await git.run(['patch-id', '--verbatim'], { input });
  const lines = stdout.split('\n').filter(Boolean);
  return new Map(lines.map((line) => line.split(' ') as [string, string]));
}
