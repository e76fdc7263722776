/** Refs and the stash: as they were, as they are, and what of the difference a person has to look at. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '../../../domain/store/task.js';
import { parseReflog, type RefMove } from '../../../domain/worktrees/guard.js';
import { readRefs } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
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
export async function refsState(session: RefSession, known = 0): Promise<RefsState> {
  const refs = Object.fromEntries(await readRefs(session.git, { known }));
  const { stdout } = await session.git.run(['for-each-ref', '--format=%(refname) %(symref)']);
  for (const line of stdout.split('\n').filter(Boolean)) {
    const [name = '', symbolic] = line.split(' ');
    if (symbolic) refs[name] = `→ ${symbolic}`;
  }
  const entries = refs[stashRef] ? await reflogOf(session, stashRef) : [];
  const stash = entries.map(({ after, why }) => ({ commit: after, text: why }));
  const targetLogged = (await reflogOf(session, `refs/heads/${session.target}`)).length > 0;
  return { refs, stash, targetLogged };
}

/** Refs that differ, then the stash. */
export async function compareRefs(look: Look, before: RefsState): Promise<Change[]> {
  const { session, task } = look;
  const now = await refsState(session, Object.keys(before.refs).length);
  const found: Change[] = [];
  for (const name of [...new Set([...Object.keys(before.refs), ...Object.keys(now.refs)])].sort()) {
    const states = { name, was: before.refs[name] ?? '', is: now.refs[name] ?? '' };
    const ours = name.startsWith('refs/codex-agents/') || name === `refs/heads/${task.branch}`;
    if (states.was === states.is || ours || name === stashRef) continue;
    const change = await refChange(look, before, states);
    if (change) found.push(change);
  }
  const stash = stashChange(look, before.stash, now.stash);
  return stash ? [...found, stash] : found;
}

interface States {
  name: string;
  was: string;
  is: string;
}

async function refChange(look: Look, before: RefsState, states: States): Promise<Change | undefined> {
  const { session, task, tasks, marks } = look;
  const { name, was, is } = states;
  const log = await reflogOf(session, name);
  const byRun = log.some((move) => marks.has(move.email));
  const isTarget = name === `refs/heads/${session.target}`;
  const owner = tasks.find((other) => name === `refs/heads/${other.branch}`);
  const change = (text: string, mustLook: boolean): Change => ({
    what: name,
    text: mustLook ? `${text}.` : text,
    look: mustLook,
    state: is,
    gone: is === '',
    undo: () => moveBack(session, task, states),
  });
  if (isTarget && !byRun && tasks.some((other) => other.landedAs === is)) return undefined;
  const what = changeOf(states);
  if (isTarget) {
    // Git notes every move of a branch: of this one it knows nothing, so no git made it.
    const stealth = is === '' || (before.targetLogged && log.at(-1)?.after !== is);
    if (byRun) return change(`${what} by the agent's own git`, true);
    return change(stealth ? `${what}, and not by git, which noted nothing of it` : what, stealth);
  }
  if (owner) {
    const lost = is === '' && !['landed', 'cancelled', 'running'].includes(owner.status);
    if (!byRun && !lost) return undefined;
    return change(`${what}: the branch of the task ${owner.slug}`, true);
  }
  const found = change(what, name.startsWith('refs/replace/') && is !== '');
  const isNew = byRun && was === '' && name.startsWith('refs/heads/');
  return isNew ? { ...found, madeBranch: name.slice('refs/heads/'.length) } : found;
}

/** Puts a ref back, and the files of the worktree that has it checked out, unless edits there would be lost. */
async function moveBack(session: RefSession, task: Task, { name, was, is }: States): Promise<string> {
  const { git } = session;
  const kept = /^\w/.test(is) ? await writeRescueRef(git, task.slug, is, `was at ${name}`) : undefined;
  const why = `put back after ${task.slug}`;
  if (was.startsWith('→')) {
    await git.run(['symbolic-ref', '-m', why, name, was.slice(2)]);
    return 'put back';
  }
  const holder = (await listWorktrees(git)).find((record) => record.branch === name && !record.missing);
  const args = ['read-tree', '-m', '-u', is, was];
  const files = holder && was && is ? { worktree: holder.path } : undefined;
  if (files) await git.run([args[0]!, '-n', ...args.slice(1)], files);
  await git.moveRef(name, was, is.startsWith('→') ? '' : is, why);
  if (files) await git.run(args, files);
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
  return {
    what: 'stash',
    text: `${gone.length} of ${before.length} stash entries are gone: ${names.join('; ')}`,
    look: false,
    state: JSON.stringify(now.map(({ commit }) => commit)),
    gone: true,
    undo: async () => {
      let top = now.at(-1)?.commit ?? '';
      for (const { commit, text } of gone) {
        await session.git.moveRef(stashRef, commit, top, text);
        top = commit;
      }
      return `${gone.length} put back`;
    },
  };
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
  if (held) await git.moveRef(stashHold(runId), '', held, 'let the stash go');
}

function changeOf({ name, was, is }: States): string {
  const plain = name.replace(/^refs\/(heads|remotes)\//, '').replace(/^refs\/tags\//, 'tag ');
  const at = (state: string) => (state.startsWith('→') ? state : state.slice(0, 8));
  if (was === '') return `${plain} was made`;
  if (is === '') return `${plain}, which was at ${at(was)}, was deleted`;
  return `${plain} was moved from ${at(was)} to ${at(is)}`;
}

/** Only the end of a reflog matters. */
const maxLogBytes = 512 * 1024;

/** Of a branch, or of `HEAD` of the main worktree. */
export const reflogOf = ({ git }: Pick<RepoSession, 'git'>, ref: string): Promise<RefMove[]> =>
  reflogAt(join(git.commonDir, 'logs', ref));

/** Read as a plain file; a link in its place, or no file, tells nothing. */
export async function reflogAt(path: string): Promise<RefMove[]> {
  const { constants } = await import('node:fs');
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch(() => undefined);
  if (!file) return [];
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - maxLogBytes);
    const bytes = Buffer.alloc(Math.min(size, maxLogBytes));
    await file.read(bytes, 0, bytes.length, from);
    const text = bytes.toString('utf8');
    return parseReflog(from === 0 ? text : text.slice(text.indexOf('\n') + 1));
  } finally {
    await file.close();
  }
}
