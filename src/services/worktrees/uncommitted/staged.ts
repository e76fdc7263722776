/** What was staged and is in no commit: only the index holds it, until the index is written anew. */
import type { Git } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { rescueStaged } from './rescue.js';

export interface StagedEntry {
  path: string;
  /** Blob; undefined when the path is staged as deleted, is a submodule, or has several sides. */
  blob?: string;
  /** The index has several sides of it. */
  unmerged: boolean;
}

/** Entries of a worktree's index that are not as in a commit. */
export async function stagedAgainst(git: Git, worktree: string, commit: string): Promise<StagedEntry[]> {
  const { stdout } = await git.run(['diff-index', '--cached', '-z', commit], { worktree });
  const fields = stdout.split('\0');
  const found: StagedEntry[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, mode = '', , id = '', status = ''] = fields[at]!.split(' ');
    const blob = mode.startsWith('10') || mode.startsWith('12') ? { blob: id } : {};
    found.push({ path: fields[at + 1]!, unmerged: status === 'U', ...blob });
  }
  return found;
}

/**
 * Keeps the staged state of a worktree in a rescue ref when it has what no commit has: staged, and written over since.
 * Call it before the index is brought up to `head`.
 * @param staged what of the index is not as in `head`
 * @param known blobs that are in commits
 */
export async function keepStaged(
  session: Pick<RepoSession, 'git' | 'env' | 'emit'>,
  { worktree, slug, base }: { worktree: string; slug: string; base?: string | undefined },
  head: string,
  staged: readonly StagedEntry[],
  known: ReadonlySet<string>,
): Promise<void> {
  const candidates = staged.filter(({ blob, unmerged }) => unmerged || (blob && !known.has(blob)));
  if (candidates.length === 0) return;
  const before = await blobsBefore(session.git, base, head, candidates);
  const lost = candidates.filter(({ blob }) => !blob || !before.has(blob));
  if (lost.length === 0) return;
  const id = (await rescueStaged(session, worktree, slug)).replace('refs/codex-agents/', '');
  const what = lost.length === 1 ? lost[0]!.path : `${lost[0]!.path} and ${lost.length - 1} more`;
  const message = `${slug}: what was staged of ${what}, and written over before it was committed, is kept: \`codex-agent rescue show ${id}\``;
  session.emit({ type: 'noted', level: 'info', message });
}

/** Blobs that these paths had in the task's commits and just before them, as in an index that a kill left behind. */
async function blobsBefore(
  git: Git,
  base: string | undefined,
  head: string,
  entries: readonly StagedEntry[],
): Promise<Set<string>> {
  const format = ['--format=', '-m', '--raw', '--no-abbrev', '--no-renames', '-z'];
  const range = base ? [head, `^${base}`] : [head];
  const paths = entries.map(({ path }) => `${path}\n`).join('');
  const args = ['--literal-pathspecs', 'log', ...(base ? [] : ['-n', '100']), ...format, '--stdin'];
  const { stdout } = await git.run(args, { input: `${range.join('\n')}\n--\n${paths}` });
  return new Set(stdout.match(/\b[0-9a-f]{40}(?:[0-9a-f]{24})?\b/g) ?? []);
}
