import { describe, expect, test } from '@jest/globals';
import { canonicalKey, keysFor, lookup, mergeKeymapTables, parseKeymap } from '../../views/keymap.js';
import { sampleCommands } from '../fixtures/screen/commands.js';
import { keymapText } from '../support/screen.js';

const ids = ['task.stop', 'merge.check', 'merge.resolve'];
const parse = (table: unknown) => parseKeymap(table, ids);

describe('the keymaps that are shipped', () => {
  const known = sampleCommands.map((row) => row.id);

  test.each(['default', 'vim', 'emacs'])('%s is valid', (name) => {
    const table =
      name === 'default' ? keymapText(name) : mergeKeymapTables(keymapText('default'), keymapText(name));
    expect(parseKeymap(table, known).bindings.length).toBeGreaterThan(40);
  });

  test('every pane can be left, helped, filtered and moved in', () => {
    const keymap = parseKeymap(keymapText('default'), known);
    for (const section of ['tasks', 'worktrees', 'merge', 'inspector', 'log', 'fleet', 'plan'] as const) {
      for (const key of ['q', '?', ':', 'j', 'k', 'esc', 'enter', 'tab', '/']) {
        expect([section, key, lookup(keymap, section, [key]).type]).toEqual([section, key, 'binding']);
      }
    }
  });
});

test.each([
  ['S-g', 'G'],
  ['G', 'G'],
  ['escape', 'esc'],
  ['Return', 'enter'],
  ['ctrl-p', 'C-p'],
  ['C-P', 'C-p'],
  ['alt-x', 'M-x'],
  ['S-tab', 'S-tab'],
  ['PgDn', 'pagedown'],
  ['F2', 'f2'],
  ['?', '?'],
  ['-', '-'],
  ['hello', undefined],
  ['', undefined],
])('the key %j is written %j', (text, key) => {
  expect(canonicalKey(text)).toBe(key);
});

describe('a keymap is refused', () => {
  test.each([
    ['an unknown id', { tasks: { x: 'task.stopp' } }, /\[tasks\] "x" runs "task.stopp", which is neither/],
    ['an unknown action', { tasks: { x: 'ui.nxt' } }, /"ui.nxt"/],
    ['an unknown section', { task: { x: 'task.stop' } }, /\[task\] is not a part of the screen/],
    ['a key that is none', { tasks: { hello: 'task.stop' } }, /"hello" is not a key/],
    ['one key spelled twice', { tasks: { G: 'ui.last', 'S-g': 'task.stop' } }, /clash/],
    ['a key of a pane that is global too', { global: { x: 'ui.quit' }, tasks: { x: 'task.stop' } }, /clash/],
    ['a key that begins a chord', { global: { m: 'task.stop', 'm c': 'merge.check' } }, /"m c".*"m".*clash/],
    [
      'a chord begun in another section',
      { global: { 'm c': 'merge.check' }, log: { m: 'task.stop' } },
      /clash/,
    ],
    ['a setting that is none', { tasks: { x: { run: 'task.stop', arg: {} } } }, /unknown setting "arg"/],
    ['nothing to run', { tasks: { x: { args: {} } } }, /does not say what to run/],
    ['something that is no table', 'x', /not a table/],
  ])('for %s', (_, table, message) => {
    expect(() => parse(table)).toThrow(message);
  });

  test('two panes may use one key for two things', () => {
    expect(parse({ tasks: { x: 'task.stop' }, log: { x: 'ui.copy' } }).bindings).toHaveLength(2);
  });
});

test('a person lays keys over the default and takes keys away', () => {
  const table = mergeKeymapTables(
    { tasks: { x: 'task.stop', G: 'ui.last' } },
    { tasks: { x: false, 'S-g': 'merge.check' }, log: { y: 'ui.copy' } },
  );
  const keymap = parse(table);
  expect(keymap.bindings.map((one) => [one.section, one.keys.join(' '), one.run])).toEqual([
    ['tasks', 'G', 'merge.check'],
    ['log', 'y', 'ui.copy'],
  ]);
});

test('keys pressed so far find a binding, the rest of a chord, or nothing', () => {
  const keymap = parse({
    global: { 'm c': 'merge.check', 'm r': 'merge.resolve' },
    tasks: { x: 'task.stop' },
  });
  expect(lookup(keymap, 'tasks', ['x'])).toMatchObject({ type: 'binding', binding: { run: 'task.stop' } });
  expect(lookup(keymap, 'log', ['x'])).toEqual({ type: 'none' });
  expect(lookup(keymap, 'log', ['m'])).toMatchObject({
    type: 'prefix',
    next: [{ keys: ['m', 'c'] }, { keys: ['m', 'r'] }],
  });
  expect(lookup(keymap, 'log', ['m', 'r'])).toMatchObject({ binding: { run: 'merge.resolve' } });
  expect(lookup(keymap, 'log', ['m', 'x'])).toEqual({ type: 'none' });
  expect(keysFor(keymap, 'merge.check')).toBe('m c');
});
