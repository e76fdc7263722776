/**
 * Follows the worktrees of tasks while a person looks at them, at a cost that is not noticed. No working tree is
 * watched: that takes tens of thousands of watches each. One watch per git directory reports commits and everything
 * else git does there. Edits are found by looking: often where an agent works or a person looks, rarely elsewhere.
 */
import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import type { WorktreeView } from '../../../domain/app/events.js';
import type { Task } from '../../../domain/store/task.js';
import { branchTips } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { readWorktrees } from '../places/list.js';
import { distanceOf, type LookedAt, lookAtWorktrees } from './inspect.js';

/** The shortest time between two looks at a worktree where nothing is known to have happened. */
const shortestMs = 4_000;
/** Where nothing is found, looks get rarer, each pause twice the one before, up to this. */
const longestMs = 240_000;
/** Between two unprompted looks at worktrees where no agent works and no person looks: each costs a process of git. */
const idleRestMs = 45_000;
/** How many worktrees are looked at for the first time before those with news get their turn. */
const newAtOnce = 2;
/**
 * Parts of the time that may go into such looks: where agents work, where the person looks, and all others together.
 * git works on several cores meanwhile, so an idle screen takes up to twice as much of one.
 */
const share = { running: 0.2, focused: 0.006, idle: 0.002 } as const;

type Needs = Pick<RepoSession, 'git' | 'root' | 'env' | 'target'>;

export interface Follower {
  /**
   * Today's views: looks where something happened, and where a look is due. Of many that are new to it only some; then
   * `onChange` asks for the next look.
   */
  views(tasks: readonly Task[]): Promise<WorktreeView[]>;
  /** The worktree that a person looks at. */
  focus(slug: string | undefined): void;
  /** Something happened in the worktree of this task, or of any. */
  touch(slug?: string): void;
  /** Commit ids of the target and of the tasks' branches, by name, as of the last look. */
  heads(): ReadonlyMap<string, string>;
  /** Changed and untracked paths as of the last look; undefined where the worktree is not ready. */
  changed(slug: string): readonly string[] | undefined;
  close(): void;
}

interface Followed {
  last?: LookedAt;
  watcher?: FSWatcher;
  path: string;
  /** Something happened since the last look. */
  touched: boolean;
  lookedAt: number;
  /** Commits of target and branch that the distance was measured between. */
  between: string;
  /** What was found last is not to be believed, though nothing in the worktree has changed. */
  stale?: boolean;
  /** No look at it unprompted before that, in milliseconds. */
  pauseMs: number;
}

/** @param onChange called, often, when git has done something in a worktree or to a branch */
export function followWorktrees(session: Needs, onChange: () => void): Follower {
  const followed = new Map<string, Followed>();
  const refWatches = new Map<string, FSWatcher>();
  let heads = new Map<string, string>();
  let focused: string | undefined;
  /** Until then nothing of this kind is looked at unprompted: the last look was dear. */
  const restUntil = { running: 0, focused: 0, idle: 0 };

  function touch(one: Followed): void {
    one.touched = true;
    onChange();
  }

  /** Lost watches, as when the system has no more of them, cost only time: looks that are due find the same. */
  function watchFolder(folder: string, happened: () => void): FSWatcher | undefined {
    try {
      const watcher = watch(folder, { persistent: false }, happened);
      watcher.on('error', () => watcher.close());
      return watcher;
    } catch {
      return undefined;
    }
  }

  async function sync(tasks: readonly Task[]): Promise<void> {
    const paths = new Map(tasks.map((task) => [task.slug, task.worktree!]));
    for (const [slug, one] of followed) {
      if (paths.get(slug) === one.path) continue;
      one.watcher?.close();
      followed.delete(slug);
    }
    for (const [slug, path] of paths) {
      if (followed.has(slug)) continue;
      const one: Followed = { path, touched: true, lookedAt: 0, between: '', pauseMs: shortestMs };
      followed.set(slug, one);
      const gitDir = await session.git.gitDir(path).catch(() => undefined);
      const watcher = gitDir && watchFolder(gitDir, () => touch(one));
      if (watcher) one.watcher = watcher;
    }
    watchRefs(tasks);
  }

  /** Loose refs are files in folders; packed ones are one file in the git directory. */
  function watchRefs(tasks: readonly Task[]): void {
    const refs = join(session.git.commonDir, 'refs/heads');
    const below = tasks.map(({ branch }) => join(refs, branch, '..'));
    for (const folder of new Set([session.git.commonDir, refs, ...below])) {
      if (refWatches.has(folder)) continue;
      const watcher = watchFolder(folder, onChange);
      if (!watcher) continue;
      refWatches.set(folder, watcher);
      watcher.on('close', () => refWatches.delete(folder));
    }
  }

  /** An agent at work counts more than a person's look: it is what changes files. */
  const kindOf = (task: Task): keyof typeof share =>
    task.status === 'running' ? 'running' : task.slug === focused ? 'focused' : 'idle';

  /** Where an agent works or a command of ours does, looks stay frequent. */
  function isLate(task: Task, now: number): boolean {
    const { lookedAt, pauseMs } = followed.get(task.slug)!;
    const kind = kindOf(task);
    return now - lookedAt >= (kind === 'running' ? shortestMs : pauseMs) && now >= restUntil[kind];
  }

  function due(tasks: readonly Task[], now: number): Task[] {
    const age = (task: Task) => now - followed.get(task.slug)!.lookedAt;
    const touched = tasks.filter((task) => followed.get(task.slug)!.touched);
    const seen = (task: Task) => followed.get(task.slug)!.last !== undefined;
    const unseen = touched
      .filter((task) => !seen(task))
      .sort((a, b) => Number(kindOf(a) === 'idle') - Number(kindOf(b) === 'idle'));
    const chosen = [...touched.filter(seen), ...unseen.slice(0, newAtOnce)];
    if (unseen.length > 0) return chosen;
    const late = tasks
      .filter((task) => !chosen.includes(task) && isLate(task, now))
      .sort((a, b) => age(b) - age(a));
    const [idlest] = late.filter((task) => kindOf(task) === 'idle');
    return [...chosen, ...late.filter((task) => kindOf(task) !== 'idle'), ...(idlest ? [idlest] : [])];
  }

  async function look(tasks: readonly Task[]): Promise<void> {
    const chosen = due(tasks, Date.now());
    if (chosen.length === 0) return;
    for (const task of chosen) followed.get(task.slug)!.touched = false;
    const branches = new Map(chosen.map((task) => [task.slug, task.branch]));
    const started = performance.now();
    const looked = await lookAtWorktrees(
      session,
      chosen,
      () => readWorktrees(session.git),
      (slug) => {
        const { last, stale } = followed.get(slug)!;
        return { ...(last && !stale ? { last } : {}), commits: heads.get(branches.get(slug)!) ?? '' };
      },
    );
    const now = Date.now();
    const costMs = (performance.now() - started) / chosen.length;
    for (const kind of new Set(chosen.map(kindOf))) {
      const many = chosen.filter((task) => kindOf(task) === kind).length;
      const rest = (costMs * many) / share[kind];
      restUntil[kind] = now + (kind === 'idle' ? Math.max(idleRestMs, rest) : rest);
    }
    for (const [at, task] of chosen.entries()) {
      const one = followed.get(task.slug);
      if (!one) continue;
      const found = looked[at]!;
      const same = found === one.last;
      one.pauseMs = same ? Math.min(longestMs, one.pauseMs * 2) : shortestMs;
      if (!same) Object.assign(one, { last: found, between: betweenOf(task), stale: false });
      one.lookedAt = now;
    }
  }

  /** Ahead and behind change with commits alone, and lines are counted anew once commits are in the target. */
  async function measure(tasks: readonly Task[]): Promise<void> {
    for (const task of tasks) {
      const one = followed.get(task.slug)!;
      if (one.last?.view.state !== 'ready' || one.between === betweenOf(task)) continue;
      const distance = await distanceOf(session, task);
      if (distance.ahead !== one.last.view.ahead) Object.assign(one, { touched: true, stale: true });
      const { ahead: _, behind: __, ...rest } = one.last.view;
      one.last = { ...one.last, view: { ...rest, ...distance } };
      one.between = betweenOf(task);
    }
  }

  const betweenOf = (task: Task): string =>
    `${heads.get(session.target) ?? ''} ${heads.get(task.branch) ?? ''}`;

  return {
    async views(tasks) {
      const having = tasks.filter((task) => task.worktree !== undefined);
      await sync(having);
      heads = await branchTips(session.git, [session.target, ...having.map(({ branch }) => branch)]);
      await look(having);
      await measure(having);
      if (having.some((task) => followed.get(task.slug)?.touched)) onChange();
      return having.flatMap((task) => followed.get(task.slug)?.last?.view ?? []);
    },
    focus(slug) {
      if (slug === focused) return;
      focused = slug;
      restUntil.focused = 0;
      const one = slug === undefined ? undefined : followed.get(slug);
      if (one) one.pauseMs = shortestMs;
      if (slug && followed.has(slug)) onChange();
    },
    touch(slug) {
      for (const [name, one] of followed) if (slug === undefined || slug === name) touch(one);
      onChange();
    },
    heads: () => heads,
    changed: (slug) => followed.get(slug)?.last?.changed,
    close() {
      for (const { watcher } of followed.values()) watcher?.close();
      for (const watcher of refWatches.values()) watcher.close();
      followed.clear();
      refWatches.clear();
    },
  };
}
