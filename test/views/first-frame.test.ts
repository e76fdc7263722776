/** The first frame, which is painted without blessed, beside what blessed paints of the same screen. */
import { afterEach, expect, test } from '@jest/globals';
import { story } from '../fixtures/screen/state.js';
import { startScreen } from '../support/screen.js';

let screen: Awaited<ReturnType<typeof startScreen>>;
afterEach(() => screen?.close());

const [first, ...others] = story.tasks;
/** Wide characters in a title, which may not move what stands behind them. */
const state = { ...story, tasks: [{ ...first!, title: '幅の広い ✅ title' }, ...others] };

/** Every cell with its colours and its weight. */
function cells(): string[] {
  const { buffer, rows, cols } = screen.term;
  return Array.from({ length: rows }, (_, y) => {
    const line = buffer.active.getLine(buffer.active.baseY + y)!;
    return Array.from({ length: cols }, (_, x) => {
      const cell = line.getCell(x)!;
      const look = [
        cell.getFgColor(),
        cell.getBgColor(),
        cell.isBold(),
        cell.isUnderline(),
        cell.isInverse(),
      ];
      return `${cell.getChars() || ' '}${look.join(',')}`;
    }).join('|');
  });
}

const times = (what: string) => screen.raw().split(what).length - 1;

test.each(['dark', 'light', '16', 'contrast', 'none'])(
  'in the theme %s it looks as blessed paints it',
  async (theme) => {
    screen = await startScreen({ state, theme });
    await screen.settled();
    const painted = cells();
    expect(painted.join('\n')).toContain('幅');
    // Ctrl-L forgets what the terminal shows: blessed writes every cell.
    screen.send('\f');
    await screen.settled();
    expect(cells()).toEqual(painted);
  },
);

test('it is whole, and blessed writes no cell of it again', async () => {
  screen = await startScreen({ state, theme: 'dark' });
  await screen.settled();
  const [before = '', frame = '', ...later] = screen.raw().split('\x1b[?2026h');
  expect(before).toContain('\x1b[?1049h');
  for (const { title } of others.slice(0, 3)) expect(frame).toContain(title.slice(0, 12));
  expect(later.join('').length).toBeLessThan(frame.length / 4);
  expect(times('\x1b[?1049h')).toBe(1);
  expect(times('\x1b[22;2t')).toBe(1);
  expect(times('\x1b[?2004h')).toBe(1);
});

test('a key that is typed while the rest is loaded is not lost', async () => {
  let loaded = () => {};
  const rest = new Promise<void>((resolve) => {
    loaded = resolve;
  });
  screen = await startScreen({ state, loadRest: () => rest });
  await screen.until('title');
  screen.send('?');
  await screen.settled();
  expect(screen.text()).not.toContain('Esc close');
  loaded();
  await screen.until('Esc');
  await screen.settled();
  expect(screen.text()).toContain('Keys');
});
