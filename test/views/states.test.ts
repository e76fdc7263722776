/** First-run and broken states: the screen says what is wrong or done, and the key that mends it or goes on. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { type AppState, emptyState } from '../../src/domain/app/state.js';
import { runOf, story, taskOf } from '../fixtures/screen/state.js';
import { startScreen } from '../support/screen.js';

let screen: Awaited<ReturnType<typeof startScreen>>;
afterEach(() => screen.close());

const fresh: AppState = { ...emptyState, repo: story.repo, target: 'main' };
const open = async (state: AppState, size: [number, number] = [120, 40]) => {
  screen = await startScreen({ state, size });
};
/** The pane's words, whatever lines they are broken into. */
const words = () => screen.text().replaceAll(/[│┃\s]+/g, ' ');

describe.each([
  [80, 24],
  [120, 40],
  [200, 60],
] as const)('at %ix%i', (...size) => {
  test('a repository without a commit names the key to a shell in it', async () => {
    await open({ ...fresh, ground: { noCommit: true } }, [...size]);
    await screen.until(/! (There is no|No) commit on main yet/);
    expect(screen.lines()[1]).toMatch(/~ Open a shell|~ shell here/);
    expect(words()).toContain('git add -A && git commit');
  });
});

test('without a runner the inspector says how to get one, until one is found', async () => {
  const tasks = [taskOf('parser', 'ready')];
  await open({ ...fresh, tasks, missing: { what: 'codex was not found on PATH.', all: true } });
  await screen.until('! No agent can be started: codex was not found on PATH.');
  expect(words()).toContain('codex-agent doctor lists those that are here.');
  screen.send('~');
  await screen.until(() => screen.calls.some(({ id }) => id === 'shell'));
  screen.store.dispatch({ type: 'runners.missed' });
  await screen.until('1 task is ready.');
  expect(words()).toContain('The task has no run yet.');
});

test('edits that no commit holds are named where the launch is offered, and when it asks', async () => {
  const ground = { uncommitted: { count: 4, first: ['a.ts', 'b.ts', 'c.ts'] } };
  await open({ ...fresh, tasks: [taskOf('parser', 'ready')], ground });
  await screen.until(
    '1 task is ready. Agents do not get what is not committed: a.ts, b.ts, c.ts and 1 more.',
  );
  screen.store.dispatch({ type: 'ground.found', ground: {} });
  await screen.until(() => !screen.text().includes('not committed'));
});

test('while agents work it says that nothing needs a person, with the key to look at all of them', async () => {
  await open({ ...fresh, tasks: [taskOf('parser', 'running')] });
  await screen.until('Nothing needs you. 1 task goes on.');
  expect(screen.lines()[1]).toMatch(/g fleet/);
});

test('when all has landed it says so, what one would do next, and that nothing is left to merge', async () => {
  await open({ ...fresh, tasks: [taskOf('parser', 'landed'), taskOf('printer', 'landed')] });
  await screen.until('Nothing is left to do: 2 tasks landed on main.');
  expect(screen.lines()[1]).toMatch(/a add/);
  expect(screen.text()).toContain('Nothing is left to merge: all has landed on main.');
  expect(screen.text()).toContain('No worktrees are left.');
  // The only group is open, so that one sees what came out.
  expect(screen.text()).toMatch(/▾ landed 2.*Parser.*Printer/s);
});

test('where tasks can land, those that would collide are named', async () => {
  const tasks = [taskOf('parser', 'done'), taskOf('printer', 'done')];
  const pairs = [{ a: 'parser', b: 'printer', status: 'conflict' as const, paths: ['a.ts'] }];
  await open({ ...fresh, tasks, pairs }, [80, 24]);
  await screen.until('2 tasks can land on main. Parser and Printer collide.');
});

test('of tasks with long names it says how many collide, where their names have no room', async () => {
  const [a, b] = ['report-what-each-month-cost', 'say-who-pays-whom'] as const;
  const pairs = [{ a, b, status: 'conflict' as const, paths: ['a.ts'] }];
  await open({ ...fresh, tasks: [taskOf(a, 'done'), taskOf(b, 'done')], pairs }, [80, 24]);
  await screen.until('2 tasks can land on main. 1 pair collides.');
});

test('what a task waits for has the room of columns that are empty', async () => {
  const tasks = [taskOf('parser', 'ready'), taskOf('printer', 'ready', { dependsOn: ['parser'] })];
  await open({ ...fresh, tasks });
  await screen.until('waits for Parser to land');
});

test('work that has not begun is not said to be unchecked', async () => {
  await open({ ...fresh, tasks: [taskOf('parser', 'ready')] });
  await screen.until('Nothing to merge yet.');
});

test('a terminal that is too small says how to leave, and that agents go on', async () => {
  await open(fresh, [44, 9]);
  await screen.until('Agents go on. Make it larger, or q quits.');
});

describe('a page of its own', () => {
  test.each([
    ['M', '3 Merge'],
    ['W', '4 [Worktrees]'],
  ])('%s gives it the whole screen, and takes it away again', async (key, title) => {
    await open(story);
    await screen.until('1 Tasks');
    screen.send(key);
    await screen.until(() => screen.lines()[2]!.startsWith(`┏━${title}`));
    expect(screen.lines()[37]).toMatch(/^┗━+.*┛$/);
    screen.send(key);
    await screen.until('1 Tasks');
    expect(screen.text()).toContain(title);
  });
});

test('what the program lands is counted apart from agents at work', async () => {
  const tasks = [taskOf('parser', 'done'), taskOf('printer', 'running')];
  const works = { parser: { kind: 'landing' as const, since: '2026-03-01T12:04:00.000Z', lines: [] } };
  await open({ ...fresh, tasks, works, busy: { parser: 'landing' } });
  await screen.until('● 1 working  ◐ 1 landing');
});

test('an edit or a validation makes no task younger', async () => {
  await open({ ...fresh, tasks: [taskOf('parser', 'ready', { updatedAt: '2026-03-01T12:04:59.000Z' })] });
  await screen.until(/○ Parser +ready +1h/);
});

test('what the transcript tells a moment before the run asks is answered as soon as it does', async () => {
  const run = runOf('split-registry-writer');
  await open({ ...story, runs: { [run.runId]: run } });
  await screen.until('Split registry writer');
  screen.send('A');
  await screen.until('No agent asks for anything.');
  const options = [{ id: 'y', kind: 'allow' as const, label: 'Allow' }];
  const approvals = [{ id: '7', kind: 'command' as const, detail: 'npm ci', options, at: run.startedAt }];
  screen.store.dispatch({ type: 'run.changed', run: { ...run, approvals, twoWay: true } });
  await screen.until('Split registry writer asks');
});

test('a whole page says how to leave it, and one of its own keys comes before those of tasks', async () => {
  await open(story, [80, 24]);
  for (const key of ['@', 'g', '%', 'W', 'M']) {
    screen.send(key);
    await screen.until(/Esc back/);
    screen.send('\x1b');
    await screen.until(() => !/Esc back/.test(screen.text()));
  }
});

test('what has landed offers neither validation nor landing before what can be done', async () => {
  await open({ ...fresh, tasks: [taskOf('parser', 'landed')] }, [80, 24]);
  await screen.until('? help');
  expect(screen.lines().at(-1)).not.toMatch(/validate|L land|hydrate/);
});

test('a branch that was adopted shows its conflict in its row', async () => {
  const conflicts = [{ path: 'a.ts', kind: 'contents' as const }];
  const merges = { parser: { task: 'parser', status: 'conflict' as const, conflicts } };
  await open({ ...fresh, tasks: [taskOf('parser', 'ready')], merges });
  await screen.until('ready, conflict in 1 file with main');
});

test('a terminal that is far too small says all of how to leave it', async () => {
  await open(fresh, [30, 6]);
  await screen.until(/q quits\./);
});
