/**
 * What of a repository is none of an agent's business is noted before a run and looked at after it. What is found is
 * told; a person says whether it stays or is put back. Nothing of the person's is written here unasked.
 */
import { currentRun } from '../../../domain/app/steps.js';
import { appError, messageOf } from '../../../domain/platform/errors.js';
import { editsOf, registryEdited } from '../../../domain/store/hand-edit.js';
import type { Task } from '../../../domain/store/task.js';
import { type GuardFinding, settledKey } from '../../../domain/worktrees/guard.js';
import { type RepoSession, requireTask, tasksOf, updateTask } from '../../store/index.js';
import { findIntent, runFolder } from '../run-folder/folder.js';
import { allThatRuns, type Change, compare, unsettled } from './look.js';
import { readNote, takeNote } from './note.js';
import { letStashGo } from './refs.js';

const intentOf = ({ paths }: RepoSession, runId: string | undefined) =>
  runId === undefined ? undefined : findIntent(runFolder(paths, runId));

const isConfined = (session: RepoSession, runId: string | undefined): boolean =>
  intentOf(session, runId)?.confined === true;

/** Before a run starts. A run that its sandbox keeps out of git's files and of other folders is not looked at. */
export async function guardBefore(session: RepoSession, slug: string, runId: string): Promise<void> {
  const { guard } = await requireTask(session, slug);
  const intent = intentOf(session, runId);
  const boxed = intent?.confinement?.by === 'box';
  // What waits for a person's word is not forgotten by trying again.
  if (guard?.found?.length) {
    if (guard.boxed && !boxed)
      await updateTask(session, slug, (task) => ({ ...task, guard: { ...task.guard!, boxed } }));
    return;
  }
  const note = intent?.confined ? undefined : await takeNote(session, runId, intent?.mark);
  const next = note === undefined ? undefined : { run: runId, note, boxed };
  await updateTask(session, slug, (task) => ({ ...task, guard: next }));
}

/** What was seen after a run. */
export interface Seen {
  /** What a person has to look at. */
  found: GuardFinding[];
  /** Git cannot be asked anything in this repository before that is settled. */
  blind: boolean;
  /** Branches that the run's own git made. */
  madeBranches: string[];
}

/** After a run, before any git works for us. Tells what is everyday in one line. @param strays see `strayEdits` */
export async function guardAfter(
  session: RepoSession,
  task: Task,
  strays: readonly string[] = [],
): Promise<Seen> {
  const changes = await look(session, task, strays);
  const found = unsettled(task, changes);
  const quiet = changes.filter((change) => !found.includes(change));
  const blind = found.some((change) => change.blinds);
  const stashGone = changes.some(({ what }) => what === 'stash' || what === 'note');
  if (task.guard && !blind && !stashGone) await letStashGo(session, task.guard.run);
  if (quiet.length > 0) {
    const back = ` \`codex-agent task restore ${task.slug}\` brings back what is gone.`;
    const message = `While ${task.slug} ran: ${inOneLine(quiet)}.${quiet.some(({ gone }) => gone) ? back : ''}`;
    session.emit({ type: 'noted', level: 'info', message });
  }
  return {
    found: found.map(({ what, text, state, look: mustLook }) => ({ what, text, state, look: mustLook })),
    blind,
    madeBranches: changes.flatMap(({ madeBranch }) => madeBranch ?? []),
  };
}

async function look(session: RepoSession, task: Task, strays: readonly string[]): Promise<Change[]> {
  if (!task.guard && isConfined(session, currentRun(task))) return [];
  const note = task.guard && (await readNote(session, task.guard));
  if (note)
    return compare(session, task, tasksOf(await session.registry.read(), session.repo.id), note, strays);
  const running = await allThatRuns(session, task).then(
    (changes) => inOneLine(changes) || 'nothing',
    (error: unknown) => `unknown, since ${messageOf(error)}`,
  );
  const text = `What was noted before ${task.slug} ran is gone or was changed, so what was changed meanwhile cannot be told, nor put back. What makes git run programs now: ${running}.`;
  return [{ what: 'note', text, look: true, state: `lost ${task.guard?.run}` }];
}

const shownAtMost = 8;

function inOneLine(changes: readonly Change[]): string {
  const texts = changes.slice(0, shownAtMost).map(({ text }) => text.replace(/\.$/, ''));
  const more = changes.length - shownAtMost;
  return texts.join('; ') + (more > 0 ? `; and ${more} more` : '');
}

/** `data` of `task accept` and `task restore`. */
export interface Settled {
  task: string;
  status: Task['status'];
  changes: { what: string; text: string; done: boolean; how: string }[];
}

type Rows = Settled['changes'];

/** A person's word that what was found may stay. Throws `nothing-found` (usage). */
export async function acceptFound(session: RepoSession, task: Task, dryRun = false): Promise<Rows> {
  const found = task.guard?.found ?? [];
  if (found.length === 0) {
    throw appError('nothing-found', `Nothing about ${task.slug} waits to be looked at.`, { kind: 'usage' });
  }
  if (!dryRun) await settle(session, found);
  return found.map(({ what, text }) => ({ what, text, done: !dryRun, how: dryRun ? 'would stay' : 'stays' }));
}

/**
 * Puts back what was found and is still so, and what went away while the task's last run worked; or only what is named.
 * Each step holds for the state that was found: what has changed since stays, and is told.
 * @param only refs, paths or keys, in full or as people write them. Throws `no-run`, `not-changed` (usage).
 */
export async function restoreFound(
  session: RepoSession,
  task: Task,
  { only, dryRun = false }: { only?: readonly string[]; dryRun?: boolean },
): Promise<Rows> {
  if (!task.guard) {
    throw appError('no-run', `It was not noted how things were before ${task.slug} ran.`, {
      hint: 'Runs that a sandbox confines change nothing outside of their worktree.',
    });
  }
  const { found = [] } = task.guard;
  const strays = found.map(({ what }) => what).filter((what) => what !== registryEdited);
  const edits: Change[] = editsOf(task);
  const changes = [...(await look(session, task, strays)), ...edits];
  const isNamed = ({ what }: Change, name: string) =>
    ['', 'refs/heads/', 'refs/tags/', 'refs/remotes/'].some((kind) => what === kind + name) ||
    what.endsWith(` ${name}`);
  const strange = only?.find((name) => !changes.some((change) => isNamed(change, name)));
  if (strange) {
    throw appError('not-changed', `${strange} is as it was before ${task.slug} ran.`, { kind: 'usage' });
  }
  const states = new Set(found.map(settledKey));
  const chosen = changes.filter((change) =>
    only
      ? only.some((name) => isNamed(change, name))
      : states.has(settledKey(change)) || (change.gone && change.undo),
  );
  const rows: Rows = [];
  const done: GuardFinding[] = [];
  for (const change of chosen) {
    const how = dryRun ? undefined : await change.undo?.().catch((error: unknown) => error);
    const isDone = typeof how === 'string';
    const words = change.undo ? 'would be put back' : `cannot be put back${dryRun ? '' : ' by us'}`;
    const said = isDone ? how : how === undefined ? words : `not put back: ${messageOf(how)}`;
    rows.push({ what: change.what, text: change.text, done: isDone, how: said });
    if (isDone) done.push(change, ...(change.was === undefined ? [] : [{ ...change, state: change.was }]));
  }
  if (!dryRun) await settle(session, done);
  return rows;
}

/** A word about a state holds for every task that waits for it, or whose run may meet it. */
async function settle(session: RepoSession, found: readonly GuardFinding[]): Promise<void> {
  const keys = found.map(settledKey);
  if (keys.length === 0) return;
  for (const { slug, guard } of tasksOf(await session.registry.read(), session.repo.id)) {
    if (!guard) continue;
    await updateTask(session, slug, (task) => {
      if (!task.guard) return task;
      const settled = [...new Set([...(task.guard.settled ?? []), ...keys])];
      return { ...task, guard: { ...task.guard, settled } };
    });
  }
}

/** Tasks that wait only for what is settled by now. */
export async function released(session: RepoSession): Promise<Task[]> {
  const tasks = tasksOf(await session.registry.read(), session.repo.id);
  const isSettled = (guard: Task['guard']) =>
    guard?.found?.length && guard.found.every((one) => guard.settled?.includes(settledKey(one)));
  return tasks.filter(({ guard }) => isSettled(guard));
}
