/** Colours by meaning, borders and glyphs. A glyph and a word tell every state; colour only helps. */
import type { ShownState } from '../src/domain/app/selectors.js';

export type ThemeName = '256' | '16' | 'ascii' | 'none';

export type Style =
  | 'text'
  | 'strong'
  | 'dim'
  | 'faint'
  | 'good'
  | 'warn'
  | 'bad'
  | 'info'
  | 'accent'
  | 'border'
  | 'focus'
  | 'key'
  | 'error';

/** The background of text: none, the selected row (of the focused pane or another), the header, a change. */
export type Backdrop =
  | 'none'
  | 'selected'
  | 'selectedIdle'
  | 'bar'
  /** A line of a diff, and the words of it that changed. */
  | 'added'
  | 'removed'
  | 'addedWords'
  | 'removedWords';

export interface Theme {
  name: ThemeName;
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

const palette256: Record<Style, Look> = {
  text: {},
  strong: { flags: bold },
  dim: { fg: 246 },
  faint: { fg: 240 },
  good: { fg: 114 },
  warn: { fg: 179 },
  bad: { fg: 203 },
  info: { fg: 75 },
  accent: { fg: 140 },
  border: { fg: 240 },
  focus: { fg: 75 },
  key: { fg: 75, flags: bold },
  error: { fg: 231, bg: 124, flags: bold },
};

const palette16: Record<Style, Look> = {
  text: {},
  strong: { flags: bold },
  dim: {},
  faint: {},
  good: { fg: 2 },
  warn: { fg: 3 },
  bad: { fg: 1, flags: bold },
  info: { fg: 6 },
  accent: { fg: 5 },
  border: {},
  focus: { fg: 6, flags: bold },
  key: { fg: 6, flags: bold },
  error: { fg: 7, bg: 1, flags: bold },
};

const noColour: Record<Style, Look> = {
  text: {},
  strong: { flags: bold },
  dim: {},
  faint: {},
  good: {},
  warn: { flags: bold },
  bad: { flags: bold },
  info: {},
  accent: {},
  border: {},
  focus: { flags: bold },
  key: { flags: bold | underline },
  error: { flags: bold | inverse },
};

const grounds256: Record<Backdrop, Look> = {
  none: {},
  selected: { bg: 238, flags: bold },
  selectedIdle: { bg: 236 },
  bar: { bg: 236 },
  added: { bg: 22 },
  removed: { bg: 52 },
  addedWords: { bg: 28 },
  removedWords: { bg: 88 },
};

const groundsPlain: Record<Backdrop, Look> = {
  none: {},
  selected: { flags: inverse },
  selectedIdle: { flags: underline },
  bar: { flags: inverse },
  added: {},
  removed: {},
  addedWords: { flags: underline },
  removedWords: { flags: underline },
};

/** A theme by name. The number it gives is blessed's attribute: flags, foreground, background. */
export function createTheme(name: ThemeName): Theme {
  const styles = name === '256' ? palette256 : name === '16' ? palette16 : noColour;
  const grounds = name === '256' ? grounds256 : groundsPlain;
  const cache = new Map<string, number>();
  return {
    name,
    ascii: name === 'ascii',
    attr(style, ground = 'none') {
      const key = `${style} ${ground}`;
      const known = cache.get(key);
      if (known !== undefined) return known;
      const look = styles[style];
      const under = grounds[ground];
      const flags = (look.flags ?? 0) | (under.flags ?? 0);
      const attr = (flags << 18) | ((look.fg ?? normal) << 9) | (look.bg ?? under.bg ?? normal);
      cache.set(key, attr);
      return attr;
    },
  };
}

/** The theme for a terminal: what the person chose, what the locale allows, NO_COLOR. */
export function pickTheme(choice: ThemeName | 'auto', env: NodeJS.ProcessEnv, utf8: boolean): ThemeName {
  if (!utf8) return 'ascii';
  if (choice !== 'auto') return choice;
  if (env.NO_COLOR) return 'none';
  return env.TERM === 'linux' ? '16' : '256';
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

/** What an ASCII terminal gets for the characters this program draws itself. */
export const asciiGlyphs: Readonly<Record<string, string>> = {
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
  '⏎': 'E',
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
};

/** A text in the characters that every terminal has. */
export const asciiText = (text: string): string =>
  text.replace(/[^\t\n\x20-~]/gu, (char) => asciiGlyphs[char] ?? '?');
