/**
 * Follows the worktrees of tasks while a person looks at them, at a cost that is not noticed. No working tree is
 * watched: that takes tens of thousands of watches each. One watch per git directory reports commits and everything
 * else git does there. Edits are found by looking: often where an agent works or a person looks, rarely elsewhere.
 */
import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import type { WorktreeView } from '../../../domain/app/events.js';
import type { Task } from '../../../domain/store/task.js';
import { readRefs } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { distanceOf, inspectWorktrees } from './inspect.js';

/** The shortest time between two looks at a worktree where nothing is known to have happened. */
const shortestMs = 4_000;
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
  /** Commit ids by full ref name, as of the last look. */
  heads(): ReadonlyMap<string, string>;
  /** Changed and untracked paths as of the last look; undefined where the worktree is not ready. */
  changed(slug: string): readonly string[] | undefined;
  close(): void;
}

interface Followed {
  view?: WorktreeView;
  changed?: readonly string[];
  watcher?: FSWatcher;
  path: string;
  /** Something happened since the last look. */
  touched: boolean;
  lookedAt: number;
  /** Commits that the distance was measured between. */
  between: string;
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
      const one: Followed = { path, touched: true, lookedAt: 0, between: '' };
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

  const kindOf = (task: Task): keyof typeof share =>
    task.slug === focused ? 'focused' : task.status === 'running' ? 'running' : 'idle';

  function due(tasks: readonly Task[], now: number): Task[] {
    const age = (task: Task) => now - followed.get(task.slug)!.lookedAt;
    const touched = tasks.filter((task) => followed.get(task.slug)!.touched);
    const seen = (task: Task) => followed.get(task.slug)!.view !== undefined;
    const unseen = touched
      .filter((task) => !seen(task))
      .sort((a, b) => Number(kindOf(a) === 'idle') - Number(kindOf(b) === 'idle'));
    const chosen = [...touched.filter(seen), ...unseen.slice(0, newAtOnce)];
    if (unseen.length > 0) return chosen;
    const late = tasks
      .filter((task) => !chosen.includes(task) && age(task) >= shortestMs && now >= restUntil[kindOf(task)])
      .sort((a, b) => age(b) - age(a));
    const [idlest] = late.filter((task) => kindOf(task) === 'idle');
    return [...chosen, ...late.filter((task) => kindOf(task) !== 'idle'), ...(idlest ? [idlest] : [])];
  }

  async function look(tasks: readonly Task[]): Promise<void> {
    const chosen = due(tasks, Date.now());
    if (chosen.length === 0) return;
    for (const task of chosen) followed.get(task.slug)!.touched = false;
    const started = performance.now();
    const changed = new Map<string, readonly string[]>();
    const views = await inspectWorktrees(session, chosen, (slug, paths) => changed.set(slug, paths));
    const now = Date.now();
    const costMs = (performance.now() - started) / chosen.length;
    for (const kind of new Set(chosen.map(kindOf))) {
      const many = chosen.filter((task) => kindOf(task) === kind).length;
      restUntil[kind] = now + (costMs * many) / share[kind];
    }
    for (const view of views) {
      const one = followed.get(view.task);
      if (!one) continue;
      Object.assign(one, { view, changed: changed.get(view.task), between: '', lookedAt: now });
    }
  }

  /** Ahead and behind change with commits alone. */
  async function measure(tasks: readonly Task[]): Promise<void> {
    const target = heads.get(`refs/heads/${session.target}`) ?? '';
    for (const task of tasks) {
      const one = followed.get(task.slug);
      if (one?.view?.state !== 'ready') continue;
      const between = `${target} ${heads.get(`refs/heads/${task.branch}`) ?? ''}`;
      if (between === one.between) continue;
      const { ahead: _, behind: __, ...rest } = one.view;
      one.view = { ...rest, ...(await distanceOf(session, task)) };
      one.between = between;
    }
  }

  return {
    async views(tasks) {
      const having = tasks.filter((task) => task.worktree !== undefined);
      await sync(having);
      heads = await readRefs(session.git, { below: 'refs/heads', known: heads.size });
      await look(having);
      await measure(having);
      if (having.some((task) => followed.get(task.slug)?.touched)) onChange();
      return having.flatMap((task) => followed.get(task.slug)?.view ?? []);
    },
    focus(slug) {
      if (slug === focused) return;
      focused = slug;
      restUntil.focused = 0;
      if (slug && followed.has(slug)) onChange();
    },
    touch(slug) {
      for (const [name, one] of followed) if (slug === undefined || slug === name) touch(one);
      onChange();
    },
    heads: () => heads,
    changed: (slug) => followed.get(slug)?.changed,
    close() {
      for (const { watcher } of followed.values()) watcher?.close();
      for (const watcher of refWatches.values()) watcher.close();
      followed.clear();
      refWatches.clear();
    },
  };
}
