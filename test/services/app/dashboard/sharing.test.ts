import { isDeepStrictEqual } from 'node:util';
import { afterEach, expect, test } from '@jest/globals';
import { sharedOf, sharesOther } from '../../../../src/domain/app/shared.js';
import { type AppState, emptyState, reduce } from '../../../../src/domain/app/state.js';
import { startFeed } from '../../../../src/services/app/dashboard/index.js';
import { addWorktree } from '../../../../src/services/worktrees/index.js';
import { createStore, type Store } from '../../../../src/store/store.js';
import { until } from '../../../support/runs.js';
import { makeSandbox, type SandboxSession } from '../../../support/sandbox.js';

const sandbox = makeSandbox();
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const screen of opened.splice(0)) await screen.close();
  sandbox.cleanup();
});

/** A screen without a screen: its state, and what it started. */
function open(session: SandboxSession) {
  const store: Store<AppState, Parameters<SandboxSession['emit']>[0]> = createStore(reduce, emptyState);
  const ending = new AbortController();
  const told: string[] = [];
  const emit: SandboxSession['emit'] = (event) => {
    told.push(event.type);
    store.dispatch(event);
  };
  const feed = startFeed({ ...session, emit, signal: ending.signal, attended: true } as never, {
    current: () => sharedOf(store.state(), 'process 1'),
    subscribe(listener) {
      let before = store.state();
      return store.subscribe((state) => {
        const other = sharesOther(before, state);
        before = state;
        if (other) listener();
      });
    },
  });
  const screen = {
    state: store.state,
    told,
    async close() {
      ending.abort();
      await feed.stop();
    },
  };
  opened.push(screen);
  return screen;
}

test('a second screen shows what the first has found, looks at nothing, and takes over when that one is left', async () => {
  const session = await sandbox.session(sandbox.repo({ 'a.txt': 'a\n' }), {
    worktree: { spare: 0 },
  } as never);
  const task = await sandbox.task(session, 'one');
  const { path, base } = await addWorktree(session, task);
  await sandbox.task(session, 'two');
  expect(base).toBeDefined();
  const first = open(session);
  await until(() => first.state().worktrees.one?.state === 'ready' && first.state().lease.held);

  const second = open(session);
  await until(() => second.state().worktrees.one !== undefined);
  expect(second.state().worktrees).toEqual(first.state().worktrees);
  expect(second.state().lease).toEqual({ held: false, holder: 'process 1' });
  sandbox.commit(path, { 'b.txt': 'b\n' });
  await until(() => second.state().worktrees.one?.ahead === 1);
  // What the first finds next is shared a moment later.
  await until(() => isDeepStrictEqual(second.state().merges, first.state().merges));
  // The runners on its own PATH each screen knows for itself.
  const own = new Set(['registry.loaded', 'state.shared', 'runners.missed']);
  expect(second.told.filter((type) => !own.has(type))).toEqual([]);

  await first.close();
  await until(() => second.state().lease.held);
});
