/** After a run: everything that is not as it was noted, sorted; nothing of the person's is written here. */
import type { Task } from '../../../domain/store/task.js';
import { type GuardFinding, runMark, settledKey } from '../../../domain/worktrees/guard.js';
import type { RepoSession } from '../../store/index.js';
import { misleading, noFile, readSaved, type Saved, type SavedFiles } from './files.js';
import { readGuarded } from './guarded.js';
import { type Declared, declaredIn } from './hooks.js';
import { fileChange, judgeGitFile } from './judges.js';
import { compareMark } from './mark.js';
import { hashOf, type Note } from './note.js';
import { comparePerson } from './person-changes.js';
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
    ...(await comparePerson(look, note.person)),
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

async function compareFiles(look: Look, before: SavedFiles): Promise<Change[]> {
  const { session } = look;
  const now = await readGuarded(session);
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
    found.push(...(await judgeGitFile({ look, path, was, is, before, declared })));
  }
  return found;
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
