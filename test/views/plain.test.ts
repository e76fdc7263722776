/** The dashboard as lines: typed, asked and told without a screen. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { parseKeymap } from '../../views/index.js';
import { typedMeans } from '../../views/plain/typed.js';
import { initialUi } from '../../views/ui/state.js';
import { sampleCommands } from '../fixtures/screen/commands.js';
import { atRest, runOf, story, taskOf } from '../fixtures/screen/state.js';
import { startPlain } from '../support/plain.js';
import { keymapText } from '../support/screen.js';

let plain: ReturnType<typeof startPlain>;
const open = async (options: Partial<Parameters<typeof startPlain>[0]> = {}) => {
  plain = startPlain({ state: atRest(story), ...options });
  await plain.until('lists them');
};
afterEach(() => plain?.close());

describe('a typed line', () => {
  const seen = {
    state: atRest(story),
    ui: initialUi(false),
    commands: sampleCommands,
    keymap: parseKeymap(
      keymapText('default'),
      sampleCommands.map((row) => row.id),
    ),
  };
  test.each([
    ['w l', { type: 'keys', keys: ['w', 'l'] }],
    ['wl', { type: 'keys', keys: ['w', 'l'] }],
    ['ctrl-p', { type: 'keys', keys: ['C-p'] }],
    ['? merge', { type: 'help', words: 'merge' }],
    ['/oauth flow', { type: 'search', words: 'oauth flow' }],
    ['v tidy-config-keys', { type: 'keys', keys: ['v'], task: 'tidy-config-keys' }],
    ['tidy-config-keys', { type: 'task', slug: 'tidy-config-keys' }],
    ['', { type: 'nothing' }],
    ['status', { type: 'command', id: 'status', args: {} }],
    [
      'task add "Fix it" --depends-on a,b --draft',
      { type: 'command', id: 'task.add', args: { title: 'Fix it', dependsOn: ['a', 'b'], draft: true } },
    ],
    ['task.add --colour red', { type: 'wrong', text: expect.stringContaining('no option --colour') }],
    ['nonsense', { type: 'wrong' }],
  ])('%j', (line, meant) => {
    expect(typedMeans(line, seen)).toMatchObject(meant);
  });

  test('that begins more than one chord shows how they go on', () => {
    const meant = typedMeans('w', seen);
    expect(meant.type === 'menu' && meant.next.map(({ keys }) => keys.join(' '))).toContain('w l');
  });
});

test('it says how things stand without a control sequence, and leaves by q', async () => {
  await open();
  await plain.until(/needs you \(\d+\):/);
  expect(plain.said()).toContain('tidy-config-keys: ');
  expect(plain.said()).not.toContain('\x1b');
  plain.type('q');
  expect(await plain.ended).toEqual({ reason: 'quit', code: 0 });
});

test('commands ask first, and run when the answer is yes', async () => {
  await open();
  plain.type('D tidy-config-keys');
  await plain.until('y: Yes');
  plain.type('');
  plain.type('D tidy-config-keys');
  await plain.until('y: Yes');
  expect(plain.calls).toEqual([]);
  plain.type('maybe');
  await plain.until('"maybe" is no answer here');
  plain.type('yes');
  await plain.until('Remove');
  expect(plain.calls).toMatchObject([{ args: { task: 'tidy-config-keys' } }]);
});

test('a form is asked field by field; a text of several lines ends with a dot', async () => {
  await open();
  plain.type('a');
  await plain.until('title: ');
  plain.type('Say hello');
  await plain.until('goal:');
  for (const line of ['One', '', '  two', '.']) plain.type(line);
  await plain.until('acceptance:');
  plain.type('');
  await plain.until('depends on:');
  plain.type('');
  await plain.until('priority:');
  plain.type('soon');
  await plain.until('soon is no answer here.');
  plain.type('high');
  await plain.until('draft:');
  plain.type('.');
  await plain.until(() => plain.calls.length > 0);
  expect(plain.calls).toEqual([
    { id: 'task.add', args: { title: 'Say hello', goal: 'One\n\n  two', priority: 'high' } },
  ]);
});

test('a form that is left with typed text asks first, and goes on with the next line', async () => {
  await open();
  plain.type('a');
  await plain.until('title: ');
  plain.type('Say hello');
  await plain.until('goal:');
  plain.type('esc');
  await plain.until('esc leaves, any other line goes on.');
  for (const line of ['One', '.']) plain.type(line);
  await plain.until('acceptance:');
  plain.type('esc');
  plain.type('esc');
  await plain.until('Left.');
  expect(plain.calls).toEqual([]);
});

test('what changes is said in a sentence, and what needs the person with the key that settles it', async () => {
  await open();
  const tasks = story.tasks.map((task) =>
    task.slug === 'tidy-config-keys' ? { ...task, status: 'landed' as const, landedAs: 'abcdef1234' } : task,
  );
  plain.store.dispatch({ type: 'registry.loaded', rev: 9, tasks: [...tasks, taskOf('newcomer', 'ready')] });
  await plain.until('(tidy-config-keys) has landed as abcdef12.');
  await plain.until('New task Newcomer (newcomer).');
  const asking = taskOf('asker', 'running', { runIds: ['asker-1'] });
  plain.store.dispatch({ type: 'registry.loaded', rev: 10, tasks: [...tasks, asking] });
  plain.store.dispatch({
    type: 'run.changed',
    run: runOf('asker', {
      approvals: [
        {
          id: '1',
          kind: 'command',
          detail: 'npm install',
          options: [{ id: 'y', label: 'Yes', kind: 'allow' }],
        },
      ] as never,
    }),
  });
  await plain.until(/Needs you: Asker \(asker\): wants to run: npm install\. A|t a: answer\./);
  plain.type('A');
  await plain.until('npm install');
  plain.type('a');
  await plain.until(() => plain.calls.length > 0);
  expect(plain.calls[0]).toMatchObject({ args: { id: 'asker-1', approval: '1', option: 'y' } });
});

test('text of others comes without its control characters, and in ASCII where the locale has no more', async () => {
  const nasty = 'a\x1b]0;EVIL\x07b\x9b2Jc\rd\nForged: all is well. \u202e é ✓';
  const state = {
    ...atRest(story),
    tasks: [taskOf('nasty', 'running', { title: nasty, runIds: ['nasty-1'] })],
  };
  await open({ state, env: { LANG: 'C' }, lines: [nasty] });
  await plain.until('nasty: ');
  expect(plain.said()).not.toMatch(/^Forged/m);
  plain.type('2');
  await plain.until('page 1 of');
  expect(plain.said()).not.toMatch(/[^\n\x20-~]/);
});

test('a page of the inspector, the help and the commands are read out whole', async () => {
  await open();
  plain.type('tidy-config-keys');
  await plain.until('Selected tidy-config-keys');
  plain.type('2');
  await plain.until('transcript, page 1 of 6');
  plain.type('[');
  await plain.until('task, page 6 of 6');
  await plain.until('Make tidy-config-keys work.');
  plain.type('? launch');
  await plain.until('w l: ');
  plain.type(': merge');
  await plain.until('merge check: ');
  plain.type('3');
  await plain.until('3 Merge');
  await plain.until('src/config.ts');
});
