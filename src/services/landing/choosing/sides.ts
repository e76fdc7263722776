/** The conflict between a task's branch and its target as git sees it, off to the side: no worktree, ref or index is touched. */
import { createHash } from 'node:crypto';
import { hunksOf } from '../../../domain/landing/hunks.js';
import { parseMerge } from '../../../domain/landing/merge-output.js';
import { appError } from '../../../domain/platform/errors.js';
import type { Git } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { withAnalysis } from '../prediction/analysis.js';
import { conflictTextsOf, kindOf, type Unmerged, unmergedOf, whyNotText } from '../resolution/conflicts.js';
import { isLockFile } from '../resolution/locks.js';
import type { ConflictTexts } from '../resolution/open-file.js';
import type { Sides } from '../resolution/types.js';

/** A file in conflict: with its texts, or with the reason why it is decided as a whole. */
export interface FileInConflict {
  path: string;
  kind: string;
  stages: Unmerged;
  texts?: ConflictTexts;
  whole?: string;
  /** A tool makes it anew. */
  lock?: true;
  /** git has put it beside the place that it wants, under a name of git's own. */
  apart?: true;
}

/** Every file in conflict. Throws `merge-unknown` when git cannot answer. */
export async function filesInConflict(
  session: Pick<RepoSession, 'git' | 'env' | 'signal'>,
  { head, target }: Sides,
): Promise<FileInConflict[]> {
  return withAnalysis(session, { attributesOf: head }, async (run) => {
    const settings = ['-c', 'merge.conflictStyle=diff3'];
    const ok = Array.from({ length: 256 }, (_, code) => code);
    const args = [...settings, 'merge-tree', '--write-tree', '-z', head, target];
    const { code, stdout, stderr } = await run(args, { ok, signal: session.signal });
    const answer = parseMerge(code, stdout);
    if (!answer || answer.error) {
      throw appError('merge-unknown', `git cannot merge: ${answer?.error ?? (stderr.trim() || code)}`);
    }
    if (answer.clean) return [];
    const [, ...rows] = stdout.split('\0');
    const unmerged = unmergedOf(rows.slice(0, rows.indexOf('')));
    const said = new Map(answer.conflicts.map(({ path, kind }) => [path, kind]));
    const isApart = ({ path }: Unmerged) => [head, target].some((side) => path.endsWith(`~${side}`));
    return Promise.all(
      unmerged.map(async (file): Promise<FileInConflict> => {
        const read = await readFileOf(run, answer.tree, file, said.get(file.path));
        return isApart(file) ? { ...read, apart: true } : read;
      }),
    );
  });
}

async function readFileOf(
  run: Git['run'],
  tree: string,
  stages: Unmerged,
  kind = kindOf(stages),
): Promise<FileInConflict> {
  const { path } = stages;
  const read = isLockFile(path) ? undefined : await textsFor(run, tree, stages);
  if (read === undefined) {
    const reason = whyNotText(stages);
    return { path, kind, stages, whole: reason ?? 'a tool makes it anew', ...(reason ? {} : { lock: true }) };
  }
  return typeof read === 'string' ? { path, kind, stages, whole: read } : { path, kind, stages, texts: read };
}

async function textsFor(run: Git['run'], tree: string, stages: Unmerged): Promise<ConflictTexts | string> {
  const reason = whyNotText(stages);
  if (reason) return reason;
  const names = [stages.base?.oid, stages.ours?.oid, stages.theirs?.oid, `${tree}:${stages.path}`];
  const texts: string[] = [];
  for (const name of names) {
    const text = name === undefined ? '' : await blobText(run, name);
    if (text === undefined) return 'it is binary, or not UTF-8 text';
    texts.push(text);
  }
  return conflictTextsOf(stages, texts[3]!, texts);
}

/** A blob as text; undefined when it is none. */
export async function blobText(run: Git['run'], name: string): Promise<string | undefined> {
  const { stdout } = await run(['cat-file', 'blob', name]);
  if (stdout.slice(0, 8000).includes('\0')) return undefined;
  if (!stdout.includes('\ufffd')) return stdout;
  const size = Number((await run(['cat-file', '-s', name])).stdout.trim());
  return Buffer.byteLength(stdout) === size ? stdout : undefined;
}

/** Digest of what is in conflict in a hunk, by which a choice knows it again. */
export function digestOf(hunk: { base: string; ours: string; theirs: string }): string {
  const texts = JSON.stringify([hunk.base, hunk.ours, hunk.theirs]);
  return createHash('sha256').update(texts).digest('hex').slice(0, 32);
}

/** The same of a file that is decided as a whole. */
export function digestOfWhole({ base, ours, theirs }: Omit<Unmerged, 'path'>): string {
  const stage = (one: Unmerged['base']) => (one ? `${one.mode} ${one.oid}` : '');
  return digestOf({ base: stage(base), ours: stage(ours), theirs: stage(theirs) });
}

/** Digests of everything to decide in these files, by hunk; 0 for the whole. */
export const digestsIn = ({ texts, stages }: FileInConflict): Map<number, string> =>
  texts
    ? new Map(hunksOf(texts.parts).map((hunk) => [hunk.index, digestOf(hunk)]))
    : new Map([[0, digestOfWhole(stages)]]);
