import { describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../src/commands/types.js';
import { appError } from '../../src/domain/platform/errors.js';
import { offersFor } from '../../views/overlays/form-offers.js';
import { sampleCommands } from '../fixtures/screen/commands.js';
import { story } from '../fixtures/screen/state.js';
import { open, openInOrder, press, screen } from '../support/keyed-screen.js';

describe('overlays', () => {
  test('? finds a command by what it does, also by words that its line does not show', async () => {
    const commands = sampleCommands.map((row) =>
      row.id === 'task.validate' ? { ...row, summary: 'Run checks and policies.' } : row,
    );
    await open({ commands });
    await press('?', ...'policies');
    await screen.until(() => !screen.text().includes('Next line'));
    expect(screen.text()).toMatch(/v +Validate/);
  });

  test('a slash before the words of ? begins the search again, and alone finds its key', async () => {
    await open();
    await press('?', '/');
    await screen.until('Filter the list');
    await press(...'stop');
    await screen.until(() => !screen.text().includes('Filter the list'));
    expect(screen.text()).toMatch(/x +Stop a run/);
  });

  test('? says the meaning of a word to its end, also where it has no room beside the word', async () => {
    await open({ size: [80, 24] });
    await press('?', ...'hydrate');
    await screen.until('ready to build');
  });

  test('? names the keys to the pages of the inspector among those of its pane', async () => {
    await open();
    await press('2', '?');
    await screen.until('In this pane (inspector)');
    const [own = ''] = screen.text().split('Everywhere');
    expect(own).toMatch(/\] +Next page of the inspector/);
  });

  test('a form that is refused stands there again as it was typed, with what was said', async () => {
    const error = appError('no-dependency', 'x depends on "y", which does not exist.');
    let refuse = true;
    await open({
      invoke: async () => (refuse ? { ok: false, error } : { ok: true, data: {}, exit: 0 }),
    });
    await press('a', ...'New', '\t', ...'a long goal', '\x13');
    await screen.until('✗ x depends on "y", which does not exist.');
    expect(screen.text()).toContain('Add a task');
    expect(screen.text()).toContain('a long goal');
    refuse = false;
    await press('!', '\x13');
    await screen.until(() => screen.calls.length === 2);
    expect(screen.calls[1]?.args).toEqual({ title: 'New', goal: 'a long goal!' });
  });

  test('a form that is refused when its person has gone on stands there again when it is next asked for', async () => {
    let answer = (_: Outcome) => {};
    await open({
      invoke: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    });
    await press('a', ...'New', '\t', ...'a long goal', '\x13');
    await screen.until(() => screen.calls.length === 1);
    await press('j');
    answer({ ok: false, error: appError('no-dependency', 'x depends on "y", which does not exist.') });
    await screen.until('which does not exist');
    expect(screen.text()).not.toContain('a long goal');
    await press('a');
    await screen.until('a long goal');
    expect(screen.text()).toContain('✗ x depends on "y", which does not exist.');
  });

  test('a form offers the tasks that can be depended on, by slug and title', async () => {
    await open();
    await press('a', ...'New', '\t', '\t', '\t', ...'key');
    await screen.until(/ tidy-config-keys +Tidy config keys/);
    expect(screen.text()).toContain('↓ choose');
    await press('\x1b[B', '\r');
    await screen.until('tidy-config-keys, █');
    await press(...'split', '\x1b[B', '\r', '\x13');
    await screen.until(() => screen.calls.length === 1);
    expect(screen.calls[0]?.args).toEqual({
      title: 'New',
      dependsOn: ['tidy-config-keys', 'split-registry-writer'],
    });
  });

  test('a form does not offer what waits for the very task, nor itself, nor what has landed', () => {
    const schema = { type: 'array', description: '', value: 'tasks' } as const;
    const names = offersFor(schema, story, 'split-registry-writer').map(({ name }) => name);
    expect(names).toContain('reflink-hydration');
    for (const unfit of ['split-registry-writer', 'wave-planner-cycles', 'docs-config-reference'])
      expect(names).not.toContain(unfit);
    expect(offersFor({ ...schema, value: 'a,b' }, story, undefined)).toEqual([]);
  });

  test('a long text in a form is broken between its words', async () => {
    await open({ size: [80, 24] });
    await press('a', '\t');
    screen.send(`\x1b[200~${'extraordinary '.repeat(16)}\x1b[201~`);
    await screen.until('extraordinary');
    expect(screen.text().match(/extraordinary/g)).toHaveLength(16);
  });

  test('a page to read does not open over what a person has gone on to do', async () => {
    let answer = (_: Outcome) => {};
    const waves = [{ index: 1, tasks: ['a', 'b'] }];
    await open({
      invoke: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    });
    await press('w', 'p');
    await screen.until(() => screen.calls.length === 1);
    await press('j');
    answer({ ok: true, exit: 0, data: { waves, blocked: [] } });
    await screen.until(/✓ .*waves/);
    expect(screen.text()).not.toContain('Esc close');
  });

  test('a opens a form; what is typed and pasted is sent', async () => {
    await open();
    await press('a');
    await screen.until('Add a task');
    await press('N', 'e', 'w', '\t');
    screen.send('\x1b[200~reach q\r\r  if the goal:\r\t\tnow\r\x1b[201~');
    await screen.until('if the goal:');
    await press('\t', 'o', 'n', 'e', ',', ' ', 't', 'w', 'o', '\n', '-', ' ', 'x');
    await press('\t', 'a', ',', 'b', '\t', '\x1b[C', '\t', ' ', '\x13');
    await screen.until(() => screen.calls.length === 1);
    expect(screen.calls[0]).toEqual({
      id: 'task.add',
      args: {
        title: 'New',
        goal: 'reach q\n\n  if the goal:\n\t\tnow',
        acceptance: ['one, two', 'x'],
        dependsOn: ['a', 'b'],
        priority: 'urgent',
        draft: true,
      },
    });
  });

  test('a text of several lines is written with ctrl-j, and the arrows go through its lines first', async () => {
    await openInOrder();
    await press('t', 't');
    await screen.until('ctrl-j new line');
    await press('a', '\n', 'b', '\x1b[A', 'c', '\x1b[B', '\x1b[B', 'd', '\r');
    await screen.until(() => screen.calls.length === 1);
    expect(screen.calls[0]?.args.message).toBe('ac\nbd');
  });

  test('Enter goes on, and does it after a text of several lines', async () => {
    await open();
    await press('a', 'N', '\r');
    screen.send('\x1b[200~Steps:\n    one\n\x1b[201~');
    await screen.until('⏎ do it  Tab next');
    await screen.until('one');
    await press('\r');
    await screen.until(() => screen.calls.length === 1);
    expect(screen.calls[0]).toEqual({ id: 'task.add', args: { title: 'N', goal: 'Steps:\n    one' } });
  });

  test('the button does it; leaving with typed text asks once', async () => {
    await open();
    await press('a', 'N', '\x1b[Z');
    await screen.until('▶ [ Add a task ]');
    await press('\x1b');
    await screen.until('What you typed would be lost.');
    await press('x');
    await screen.until(() => !screen.text().includes('would be lost'));
    await press('\r');
    await screen.until(() => screen.calls.length === 1);
    expect(screen.calls[0]).toEqual({ id: 'task.add', args: { title: 'N' } });
    await press('a', 'M', '\x1b', '\x1b');
    await screen.settled();
    expect(screen.text()).not.toContain('[ Add a task ]');
    await press('a', '\x1b');
    await screen.settled();
    expect(screen.text()).not.toContain('[ Add a task ]');
  });

  test('Esc read at once with the key after it leaves, and that key is one too', async () => {
    await open();
    await press('a', 'N');
    await screen.until(/title +N/);
    screen.send('\x1b\x1ba');
    await screen.until(() => !/title +N/.test(screen.text()) && screen.text().includes('[ Add a task ]'));
    screen.send('\x1bj');
    await screen.until(() => !screen.text().includes('[ Add a task ]'));
    expect(screen.calls).toEqual([]);
  });

  test('who pastes after having been asked goes on, and is asked again', async () => {
    await open();
    await press('a', 'N', '\x1b');
    await screen.until('What you typed would be lost.');
    screen.send('\x1b[200~ew\x1b[201~');
    await screen.until(() => !screen.text().includes('would be lost'));
    await press('\x1b');
    await screen.until('What you typed would be lost.');
  });

  test('ctrl-e writes a text of several lines in the editor', async () => {
    await open();
    await press('a', 'N', '\t', 'g', '\x05');
    await screen.until('g, edited');
    await press('\x13');
    await screen.until(() => screen.calls.length === 1);
    expect(screen.calls[0]?.args).toEqual({ title: 'N', goal: 'g, edited' });
  });

  test('a paste into a field that takes no text is not taken for keys', async () => {
    await open();
    await press('a', '\t', '\t', '\t', '\t');
    screen.send('\x1b[200~urgent\x1b[201~');
    await screen.until('this field takes no text');
  });

  test('e edits the selected task and sends only what changed', async () => {
    await openInOrder();
    await press('e');
    await screen.until('Edit a task: Add oauth device flow');
    await press('!', '\r', '\x15', 'x', '\x13');
    await screen.until('attempts must be a whole number.');
    await press('\x15', '3', '\x13');
    await screen.until(() => screen.calls.length === 1);
    expect(screen.calls[0]).toEqual({
      id: 'task.edit',
      args: { task: 'add-oauth-device-flow', title: 'Add oauth device flow!', attempts: 3 },
    });
  });

  test('a command for one task at a time does nothing while others are marked', async () => {
    await openInOrder();
    await press('j', ' ', ' ');
    await screen.until('2 marked');
    await press('$');
    await screen.until('for one task at a time, and 2 marked');
    expect(screen.calls).toEqual([]);
    await press('\x1b');
    await screen.until(() => !screen.text().includes('2 marked ·'));
    await press('$');
    await screen.until(() => screen.calls.length === 1);
  });

  test('d reviews the selected task, whatever is marked, and a confirmation counts the marks', async () => {
    await openInOrder();
    await press(' ', ' ', 'D');
    await screen.until(/“Split registry writer” \(2[^(]*marked\)/);
    await press('n', 'd');
    await screen.until(() => screen.calls.length === 1);
    expect(screen.calls[0]).toEqual({
      id: 'task.review',
      args: { task: expect.stringMatching(/^reflink-hydration/) },
    });
  });

  test('e edits the task whose values it shows, whatever is marked', async () => {
    await openInOrder();
    await press(' ', 'j', ' ', 'j', 'e');
    await screen.until(/Edit a task: \S+/);
    const title = /Edit a task: ([\w ]+)/.exec(screen.lines().join('\n'))![1]!;
    const { slug: shown } = story.tasks.find((task) => task.title === title)!;
    await press('!', '\x13');
    await screen.until(() => screen.calls.length === 1);
    expect(screen.calls[0]).toEqual({ id: 'task.edit', args: { task: shown, title: `${title}!` } });
  });

  test('the palette lists every command with its key and runs one', async () => {
    await open();
    await press(':');
    await screen.until('Commands');
    await press('w', 'a', 'v', 'e');
    await screen.until(/Plan waves +manager\.plan +w p/);
    expect(screen.text()).toContain('Launch the wave');
    await press('\r');
    await screen.until(() => screen.calls.length === 1);
    expect(screen.calls[0]?.id).toBe('manager.plan');
  });

  test('commands of the command line only are not in the palette', async () => {
    await open();
    await press(':', ...'task.list');
    await screen.until('No command matches "task.list"');
  });

  test('? shows the keys of the pane and searches them', async () => {
    await open();
    await press('?');
    await screen.until('In this pane (tasks)');
    await press('r', 'e', 's', 'o', 'l', 'v', 'e');
    await screen.until(() => !screen.text().includes('In this pane'));
    expect(screen.text()).toMatch(/m r +Resolve conflicts/);
  });

  test('Enter in ? runs the line under the cursor; the words of the screen are explained', async () => {
    await open();
    await press('?', ...'side by side');
    await screen.until(/▶ g +All agents at work, side by side/);
    await press('\r');
    await screen.until('Fleet');
    await press('?', ...'hydrate');
    await screen.until('fill a new worktree with files and dependencies');
  });

  test('Enter goes to the inspector, [ and ] turn its pages, Esc comes back', async () => {
    await openInOrder();
    await press('\x1b[B', '\r');
    await screen.until('┏━2 [Transcript]');
    await press('[');
    await screen.until('Make split-registry-writer work.');
    expect(screen.text()).toContain('Accepted when');
    await press('[');
    await screen.until('codex-agent/split-registry-writer');
    await press('\x1b');
    await screen.until('┏━1 Tasks');
  });
});
