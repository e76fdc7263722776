/** Themes are files; what they say can be read on the background that they are for. */
import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { channelsOf, isLight, parseTheme, pickTheme, type ThemeSpec } from '../../views/theme.js';
import { readTheme } from '../support/screen.js';

const luminance = (channels: readonly number[]): number => {
  const [red, green, blue] = channels.map((part) => {
    const share = part / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
};
const contrast = (one: readonly number[], other: readonly number[]): number => {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high! + 0.05) / (low! + 0.05);
};

/** The text of the terminal and its background, where a theme leaves them as they are. */
const usual = {
  dark: [
    [204, 204, 204],
    [0, 0, 0],
  ],
  light: [
    [0, 0, 0],
    [255, 255, 255],
  ],
} as const;

const readable = (spec: ThemeSpec, [text, behind]: readonly (readonly number[])[]) =>
  Object.entries(spec.style).flatMap(([style, look]) =>
    Object.entries(spec.ground).flatMap(([ground, under]) => {
      // What is drawn of a frame is no text, and the words of a diff are painted in colours of their own.
      if (style === 'border' || (ground !== 'none' && style !== 'text')) return [];
      const drawn = look.fg ?? under.fg;
      const fg = drawn === undefined ? text! : channelsOf(drawn);
      const bg = look.bg ?? under.bg ?? spec.ground.none.bg;
      return [[`${style} on ${ground}`, contrast(fg, bg === undefined ? behind! : channelsOf(bg))] as const];
    }),
  );

test.each([
  ['dark', usual.dark, 4.5],
  ['light', usual.light, 4.5],
  ['contrast', usual.light, 7],
] as const)('the theme %s can be read', (name, terminal, least) => {
  for (const [what, ratio] of readable(readTheme(name), terminal)) {
    expect([what, ratio >= least]).toEqual([what, true]);
  }
});

test('every theme of the program says every style and ground', () => {
  const names = readdirSync(new URL('../../themes', import.meta.url)).map((file) =>
    file.replace('.toml', ''),
  );
  expect(names.sort()).toEqual(['16', 'contrast', 'dark', 'light', 'none']);
  for (const name of names) expect(() => readTheme(name)).not.toThrow();
});

test('a layer changes what it says, and the accent wherever it is named', () => {
  const base = { accent: 75, style: full('style'), ground: full('ground') };
  base.style.focus = { fg: 'accent' };
  const spec = parseTheme('mine', [
    base,
    { accent: '#ff8700', style: { good: { fg: 'bright-green', bold: true } } },
  ]);
  expect(spec.style.focus.fg).toBe(208);
  expect(spec.style.good).toEqual({ fg: 10, flags: 1, bg: undefined });
});

const full = (part: 'style' | 'ground'): Record<string, object> =>
  Object.fromEntries(Object.keys(readTheme('none')[part]).map((key) => [key, {}]));

test.each([
  [{ style: { god: {} } }, '[style] has no "god"'],
  [{ style: { good: { fg: 300 } } }, '[style] good fg is no colour'],
  [{ style: { good: { colour: 3 } } }, '[style] good has no "colour"'],
  [{ ground: 3 }, '[ground] is not a table'],
  [{ colours: {} }, 'a theme has no "colours"'],
])('a theme that says %j is refused', (layer, message) => {
  expect(() => parseTheme('mine', [{ style: full('style'), ground: full('ground') }, layer])).toThrow(
    message,
  );
});

test.each([
  ['auto', {}, 'auto'],
  ['auto', { NO_COLOR: '1' }, 'none'],
  ['auto', { TERM: 'linux' }, '16'],
  ['light', { NO_COLOR: '1' }, 'light'],
  ['ascii', {}, 'none'],
  ['256', {}, 'dark'],
])('%s with %j is the theme %s', (choice, env, name) => {
  expect(pickTheme(choice, env)).toBe(name);
});

test.each([
  ['rgb:ffff/ffff/ffff', true],
  ['rgb:1e/1e/2e', false],
  ['rgba:ffff/fefe/d8d8/ffff', true],
  ['0;15', true],
  ['15;0', false],
  ['0;default;15', true],
  ['nonsense', undefined],
  ['', undefined],
])('the background %j is light: %s', (said, light) => {
  expect(isLight(said)).toBe(light);
});
