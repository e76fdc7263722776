/** Colours by meaning from theme files, borders and glyphs. A glyph and a word tell every state; colour only helps. Pure. */
import type { ShownState } from '../src/domain/app/selectors.js';
import { appError } from '../src/domain/platform/errors.js';

const styles = [
  'text',
  'strong',
  'dim',
  'faint',
  'good',
  'warn',
  'bad',
  'info',
  'accent',
  'border',
  'focus',
  'key',
  'error',
] as const;
export type Style = (typeof styles)[number];

/**
 * The background of text: none, the selected row (of the focused pane or another), the header; in a diff, a changed
 * line and the words of it that changed.
 */
const grounds = [
  'none',
  'selected',
  'selectedIdle',
  'bar',
  'added',
  'removed',
  'addedWords',
  'removedWords',
] as const;
export type Backdrop = (typeof grounds)[number];

/** What a theme file says, colours as numbers of the 256. */
export interface ThemeSpec {
  style: Readonly<Record<Style, Look>>;
  ground: Readonly<Record<Backdrop, Look>>;
}

export interface Theme {
  /** Only characters up to `~` may be drawn. */
  ascii: boolean;
  attr(style: Style, ground?: Backdrop): number;
}

const bold = 1;
const underline = 2;
const inverse = 8;
const normal = 0x1ff;

interface Look {
  flags?: number;
  fg?: number;
  bg?: number;
}

const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

/**
 * The theme that tables of files make, each laid over those before it. Throws `bad-theme` (usage), naming the place.
 * @param tables as parsed from TOML
 */
export function parseTheme(name: string, tables: readonly unknown[]): ThemeSpec {
  const bad = (text: string) =>
    appError('bad-theme', `Theme "${name}": ${text}.`, {
      kind: 'usage',
      hint: '`themes/dark.toml` of the program shows the form; a colour is 0 to 255, a name such as "bright-blue", or "#rrggbb".',
    });
  const tableOf = (value: unknown, where: string): Record<string, unknown> => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
    throw bad(`${where} is not a table`);
  };
  const known = (table: Record<string, unknown>, keys: readonly string[], where: string) => {
    const other = Object.keys(table).find((key) => !keys.includes(key));
    if (other !== undefined) throw bad(`${where} has no "${other}"`);
    return table;
  };
  const layers = tables.map((table) =>
    known(tableOf(table, 'the file'), ['base', 'accent', 'style', 'ground'], 'a theme'),
  );
  const accent = layers.findLast((layer) => layer.accent !== undefined)?.accent;
  const colour = (value: unknown, where: string): number | undefined => {
    if (value === undefined) return undefined;
    const found = colourOf(value === 'accent' ? accent : value);
    if (found === undefined) throw bad(`${where} is no colour`);
    return found;
  };
  const look = (part: 'style' | 'ground', key: string): Look => {
    const where = `[${part}] ${key}`;
    const said = layers
      .map((layer) => tableOf(layer[part] ?? {}, `[${part}]`)[key])
      .findLast((one) => one !== undefined);
    if (said === undefined) throw bad(`${where} is missing`);
    const table = known(tableOf(said, where), ['fg', 'bg', 'bold', 'underline', 'inverse'], where);
    const flags =
      (table.bold === true ? bold : 0) |
      (table.underline === true ? underline : 0) |
      (table.inverse === true ? inverse : 0);
    return { flags, fg: colour(table.fg, `${where} fg`), bg: colour(table.bg, `${where} bg`) };
  };
  for (const layer of layers) {
    known(tableOf(layer.style ?? {}, '[style]'), styles, '[style]');
    known(tableOf(layer.ground ?? {}, '[ground]'), grounds, '[ground]');
  }
  const all = <K extends string>(part: 'style' | 'ground', keys: readonly K[]) =>
    Object.fromEntries(keys.map((key) => [key, look(part, key)])) as Record<K, Look>;
  return { style: all('style', styles), ground: all('ground', grounds) };
}

function colourOf(value: unknown): number | undefined {
  if (typeof value === 'number')
    return Number.isInteger(value) && value >= 0 && value < 256 ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const [, bright, name] = /^(bright-)?([a-z]+)$/.exec(value) ?? [];
  const at = name === undefined ? -1 : names.indexOf(name);
  if (at >= 0) return at + (bright ? 8 : 0);
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(value);
  return hex ? nearest(hex.slice(1).map((part) => Number.parseInt(part, 16))) : undefined;
}

/** The channels of colours 16 to 255: a cube of six steps, then greys. */
const step = (level: number): number => (level === 0 ? 0 : 55 + level * 40);

/** Red, green and blue of one of the colours 16 to 255; the first 16 are the terminal's own. */
export function channelsOf(colour: number): [number, number, number] {
  if (colour >= 232) return [8 + (colour - 232) * 10, 8 + (colour - 232) * 10, 8 + (colour - 232) * 10];
  const at = colour - 16;
  return [step(Math.floor(at / 36)), step(Math.floor(at / 6) % 6), step(at % 6)];
}

function nearest(wanted: readonly number[]): number {
  let best = 16;
  let least = Number.POSITIVE_INFINITY;
  for (let colour = 16; colour < 256; colour++) {
    const distance = channelsOf(colour).reduce((sum, part, at) => sum + (part - wanted[at]!) ** 2, 0);
    if (distance < least) [best, least] = [colour, distance];
  }
  return best;
}

/** A theme to draw with. The number it gives is blessed's attribute: flags, foreground, background. */
export function createTheme(spec: ThemeSpec, { ascii = false } = {}): Theme {
  const cache = new Map<string, number>();
  return {
    ascii,
    attr(style, ground = 'none') {
      const key = `${style} ${ground}`;
      const known = cache.get(key);
      if (known !== undefined) return known;
      const look = spec.style[style];
      const under = spec.ground[ground];
      const flags = (look.flags ?? 0) | (under.flags ?? 0);
      // Turned round, the colour of each word would be a ground of its own.
      const [fg, bg] =
        (under.flags ?? 0) & inverse ? [under.fg, under.bg] : [look.fg ?? under.fg, look.bg ?? under.bg];
      const attr = (flags << 18) | ((fg ?? normal) << 9) | (bg ?? normal);
      cache.set(key, attr);
      return attr;
    },
  };
}

/**
 * The name of the theme for a terminal: what the person chose; else by NO_COLOR and by the number of its colours.
 * `auto`: it has a dark and a light one, by its background.
 */
export function pickTheme(choice: string, env: NodeJS.ProcessEnv): string {
  if (choice === 'ascii') return 'none';
  if (choice !== 'auto') return { 256: 'dark' }[choice] ?? choice;
  if (env.NO_COLOR) return 'none';
  return env.TERM === 'linux' ? '16' : 'auto';
}

/** Whether a terminal says that its background is light: by the answer to OSC 11, or by COLORFGBG. */
export function isLight(said: string): boolean | undefined {
  const [, ...parts] = /rgba?:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})/i.exec(said) ?? [];
  if (parts.length === 3) {
    const [red, green, blue] = parts.map((part) => Number.parseInt(part, 16) / (16 ** part.length - 1));
    return 0.299 * red! + 0.587 * green! + 0.114 * blue! > 0.5;
  }
  const ground = /^\d+(?:;[^;]*)?;(\d+)$/.exec(said)?.[1];
  return ground === undefined ? undefined : ground === '7' || Number(ground) > 8;
}

export const stateStyle: Record<ShownState, Style> = {
  draft: 'faint',
  ready: 'text',
  blocked: 'dim',
  running: 'info',
  'needs-input': 'warn',
  done: 'accent',
  validated: 'good',
  landed: 'good',
  failed: 'bad',
  cancelled: 'faint',
  conflicted: 'bad',
  stale: 'warn',
};

export interface Border {
  topLeft: string;
  topRight: string;
  bottomLeft: string;
  bottomRight: string;
  across: string;
  down: string;
}

const border = ([topLeft, topRight, bottomLeft, bottomRight, across, down]: string[]) =>
  ({ topLeft, topRight, bottomLeft, bottomRight, across, down }) as Border;

export const borders = {
  heavy: border([...'┏┓┗┛━┃']),
  light: border([...'╭╮╰╯─│']),
  asciiHeavy: border([...'####=#']),
  ascii: border([...'++++-|']),
};

/** The characters of one text for those of another. */
function steps(from: string, to: string): Record<string, string> {
  return Object.fromEntries([...from].map((char, at) => [char, to[at]!]));
}

/** What an ASCII terminal gets for the characters this program draws itself. */
const asciiGlyphs: Readonly<Record<string, string>> = {
  '◌': '.',
  '○': 'o',
  '●': '*',
  '◐': '%',
  '◇': 'v',
  '✓': '+',
  '✗': 'x',
  '–': '-',
  '◆': '#',
  '▶': '>',
  '•': '*',
  '▓': '#',
  '░': '.',
  '↑': '^',
  '↓': 'v',
  '←': '<',
  '→': '>',
  '…': '~',
  // Where text has its columns counted it is spelled before.
  '⏎': 'Enter',
  '▼': 'v',
  '·': '-',
  '▌': '|',
  '×': 'x',
  '█': '|',
  '┄': '-',
  '┊': ':',
  '−': '-',
  '│': '|',
  '◦': 'o',
  '╌': '-',
  '⋯': '~',
  '─': '-',
  '━': '=',
  '▾': 'v',
  '▸': '>',
  '±': '+',
  '“': '"',
  '”': '"',
  '’': "'",
  '‘': "'",
  '└': '`',
  ...steps('▁▂▃▄▅▆▇', '.,-=+*#'),
};

/** The dots of a chart. */
const isDots = (char: string): boolean => char >= '\u2800' && char <= '\u28ff';

/** A text in the characters that every terminal has. */
export const asciiText = (text: string): string =>
  text.replace(/[^\t\n\x20-~]/gu, (char) => asciiGlyphs[char] ?? (isDots(char) ? '*' : '?'));
