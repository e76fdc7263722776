/** What a typed line means where nothing is asked: keys of the screen, a command, a search, or the name of a task. Pure. */
import { flagOf, inWords, namesIn, typedAs } from '../../src/commands/spelling.js';
import type { AnyCommand } from '../../src/commands/types.js';
import { sectionOf } from '../hints.js';
import { type Binding, bindingsIn, canonicalKey, lookup } from '../keymap.js';
import type { Model } from '../model.js';

export type Typed =
  | { type: 'nothing' }
  /** `task`: the task that stood behind the keys. */
  | { type: 'keys'; keys: readonly string[]; task?: string }
  /** Keys that go on: how they can. */
  | { type: 'menu'; next: readonly Binding[] }
  | { type: 'command'; id: string; args: Record<string, unknown> }
  | { type: 'search'; words: string }
  /** The help or the list of commands, with words to look for. */
  | { type: 'help' | 'palette'; words: string }
  | { type: 'task'; slug: string }
  | { type: 'wrong'; text: string };

type Seen = Pick<Model, 'ui' | 'state' | 'keymap' | 'commands'>;

export function typedMeans(line: string, seen: Seen): Typed {
  const text = line.trim();
  if (text === '') return { type: 'nothing' };
  const list = listOf(text, seen);
  if (list) return list;
  const words = text.split(/\s+/);
  const slugs = new Set(seen.state.tasks.map(({ slug }) => slug));
  const last = words.length > 1 && slugs.has(words.at(-1)!) ? words.at(-1)! : undefined;
  const pressed = keysOf(last ? words.slice(0, -1) : words, seen);
  if (pressed) return last && pressed.type === 'keys' ? { ...pressed, task: last } : pressed;
  const named = commandOf(text, seen.commands);
  if (named) return named;
  if (slugs.has(text)) return { type: 'task', slug: text };
  const joined = words.length === 1 ? keysOf([...text], seen) : undefined;
  if (joined?.type === 'keys') return joined;
  return { type: 'wrong', text: `"${text}" is no key, no command and no task here.` };
}

/** A search, the help or the commands, with the words behind their key. */
function listOf(text: string, { keymap, ui }: Seen): Typed | undefined {
  const first = [...text][0]!;
  const { run } =
    bindingsIn(keymap, sectionOf(ui)).find(({ keys }) => keys.length === 1 && keys[0] === first) ?? {};
  const words = text.slice(first.length).trim();
  if (run === 'ui.help') return { type: 'help', words };
  if (run === 'ui.palette') return { type: 'palette', words };
  return run === 'ui.filter' ? { type: 'search', words } : undefined;
}

function keysOf(words: readonly string[], { keymap, ui }: Seen): Typed | undefined {
  const keys = words.flatMap((word) => canonicalKey(word) ?? []);
  if (keys.length < words.length) return undefined;
  const found = lookup(keymap, sectionOf(ui), keys);
  if (found.type === 'prefix') return { type: 'menu', next: found.next };
  return found.type === 'binding' ? { type: 'keys', keys } : undefined;
}

/** The longest command that the line begins with, and its arguments as on a command line. */
function commandOf(text: string, commands: readonly AnyCommand[]): Typed | undefined {
  const words = wordsOf(text);
  const spelled = (count: number) => words.slice(0, count).join(' ').replaceAll('.', ' ');
  for (let count = Math.min(4, words.length); count > 0; count--) {
    const row = commands.find(({ id }) => typedAs(id) === spelled(count));
    if (row) return argsOf(row, words.slice(count));
  }
  return undefined;
}

/** Words of a line; quotes keep blanks within one. */
const wordsOf = (text: string): string[] =>
  [...text.matchAll(/"([^"]*)"|'([^']*)'|(?:[^\s"']|["'](?=\S*$))+/g)].map(
    ([whole, double, single]) => double ?? single ?? whole,
  );

function argsOf(row: AnyCommand, words: readonly string[]): Typed {
  const { properties } = row.args;
  const args: Record<string, unknown> = {};
  const places = Object.keys(properties)
    .filter((name) => properties[name]!.position !== undefined)
    .sort((a, b) => properties[a]!.position! - properties[b]!.position!);
  const wrong = (text: string): Typed => ({ type: 'wrong', text: `${typedAs(row.id)}: ${text}` });
  const put = (name: string, value: string | undefined): string | undefined => {
    const { type, lines } = properties[name]!;
    if (type === 'boolean') args[name] = true;
    else if (value === undefined) return `${inWords(name)} needs a value.`;
    else if (type === 'integer') {
      if (!/^-?\d+$/.test(value)) return `${inWords(name)} must be a whole number.`;
      args[name] = Number(value);
    } else if (type === 'array')
      args[name] = [...((args[name] as string[]) ?? []), ...(lines ? [value] : namesIn(value))];
    else args[name] = value;
    return undefined;
  };
  for (let at = 0; at < words.length; at++) {
    const [flag, given] = splitFlag(words[at]!);
    const name = flag ? Object.keys(properties).find((one) => flagOf(one) === flag) : places[0];
    if (!name) return wrong(flag ? `it has no option ${flag}.` : `"${words[at]}" is one word too many.`);
    const takes = flag && properties[name]!.type !== 'boolean';
    const problem = put(name, flag ? (given ?? (takes ? words[++at] : '')) : words[at]);
    if (problem) return wrong(problem);
    if (!flag && properties[name]!.type !== 'array') places.shift();
  }
  return { type: 'command', id: row.id, args };
}

function splitFlag(word: string): [flag?: string, value?: string] {
  const match = /^(--[^=]+)(?:=([\s\S]*))?$/.exec(word);
  return match ? [match[1], match[2]] : [];
}
