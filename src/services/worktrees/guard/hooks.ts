/** Hooks: which the person's git would run, and which of them a person need not look at. */
import { basename, join, relative, resolve } from 'node:path';
import { harmlessHook, manifests } from '../../../domain/worktrees/guard.js';
import type { RepoSession } from '../../store/index.js';
import { filesIn, readAll, type Saved, type SavedFiles, savedText } from './files.js';

type HookSession = Pick<RepoSession, 'git' | 'root' | 'target'>;

/** What the target's own files say about hooks. Asked only when one has changed. */
export interface Declared {
  /** Tracked files at the root, with the text of those that may name a hook manager. */
  files: ReadonlyMap<string, string>;
  /** Whether a path of the main worktree says what the target, or what is checked out there, has committed. */
  isCommitted(path: string, text: string): Promise<boolean>;
}

export async function declaredIn({ git, root, target }: HookSession): Promise<Declared> {
  const tree = `refs/heads/${target}`;
  const show = async (path: string, revision = tree) => {
    const answer = await git.run(['cat-file', 'blob', `${revision}:${path}`], { ok: [0, 128] });
    return answer.code === 0 ? answer.stdout : undefined;
  };
  const { stdout } = await git.run(['ls-tree', '-z', '--name-only', tree], { ok: [0, 128] });
  const files = new Map<string, string>();
  for (const name of stdout.split('\0').filter(Boolean)) {
    files.set(name, manifests.includes(name) ? ((await show(name)) ?? '') : '');
  }
  const isCommitted = async (path: string, text: string) => {
    const name = relative(root, path);
    return (await show(name)) === text || (await show(name, 'HEAD')) === text;
  };
  return { files, isCommitted };
}

/** Folder of the main worktree that `core.hooksPath` names; undefined when it is none, or elsewhere. */
export function hooksFolder(root: string, value: string | undefined): string | undefined {
  if (!value || value.startsWith('~')) return undefined;
  const folder = resolve(root, value);
  const inside = relative(root, folder);
  return inside === '' || inside.startsWith('..') || inside.split('/')[0] === '.git' ? undefined : folder;
}

/** Files of such a folder, and those beside it that the hooks of husky call. */
export async function hooksIn(folder: string | undefined): Promise<SavedFiles> {
  if (!folder) return {};
  const beside = basename(folder) === '_' ? await filesIn(join(folder, '..')) : [];
  return readAll([...(await filesIn(folder)), ...beside]);
}

/** What a hook is that a person need not look at; undefined when a person has to look at it. */
export async function harmless(
  path: string,
  hook: Saved,
  { files, isCommitted }: Declared,
): Promise<string | undefined> {
  if (hook.kind === 'folder' || path.endsWith('.sample')) return 'nothing';
  if (hook.kind !== 'file') return undefined;
  const known = harmlessHook(savedText(hook), files);
  if (known && known !== 'nothing') return known;
  if (await isCommitted(path, savedText(hook))) return 'the repository';
  return known ?? (hook.mode & 0o111 ? undefined : 'nothing');
}
