/** The transcript on the screen: what is painted how, folding, errors, the plan, and what cannot be forged. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { AgentEvent } from '../../src/domain/agents/agent-event.js';
import { renderEvents } from '../../src/domain/agents/transcript/render.js';
import { createCanvas } from '../../views/canvas.js';
import { parseKeymap } from '../../views/keymap.js';
import type { Model } from '../../views/model.js';
import { paintLines } from '../../views/panes/transcript.js';
import { createTheme, type Style } from '../../views/theme.js';
import { initialUi } from '../../views/ui/state.js';
import { sampleCommands } from '../fixtures/screen/commands.js';
import { atRest, story } from '../fixtures/screen/state.js';
import { keymapText, readTheme, type ScreenOptions, startScreen } from '../support/screen.js';

const theme = createTheme(readTheme('dark'));

/** The rows of these events, each with the colours of its columns. */
const painted = (events: readonly AgentEvent[], width = 60) =>
  rowsOf(events, width, 30).filter(({ text }) => text !== '');

function rowsOf(events: readonly AgentEvent[], width: number, height: number) {
  const canvas = createCanvas(theme);
  canvas.reset(width, height);
  const lines = renderEvents(events, { most: 1_000 });
  const view = { runId: 'r', lines, total: lines.length, live: true };
  const keymap = parseKeymap(
    keymapText('default'),
    sampleCommands.map((row) => row.id),
  );
  const model = { ui: initialUi(false), keymap, transcripts: { inspector: view } } as unknown as Model;
  paintLines(canvas, { x: 0, y: 0, width, height }, 'inspector', model);
  return Array.from({ length: height }, (_, y) => ({
    text: canvas.row(y).trimEnd(),
    attrs: [...canvas.attrs.subarray(y * width, (y + 1) * width)],
  }));
}

const said = (text: string): AgentEvent => ({ type: 'text', text, final: true });
const command = (output: string, more = {}): AgentEvent => ({
  type: 'tool',
  itemId: 'c',
  kind: 'command',
  name: 'shell',
  command: 'npm test',
  state: 'ok',
  output,
  ...more,
});

test('a long line of an edit has its number and sign once', () => {
  const edit: AgentEvent = {
    ...{ type: 'tool', itemId: 'e', kind: 'edit', name: 'edit', state: 'ok' },
    files: [{ path: 'a.js', change: 'modified', diff: '@@ -3 +3 @@\n+one two three four five six seven\n' }],
  };
  const rows = painted([edit], 30);
  expect(rows.map(({ text }) => text).slice(1)).toEqual([
    '│     3 + one two three four',
    '│         five six seven',
  ]);
  expect(rows[2]!.attrs[20]).toBe(rows[1]!.attrs[20]);
});

test('what is asked is said in words', () => {
  const approval = { id: '1', kind: 'command', detail: 'git log', options: [] } as const;
  expect(painted([{ type: 'approval', approval: { ...approval, options: [] } }])[0]?.text).toBe(
    '? wants to run: git log',
  );
});

test('in a high pane what the agent does and says stands apart, deeds that show nothing together', () => {
  const events = [
    said('I look first.'),
    command('', { itemId: 'a', command: 'true' }),
    command('', { itemId: 'b', command: 'cd src' }),
    command('ok', { itemId: 'd', command: 'make' }),
    said('Done.'),
  ];
  const shown = (height: number) =>
    rowsOf(events, 60, height)
      .map(({ text }) => text)
      .join('\n')
      .trim();
  expect(shown(30)).toBe('• I look first.\n\n$ true\n$ cd src\n$ make\n│ ok\n\n• Done.');
  expect(shown(29)).toBe('• I look first.\n$ true\n$ cd src\n$ make\n│ ok\n• Done.');
});

describe('an agent that forges', () => {
  const forged = [
    '$ rm -rf /',
    '? command npm install',
    'asks: command npm install',
    '> You may push.',
    '✓ done',
    '✗ error: quota',
    'error: all is lost',
    '~ edit src/a.ts',
    '│ … 40 lines more; o opens',
    'plan 1/2: take over',
    '\x1b[31m✗ red\x1b[0m',
    '\x1b]0;title\x07$ rm',
    '\u009b31m$ rm',
    '\u202e$ mr',
    '\r$ rm -rf /',
    '\x1b[2K\x1b[1G$ rm',
    '   $ rm',
  ];
  const plainSaid = painted([said('ok\nharmless words')])[1]!;
  const plainOutput = painted([command('harmless words')])[1]!;

  test.each(forged)('nothing of %j is painted as what it is not', (text) => {
    const inMessage = painted([said(`ok\n${text}`)])[1]!;
    expect(inMessage.text.slice(0, 2)).toBe('  ');
    // Words behind `> ` are a quotation, and dim.
    const own = text.startsWith('> ') ? painted([said('ok\n> harmless words')])[1]! : plainSaid;
    expect(new Set(inMessage.attrs)).toEqual(new Set(own.attrs));
    const inOutput = painted([command(text)])[1]!;
    expect(inOutput.text.slice(0, 2)).toBe('│ ');
    expect(inOutput.attrs.slice(0, 2)).toEqual(plainOutput.attrs.slice(0, 2));
    expect(new Set(inOutput.attrs.slice(2, 2 + 4))).toEqual(new Set(plainOutput.attrs.slice(2, 2 + 4)));
    for (const { text: row } of [inMessage, inOutput]) expect(row).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  test('a long line goes on behind the same margin', () => {
    const rows = painted([said(`${'word '.repeat(11)}$ rm -rf / ${'word '.repeat(30)}`)]);
    expect(rows.length).toBeGreaterThan(2);
    for (const { text } of rows.slice(1)) expect(text).toMatch(/^ {2}\S/);
  });

  test('what it does itself looks different from all it can say', () => {
    const real = painted([command('')])[0]!;
    expect(real.text).toBe('$ npm test');
    expect(real.attrs[0]).toBe(theme.attr('good'));
    expect(real.attrs[2]).toBe(theme.attr('strong'));
  });
});

test('each kind has its colour', () => {
  const styleAt = (events: AgentEvent[], row: number, column: number) => painted(events)[row]!.attrs[column];
  const is = (style: Style) => theme.attr(style);
  expect(styleAt([{ type: 'thought', text: 'hm' }], 0, 2)).toBe(is('dim'));
  expect(styleAt([said('a **b** c')], 0, 4)).toBe(is('strong'));
  expect(styleAt([said('# Head')], 0, 2)).toBe(is('strong'));
  expect(styleAt([said('```\nx\n```')], 0, 2)).toBe(is('accent'));
  const edit: AgentEvent = {
    type: 'tool',
    itemId: 'e',
    kind: 'edit',
    name: 'edit',
    state: 'ok',
    files: [{ path: 'a', change: 'modified', diff: '@@ -1 +1 @@\n-old\n+new\n' }],
  };
  expect(styleAt([edit], 1, 8)).toBe(theme.attr('bad', 'removed'));
  expect(styleAt([edit], 1, 10)).toBe(theme.attr('text', 'removed'));
  expect(styleAt([edit], 2, 8)).toBe(theme.attr('good', 'added'));
  expect(styleAt([edit], 2, 10)).toBe(theme.attr('text', 'added'));
  const table = said('| file | lines |\n|---|---|\n| a | 1 |\nend');
  expect(styleAt([table], 0, 2)).toBe(is('strong'));
  expect(styleAt([table], 2, 2)).toBe(is('text'));
  expect(styleAt([command('', { state: 'failed', exitCode: 2 })], 0, 12)).toBe(is('bad'));
});

test('code of an edit and of a block has the colours of its language', () => {
  const edit: AgentEvent = {
    ...{ type: 'tool', itemId: 'e', kind: 'edit', name: 'edit', state: 'ok' },
    files: [
      { path: 'src/a.ts', change: 'modified', diff: "@@ -1 +1 @@\n-let a = 1;\n+const a = 'x'; // why\n" },
      { path: 'notes.txt', change: 'modified', diff: '@@ -1 +1 @@\n+const a = 1;\n' },
    ],
  };
  const rows = painted([edit, said('```py\ndef f(): return 12\n```')]);
  const styleOf = (row: number, part: string, ground?: 'added' | 'removed') => {
    const { text, attrs } = rows[row]!;
    const own = ['dim', 'warn', 'info', 'accent', 'text'] as const;
    return own.find((style) => theme.attr(style, ground) === attrs[text.indexOf(part)]);
  };
  expect(rows[1]!.text).toContain('let a = 1;');
  expect(styleOf(1, 'let', 'removed')).toBe('accent');
  expect(styleOf(1, '1;', 'removed')).toBe('info');
  expect(styleOf(2, 'const', 'added')).toBe('accent');
  expect(styleOf(2, "'x'", 'added')).toBe('warn');
  expect(styleOf(2, '// why', 'added')).toBe('dim');
  expect(styleOf(2, '= ', 'added')).toBe('text');
  expect(styleOf(4, 'const', 'added')).toBe('text');
  expect(styleOf(5, 'def')).toBe('accent');
  expect(styleOf(5, '12')).toBe('info');
});

describe('on the screen', () => {
  let screen: Awaited<ReturnType<typeof startScreen>>;
  afterEach(() => screen.close());
  const open = async (events: readonly AgentEvent[], options: Partial<ScreenOptions> = {}) => {
    screen = await startScreen({
      state: atRest(story),
      size: [160, 40],
      lines: renderEvents(events, { most: 1_000 }),
      ...options,
    });
    for (const key of ['j', 'j', 'j', '2']) {
      screen.send(key);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await screen.until('┏━2 [Transcript]');
  };
  const output = Array.from({ length: 60 }, (_, n) => `out ${n + 1};`).join('\n');

  test('o opens a folded output and folds it again, = all of them', async () => {
    await open([command(output), said('The end.')]);
    await screen.until('… 55 lines more; o opens');
    expect(screen.text()).not.toContain('out 40;');
    screen.send('o');
    await screen.until('out 40;');
    screen.send('o');
    await screen.until('… 55 lines more; o opens');
    screen.send('=');
    await screen.until('out 40;');
  });

  test('a search finds what is folded, and opens it', async () => {
    await open([command(output), said('The end.')]);
    await screen.until('lines more');
    for (const key of ['/', ...'out 33;', '\r']) {
      screen.send(key);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await screen.until(/out 33;/);
  });

  test('e goes up to what went wrong, one after the other', async () => {
    await open([
      command('one', { itemId: 'a', command: 'first', state: 'failed', exitCode: 4 }),
      said('words\n'.repeat(80)),
      { type: 'error', error: { code: 'other', message: 'The second trouble.' }, final: true },
      said('more words\n'.repeat(80)),
    ]);
    await screen.until('more words');
    screen.send('e');
    await screen.until('The second trouble.');
    screen.send('e');
    await screen.until('first  exit 4');
  });

  test('the plan stays on top', async () => {
    await open([said('words\n'.repeat(200))], {
      plan: [
        { text: 'read it', state: 'done' },
        { text: 'write it', state: 'doing' },
      ],
    });
    await screen.until('plan 1/2: write it');
    await screen.until('✓ read it');
    await screen.until('▶ write it');
    screen.send('\x1b[H');
    await screen.until('• words');
    expect(screen.text()).toContain('plan 1/2: write it');
  });
});
