/** Hooks: which the person's git would run, and which of them a person need not look at. */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { harmlessHook, manifests } from '../../../domain/worktrees/guard.js';
import type { RepoSession } from '../../store/index.js';
import { configValues } from './config.js';
import { filesIn, noFile, readAll, readSaved, type Saved, type SavedFiles, savedText } from './files.js';

type HookSession = Pick<RepoSession, 'git' | 'root' | 'target'>;

/** What the target's own files say about hooks. Asked only when one has changed. */
export interface Declared {
  /** Tracked files at the root, with the text of those that may name a hook manager. */
  files: ReadonlyMap<string, string>;
  /** Whether a path of the main worktree says what the target, or what is checked out there, has committed. */
  isCommitted(path: string, text: string): Promise<boolean>;
  /** Whether the target has a hook of this name with this text, in whatever folder. */
  hasHook(name: string, text: string): Promise<boolean>;
  /** The file of the main worktree that a link leads to straight away. */
  linked(path: string, to: string): string | undefined;
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
    async hasHook(name, text) {
      const all = await git.run(['ls-tree', '-r', '-z', '--name-only', tree], { ok: [0, 128] });
      for (const path of all.stdout.split('\0'))
        if (isNamed(path, name) && (await show(path)) === text) return true;
      return false;
    },
    linked: (path, to) => inside(root, resolve(dirname(path), to)),
  };
}

/** `pre-commit`, also with an ending, as scripts in a repository have it. */
const isNamed = (path: string, hook: string) =>
  basename(path).replace(/\.(sh|bash|py|js|mjs|cjs|rb|pl)$/, '') === hook;

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
  return inside(root, resolve(root, value));
}

/** A path of the main worktree, if it is one. */
function inside(root: string, path: string): string | undefined {
  const name = relative(root, path);
  return name === '' || name.startsWith('..') || name.split('/')[0] === '.git' ? undefined : path;
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
export async function harmless(path: string, hook: Saved, declared: Declared): Promise<string | undefined> {
  const { files, isCommitted, hasHook, linked } = declared;
  const name = basename(path);
  if (['folder', 'none'].includes(hook.kind) || path.endsWith('.sample')) return 'nothing';
  if (hook.kind === 'link') {
    const to = linked(path, hook.to);
    const led = to && isNamed(to, name) ? await readSaved(to) : noFile;
    const isOwn =
      led.kind === 'file' && to === (await realpath(to!)) && (await isCommitted(to, savedText(led)));
    return isOwn ? 'the repository' : undefined;
  }
  if (hook.kind !== 'file') return undefined;
  const known = harmlessHook(savedText(hook), files);
  if (known && known !== 'nothing') return known;
  if (await isCommitted(path, savedText(hook))) return 'the repository';
  if (!known && (await hasHook(name, savedText(hook)))) return 'the repository';
  return known ?? (hook.mode & 0o111 ? undefined : 'nothing');
}
