/** After a run: everything that is not as it was noted, sorted; nothing of the person's is written here. */
import { basename, dirname, join, relative } from 'node:path';
import type { Task } from '../../../domain/store/task.js';
import {
  changedKeys,
  type GuardFinding,
  reaches,
  runMark,
  settledKey,
} from '../../../domain/worktrees/guard.js';
import type { RepoSession } from '../../store/index.js';
import { configValues, restoreKey } from './config.js';
import {
  asideOf,
  misleading,
  noFile,
  putBack,
  readGuarded,
  readSaved,
  type Saved,
  type SavedFiles,
  savedText,
} from './files.js';
import { badHooksPath, type Declared, declaredIn, harmless, hooksIn, hooksPathIn } from './hooks.js';
import { compareMark } from './mark.js';
import { hashOf, type Note } from './note.js';
import { compareRefs } from './refs.js';
import { compareMain, compareOthers } from './trees.js';

/** A finding, and what can be done about it. */
export interface Change extends GuardFinding {
  /** State before, when a task may have met it as a change. */
  was?: string;
  /** Something was taken away: bringing it back undoes no one's work. */
  gone?: boolean;
  /** A branch that the run's own git made. */
  madeBranch?: string;
  /** Git cannot be asked anything before this is settled. */
  blinds?: boolean;
  /** Puts back what was there; says what it did. Throws when it cannot, with nothing written. */
  undo?: () => Promise<string>;
}

export interface Look {
  session: RepoSession;
  task: Task;
  /** The other tasks of the repository. */
  tasks: readonly Task[];
  /** Committers' e-mails of what the task's runs did since the note. */
  marks: ReadonlySet<string>;
  /** The runs' git may not have noted who it was. */
  unmarked: boolean;
}

/** Differences between the note and now. @param strays files that the agent edited outside of its worktree */
export async function compare(
  session: RepoSession,
  task: Task,
  all: readonly Task[],
  note: Note,
  strays: readonly string[],
): Promise<Change[]> {
  const first = Math.max(0, task.runIds.indexOf(task.guard?.run ?? ''));
  const marks = new Set(task.runIds.slice(first).map(runMark));
  const lost = await compareMark(session, task, note.mark);
  const tasks = all.filter(({ id }) => id !== task.id);
  const look = { session, task, tasks, marks, unmarked: lost.length > 0 };
  const reachable = await reachOf(session, task);
  const changes = [
    ...(await compareFiles(look, note.guarded)),
    ...(await compareRecords(look, note.misleading)),
    ...lost,
  ].filter(reachable);
  const blind = changes.find(({ blinds }) => blinds);
  if (blind)
    blind.text += ' Until that is settled, git cannot tell what else was changed; then it is looked at.';
  else {
    changes.push(...(await compareRefs(look, note.refs)));
    if (reachable.all) changes.push(...(await compareMain(look, note.main, strays)));
    if (reachable.all) changes.push(...(await compareOthers(look, note.others, strays)));
  }
  const short = (state: string) => hashOf(state).slice(0, 16);
  return changes.map((change) => ({
    ...change,
    state: short(change.state),
    ...(change.was === undefined ? {} : { was: short(change.was) }),
  }));
}

/**
 * Whether runs since the note can have made a change. From a box an agent reaches refs, and files in the record of its own
 * worktree; what else changed meanwhile is the person's.
 */
async function reachOf({ git }: RepoSession, task: Task) {
  const all = !task.guard?.boxed || !task.worktree;
  const record = all ? '' : await git.gitDir(task.worktree!).catch(() => git.commonDir);
  const reaches = ({ what }: GuardFinding) => all || what.startsWith(`${record}/`);
  return Object.assign(reaches, { all });
}

/** What makes git run programs in this repository, whatever there was before. Throws when that cannot be read. */
export async function allThatRuns(session: RepoSession, task: Task): Promise<Change[]> {
  const changes = await compareFiles(
    { session, task, tasks: [], marks: new Set<string>(), unmarked: false },
    {},
  );
  return changes.filter((change) => change.look);
}

/** A file that differs, and what is known when it is judged. */
interface Differing {
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
  // In a folder for hooks of a git directory, or a file of the main worktree that was read as one.
  [
    (path, commonDir) => /(^|\/)hooks(\/[^/]*)?$/.test(path) || relative(commonDir, path).startsWith('..'),
    judgeHook,
  ],
  [(path) => path.endsWith('info/attributes'), judgeAttributes],
  [(path) => path.endsWith('info/exclude'), judgeExclude],
  [(path) => path.endsWith('alternates'), judgeAlternates],
  [(path) => basename(path) === 'shallow', judgeShallow],
  [() => true, async (one) => [fileChange(one)]],
];

async function compareFiles(look: Look, before: SavedFiles): Promise<Change[]> {
  const { session } = look;
  const { commonDir } = session.git;
  const guarded = await readGuarded(commonDir);
  const now = { ...guarded, ...(await hooksIn(await hooksPathIn(session, guarded))) };
  let known: Promise<Declared> | undefined;
  const declared = () => {
    known ??= declaredIn(session);
    return known;
  };
  const found: Change[] = [];
  for (const path of [...new Set([...Object.keys(before), ...Object.keys(now)])].sort()) {
    const was = before[path] ?? noFile;
    const is = now[path] ?? (await readSaved(path));
    if (JSON.stringify(was) === JSON.stringify(is)) continue;
    const [, judge] = judges.find(([fits]) => fits(path, commonDir))!;
    found.push(...(await judge({ look, path, was, is, before, declared })));
  }
  return found;
}

const shortOf = ({ root }: RepoSession, path: string) =>
  relative(root, path).startsWith('..') ? path : relative(root, path);

function fileChange({ look, path, was, is, before }: Omit<Differing, 'declared'>): Change {
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

/** Attributes that name no program are everyday. */
async function judgeAttributes(one: Differing): Promise<Change[]> {
  const plain = one.is.kind === 'file' && !/(filter|diff|merge)=/.test(savedText(one.is));
  return one.is.kind === 'none' || plain ? [] : [fileChange(one)];
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

async function judgeConfig(one: Differing): Promise<Change[]> {
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
  if (now === 'the repository' && relative(commonDir, path).startsWith('..')) return [];
  const by = now === 'nothing' ? '' : ` (${now})`;
  return [{ ...fileChange(one), look: false, text: `the hook ${basename(path)}${by}` }];
}

/** Files that lead git elsewhere: whether they do is seen without the note. */
async function compareRecords(look: Look, before: readonly string[]): Promise<Change[]> {
  const found = await misleading(look.session.git.commonDir);
  const changes = [...found].map(async ([path, right]): Promise<Change> => {
    const was: Saved = { kind: 'file', mode: 0o644, base64: Buffer.from(right).toString('base64') };
    const change = fileChange({ look, path, was, is: await readSaved(path), before: {} });
    return { ...change, text: `${path} leads git elsewhere than to the worktree's own record.` };
  });
  return (await Promise.all(changes)).filter(({ what }) => !before.includes(what));
}

/** Findings that no one has settled yet; a word once given holds for that very state. */
export function unsettled(task: Task, changes: readonly Change[]): Change[] {
  const settled = new Set(task.guard?.settled ?? []);
  const earlier = new Set(task.guard?.found?.map(({ what }) => what) ?? []);
  return changes.filter(
    (change) => (change.look || earlier.has(change.what)) && !settled.has(settledKey(change)),
  );
}
