/** Answers of git that cannot be: they are unknown, and nothing is ever concluded from them. */
import { type AppError, appError } from '../../../domain/platform/errors.js';
import type { Git, GitOptions } from '../types.js';

const refLine = /^([0-9a-f]{40}|[0-9a-f]{64}) (refs\/.+)$/;
const objectId = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

/** Whether this is a whole object id. */
export const isObjectId = (text: string): boolean => objectId.test(text);

/** What to throw for such an answer: `git-unclear`. */
export function unclear(asked: string, why: string): AppError {
  return appError('git-unclear', `The answer of \`git ${asked}\` cannot be right: ${why}.`, {
    hint: 'Try again. If it stays so, `git fsck` tells what is wrong with the repository.',
  });
}

/** An object id as git printed it. Throws `git-unclear` for anything else. */
export function objectIdIn(stdout: string, asked: string): string {
  const id = stdout.trim();
  if (!objectId.test(id)) throw unclear(asked, id === '' ? 'it is empty' : 'it is not an object id');
  return id;
}

/** Runs git and returns the object id that it prints. Throws `git-unclear` when it prints anything else. */
export async function printedId(
  git: Pick<Git, 'run'>,
  args: readonly string[],
  options?: GitOptions,
): Promise<string> {
  return objectIdIn((await git.run(args, options)).stdout, args[0] ?? '');
}

/** Object ids as git printed them, a line each; there may be none. Throws `git-unclear` for any other line. */
export function objectIdsIn(stdout: string, asked: string): string[] {
  const lines = stdout.split('\n').filter(Boolean);
  return lines.map((line) => objectIdIn(line, asked));
}

/**
 * Where two revisions parted; '' when their histories have nothing in common. Throws `git-failed`, and `git-unclear`
 * when git names no commit although it says that there is one.
 */
export async function mergeBaseOf(
  git: Pick<Git, 'run'>,
  one: string,
  other: string,
  options: GitOptions = {},
): Promise<string> {
  const { code, stdout } = await git.run(['merge-base', one, other], { ok: [0, 1], ...options });
  return code === 0 ? objectIdIn(stdout, 'merge-base') : '';
}

/** Runs git and returns the number that it prints. Throws `git-unclear` when it prints anything else, such as nothing. */
export async function printedCount(
  git: Pick<Git, 'run'>,
  args: readonly string[],
  options?: GitOptions,
): Promise<number> {
  const said = (await git.run(args, options)).stdout.trim();
  if (!/^\d+$/.test(said)) throw unclear(args[0] ?? '', said === '' ? 'it is empty' : 'it is not a number');
  return Number(said);
}

/**
 * Object ids by full ref name, of all refs or of those below a prefix. Throws `git-unclear` for a line that names
 * no ref. Throws it as well when git names no ref at all although some were `known` before: they do not all go at
 * once.
 */
export async function readRefs(
  git: Pick<Git, 'run'>,
  { below = 'refs', known = 0 }: { below?: string; known?: number } = {},
): Promise<Map<string, string>> {
  const { stdout } = await git.run(['for-each-ref', '--format=%(objectname) %(refname)', below]);
  const refs = new Map<string, string>();
  for (const line of stdout.split('\n').filter(Boolean)) {
    const [, id, ref] = refLine.exec(line) ?? [];
    if (!id || !ref) throw unclear('for-each-ref', `it holds the line ${JSON.stringify(line.slice(0, 80))}`);
    refs.set(ref, id);
  }
  if (refs.size === 0 && known > 0) {
    throw unclear('for-each-ref', `there is nothing below ${below}, where ${known} refs were before`);
  }
  return refs;
}
