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
import { type Declared, declaredIn, harmless, hooksFolder, hooksIn } from './hooks.js';
import { compareMain, othersState } from './main-files.js';
import { hashOf, hooksPathIn, type Note } from './note.js';
import { compareRefs, reflogAt } from './refs.js';

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
  /** All tasks of the repository. */
  tasks: readonly Task[];
  /** Committers' e-mails of what the task's runs did since the note. */
  marks: ReadonlySet<string>;
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
  const look = { session, task, tasks: all.filter(({ id }) => id !== task.id), marks };
  const files = [...(await compareFiles(look, note)), ...(await compareRecords(look, note))];
  const blind = files.some(({ blinds }) => blinds);
  const rest = blind
    ? []
    : [
        ...(await compareRefs(look, note.refs)),
        ...(await compareMain(look, note.main, strays)),
        ...(await compareOthers(look, note, strays)),
      ];
  const changes = [...files, ...rest];
  const short = (state: string) => hashOf(state).slice(0, 16);
  return changes.map((change) => ({
    ...change,
    state: short(change.state),
    ...(change.was === undefined ? {} : { was: short(change.was) }),
  }));
}

/** What makes git run programs in this repository, whatever there was before. */
export async function allThatRuns(session: RepoSession, task: Task): Promise<Change[]> {
  const look = { session, task, tasks: [], marks: new Set<string>() };
  const changes = await compareFiles(look, { guarded: {} }).catch(() => []);
  return changes.filter((change) => change.look);
}

async function compareFiles(look: Look, note: Pick<Note, 'guarded'>): Promise<Change[]> {
  const { session } = look;
  const guarded = await readGuarded(session.git.commonDir);
  const now = { ...guarded, ...(await hooksIn(await hooksPathIn(session, guarded))) };
  const found: Change[] = [];
  let declared: Promise<Declared> | undefined;
  const contents = new Set(Object.values(note.guarded).map(savedText));
  for (const path of [...new Set([...Object.keys(note.guarded), ...Object.keys(now)])].sort()) {
    const was = note.guarded[path] ?? noFile;
    const is = now[path] ?? (await readSaved(path));
    if (JSON.stringify(was) === JSON.stringify(is)) continue;
    if (/^config(\.worktree)?$/.test(basename(path))) {
      found.push(...(await compareConfig(look, note.guarded, path, was, is)));
    } else if (isHook(session, path)) {
      declared ??= declaredIn(session);
      found.push(
        ...(await compareHook(look, path, was, is, {
          before: note.guarded,
          declared: await declared,
          contents,
        })),
      );
    } else if (!isEverydayFile(note.guarded, path, is)) found.push(fileChange(look, path, was, is));
  }
  return found;
}

/** In a folder for hooks of a git directory, or a file of the main worktree that was read as one. */
const isHook = ({ git }: RepoSession, path: string) =>
  basename(dirname(path)) === 'hooks' ||
  basename(path) === 'hooks' ||
  relative(git.commonDir, path).startsWith('..');

/** Attributes that name no program, and what belongs to a submodule that was made meanwhile. */
function isEverydayFile(before: SavedFiles, path: string, is: Saved): boolean {
  if (path.endsWith('info/attributes')) {
    return is.kind === 'none' || (is.kind === 'file' && !/(filter|diff|merge)=/.test(savedText(is)));
  }
  const config = join(dirname(path.replace(/(objects\/)?info\/\w+$/, 'x')), 'config');
  return path.endsWith('alternates') && (before[config] ?? noFile).kind === 'none';
}

function fileChange(
  { session, task }: Look,
  path: string,
  was: Saved,
  is: Saved,
  before: SavedFiles = {},
): Change {
  const where = shortOf(session, path);
  const change = was.kind === 'none' ? 'was made' : is.kind === 'none' ? 'is gone' : 'was changed';
  const asideFor = (one: string) =>
    asideOf(session, task.runIds.at(-1) ?? '', relative(session.git.commonDir, one));
  return {
    what: path,
    text: `${where} ${change}${is.kind === 'link' ? ` and is a link to ${is.to}` : ''}.`,
    look: true,
    state: JSON.stringify(is),
    was: JSON.stringify(was),
    ...(basename(path) === 'commondir' ? { blinds: true } : {}),
    undo: async () => {
      await putBack(path, was, asideFor(path));
      // With a folder that was replaced, what stood in it.
      const inside = Object.entries(before).filter(([one]) => dirname(one) === path);
      if (was.kind === 'folder') {
        for (const [one, saved] of inside) await putBack(one, saved, asideFor(one));
      }
      return is.kind === 'none' ? 'put back' : `put back; the changed version is ${asideFor(path)}`;
    },
  };
}

async function compareConfig(
  look: Look,
  before: SavedFiles,
  path: string,
  was: Saved,
  is: Saved,
): Promise<Change[]> {
  const { session } = look;
  // A linked worktree, or a submodule, that was taken away.
  if (is.kind === 'none' && path !== join(session.git.commonDir, 'config')) return [];
  const [old, values] = await Promise.all([configValues(was, session.env), configValues(is, session.env)]);
  if (!old || !values || (is.kind === 'none' && was.kind !== 'none')) {
    const change = fileChange(look, path, was, is);
    const text = `${shortOf(session, path)} was changed, and git cannot read it.`;
    return [{ ...change, ...(is.kind === 'file' ? { text } : {}), blinds: true }];
  }
  const isSubmodule = relative(session.git.commonDir, path).startsWith('modules/');
  const changes: Change[] = [];
  for (const key of changedKeys(old, values)) {
    const found = values.get(key) ?? [];
    const added = found.filter((value) => !old.get(key)?.includes(value));
    const usual = isSubmodule && key === 'core.worktree' && was.kind === 'none';
    const mustLook =
      !usual &&
      (key === 'core.hookspath'
        ? await badHooksPath(session, before, added.at(-1))
        : added.some((value) => reaches(key, value)));
    const say = (list: readonly string[] | undefined) => list?.join(', ') || 'unset';
    const text = `${shortOf(session, path)}: ${key} is ${say(found)}, and was ${say(old.get(key))}.`;
    if (!mustLook && was.kind === 'none') continue;
    changes.push({
      what: `${path} ${key}`,
      text: mustLook ? text : `git config ${key}`,
      look: mustLook,
      state: JSON.stringify(found),
      was: JSON.stringify(old.get(key) ?? []),
      undo: async () => {
        await restoreKey(path, key, { before: was, found }, session.env);
        return 'put back';
      },
    });
  }
  return changes;
}

/**
 * True unless the path leads into the main worktree, and nothing is there but what was there before, what the target
 * has there, or what a hook manager made: then only the repository's own hooks run.
 */
async function badHooksPath(
  session: RepoSession,
  before: SavedFiles,
  value: string | undefined,
): Promise<boolean> {
  if (!value || value === '/dev/null' || join(session.git.commonDir, 'hooks') === value) return false;
  const folder = hooksFolder(session.root, value);
  if (!folder || (await readSaved(folder)).kind === 'link') return true;
  const declared = await declaredIn(session);
  for (const [path, hook] of Object.entries(await hooksIn(folder))) {
    if (JSON.stringify(before[path]) === JSON.stringify(hook)) continue;
    if (!(await harmless(path, hook, declared))) return true;
  }
  return false;
}

async function compareHook(
  look: Look,
  path: string,
  was: Saved,
  is: Saved,
  known: { before: SavedFiles; declared: Declared; contents: ReadonlySet<string> },
): Promise<Change[]> {
  if (path.endsWith('.sample')) return [];
  const { declared, contents } = known;
  const change = fileChange(look, path, was, is, known.before);
  const old = was.kind === 'none' ? 'nothing' : await harmless(path, was, declared);
  // A hook manager keeps the hook that was there under another name, by which git does not run it.
  const kept =
    basename(path).includes('.') && is.kind === 'file' && was.kind === 'none' && contents.has(savedText(is));
  const now = is.kind === 'none' || kept ? 'nothing' : await harmless(path, is, declared);
  if (!now || (now === 'nothing' && !old)) return [change];
  if (now === 'the repository') return [];
  const by = now === 'nothing' ? '' : ` (${now})`;
  return [{ ...change, look: false, text: `the hook ${basename(path)}${by}` }];
}

/** Files that lead git elsewhere: whether they do is seen without the note. */
async function compareRecords(look: Look, note: Note): Promise<Change[]> {
  const { session } = look;
  const changes: Change[] = [];
  for (const [path, right] of await misleading(session.git.commonDir)) {
    if (note.misleading.includes(path)) continue;
    const is = await readSaved(path);
    const base64 = Buffer.from(right).toString('base64');
    changes.push({
      ...fileChange(look, path, { kind: 'file', mode: 0o644, base64 }, is),
      text: `${path} leads git elsewhere than to the worktree's own record.`,
    });
  }
  return changes;
}

/**
 * Other tasks' worktrees: what the transcript says the agent edited there, and what the run's own git did there, has to
 * be looked at. Other differences may be the person's work and are only told.
 */
async function compareOthers(look: Look, note: Note, strays: readonly string[]): Promise<Change[]> {
  const noted = look.tasks.filter(({ worktree }) => worktree && worktree in note.others);
  const now = await othersState(look.session, noted);
  const changes: Change[] = [];
  for (const { slug, worktree } of look.tasks) {
    if (!worktree) continue;
    const edited = strays.filter((path) => !relative(worktree, path).startsWith('..'));
    const gitDir = await look.session.git.gitDir(worktree).catch(() => undefined);
    const log = gitDir ? await reflogAt(join(gitDir, 'logs', 'HEAD')) : [];
    const whys = [...new Set(log.filter(({ email }) => look.marks.has(email)).map(({ why }) => why))];
    const deeds = [...edited.map((path) => relative(worktree, path)), ...whys];
    const [was, is] = [note.others[worktree], now[worktree]];
    if (deeds.length > 0) {
      const text = `The agent worked in the worktree of the task ${slug}: ${deeds.slice(0, 3).join(', ')}. \`git -C ${worktree} status\` shows it.`;
      changes.push({ what: worktree, text, look: true, state: whys.join('\0') });
    } else if (was !== undefined && is !== undefined && is !== was) {
      changes.push({ what: worktree, text: `files of the task ${slug} changed`, look: false, state: is });
    }
  }
  return changes;
}

const shortOf = ({ root }: RepoSession, path: string) => {
  const inside = relative(root, path);
  return inside.startsWith('..') ? path : inside;
};

/** Findings that no one has settled yet; a word once given holds for that very state. */
export function unsettled(task: Task, changes: readonly Change[]): Change[] {
  const settled = new Set(task.guard?.settled ?? []);
  const earlier = new Set(task.guard?.found?.map(({ what }) => what) ?? []);
  return changes.filter(
    (change) => (change.look || earlier.has(change.what)) && !settled.has(settledKey(change)),
  );
}
