/** Refs and checked-out branches that a run moved although they are not its own. */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../../domain/platform/errors.js';
import type { Task } from '../../../domain/store/task.js';
import {
  type Finding,
  type Mover,
  moverOf,
  parseReflog,
  type RefMove,
  runMark,
} from '../../../domain/worktrees/guard.js';
import { writeFileDurably } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { listWorktrees } from '../places/list.js';
import { runFolder } from '../run-folder/folder.js';
import { compareRefs, type MovedRef, snapshotRefs, writeRescueRef } from '../uncommitted/index.js';

type RefSession = Pick<RepoSession, 'git' | 'paths' | 'target'>;

const targetRef = ({ target }: Pick<RepoSession, 'target'>): string => `refs/heads/${target}`;

/** `refs.json` of a run. */
interface RefsBefore {
  refs: Record<string, string>;
  /** What is checked out, by path of the worktree: full name of a branch, or a commit. */
  heads: Record<string, string>;
  /** Git had noted moves of the target. */
  targetLogged?: boolean;
}

/** Only the end of a reflog matters. */
const maxLogBytes = 512 * 1024;

/** Writes down where every ref and every worktree is, before a run. */
export async function noteRefs(session: RefSession, runId: string): Promise<void> {
  const [refs, heads] = await Promise.all([snapshotRefs(session), headsNow(session)]);
  const targetLogged = (await reflogOf(session, targetRef(session))).length > 0;
  const before: RefsBefore = { refs, heads, targetLogged };
  await writeFileDurably(join(runFolder(session.paths, runId), 'refs.json'), JSON.stringify(before));
}

async function refsBefore(
  session: Pick<RepoSession, 'paths'>,
  runId: string,
): Promise<RefsBefore | undefined> {
  try {
    const found = JSON.parse(await readFile(join(runFolder(session.paths, runId), 'refs.json'), 'utf8'));
    return found.refs && found.heads ? found : undefined;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Refs that moved since the run began and that are nobody's business but the person's: the branches of tasks, our own
 * refs, and moves by landing are left out, unless the run's own git made them.
 */
export async function movedRefs(
  session: RefSession,
  task: Task,
  runId: string,
  tasks: readonly Task[],
): Promise<(MovedRef & { log: RefMove[] })[] | undefined> {
  const before = await refsBefore(session, runId);
  if (!before) return undefined;
  const moved = await compareRefs(session, before.refs, task);
  const branches = new Set(tasks.map((other) => `refs/heads/${other.branch}`));
  const landed = landedCommits(tasks);
  const found = await Promise.all(
    moved.map(async (one) => ({ ...one, log: await reflogOf(session, one.ref) })),
  );
  return found.filter(({ ref, after, log }) => {
    if (log.some((move) => move.email === runMark(runId))) return true;
    return !branches.has(ref) && !ref.startsWith('refs/codex-agents/') && !landed.has(after);
  });
}

/**
 * Judges each moved ref, and puts back what the run's own git certainly did, and what no git did. What it was moved to is
 * kept. A run that is `confined` cannot write git's files: whoever did was somebody else.
 */
export async function settleRefs(
  session: RefSession,
  task: Task,
  runId: string,
  { tasks, confined }: { tasks: readonly Task[]; confined: boolean },
): Promise<Finding[]> {
  const moved = await movedRefs(session, task, runId, tasks);
  const { targetLogged = false } = (await refsBefore(session, runId)) ?? {};
  if (!moved) return [];
  const checkedOut = new Set(Object.values(await headsNow(session)));
  const good = landedCommits(tasks);
  const findings: Finding[] = [];
  for (const one of moved) {
    const mover = moverOf(one.log, runMark(runId), { ...one, good });
    // The target never goes away by itself, and what was noted of it is not taken away either.
    const bare = one.ref === targetRef(session) && one.log.length === 0;
    const stealth = !confined && (mover.by === 'stealth' || (bare && (one.after === '' || targetLogged)));
    const certain = mover.by === 'agent' && (mover.to !== '' || !checkedOut.has(one.ref));
    let settled: Finding | undefined;
    if (stealth) settled = await undoStealth(session, task, runId, one);
    else if (certain) settled = await undo(session, task, runId, one, mover.to);
    findings.push(settled ?? leftAlone(task, one, mover));
  }
  return findings;
}

/** Puts a ref back by compare-and-swap. Undefined when it has moved again meanwhile. */
async function undo(
  session: RefSession,
  task: Task,
  runId: string,
  { ref, before, after }: MovedRef,
  to: string,
): Promise<Finding | undefined> {
  const { git } = session;
  const kept = await writeRescueRef(git, task.slug, after, `was at ${ref}`);
  try {
    await git.moveRef(ref, to, after, `put back after ${runId}`);
  } catch (error) {
    if (hasCode(error, 'ref-moved')) return undefined;
    throw error;
  }
  const finding = { what: ref, by: 'agent', restored: true, kept } as const;
  if (to !== '') {
    const text = `${changeOf({ ref, before, after })} by the agent of ${task.slug}; it is back at ${short(to)}, and ${kept} keeps what it was moved to.`;
    return { ...finding, code: 'moved', text };
  }
  if (!(await isOnBranch(session, task, after))) {
    const text = `The agent of ${task.slug} committed to ${plain(ref)} instead of ${task.branch}. Those commits are kept as ${kept}; to take them in: git -C ${task.worktree ?? '<worktree>'} merge ${kept}`;
    return { ...finding, code: 'elsewhere', text };
  }
  const text = `The agent of ${task.slug} made ${plain(ref)}; it was taken away again, and ${kept} keeps it.`;
  return { ...finding, code: 'made', text };
}

/** As `undo`, where nobody's git noted the move: whoever it was wrote, or took away, git's own files. */
async function undoStealth(
  session: RefSession,
  task: Task,
  runId: string,
  moved: MovedRef,
): Promise<Finding | undefined> {
  const { ref, before, after } = moved;
  const kept =
    after === '' ? undefined : await writeRescueRef(session.git, task.slug, after, `was at ${ref}`);
  try {
    await session.git.moveRef(ref, before, after, `put back after ${runId}`);
  } catch (error) {
    if (hasCode(error, 'ref-moved')) return undefined;
    throw error;
  }
  const keeps = kept ? `, and ${kept} keeps what it was moved to` : '';
  const text = `${changeOf(moved)} while ${task.slug} ran, and not by git, which notes nothing of it; it is back at ${short(before)}${keeps}.`;
  return { code: 'moved', what: ref, text, by: 'unknown', restored: true, ...(kept ? { kept } : {}) };
}

function leftAlone(task: Task, moved: MovedRef, mover: Mover): Finding {
  const text = `${changeOf(moved)} while ${task.slug} ran${whoElse(mover)}. It was left there; \`codex-agent task restore ${task.slug}\` puts it back.`;
  return {
    code: 'unsure',
    what: moved.ref,
    after: moved.after,
    text,
    by: mover.by === 'agent' || mover.by === 'both' ? 'agent' : 'unknown',
    restored: false,
  };
}

function changeOf({ ref, before, after }: MovedRef): string {
  if (before === '') return `${plain(ref)} was made at ${short(after)}`;
  if (after === '') return `${plain(ref)}, which was at ${short(before)}, was deleted`;
  return `${plain(ref)} was moved from ${short(before)} to ${short(after)}`;
}

async function isOnBranch({ git }: RefSession, task: Task, commit: string): Promise<boolean> {
  const branch = `refs/heads/${task.branch}`;
  const { code } = await git.run(['merge-base', '--is-ancestor', commit, branch], { ok: [0, 1, 128] });
  return code === 0;
}

const plain = (ref: string) => ref.replace(/^refs\/heads\//, '');
const short = (commit: string) => commit.slice(0, 8);

function whoElse(mover: Mover): string {
  if (mover.by === 'both') return ', by its agent and by somebody else';
  if (mover.by === 'agent') return ', by its agent, and a worktree has it checked out';
  return mover.by === 'other' && mover.last
    ? `, last by ${mover.last.name} (${mover.last.why || 'no reason given'})`
    : '';
}

/** Worktrees that have another branch checked out than before the run; files there are the person's, so this is only told. */
export async function movedHeads(session: RefSession, task: Task, runId: string): Promise<Finding[]> {
  const before = await refsBefore(session, runId);
  if (!before) return [];
  const now = await headsNow(session);
  return Object.entries(before.heads).flatMap(([path, was]): Finding[] => {
    const is = now[path];
    const isBranch = was.startsWith('refs/');
    if (path === task.worktree || is === undefined || is === was || !isBranch) return [];
    const name = plain(was);
    const text = `${path} had ${name} checked out before ${task.slug} ran and has ${plain(is)} now. If that was not you: git -C ${path} switch ${name}`;
    return [{ code: 'unsure', what: path, text, by: 'unknown', restored: false }];
  });
}

const landedCommits = (tasks: readonly Task[]): Set<string> =>
  new Set(tasks.flatMap((other) => other.landedAs ?? []));

async function headsNow({ git }: Pick<RepoSession, 'git'>): Promise<Record<string, string>> {
  const records = await listWorktrees(git);
  return Object.fromEntries(records.map((record) => [record.path, record.branch ?? record.head ?? '']));
}

/** Read as a plain file; a link in its place, or no file, tells nothing. */
async function reflogOf({ git }: Pick<RepoSession, 'git'>, ref: string): Promise<RefMove[]> {
  const { constants } = await import('node:fs');
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(join(git.commonDir, 'logs', ref), flags).catch(() => undefined);
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
