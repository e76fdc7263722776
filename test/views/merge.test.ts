import { expect, test } from '@jest/globals';
import type { MergeResult, PairResult } from '../../src/domain/landing/merge.js';
import { createCanvas } from '../../views/canvas.js';
import { parseKeymap } from '../../views/keymap.js';
import { conflictLines } from '../../views/overlays/merge-detail.js';
import { paintMerge } from '../../views/panes/merge.js';
import { createTheme } from '../../views/theme.js';
import { mergeRowsOf, pairStatusOf } from '../../views/ui/rows.js';
import { initialUi } from '../../views/ui/state.js';
import { sampleCommands } from '../fixtures/screen/commands.js';
import { story } from '../fixtures/screen/state.js';
import { keymapText, readTheme, startScreen } from '../support/screen.js';

const rows = () => mergeRowsOf(story, initialUi(false)).rows;
const linesOf = (key: string) =>
  conflictLines(rows().find((row) => row.key === key)!).map((line) => line.text);

const keys = {
  commands: sampleCommands,
  keymap: parseKeymap(
    keymapText('default'),
    sampleCommands.map(({ id }) => id),
  ),
};

test('results come first, the worst on top, then the queue, then pairs that are not clean', () => {
  expect(rows().map((row) => row.key)).toEqual([
    'merge-resolver-bail-out',
    'add-oauth-device-flow',
    'reflink-hydration',
    'tidy-config-keys',
    'queue',
    'reflink-hydration × tidy-config-keys',
  ]);
});

test('a queue rehearsed with a task that is gone is not shown', () => {
  const { 'tidy-config-keys': _, ...merges } = story.merges;
  const left = mergeRowsOf({ ...story, merges }, initialUi(false)).rows;
  expect(left.some((row) => row.queue)).toBe(false);
});

test('a row of the pane names each file once, and in little room fewer words, so that paths are seen', () => {
  const paint = (width: number) => {
    const canvas = createCanvas(createTheme(readTheme('none')));
    canvas.reset(width, 12);
    paintMerge(canvas, { x: 0, y: 0, width, height: 12 }, { state: story, ui: initialUi(false), ...keys });
    return Array.from({ length: 12 }, (_, y) => canvas.row(y)).join('\n');
  };
  expect(paint(120)).toMatch(/✗ 3 conflicts in 2 files {2}src\/registry\/lock.ts {2}src\/cli.ts /);
  expect(paint(53)).toMatch(/✗ 2 files {2}src/);
  expect(paint(53)).toMatch(/◆ Reflink.* × Tidy.* src\/config.ts/);
});

test('pairs are known whichever is named first', () => {
  const status = pairStatusOf(story.pairs);
  expect(status('reflink-hydration', 'tidy-config-keys')).toBe('conflict');
  expect(status('tidy-config-keys', 'reflink-hydration')).toBe('conflict');
  expect(status('merge-resolver-bail-out', 'reflink-hydration')).toBe('clean');
  expect(status('add-oauth-device-flow', 'reflink-hydration')).toBeUndefined();
});

test('details name paths, kinds, what git says, uncommitted work, and who it conflicts with', () => {
  const lines = linesOf('reflink-hydration');
  expect(lines).toContain('with 3 uncommitted files of its worktree');
  expect(lines).toContain('with tidy-config-keys: conflict');
  expect(lines).toContain('  src/config.ts  contents');
  expect(lines).toContain('    CONFLICT (content): Merge conflict in src/config.ts');
  expect(linesOf('queue')).toEqual(
    expect.arrayContaining([
      '1 of 4 merges in this order',
      '  2. tidy-config-keys: conflict with reflink-hydration',
      '     the branch has no commits yet',
    ]),
  );
});

test('where not all columns have room, those with conflicts have it, and a row says how many it hides', () => {
  const slugs = Array.from({ length: 12 }, (_, at) => `task-${at + 1}`);
  const merges = Object.fromEntries(
    slugs.map((task): [string, MergeResult] => [task, { task, status: 'clean', conflicts: [] }]),
  );
  const pairs = slugs.flatMap((a, at) =>
    slugs.slice(at + 1).map((b): PairResult => {
      const loud = a === 'task-2' && /(8|9|1[012])$/.test(b);
      return { a, b, status: loud ? 'conflict' : 'clean', paths: loud ? ['f'] : [] };
    }),
  );
  const paint = (width: number) => {
    const canvas = createCanvas(createTheme(readTheme('none')));
    canvas.reset(width, 20);
    const state = { ...story, merges, pairs, queue: undefined };
    paintMerge(canvas, { x: 0, y: 0, width, height: 20 }, { state, ui: initialUi(false), ...keys });
    return Array.from({ length: 20 }, (_, y) => canvas.row(y));
  };
  const [narrow, wide] = [paint(54), paint(120)];
  expect(wide[1]).toMatch(/ 1 {2}2 {2}3 .* 11 12/);
  expect(wide[3]).toMatch(/task-2 .*clean +into main/);
  expect(narrow[1]).toMatch(/→ main +2 {2}8 {2}9 10│/);
  expect(narrow[3]).toMatch(/task-2 .*clean +◆5 .*◆ +◆ +◆│/);
});

test('the page of two tasks that collide calls them by their titles, and names the keys that go on', async () => {
  const screen = await startScreen({ state: story, size: [120, 40] });
  try {
    screen.send('M');
    await screen.until('Reflink hydration × Tidy config keys');
    screen.send('G\r');
    await screen.until('Reflink hydration and Tidy config keys: conflict');
    const text = screen.text().replaceAll(/[│┃]?\s+[│┃]?/g, ' ');
    expect(text).toContain('m l (land what is ready) lands what is done');
    expect(text).toContain('hunk) decides it, and m r (resolve) tries to');
    expect(text).not.toContain('codex-agent merge');
  } finally {
    await screen.close();
  }
});
