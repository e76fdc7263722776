/** Reads the pages of the task that is looked at, when they are looked at, and again when they may have changed. */
import type { TaskPages } from '../../src/domain/app/pages.js';
import type { AppState } from '../../src/domain/app/state.js';
import type { Task } from '../../src/domain/store/task.js';

/** The shortest time between two readings of the same task, in milliseconds: an agent writes all the time. */
const gapMs = 2_000;

export interface PagesOptions {
  /** Reads the pages of a task. A rejection is shown in their place. */
  read(slug: string): Promise<TaskPages>;
  onChange(): void;
}

/** One reading at a time; `sync` says what is looked at, `pages` gives what was read last. */
export function createPages(options: PagesOptions) {
  let shown: { key: string; pages: TaskPages } | undefined;
  let reading: string | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  async function read(slug: string, key: string): Promise<void> {
    reading = key;
    readAt = performance.now();
    const pages = await options.read(slug).catch((error) => ({
      task: slug,
      diff: '',
      cut: false,
      untracked: [],
      reason: String(error?.message ?? error),
    }));
    reading = undefined;
    shown = { key, pages };
    options.onChange();
  }

  return {
    /** Told which task is looked at, if a page of the inspector shows what has to be read. */
    sync(task: Task | undefined, state: AppState): void {
      clearTimeout(timer);
      if (!task) return;
      const key = keyOf(task, state);
      if (key === shown?.key || key === reading) return;
      const other = shown?.pages.task !== task.slug;
      const waitMs = other ? 0 : Math.max(0, readAt + gapMs - performance.now());
      if (waitMs === 0 && reading === undefined) void read(task.slug, key);
      else timer = setTimeout(options.onChange, Math.max(50, waitMs)).unref();
    },
    pages: (): TaskPages | undefined => shown?.pages,
    close: () => clearTimeout(timer),
  };
}

/** Changes when the pages may have changed. */
function keyOf(task: Task, state: AppState): string {
  const view = state.worktrees[task.slug];
  const run = state.runs[task.runIds.at(-1) ?? ''];
  return [
    task.slug,
    task.status,
    task.validation?.at,
    view?.dirty,
    view?.ahead,
    view?.added,
    run?.written,
    run?.phase,
  ].join(' ');
}
