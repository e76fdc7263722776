/** What the screen says in place of commands to type. */
import { describe, expect, test } from '@jest/globals';
import { commands } from '../../src/commands/registry.js';
import { commandAfter } from '../../src/domain/landing/validation.js';
import { parseKeymap } from '../../views/keymap.js';
import { inKeys } from '../../views/ui/as-keys.js';
import { initialUi } from '../../views/ui/state.js';
import { keymapText } from '../support/screen.js';

const screen = commands.filter(({ surfaces }) => surfaces.includes('screen'));
const keymap = parseKeymap(
  keymapText('default'),
  screen.map(({ id }) => id),
);
const ui = initialUi(false);
const said = (text: string, at: Partial<typeof ui> = {}) =>
  inKeys(text, { commands: screen, keymap, ui: { ...ui, ...at } });

describe('a command to type is told as its key', () => {
  test.each([
    ['next: codex-agent task validate one', 'next: v (validate)'],
    ['  next: codex-agent merge hunks one', '  next: m v (hunk by hunk)'],
    ['Mend it, then `codex-agent task validate one`.', 'Mend it, then v (validate).'],
    ['  or: codex-agent merge resolve one --by-hand', '  or: m h (by hand)'],
    [
      'codex-agent task review one, and then codex-agent task complete one.',
      'd (review), and then L (land).',
    ],
    ['codex-agent session search looks further.', 'S (search all) looks further.'],
    ['`codex-agent manager launch` starts it', 'w l (launch) starts it'],
  ])('%s', (typed, expected) => {
    expect(said(typed)).toBe(expected);
  });

  test('what has no key, or needs a value, stays as it is to be typed', () => {
    for (const text of [
      'codex-agent config edit --repo',
      'codex-agent merge resolve one --strategy ai',
      '`codex-agent --help` lists them.',
      'codex-agent task review one --approve',
      'see codex-agent',
    ])
      expect(said(text)).toBe(text);
  });

  test('a page with keys of its own is told these', () => {
    const conflict = { task: 'one' } as NonNullable<typeof ui.conflict>;
    expect(said('next: codex-agent merge land one', { conflict })).toBe('next: L (land)');
  });

  test('no verdict sends a person back to the same command alone', () => {
    expect(commandAfter('error', 'one')).toContain(', once what gave no answer is mended');
    expect(said(`next: ${commandAfter('error', 'one')}`)).toContain('next: v (validate), once');
  });
});
