/** The conflict between a task's branch and its target as git sees it, off to the side: no worktree, ref or index is touched. */
import { createHash } from 'node:crypto';
import { hunksOf } from '../../../domain/landing/hunks.js';
import { parseMerge } from '../../../domain/landing/merge-output.js';
import { appError } from '../../../domain/platform/errors.js';
import type { Git } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { withAnalysis } from '../prediction/analysis.js';
import { type Blob, readBlobs, textOfBlob } from '../prediction/blobs.js';
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
    const texts = await textsOf(run, answer.tree, unmerged.filter(isMerged));
    return unmerged.map((file): FileInConflict => {
      const { path } = file;
      const about = { path, kind: said.get(path) ?? kindOf(file), stages: file };
      const read = texts.get(path) ?? whyNotText(file);
      const apart = isApart(file) ? ({ apart: true } as const) : {};
      if (read === undefined) return { ...about, whole: 'a tool makes it anew', lock: true, ...apart };
      return typeof read === 'string'
        ? { ...about, whole: read, ...apart }
        : { ...about, texts: read, ...apart };
    });
  });
}

/** Whether it is merged line by line. */
const isMerged = (file: Unmerged): boolean => !isLockFile(file.path) && whyNotText(file) === undefined;

/** By path, the texts of a file or why it has none; all of them are read together. */
async function textsOf(
  run: Git['run'],
  tree: string,
  files: readonly Unmerged[],
): Promise<Map<string, ConflictTexts | string>> {
  const names = files.map(({ path, base, ours, theirs }) => [
    base?.oid,
    ours?.oid,
    theirs?.oid,
    `${tree}:${path}`,
  ]);
  const asked = names.flat().flatMap((name) => name ?? []);
  const read = await readBlobs(run, asked);
  const blobs = new Map(asked.map((name, at) => [name, read[at]]));
  return new Map(
    files.map((file, at) => {
      const texts = names[at]!.map((name) => (name === undefined ? '' : textOf(name, blobs.get(name))));
      const known = texts.flatMap((text) => text ?? []);
      const told =
        known.length === 4
          ? conflictTextsOf(file, known[3]!, known)
          : 'it is binary, not UTF-8 text, or too large';
      return [file.path, told] as const;
    }),
  );
}

function textOf(name: string, blob: Blob | undefined): string | undefined {
  if (blob) return textOfBlob(blob);
  throw appError(
    'merge-unknown',
    `git does not have ${JSON.stringify(name)}, so what is in conflict is not known.`,
  );
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
