/** Keys do what the footer and the help say. */
import { describe, expect, test } from '@jest/globals';
import { appError } from '../../src/domain/platform/errors.js';
import { story, taskOf } from '../fixtures/screen/state.js';
import { open, openInOrder, press, row, screen } from '../support/keyed-screen.js';

describe('moving', () => {
  test('j, k, arrows, G and g move the selection', async () => {
    await openInOrder();
    await press('j', '\x1b[B');
    await screen.until(() => row(3).includes('▶'));
    await press('k');
    await screen.until(() => row(2).includes('▶'));
    await press('G');
    await screen.until(() => row(12).includes('▶'));
    await press('\x1b[H');
    await screen.until(() => row(1).includes('▶'));
  });

  test('Tab, digits and arrows go to the panes', async () => {
    await open();
    await press('\t');
    await screen.until('┏━2 [Transcript]');
    await press('3');
    await screen.until('┏━3 Merge');
    await press('\x1b[C');
    await screen.until('┏━4 [Worktrees]');
    await press('\x1b[Z', '1');
    await screen.until('┏━1 Tasks');
  });

  test('the selection stays on its task when the order changes', async () => {
    await openInOrder();
    await press('j', 'j');
    await screen.until(() => /▶ ◇ Reflink hydration/.test(row(3)));
    screen.store.dispatch({ type: 'registry.loaded', rev: 9, tasks: [...story.tasks].reverse() });
    await screen.until(() => row(10).includes('▶ ◇ Reflink hydration'));
  });

  test('! goes to the next task that needs attention', async () => {
    await open();
    await press('!');
    await screen.until(/▶ ✗ Flaky test quarantine/);
    expect(row(-2)).toMatch(/^ ! Flaky test quarantine: The key was refused\. .*r retry +! next \(2 of 3\)/);
    await press('!', '!');
    await screen.until(/▶ ◆ Merge resolver bail out/);
  });

  test('z zooms and Esc comes back', async () => {
    await open();
    await press('z');
    await screen.until(() => !screen.text().includes('4 [Worktrees]'));
    await press('\x1b');
    await screen.until('4 [Worktrees]');
  });
});

test('a row says at once that a command was given for its task, until the command has ended', async () => {
  await openInOrder();
  const changes = { tasks: ['palette'], title: 'Validate a task' };
  screen.store.dispatch({ type: 'command.started', id: 'task.validate', label: '', changes });
  await screen.until(/Palette +Validate a task…/);
  screen.store.dispatch({
    type: 'command.ended',
    id: 'task.validate',
    ok: true,
    message: '',
    tasks: changes.tasks,
  });
  await screen.until(/Palette +ready/);
});

describe('filtering and marking', () => {
  test('/ filters while typing, Enter keeps it, Esc clears it', async () => {
    await open();
    await press('/', 'l', 'o', 'c', 'k');
    await screen.until('/lock');
    await screen.until(() => row(1).includes('blocked 1'));
    await press('\r');
    await screen.until('1 of 12');
    await press('\x1b');
    await screen.until('all 12');
  });

  test('a filter that matches nothing says so', async () => {
    await open();
    await press('/', 'x', 'x', 'x');
    await screen.until('Nothing matches "xxx"');
  });

  test('space marks, and a command goes to each marked task', async () => {
    await openInOrder();
    await press(' ', ' ', 'v');
    await screen.until(() => screen.calls.length === 2);
    expect(screen.calls).toEqual([
      { id: 'task.validate', args: { task: 'add-oauth-device-flow' } },
      { id: 'task.validate', args: { task: 'split-registry-writer' } },
    ]);
  });

  test('label:, state: and ! narrow the filter down', async () => {
    await open();
    await press('/', ...'state:landed', '\r');
    await screen.until('1 of 12');
    expect(screen.text()).toContain('Docs config reference');
    await press('/', '\x15', ...'!state:landed');
    await screen.until('11 of 12');
  });

  test('o groups by something else, and every task stays', async () => {
    await open();
    await press('o');
    await screen.until('by dependencies');
    await screen.until(/Split registry writer[\s\S]*└ Wave planner cycles/);
    await press('o');
    await screen.until('by wave');
    await press('o', 'o');
    await screen.until('by status');
    await screen.until('▾ running 2');
    expect(screen.text()).toContain('all 12');
  });

  test('= folds the group of the task, Enter on its head opens it', async () => {
    await open();
    await press('=');
    await screen.until('▶▸ needs you 3');
    expect(screen.text()).not.toContain('Ask before quit');
    await press('\r');
    await screen.until(/▶ ◆ Merge resolver/);
  });

  test('u takes changes of marks back, also those of the screen before, and says when there is none left', async () => {
    let kept: readonly { marks: readonly string[]; at: number }[] = [];
    const marks = {
      before: kept,
      keep: (all: typeof kept) => {
        kept = all;
      },
    };
    await openInOrder({ marks });
    await press(' ', ' ');
    await screen.until('2 marked');
    await press('u');
    await screen.until('The marks are as before: 1 marked.');
    await press('*');
    await screen.until('12 marked');
    await screen.close();
    await openInOrder({ marks: { ...marks, before: kept } });
    expect(screen.text()).not.toContain('marked');
    await press('u');
    await screen.until('12 marked');
    await press('u', 'u');
    await screen.until('The marks are as before: 0 marked.');
    await press('u');
    await screen.until('No task was edited or removed.');
    expect(screen.calls).toEqual([]);
  });

  test('= says why it folds nothing', async () => {
    await open();
    await press(...'/planner', '\r', '=');
    await screen.until('A filter keeps every group open.');
    screen.store.dispatch({ type: 'registry.loaded', rev: 1_000, tasks: [taskOf('planner', 'landed')] });
    await press('\x1b');
    await screen.until(() => !screen.text().includes('━/planner'));
    await press('=');
    await screen.until('The only group stays open.');
  });
});

describe('commands', () => {
  test.each([
    ['h', 'task.worktree.add', { task: 'add-oauth-device-flow' }],
    ['mc', 'merge.check', {}],
    ['mr', 'merge.resolve', { task: 'add-oauth-device-flow' }],
    ['mb', 'merge.rebase', { task: 'add-oauth-device-flow' }],
    ['wp', 'manager.plan', {}],
    ['v', 'task.validate', { task: 'add-oauth-device-flow' }],
    ['r', 'task.retry', { task: 'add-oauth-device-flow' }],
    ['s', 'session.resume', { id: 'add-oauth-device-flow-1' }],
    ['x', 'task.stop', { task: 'add-oauth-device-flow' }],
    ['ti', 'session.interrupt', { id: 'add-oauth-device-flow-1' }],
    ['R', 'status', {}],
  ] as const)('%s runs %s', async (keys, id, args) => {
    await openInOrder();
    await press(...keys);
    await screen.until(() => screen.calls.length > 0);
    expect(screen.calls).toEqual([{ id, args }]);
  });

  test('a chord shows how to go on, Esc leaves it', async () => {
    await open();
    await press('w');
    await screen.until('Launch the wave');
    expect(screen.text()).toContain('Plan waves');
    await press('\x1b');
    await screen.until(() => !screen.text().includes('Plan waves'));
    expect(screen.calls).toEqual([]);
  });

  test.each([
    ['D', 'Remove task “Add oauth device flow”?'],
    ['wl', 'Launch 1 agent?'],
    ['L', 'Land “Add oauth device flow” on main?'],
    ['to', 'Interrupt it and take over?'],
  ])('%s asks first and takes No for an answer', async (keys, question) => {
    await openInOrder();
    await press(...keys);
    await screen.until(question);
    await press('\r');
    await screen.until(() => !screen.text().includes(question));
    expect(screen.calls).toEqual([]);
  });

  test('Yes runs it', async () => {
    await openInOrder();
    await press('D');
    await screen.until('Remove task');
    await press('y');
    await screen.until(() => screen.calls.length === 1);
    expect(screen.calls[0]).toEqual({ id: 'task.remove', args: { task: 'add-oauth-device-flow' } });
  });

  test('what cannot be done says why and is not done', async () => {
    await openInOrder();
    await press('G', 'x');
    await screen.until('“Old idea” is not running');
    expect(screen.calls).toEqual([]);
  });

  test('a failure is shown with its hint', async () => {
    await open({
      invoke: async () => ({
        ok: false,
        error: appError('no-git', 'git is missing.', { hint: 'Install it.' }),
      }),
    });
    await press('h');
    await screen.until('✗ git is missing. Install it.');
  });

  test('an answer to read opens as a page', async () => {
    await open({
      invoke: async () => ({
        ok: true,
        exit: 0,
        data: { waves: [{ index: 1, tasks: ['a', 'b'] }], blocked: [{ slug: 'c', reason: 'waits for a' }] },
      }),
    });
    await press('w', 'p');
    await screen.until('- index 1  tasks a, b');
    expect(screen.text()).toContain('- c  waits for a');
  });
});

describe('leaving', () => {
  test('q quits at once when nothing runs', async () => {
    await open();
    await press('q');
    await expect(screen.ended).resolves.toEqual({ reason: 'quit', code: 0 });
  });

  test('with agents at work it asks; cancel stays, stop stops all first', async () => {
    await open({ state: story });
    await press('q');
    await screen.until('2 agents are at work.');
    await press('\r');
    await screen.until(() => !screen.text().includes('at work'));
    await press('q', 's');
    await expect(screen.ended).resolves.toEqual({ reason: 'quit', code: 0 });
    expect(screen.calls).toEqual([{ id: 'manager.stop', args: {} }]);
  });
});

test('the error line is red until Esc, and the last good data stays', async () => {
  await open();
  screen.store.dispatch({ type: 'noted', level: 'error', message: 'tasks.json is newer than this program' });
  await screen.until('✗ tasks.json is newer than this program');
  expect(screen.text()).toContain('Split registry writer');
  await press('\x1b');
  await screen.until(() => screen.lines()[39]!.includes('q quit'));
});

test('the mouse selects and scrolls', async () => {
  await open({ mouse: true });
  // A head of a group is no task: the press only brings the focus.
  screen.send('\x1b[<0;10;5M\x1b[<0;10;5m\x1b[<0;10;7M\x1b[<0;10;7m');
  await screen.until(() => row(3).includes('▶'));
  screen.send('\x1b[<65;10;7M');
  await screen.until(() => row(7).includes('▶'));
  screen.send('\x1b[<0;90;5M');
  await screen.until('┏━2 [Transcript]');
});
