/** Commands to type, as results and hints name them, told as the keys that do the same on the screen. Pure. */
import type { AnyCommand, CommandPart } from '../../src/commands/types.js';
import { uiActionsById } from '../actions.js';
import { sectionOf } from '../hints.js';
import { type Keymap, type Section, showKeys } from '../keymap.js';
import type { UiState } from './state.js';

interface Seen {
  commands: readonly AnyCommand[];
  keymap: Keymap;
  ui: Pick<UiState, 'focus' | 'review' | 'conflict'>;
}

/** What pages with keys of their own have in place of commands. */
const onPage: Readonly<Partial<Record<Section, Readonly<Partial<Record<CommandPart, string>>>>>> = {
  conflict: {
    land: 'ui.conflict-land',
    'land-ready': 'ui.conflict-land',
    'finish-choices': 'ui.conflict-finish',
  },
  review: { land: 'ui.review-land', 'land-ready': 'ui.review-land' },
};

const program = 'codex-agent ';

/** The text with every command for which there is a key named by that key; what has none stays as it is to be typed. */
export function inKeys(text: string, seen: Seen): string {
  let done = '';
  let left = text;
  for (let at = left.indexOf(program); at >= 0; at = left.indexOf(program)) {
    const words = left.slice(at + program.length);
    const quoted = left[at - 1] === '`';
    const found = keyFor(words, quoted, seen);
    const closes = found && quoted && words[found.length] === '`';
    if (found && (!quoted || closes)) {
      done += left.slice(0, quoted ? at - 1 : at) + found.said;
      left = words.slice(found.length + (closes ? 1 : 0));
    } else {
      done += left.slice(0, at + program.length);
      left = words;
    }
  }
  return done + left;
}

/** The command that these words begin with, as its key, and how many characters it takes. */
function keyFor(text: string, quoted: boolean, seen: Seen): { said: string; length: number } | undefined {
  const words = text.split(/(?=[ ,;`\n])/);
  const bare = words.map((word) => word.replace(/^ /, '').replace(/[.:]$/, ''));
  for (let count = Math.min(3, bare.length); count > 0; count--) {
    const typed = bare.slice(0, count).join('.');
    const row = seen.commands.find(({ id, inPlaceOf }) => id === typed || inPlaceOf?.includes(typed));
    if (!row) continue;
    const all = argsIn(bare, count, row);
    // In a sentence, words behind the command are no names that it is given.
    const ends = quoted || !all || all.end === words.length || /^[,;\n]/.test(words[all.end]!);
    const given = ends || /[.:]$/.test(words[all.end - 1]!) ? all : { args: {}, end: count };
    const said = given && saidOf(row, given.args, seen);
    if (!said) return undefined;
    const length = words.slice(0, given.end).join('').length;
    const last = words[given.end - 1]!;
    return { said, length: /[.:]$/.test(last) ? length - 1 : length };
  }
  return undefined;
}

/** Flags and names that follow the command; undefined where a flag has a value, which no key has. */
function argsIn(
  words: readonly string[],
  from: number,
  { args }: AnyCommand,
): { args: Record<string, unknown>; end: number } | undefined {
  const found: Record<string, unknown> = {};
  let places = Object.values(args.properties).filter(({ position }) => position !== undefined).length;
  let end = from;
  for (; end < words.length; end++) {
    const word = words[end]!;
    if (word.startsWith('--')) {
      const name = word.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
      if (args.properties[name]?.type !== 'boolean') return undefined;
      found[name] = true;
    } else if (places-- <= 0 || !/^[\w…./<>-]+$/.test(word)) break;
  }
  return { args: found, end };
}

function saidOf(
  { id, title, part }: AnyCommand,
  args: Record<string, unknown>,
  { keymap, ui }: Seen,
): string | undefined {
  const section = sectionOf(ui);
  const own = part && onPage[section]?.[part];
  const run = own ?? id;
  const wanted = JSON.stringify(own ? {} : args);
  const binding = keymap.bindings
    .filter((one) => one.run === run && !one.marked && JSON.stringify(one.args) === wanted)
    .sort((a, b) => a.keys.length - b.keys.length)[0];
  if (!binding) return undefined;
  const label = binding.label ?? uiActionsById.get(run)?.hint ?? title.toLowerCase();
  return `${showKeys(binding.keys)} (${label})`;
}
