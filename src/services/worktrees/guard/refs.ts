/** Refs and the stash: as they were, as they are, and what of the difference a person has to look at. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '../../../domain/store/task.js';
import { parseReflog, type RefMove } from '../../../domain/worktrees/guard.js';
import { readRefs } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { moveIn } from '../moves/fast-forward.js';
import type { MoveNeeds } from '../moves/note.js';
import { listWorktrees } from '../places/list.js';
import { commitTree, writeRescueRef } from '../uncommitted/rescue.js';
import type { Change, Look } from './look.js';

type RefSession = Pick<RepoSession, 'git' | 'target'>;

export interface RefsState {
  /** By full name: a commit, or `→ name` of a symbolic ref. */
  refs: Record<string, string>;
  /** Entries of the stash, oldest first. */
  stash: { commit: string; text: string }[];
  /** Git had noted moves of the target. */
  targetLogged: boolean;
}

const stashRef = 'refs/stash';

/** Throws `git-unclear` when there is no ref although `known` ones were there before. */
export async function refsState({ git, target }: RefSession, known = 0): Promise<RefsState> {
  const refs = Object.fromEntries(await readRefs(git, { known }));
  const { stdout } = await git.run(['for-each-ref', '--format=%(refname) %(symref)']);
  for (const [, name, to] of stdout.matchAll(/^(\S+) (\S+)$/gm)) refs[name!] = `→ ${to}`;
  const entries = refs[stashRef] ? await reflogOf(git.commonDir, stashRef) : [];
  const stash = entries.map(({ after, why }) => ({ commit: after, text: why }));
  return { refs, stash, targetLogged: (await reflogOf(git.commonDir, `refs/heads/${target}`)).length > 0 };
}

interface Difference {
  name: string;
  was: string;
  is: string;
}

/** Refs that differ, then the stash. */
export async function compareRefs(look: Look, before: RefsState): Promise<Change[]> {
  const { session, task } = look;
  const now = await refsState(session, Object.keys(before.refs).length);
  const names = [...new Set([...Object.keys(before.refs), ...Object.keys(now.refs)])].sort();
  const different = names
    .map((name): Difference => ({ name, was: before.refs[name] ?? '', is: now.refs[name] ?? '' }))
    .filter(({ name, was, is }) => was !== is && name !== stashRef)
    .filter(({ name }) => !name.startsWith('refs/codex-agents/') && name !== `refs/heads/${task.branch}`);
  const changes = await Promise.all(different.map((one) => refChange(look, before, now, one)));
  const lost = before.targetLogged && !now.targetLogged ? [reflogLost(session.target)] : [];
  return [...changes, ...lost, stashChange(look, before.stash, now.stash)].flatMap((change) => change ?? []);
}

const reflogLost = (target: string): Change => ({
  what: 'reflog',
  text: `what git noted of earlier moves of ${target} is gone`,
  look: false,
  state: 'gone',
});

async function refChange(
  look: Look,
  before: RefsState,
  now: RefsState,
  one: Difference,
): Promise<Change | undefined> {
  const { session, task, tasks, marks, unmarked } = look;
  const { name, was, is } = one;
  const log = await reflogOf(session.git.commonDir, name);
  const byRun = log.some((move) => marks.has(move.email));
  const found = { what: name, text: changeOf(one), look: false, state: is, gone: is === '' };
  const change: Change = { ...found, undo: () => moveBack(session, task.slug, one) };
  const mustLook = (why: string) => ({ ...change, text: `${change.text}${why}.`, look: true });
  if (name === `refs/heads/${session.target}`)
    return targetChange(look, before, now, { one, log, change, mustLook });
  const owner = tasks.find((other) => name === `refs/heads/${other.branch}`);
  if (owner) {
    const settled = ['landed', 'cancelled', 'running'].includes(owner.status);
    const lost = is === '' && !settled && !isKeptAsDone(owner.slug, was, before, now);
    const mayBe = unmarked && !settled && is !== '';
    return byRun || lost || mayBe ? mustLook(`: the branch of the task ${owner.slug}`) : undefined;
  }
  if (name.startsWith('refs/replace/') && is !== '') return mustLook('');
  const isNew = byRun && was === '' && name.startsWith('refs/heads/');
  return isNew ? { ...change, madeBranch: name.slice('refs/heads/'.length) } : change;
}

/** What became of the target: everyday where the person's git, or our own landing, did it. */
async function targetChange(
  { session, task, tasks, marks, unmarked }: Look,
  before: RefsState,
  now: RefsState,
  known: {
    one: Difference;
    log: readonly RefMove[];
    change: Change;
    mustLook(why: string): Change;
  },
): Promise<Change | undefined> {
  const { one, log, change, mustLook } = known;
  const { is } = one;
  if (log.some((move) => marks.has(move.email))) return mustLook(" by the agent's own git");
  // Our own landing, of this or of another task.
  if (tasks.some((other) => other.landedAs === is)) return undefined;
  const renamed = is === '' ? await renamedTo(session, one, now) : undefined;
  if (renamed) {
    const text = `${session.target} was renamed to ${renamed.to}`;
    if (!marks.has(renamed.email) && !unmarked) return { ...change, text };
    return { ...change, text: `${text} by the agent's own git.`, look: true };
  }
  // Git notes every move of a branch: of this one it knows nothing, so no git made it.
  const stealth = is === '' || (before.targetLogged && log.at(-1)?.after !== is);
  if (stealth) return mustLook(', and not by git, which noted nothing of it');
  if (unmarked) return mustLook(', and git could not note whether the agent did it');
  return (await isMovedPastCheckout(session, task, one, log))
    ? mustLook(', and not in the main worktree, which has it checked out: by no command of a person there')
    : change;
}

/**
 * Whether git moved the branch, and not where it is checked out. There git notes each move with `HEAD` as well; elsewhere
 * only plumbing and force move such a branch. Where the person switched meanwhile, that is not known.
 */
async function isMovedPastCheckout(
  { git }: RefSession,
  { worktree }: Pick<Task, 'worktree'>,
  { name, was }: Difference,
  log: readonly RefMove[],
): Promise<boolean> {
  const [main, ...others] = await listWorktrees(git);
  const isElsewhere = others.some(({ branch, path }) => branch === name && path !== worktree);
  if (main?.branch !== name || isElsewhere) return false;
  const head = await reflogOf(git.commonDir, 'HEAD');
  const begun = head.findLastIndex(({ before, after }) => before === was || after === was);
  if (begun < 0) return false;
  const noted = head.slice(head[begun]!.after === was ? begun + 1 : begun);
  if (noted.some(({ why }) => why.startsWith('checkout: '))) return false;
  const here = new Set(noted.map(({ after }) => after));
  const known = log.findLastIndex(({ after }) => after === was);
  return log.slice(known < 0 ? -1 : known + 1).some(({ after }) => !here.has(after));
}

/** What a branch is called now that is gone by its name: git takes what it noted along, and notes who renamed it. */
async function renamedTo(
  { git }: RefSession,
  { name, was }: Difference,
  now: RefsState,
): Promise<{ to: string; email: string } | undefined> {
  for (const [ref, at] of Object.entries(now.refs)) {
    if (at !== was || !ref.startsWith('refs/heads/')) continue;
    const move = (await reflogOf(git.commonDir, ref)).findLast(
      ({ why }) => why === `Branch: renamed ${name} to ${ref}`,
    );
    if (move) return { to: ref.slice('refs/heads/'.length), email: move.email };
  }
  return undefined;
}

/** Landing keeps a branch in a ref of ours, takes the branch away, and only then says that the task has landed. */
function isKeptAsDone(slug: string, was: string, before: RefsState, now: RefsState): boolean {
  const ref = `refs/codex-agents/done/${slug}`;
  const kept = now.refs[ref];
  return kept !== undefined && (kept === was || kept !== before.refs[ref]);
}

/** Puts a ref back, and the files of the worktree that has it checked out, unless edits there would be lost. */
async function moveBack(session: MoveNeeds, slug: string, { name, was, is }: Difference): Promise<string> {
  const { git } = session;
  const kept = /^\w/.test(is) ? await writeRescueRef(git, slug, is, `was at ${name}`) : undefined;
  const why = `put back after ${slug}`;
  if (was.startsWith('→')) {
    await git.run(['symbolic-ref', '-m', why, name, was.slice(2)]);
    return 'put back';
  }
  if (is.startsWith('→') && was !== '') {
    const { stdout } = await git.run(['symbolic-ref', '-q', name], { ok: [0, 1] });
    if (stdout.trim() !== is.slice(2)) throw new Error('it has changed again');
    // The files of who has it checked out are as they were: only the name led elsewhere.
    await git.run(['update-ref', '--no-deref', '-m', why, name, was]);
    return 'put back';
  }
  const holder = (await listWorktrees(git)).find((record) => record.branch === name && !record.missing);
  const now = is.startsWith('→') ? '' : is;
  if (holder && was && now)
    await moveIn(session, { worktree: holder.path, ref: name, from: now, to: was }, why);
  else await (was === '' ? git.dropRef(name, now, why) : git.moveRef(name, was, now, why));
  return kept ? `put back; ${kept} keeps what it was moved to` : 'put back';
}

/** Entries that are gone. New ones, and those in another order, are no finding. */
function stashChange(
  { session }: Look,
  before: RefsState['stash'],
  now: RefsState['stash'],
): Change | undefined {
  const left = new Set(now.map(({ commit }) => commit));
  const gone = before.filter(({ commit }) => !left.has(commit));
  if (gone.length === 0) return undefined;
  const names = gone.map(({ text }) => text).reverse();
  const text = `${gone.length} of ${before.length} stash entries are gone: ${names.join('; ')}`;
  const undo = async () => {
    let top = now.at(-1)?.commit ?? '';
    for (const entry of gone) {
      await session.git.moveRef(stashRef, entry.commit, top, entry.text);
      top = entry.commit;
    }
    return `${gone.length} put back`;
  };
  return { what: 'stash', text, look: false, state: JSON.stringify([...left]), gone: true, undo };
}

/** Ref of ours that holds the stash while a run works, and after it when entries are gone. */
const stashHold = (runId: string): string => `refs/codex-agents/snapshot/${runId}`;

/** So that git does not take entries away before a person asks for them. */
export async function holdStash(
  { git }: RefSession,
  runId: string,
  stash: RefsState['stash'],
): Promise<void> {
  const commits = stash.map(({ commit }) => commit);
  if (!commits[0]) return;
  const commit = await commitTree(git, await git.treeOf(commits[0]), commits, `The stash before ${runId}`);
  await git.moveRef(stashHold(runId), commit, (await git.commitOf(stashHold(runId))) ?? '', 'hold the stash');
}

export async function letStashGo({ git }: RefSession, runId: string): Promise<void> {
  const held = await git.commitOf(stashHold(runId));
  if (held) await git.dropRef(stashHold(runId), held, 'let the stash go');
}

function changeOf({ name, was, is }: Difference): string {
  const plain = name.replace(/^refs\/(heads|remotes)\//, '').replace(/^refs\/tags\//, 'tag ');
  const at = (state: string) => (state.startsWith('→') ? state : state.slice(0, 8));
  if (was === '') return `${plain} was made`;
  return is === ''
    ? `${plain}, which was at ${at(was)}, was deleted`
    : `${plain} was moved from ${at(was)} to ${at(is)}`;
}

/** Only the end of a reflog matters. */
const maxLogBytes = 512 * 1024;

/** Of a ref, or of `HEAD`, in a git directory. Read as a plain file; a link in its place, or no file, tells nothing. */
export async function reflogOf(gitDir: string, ref: string): Promise<RefMove[]> {
  const { constants } = await import('node:fs');
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(join(gitDir, 'logs', ref), flags).catch(() => undefined);
  if (!file) return [];
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - maxLogBytes);
    const { buffer } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    const text = buffer.toString('utf8');
    return parseReflog(from === 0 ? text : text.slice(text.indexOf('\n') + 1));
  } finally {
    await file.close();
  }
}
