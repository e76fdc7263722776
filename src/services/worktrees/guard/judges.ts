/** How a file of git that differs is judged: what a person has to look at, what is only told, and what is everyday. */
import { basename, dirname, join, relative } from 'node:path';
import { changedKeys, reaches } from '../../../domain/worktrees/guard.js';
import type { RepoSession } from '../../store/index.js';
import { configValues, restoreKey } from './config.js';
import { asideOf, noFile, putBack, type Saved, type SavedFiles, savedText } from './files.js';
import { badHooksPath, type Declared, harmless } from './hooks.js';
import type { Change, Look } from './look.js';
import { leadsToModule } from './submodules.js';

/** A file that differs, and what is known when it is judged. */
export interface Differing {
  look: Look;
  path: string;
  was: Saved;
  is: Saved;
  before: SavedFiles;
  declared: () => Promise<Declared>;
}

/** How a file that differs is judged, by what it is: the first that fits. */
const judges: readonly [
  fits: (path: string, commonDir: string) => boolean,
  judge: (one: Differing) => Promise<Change[]>,
][] = [
  [(path) => /^config(\.worktree)?$/.test(basename(path)), judgeConfig],
  [(path) => basename(path) === '.git', judgeEntry],
  // In a folder for hooks of a git directory, or a file of the main worktree that was read as one.
  [(path, commonDir) => /(^|\/)hooks(\/[^/]*)?$/.test(path) || isInTree(commonDir, path), judgeHook],
  [(path) => path.endsWith('info/attributes'), judgeAttributes],
  [(path) => path.endsWith('info/exclude'), judgeExclude],
  [(path) => path.endsWith('alternates'), judgeAlternates],
  [(path) => basename(path) === 'shallow', judgeShallow],
  [() => true, async (one) => [fileChange(one)]],
];

/** Outside of every git directory. */
const isInTree = (commonDir: string, path: string) =>
  relative(commonDir, path).startsWith('..') && !path.includes('/.git/');

/** Changes that a file stands for. */
export function judgeGitFile(one: Differing): Promise<Change[]> {
  const [, judge] = judges.find(([fits]) => fits(one.path, one.look.session.git.commonDir))!;
  return judge(one);
}

const shortOf = ({ root }: RepoSession, path: string) =>
  relative(root, path).startsWith('..') ? path : relative(root, path);

export function fileChange({ look, path, was, is, before }: Omit<Differing, 'declared'>): Change {
  const { session, task } = look;
  const how = was.kind === 'none' ? 'was made' : is.kind === 'none' ? 'is gone' : 'was changed';
  const asideFor = (one: string) =>
    asideOf(session, task.runIds.at(-1) ?? '', relative(session.git.commonDir, one));
  const undo = async () => {
    await putBack(path, was, asideFor(path));
    // With a folder that was replaced, what stood in it.
    const inside =
      was.kind === 'folder' ? Object.entries(before).filter(([one]) => dirname(one) === path) : [];
    for (const [one, saved] of inside) await putBack(one, saved, asideFor(one));
    return is.kind === 'none' ? 'put back' : `put back; the changed version is ${asideFor(path)}`;
  };
  return {
    what: path,
    text: `${shortOf(session, path)} ${how}${is.kind === 'link' ? ` and is a link to ${is.to}` : ''}.`,
    look: true,
    state: JSON.stringify(is),
    was: JSON.stringify(was),
    ...(basename(path) === 'commondir' ? { blinds: true } : {}),
    undo,
  };
}

/** Submodules come, go and are filled every day; none of them leads out of the repository, or loses its link to a folder. */
async function judgeEntry(one: Differing): Promise<Change[]> {
  const { look, path, was, is } = one;
  const own = is.kind === 'file' && leadsToModule(look.session.git.commonDir, path, savedText(is));
  if (own || is.kind === 'none' || (is.kind === 'folder' && was.kind === 'none')) return [];
  const text = `${shortOf(look.session, path)} leads git elsewhere than before: the submodule has another git directory.`;
  return [{ ...fileChange(one), text }];
}

/** Attributes that name no program are told: `-diff` hides what changes from a person, and no commit shows them. */
export async function judgeAttributes(one: Differing): Promise<Change[]> {
  if (one.is.kind === 'none') return [];
  const plain = one.is.kind === 'file' && !/(filter|diff|merge)=/.test(savedText(one.is));
  const change = fileChange(one);
  return [plain ? { ...change, look: false, text: change.text.replace(/\.$/, '') } : change];
}

/** Editors and people write there every day, but what it names is in no commit: that is told. */
async function judgeExclude({ look, path, was, is, before }: Differing): Promise<Change[]> {
  // Notes of older versions do not have it.
  if (before[path] === undefined) return [];
  const old = new Set(savedText(was).split('\n'));
  const added = savedText(is)
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#') && !old.has(line));
  if (added.length === 0) return [];
  const text = `${shortOf(look.session, path)} was changed, so no commit holds new files that it names (${added.slice(0, 5).join(', ')})`;
  return [{ what: path, text, look: false, state: added.join('\0') }];
}

/** A submodule that was made meanwhile may borrow objects. */
async function judgeAlternates(one: Differing): Promise<Change[]> {
  const config = join(one.path, '../../../config');
  return (one.before[config] ?? noFile).kind === 'none' ? [] : [fileChange(one)];
}

/** Cuts history off for git, and its gc takes away what is behind. A clone that is shallow already is deepened every day. */
async function judgeShallow(one: Differing): Promise<Change[]> {
  const isNew = (one.before[join(one.path, '../config')] ?? noFile).kind === 'none';
  return isNew || one.was.kind !== 'none' ? [] : [fileChange(one)];
}

export async function judgeConfig(one: Differing): Promise<Change[]> {
  const { look, path, was, is, before, declared } = one;
  const { session } = look;
  // A linked worktree, or a submodule, that was taken away.
  if (is.kind === 'none' && path !== join(session.git.commonDir, 'config')) return [];
  const [old, values] = await Promise.all([configValues(was, session.env), configValues(is, session.env)]);
  if (!old || !values || (is.kind === 'none' && was.kind !== 'none')) {
    const text =
      is.kind === 'file' ? { text: `${shortOf(session, path)} was changed, and git cannot read it.` } : {};
    return [{ ...fileChange(one), ...text, blinds: true }];
  }
  const isNewSubmodule = was.kind === 'none' && relative(session.git.commonDir, path).startsWith('modules/');
  const changes = changedKeys(old, values).map(async (key): Promise<Change | undefined> => {
    const found = values.get(key) ?? [];
    const added = found.filter((value) => !old.get(key)?.includes(value));
    const mustLook =
      key === 'core.hookspath'
        ? await badHooksPath(session, before, added.at(-1), declared)
        : !(isNewSubmodule && key === 'core.worktree') && added.some((value) => reaches(key, value));
    if (!mustLook && was.kind === 'none') return undefined;
    const say = (list: readonly string[] | undefined) => list?.join(', ') || 'unset';
    const text = `${shortOf(session, path)}: ${key} is ${say(found)}, and was ${say(old.get(key))}.`;
    return {
      what: `${path} ${key}`,
      text: mustLook ? text : `git config ${key}`,
      look: mustLook,
      state: JSON.stringify(found),
      was: JSON.stringify(old.get(key) ?? []),
      undo: () => restoreKey(path, key, { before: was, found }, session.env).then(() => 'put back'),
    };
  });
  return (await Promise.all(changes)).flatMap((change) => change ?? []);
}

async function judgeHook(one: Differing): Promise<Change[]> {
  const { path, was, is, before } = one;
  // A folder for hooks comes with every submodule that is new.
  if (path.endsWith('.sample') || (is.kind === 'folder' && was.kind === 'none')) return [];
  const declared = await one.declared();
  // A hook manager keeps the hook that was there under another name, by which git does not run it.
  const kept =
    basename(path).includes('.') &&
    was.kind === 'none' &&
    is.kind === 'file' &&
    Object.values(before).some((saved) => savedText(saved) === savedText(is));
  const now = kept ? 'nothing' : await harmless(path, is, declared);
  if (!now || (now === 'nothing' && !(await harmless(path, was, declared)))) return [fileChange(one)];
  const { commonDir } = one.look.session.git;
  if (now === 'the repository' && isInTree(commonDir, path)) return [];
  const by = now === 'nothing' ? '' : ` (${now})`;
  return [{ ...fileChange(one), look: false, text: `the hook ${basename(path)}${by}` }];
}
