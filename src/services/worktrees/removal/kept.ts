/** All that is kept of what was removed, replaced or landed: refs of ours and the trash; and how to get it back. */
import { readdir } from 'node:fs/promises';
import { appError } from '../../../domain/platform/errors.js';
import { shellWord } from '../../../domain/platform/shell.js';
import { printedId } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { branchInTheWay } from '../places/branch-room.js';
import { restoreWorktree } from './restore.js';
import { listTrash } from './trash.js';

export interface KeptItem {
  /** What `rescue show` and `rescue restore` take: a ref without `refs/codex-agents/`, or a name in the trash. */
  id: string;
  kind: 'rescue' | 'landed' | 'worktree';
  /** Task, or what else it is of. */
  task: string;
  /** ISO time. */
  keptAt: string;
  /** ISO time after which it may be deleted; absent when it stays until a person deletes it. */
  until?: string;
  what: string;
  /** Command that gets it back. */
  restore: string;
}

export interface KeptDetail extends KeptItem {
  /** Commit, or folder, that holds it. */
  at: string;
  /** Files in which a rescue differs from the commit it was made on; entries of a folder. */
  files: string[];
}

const prefix = 'refs/codex-agents/';
const separator = '\u001f';

/** Everything, newest first. */
export async function listKept(session: RepoSession): Promise<KeptItem[]> {
  const refs = (await refsOfOurs(session)).map(({ item }) => item);
  const trash = (await listTrash(session)).map(
    ({ name, slug, removedAt, until }): KeptItem => ({
      id: name,
      kind: 'worktree',
      task: slug,
      keptAt: new Date(removedAt).toISOString(),
      ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
      what: 'removed worktree, with all its files',
      restore: `codex-agent rescue restore ${name}`,
    }),
  );
  return [...refs, ...trash].sort((a, b) => b.keptAt.localeCompare(a.keptAt));
}

async function refsOfOurs({ git }: RepoSession): Promise<{ item: KeptItem; commit: string }[]> {
  const format = ['%(refname)', '%(objectname)', '%(creatordate:iso-strict)', '%(contents:subject)'].join(
    '%1f',
  );
  const places = ['rescue', 'done'].map((name) => `${prefix}${name}`);
  const { stdout } = await git.run(['for-each-ref', `--format=${format}`, ...places]);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [ref = '', commit = '', at = '', subject = ''] = line.split(separator);
      const id = ref.slice(prefix.length);
      const [kind, ...rest] = id.split('/');
      const task = kind === 'rescue' ? rest.slice(0, -1).join('/') : rest.join('/');
      const item: KeptItem = {
        id,
        kind: kind === 'rescue' ? 'rescue' : 'landed',
        task,
        keptAt: Number.isNaN(Date.parse(at)) ? at : new Date(at).toISOString(),
        what: subject,
        restore: `codex-agent rescue restore ${id}`,
      };
      return { item, commit };
    });
}

/** One of them, with what it holds. Throws `not-kept`. */
export async function showKept(session: RepoSession, id: string): Promise<KeptDetail> {
  const item = (await listKept(session)).find((one) => one.id === id);
  if (!item) throw notKept(id);
  if (item.kind === 'worktree') {
    const { folder } = (await listTrash(session)).find(({ name }) => name === id)!;
    return { ...item, at: folder, files: (await topOf(folder)).sort() };
  }
  const commit = await printedId(session.git, ['rev-parse', '--verify', `${prefix}${id}`]);
  const args = ['diff-tree', '-r', '-z', '--no-renames', '--name-only', `${commit}^1`, commit];
  // 128: the first commit of all has no parent to compare with.
  const files = (await session.git.run(args, { ok: [0, 128] })).stdout.split('\0').filter(Boolean);
  return { ...item, at: commit, files };
}

async function topOf(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !name.startsWith('.codex-agents-') && name !== '.git');
}

/**
 * Gets one back: a worktree to where it was, a ref as a new branch `restored/…`; no file and no other branch is touched,
 * not even one that stands in the way. Throws `not-kept`, `branch-exists`, `branch-in-the-way`, and what
 * `restoreWorktree` throws.
 */
export async function restoreKept(
  session: RepoSession,
  id: string,
): Promise<{ id: string; path?: string; branch?: string; task?: string; warning?: string }> {
  const item = (await listKept(session)).find((one) => one.id === id);
  if (!item) throw notKept(id);
  if (item.kind === 'worktree') {
    return { id, task: item.task, ...(await restoreWorktree(session, { name: id })) };
  }
  const branch = `restored/${item.kind === 'landed' ? `${item.task}/landed` : id.replace(/^rescue\//, '')}`;
  const commit = await printedId(session.git, ['rev-parse', '--verify', `${prefix}${id}`]);
  const there = await session.git.commitOf(`refs/heads/${branch}`);
  if (there && there !== commit) {
    throw appError('branch-exists', `There is a branch ${branch} already, and it is not what ${id} holds.`, {
      hint: `Rename that branch, or look at the ref itself: \`git log ${prefix}${id}\`.`,
    });
  }
  const other = there ? undefined : await branchInTheWay(session.git, branch);
  if (other) {
    throw appError('branch-in-the-way', `The branch ${other} is in the way: git cannot make ${branch}.`, {
      hint: `Rename it (git branch -m ${shellWord(other)} <name>), then restore again.`,
    });
  }
  if (!there) await session.git.moveRef(`refs/heads/${branch}`, commit, '', `restore ${id}`);
  return { id, branch };
}

const notKept = (id: string) =>
  appError('not-kept', `Nothing is kept as ${id}.`, {
    kind: 'usage',
    hint: '`codex-agent rescue list` shows all that is kept.',
  });
