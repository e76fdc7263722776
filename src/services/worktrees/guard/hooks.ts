/** Hooks: which the person's git would run, and which of them a person need not look at. */
import { basename, join, relative, resolve } from 'node:path';
import { harmlessHook, manifests } from '../../../domain/worktrees/guard.js';
import type { RepoSession } from '../../store/index.js';
import { configValues } from './config.js';
import { filesIn, readAll, readSaved, type Saved, type SavedFiles, savedText } from './files.js';

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
  const files = stdout
    .split('\0')
    .map(async (name) => [name, manifests.includes(name) ? await show(name) : ''] as const);
  return {
    files: new Map((await Promise.all(files)).map(([name, text]) => [name, text ?? ''])),
    async isCommitted(path, text) {
      const name = relative(root, path);
      return (await show(name)) === text || (await show(name, 'HEAD')) === text;
    },
  };
}

/** The folder of the main worktree that the repository's own configuration names for hooks. */
export async function hooksPathIn(
  session: Pick<RepoSession, 'git' | 'root' | 'env'>,
  files: SavedFiles,
): Promise<string | undefined> {
  const config = files[join(session.git.commonDir, 'config')];
  const values = config && (await configValues(config, session.env));
  return hooksFolder(session.root, values?.get('core.hookspath')?.at(-1));
}

/** Folder of the main worktree that `core.hooksPath` names; undefined when it is none, or elsewhere. */
function hooksFolder(root: string, value: string | undefined): string | undefined {
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

/**
 * True unless `core.hooksPath` leads into the main worktree, and nothing is there but what was there before, what the
 * target has there, or what a hook manager made: then only the repository's own hooks run.
 */
export async function badHooksPath(
  { git, root }: HookSession,
  before: SavedFiles,
  value: string | undefined,
  declared: () => Promise<Declared>,
): Promise<boolean> {
  if (!value || value === '/dev/null' || join(git.commonDir, 'hooks') === value) return false;
  const folder = hooksFolder(root, value);
  if (!folder || (await readSaved(folder)).kind === 'link') return true;
  for (const [path, hook] of Object.entries(await hooksIn(folder))) {
    if (JSON.stringify(before[path]) === JSON.stringify(hook)) continue;
    if (!(await harmless(path, hook, await declared()))) return true;
  }
  return false;
}

/** What a hook is that a person need not look at; undefined when a person has to look at it. */
export async function harmless(
  path: string,
  hook: Saved,
  { files, isCommitted }: Declared,
): Promise<string | undefined> {
  if (['folder', 'none'].includes(hook.kind) || path.endsWith('.sample')) return 'nothing';
  if (hook.kind !== 'file') return undefined;
  const known = harmlessHook(savedText(hook), files);
  if (known && known !== 'nothing') return known;
  if (await isCommitted(path, savedText(hook))) return 'the repository';
  return known ?? (hook.mode & 0o111 ? undefined : 'nothing');
}
