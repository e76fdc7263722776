import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { WorktreeView } from '../../../../src/domain/app/events.js';
import type { Task } from '../../../../src/domain/store/task.js';
import { addWorktree, type Follower, followWorktrees } from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let follower: Follower | undefined;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => {
  follower?.close();
  sandbox.cleanup();
});

async function make(...slugs: string[]) {
  const repo = sandbox.repo({ 'a.txt': 'a\n' });
  const session = await sandbox.session(repo);
  const tasks: Task[] = [];
  for (const slug of slugs) {
    const task = await sandbox.task(session, slug);
    const { path, base } = await addWorktree(session, task);
    tasks.push({ ...task, worktree: path, base });
  }
  return { repo, session, tasks };
}

/** Follows, and resolves `changed()` at the next change. */
function follow(session: SandboxSession) {
  let happened: () => void = () => {};
  follower = followWorktrees(session, () => happened());
  const changed = () =>
    new Promise<void>((done) => {
      happened = done;
    });
  return { follower, changed };
}

/** Looks after each change until the views are as wanted; the test's own time limit ends it. */
async function until(
  tasks: Task[],
  { follower: one, changed }: ReturnType<typeof follow>,
  wanted: (views: WorktreeView[]) => boolean,
): Promise<WorktreeView[]> {
  for (;;) {
    const next = changed();
    const views = await one.views(tasks);
    if (wanted(views)) return views;
    await next;
  }
}

describe('following', () => {
  test('lines are counted from where the branch left the target, with edits that are not committed', async () => {
    const { repo, session, tasks } = await make('one');
    const worktree = tasks[0]!.worktree!;
    const [quiet] = await follow(session).follower.views(tasks);
    expect(quiet).not.toHaveProperty('added');
    writeFileSync(join(worktree, 'b.txt'), '1\n2\n');
    sandbox.git(worktree, 'add', '.');
    sandbox.git(worktree, 'commit', '-qm', 'two lines');
    writeFileSync(join(worktree, 'a.txt'), 'other\nmore\n');
    // What the target gets meanwhile is no work of the task.
    sandbox.write(repo, { 'a.txt': 'x\ny\nz\n' });
    sandbox.git(repo, 'commit', '-qam', 'on the target');
    follower!.touch();
    const [view] = await follower!.views(tasks);
    expect(view).toMatchObject({ dirty: 1, ahead: 1, behind: 1, added: 4, removed: 1 });
    // Agents write new files, and commit none of them.
    writeFileSync(join(worktree, 'new.txt'), '1\n2\n3');
    follower!.touch();
    const [later] = await follower!.views(tasks);
    expect(later).toMatchObject({ dirty: 2, added: 7, removed: 1 });
  });

  test('a commit made in a worktree is seen by the watch on its git directory', async () => {
    const { session, tasks } = await make('one', 'two');
    const watching = follow(session);
    await watching.follower.views(tasks);
    const next = watching.changed();
    sandbox.commit(tasks[0]!.worktree!, { 'b.txt': 'b\n' });
    await next;
    const [one, two] = await until(tasks, watching, ([first]) => first?.ahead === 1);
    expect(one).toMatchObject({ task: 'one', state: 'ready', dirty: 0, ahead: 1, behind: 0 });
    expect(two).toMatchObject({ task: 'two', dirty: 0, ahead: 0 });
  });

  test('of many worktrees some are looked at in each look, those that work first, until all are known', async () => {
    const { session, tasks } = await make('one', 'two', 'three', 'four', 'five');
    tasks[4]!.status = 'running';
    const watching = follow(session);
    const first = await watching.follower.views(tasks);
    expect(first.map((view) => view.task)).toEqual(['one', 'five']);
    const all = await until(tasks, watching, (views) => views.length === 5);
    expect(new Set(all.map((view) => view.dirty))).toEqual(new Set([0]));
  });

  test('a target that moves changes the distance of all', async () => {
    const { repo, session, tasks } = await make('one', 'two');
    const watching = follow(session);
    await watching.follower.views(tasks);
    const next = watching.changed();
    sandbox.commit(repo, { 'main.txt': 'main\n' });
    await next;
    const views = await until(tasks, watching, (all) => all.every(({ behind }) => behind === 1));
    expect(watching.follower.heads().get('main')).toBe(sandbox.git(repo, 'rev-parse', 'main'));
    expect(views.map(({ ahead }) => ahead)).toEqual([0, 0]);
  });

  test('an edit shows when somebody looks at the worktree', async () => {
    const { session, tasks } = await make('one', 'two');
    const watching = follow(session);
    await watching.follower.views(tasks);
    writeFileSync(join(tasks[1]!.worktree!, 'a.txt'), 'edited\n');
    // Nothing tells of an edit, and nobody looks at a quiet worktree twice in a moment.
    expect((await watching.follower.views(tasks))[1]).toMatchObject({ dirty: 0 });
    watching.follower.touch('two');
    expect((await watching.follower.views(tasks))[1]).toMatchObject({ dirty: 1 });
  });

  test('where an agent works and a person looks, looks are as frequent as where an agent works', async () => {
    const { session, tasks } = await make('one');
    tasks[0]!.status = 'running';
    const watching = follow(session);
    watching.follower.focus('one');
    const began = performance.now();
    await watching.follower.views(tasks);
    const spent = performance.now() - began;
    writeFileSync(join(tasks[0]!.worktree!, 'a.txt'), 'other\n');
    // A fifth of the time may go into such looks, one every four seconds at most.
    const later = Date.now() + Math.max(4_100, spent * 5 + 100);
    const clock = jest.spyOn(Date, 'now').mockReturnValue(later);
    const [view] = await watching.follower.views(tasks).finally(() => clock.mockRestore());
    expect(view).toMatchObject({ dirty: 1 });
  });

  test('a worktree that goes, and one that comes, are noticed', async () => {
    const { session, tasks } = await make('one', 'two');
    const watching = follow(session);
    expect(await watching.follower.views([tasks[0]!])).toHaveLength(1);
    expect((await watching.follower.views(tasks)).map(({ task }) => task)).toEqual(['one', 'two']);
    const { worktree: _, ...without } = tasks[0]!;
    expect((await watching.follower.views([without, tasks[1]!])).map(({ task }) => task)).toEqual(['two']);
  });
});
