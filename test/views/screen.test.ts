import { afterEach, describe, expect, test } from '@jest/globals';
import { emptyState } from '../../src/domain/app/state.js';
import type { Resolution } from '../../src/domain/landing/merge.js';
import { manyTasks, runOf, story, taskOf } from '../fixtures/screen/state.js';
import { type ScreenOptions, startScreen } from '../support/screen.js';

let screen: Awaited<ReturnType<typeof startScreen>>;
const open = async (options: Partial<ScreenOptions> = {}) => {
  screen = await startScreen({ state: story, ...options });
  return screen;
};
afterEach(() => screen.close());

const resolution: Resolution = {
  ...{ task: 'add-oauth-device-flow', status: 'resolved', at: '2026-03-01 12:00', branch: 'oauth' },
  ...{ target: 'main', ours: '1'.repeat(40), theirs: '2'.repeat(40), commit: '3'.repeat(40) },
  files: [
    {
      path: 'list.txt',
      strategy: 'structural',
      hunks: [
        {
          ...{ index: 1, strategy: 'structural', rules: ['token-union', 'tree'], score: 0.71 },
          ...{ reason: 'words of both sides', base: 'two\n', ours: 'two apples\n', theirs: 'two pears\n' },
          result: 'two apples pears\n',
        },
      ],
    },
  ],
};

const quiet = { ...story, runs: {} };
/** Local times of day differ between machines. */
const masked = (text: string) => text.replace(/^ \d\d:\d\d:\d\d /gm, ' HH:MM:SS ');

describe('what is shown', () => {
  test.each([
    [80, 24],
    [120, 40],
    [200, 60],
    [50, 14],
  ] as const)('the story at %ix%i', async (columns, rows) => {
    await open({ size: [columns, rows] });
    await screen.until('Add oauth device flow');
    expect(`\n${masked(screen.text())}\n`).toMatchSnapshot();
  });

  test('an ASCII terminal gets ASCII only', async () => {
    await open({ env: { LANG: 'C' }, size: [80, 24] });
    await screen.until('Add oauth device flow');
    expect(screen.text()).toMatch(/^[\n -~]*$/);
    expect(`\n${masked(screen.text())}\n`).toMatchSnapshot();
  });

  test('a resolution, hunk by hunk, at 80x24', async () => {
    const invoke = async () => ({ ok: true as const, data: resolution, exit: 0 as const });
    await open({ size: [80, 24], invoke });
    await screen.until('Add oauth device flow');
    screen.send('mv');
    await screen.until('base → theirs');
    expect(`\n${masked(screen.text())}\n`).toMatchSnapshot();
    const colour = (text: string) => {
      const y = screen.lines().findIndex((line) => line.includes(text));
      return screen.term.buffer.active.getLine(y)?.getCell(screen.lines()[y]!.indexOf(text))?.getFgColor();
    };
    expect(new Set([colour('- two'), colour('+ two pears'), colour('list.txt')]).size).toBe(3);
  });

  test('a light background is asked for, and turns the colours when the terminal tells it', async () => {
    await open();
    const border = () => screen.term.buffer.active.getLine(2)?.getCell(0)?.getFgColor();
    await screen.until(() => border() === 75);
    screen.send('\x1b]11;rgb:ffff/ffff/ffff\x07');
    await screen.until(() => border() === 25);
  });

  test('without colour no colour is sent', async () => {
    await open({ env: { LANG: 'C.UTF-8', NO_COLOR: '1' } });
    await screen.until('Add oauth device flow');
    expect(screen.raw()).not.toMatch(/\x1b\[[\d;]*[34]8;5|\x1b\[(?:[\d;]*;)?[349][0-7]m/);
  });

  test('the focused pane has the coloured border, the others a grey one', async () => {
    await open();
    await screen.until('Add oauth device flow');
    const colour = (x: number, y: number) => screen.term.buffer.active.getLine(y)?.getCell(x)?.getFgColor();
    expect([colour(0, 2), colour(0, 5), colour(71, 30)]).toEqual([75, 75, 75]);
    for (const [x, y] of [
      [72, 2],
      [119, 5],
      [0, 31],
      [52, 33],
      [119, 37],
    ] as const) {
      expect([x, y, colour(x, y)]).toEqual([x, y, 240]);
    }
  });

  test('an empty registry says how to go on', async () => {
    await open({ state: emptyState });
    await screen.until('No tasks yet: press a to add');
    expect(screen.text()).toContain('No worktrees yet.');
    expect(screen.text()).toContain('Nothing to merge yet.');
  });

  test.each([
    [39, 12],
    [20, 5],
    [5, 2],
    [1, 1],
  ] as const)('%ix%i is too small and comes back', async (columns, rows) => {
    await open({ size: [columns, rows] });
    await screen.until(() => screen.lines()[0] !== '');
    await screen.resize(80, 24);
    await screen.until('1 Tasks');
  });

  test('a storm of resizes ends in a whole frame', async () => {
    await open();
    for (let i = 0; i < 40; i++) await screen.resize(60 + (i % 7) * 20, 16 + (i % 5) * 6);
    await screen.resize(100, 30);
    await screen.until(
      () => screen.lines()[29]!.includes('q quit') && screen.lines()[2]!.trimEnd().length === 100,
    );
  });
});

describe('text of others', () => {
  const nasty = [
    'plain',
    '\x1b[2J\x1b[Hcleared',
    '\u009b2Jc1',
    '\u009d52;c;ZXZpbA==\u0007osc',
    '\x1b]0;EVIL\x07title',
    '\x1b]52;c;ZXZpbA==\x07clip',
    '\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\',
    '{bold}tags{/bold}{open}{center}',
    '\u202eright to left\u202c',
    '✅ done 🐢 turtle 👩‍👩‍👧 family',
    '🇩🇪 flag ⚠️ sign',
    'e\u0301\u0301\u0301\u0301\u0301\u0301 stacked',
    '\u0301starts with a mark',
    '日本語のタイトル、とても長い日本語のタイトルです、とても長い',
    'สวัสดีครับ नमस्ते',
    'tab\there\rgone',
    'null\0byte\x07bell\x08back',
    '\u061cmark\u3164filler\u00ad\u2028line',
    '\x1b[31mred \x1b[8mhidden\x1b[7m',
    '\x1bP1$r0m\x1b\\dcs \x1b_apc\x1b\\',
    'cut \x1b[',
    'cut \x1b]0;never ended',
  ];

  test('keeps every border where it is and sends no sequence out', async () => {
    const state = {
      ...story,
      repo: { ...story.repo!, name: nasty[9]! },
      tasks: nasty.map((title, i) =>
        taskOf(title, i % 2 === 0 ? 'running' : 'ready', { title, runIds: ['r'], labels: [title] }),
      ),
      runs: { r: runOf('plain', { runId: 'r', task: nasty[4]! }) },
      worktrees: Object.fromEntries(
        nasty.map((task) => [
          task,
          { task, path: task, branch: task, method: task, state: 'ready' as const },
        ]),
      ),
      merges: Object.fromEntries(
        nasty.map((task) => [
          task,
          { task, status: 'conflict' as const, conflicts: [{ path: task, kind: 'contents' }] },
        ]),
      ),
      log: nasty.map((text) => ({ at: '2026-03-01T12:00:00Z', text, level: 'info' as const })),
      lastError: `broken ${nasty[4]}`,
    };
    await open({ state, lines: nasty, size: [120, 40] });
    await screen.until('cut');
    const border = (y: number, x: number) => screen.term.buffer.active.getLine(y)?.getCell(x)?.getChars();
    for (let y = 3; y < 30; y++) {
      expect([y, border(y, 0), border(y, 71), border(y, 119)].join(' ')).toMatch(/^\d+ ┃ ┃ │$/);
    }
    for (let y = 32; y < 37; y++) expect([border(y, 0), border(y, 119)]).toEqual(['│', '│']);
    // The title is ours, and plain text; so is the question for the background.
    const beside = screen.raw().replace(/\x1b\]2;[^\x00-\x1f]*\x07|\x1b\]11;\?\x07/g, '');
    expect(beside).not.toMatch(/[\x80-\x9f]|\x1b\]|\x1bP|\x1b_|\x1b\[8m/);
    expect(screen.raw()).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u061c]/);
    expect(screen.text()).toContain('{bold}tags{/bold}');
  });

  test('leaves nothing behind when wide text goes away', async () => {
    const tasks = Array.from({ length: 12 }, (_, i) => taskOf(`日本🐢${i}語語語語語`, 'ready'));
    await open({ state: { ...quiet, tasks } });
    await screen.until('語');
    screen.store.dispatch({ type: 'registry.loaded', rev: 9, tasks: [taskOf('short', 'ready')] });
    await screen.until('Short');
    expect(screen.lines().slice(1, 24).join('\n')).not.toMatch(/[日本語🐢]/u);
  });
});

describe('frames', () => {
  test('nothing new costs no byte, a moved selection little', async () => {
    await open({ state: manyTasks(10_000) });
    await screen.until('Task number 4 ');
    await screen.until('The task has no run');
    screen.forgetRaw();
    screen.store.dispatch({ type: 'lease.changed', held: true });
    screen.send('j');
    await screen.until(() => screen.lines()[6]!.includes('▶'));
    expect(screen.raw().length).toBeLessThan(1500);
    screen.forgetRaw();
    screen.store.dispatch({ type: 'lease.changed', held: true });
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(screen.raw()).toBe('');
  });
});
