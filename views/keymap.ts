/** Keymaps: TOML tables in, checked bindings out. Every key of the screen is data. Pure. */
import { appError } from '../src/domain/platform/errors.js';
import { uiActionsById } from './actions.js';

export const sections = [
  'global',
  'tasks',
  'worktrees',
  'merge',
  'inspector',
  'log',
  'fleet',
  'plan',
  'monitor',
  'review',
  'conflict',
] as const;
export type Section = (typeof sections)[number];

export interface Binding {
  section: Section;
  /** One key, or several pressed one after the other. */
  keys: readonly string[];
  /** Id of a command or of an action of the screen. */
  run: string;
  args: Readonly<Record<string, unknown>>;
  /** Ask for the arguments even when none is missing. */
  form: boolean;
  /** Only the marked tasks, never the selected one. */
  marked: boolean;
  /** Word in the footer. */
  label?: string;
}

export interface Keymap {
  bindings: readonly Binding[];
  /** First keys of chords and what their menu is called. */
  menus: Readonly<Record<string, string>>;
}

const aliases: Readonly<Record<string, string>> = {
  escape: 'esc',
  return: 'enter',
  cr: 'enter',
  pgup: 'pageup',
  pgdn: 'pagedown',
  ' ': 'space',
  del: 'delete',
  backtab: 'S-tab',
};
const named =
  /^(esc|enter|space|tab|backspace|delete|insert|home|end|pageup|pagedown|up|down|left|right|f\d{1,2})$/;

/** One spelling per key: `S-g` is `G`, `ctrl-p` is `C-p`. Undefined when it is not the name of a key. */
export function canonicalKey(text: string): string | undefined {
  // Most keys are one sign, which has one spelling.
  if (text.length === 1 && text > ' ' && text <= '~') return text;
  const match = /^((?:(?:C|M|S|ctrl|alt|shift)-)*)([\s\S]+)$/i.exec(text);
  if (!match) return undefined;
  const modifiers = new Set(
    match[1]!.split('-').map((part) => part.charAt(0).toUpperCase().replace('A', 'M')),
  );
  const raw = match[2]!;
  const key = aliases[raw.toLowerCase()] ?? (raw.length > 1 ? raw.toLowerCase() : raw);
  const [base, shifted] = key.startsWith('S-') ? [key.slice(2), true] : [key, modifiers.has('S')];
  const prefix = `${modifiers.has('C') ? 'C-' : ''}${modifiers.has('M') ? 'M-' : ''}`;
  if (named.test(base)) return `${prefix}${shifted ? 'S-' : ''}${base}`;
  if ([...base].length !== 1) return undefined;
  if (modifiers.has('C')) return `${prefix}${base.toLowerCase()}`;
  return `${prefix}${shifted ? base.toUpperCase() : base}`;
}

/** The bindings of `base` with those of `over` on top; `false` takes a key away. Tables as parsed from TOML. */
export function mergeKeymapTables(base: unknown, over: unknown): Record<string, unknown> {
  const below = tableOf(base, 'keymap');
  const above = tableOf(over, 'keymap');
  const merged: Record<string, unknown> = { ...below };
  for (const [section, content] of Object.entries(above)) {
    const own = tableOf(content, section);
    const keys = { ...tableOf(below[section] ?? {}, section) };
    for (const [key, value] of Object.entries(own)) {
      const same = Object.keys(keys).find((other) => spelling(other) === spelling(key));
      if (same !== undefined) delete keys[same];
      if (value !== false) keys[key] = value;
    }
    merged[section] = keys;
  }
  return merged;
}

/**
 * Checks a keymap table.
 * @param table the parsed TOML: sections of key → id, or key → `{ run, args, form, marked, label }`
 * @param commandIds ids of the command registry
 * Throws `bad-keymap` (usage) naming the section and key: unknown id, bad key, key bound twice, or a
 * key that is also the beginning of a chord.
 */
export function parseKeymap(table: unknown, commandIds: Iterable<string>): Keymap {
  const known = new Set(commandIds);
  const content = tableOf(table, 'keymap');
  const bindings: Binding[] = [];
  for (const [name, entries] of Object.entries(content)) {
    if (name === 'menus') continue;
    const section = sections.find((one) => one === name);
    if (!section)
      throw bad(`[${name}] is not a part of the screen`, `Use one of: ${sections.join(', ')}, menus.`);
    for (const [keys, value] of Object.entries(tableOf(entries, name))) {
      if (value === false) continue;
      bindings.push(bindingOf(section, keys, value, known));
    }
  }
  for (const section of sections) {
    requireDistinct(bindingsIn({ bindings }, section));
  }
  const menus: Record<string, string> = {};
  for (const [key, label] of Object.entries(tableOf(content.menus ?? {}, 'menus'))) {
    if (typeof label !== 'string') throw bad(`[menus] ${key} needs a word`);
    menus[keysOf('menus', key).join(' ')] = label;
  }
  return { bindings, menus };
}

function bindingOf(section: Section, keys: string, value: unknown, known: ReadonlySet<string>): Binding {
  const where = `[${section}] "${keys}"`;
  const table = typeof value === 'string' ? { run: value } : tableOf(value, where);
  const unknown = Object.keys(table).find((key) => !['run', 'args', 'form', 'marked', 'label'].includes(key));
  if (unknown) throw bad(`${where} has an unknown setting "${unknown}"`);
  const { run, args = {}, form = false, marked = false, label } = table;
  if (typeof run !== 'string') throw bad(`${where} does not say what to run`);
  if (!known.has(run) && !uiActionsById.has(run)) {
    throw bad(`${where} runs "${run}", which is neither a command nor an action of the screen`);
  }
  if (label !== undefined && typeof label !== 'string') throw bad(`${where}: the label is not a text`);
  return {
    section,
    keys: keysOf(section, keys),
    run,
    args: tableOf(args, where),
    form: form === true,
    marked: marked === true,
    label,
  };
}

function keysOf(section: string, text: string): string[] {
  return text.split(' ').map((part) => {
    const key = part === '' ? undefined : canonicalKey(part);
    if (key === undefined)
      throw bad(`[${section}] "${text}" is not a key`, 'Examples: "x", "G", "C-p", "m c", "S-tab".');
    return key;
  });
}

function spelling(text: string): string {
  return text
    .split(' ')
    .map((part) => canonicalKey(part) ?? part)
    .join(' ');
}

/** Two bindings clash when one's keys begin with the other's: the longer could never be reached. */
function requireDistinct(bindings: readonly Binding[]) {
  const byStart = new Map<string, Binding>();
  for (const binding of bindings) {
    for (let length = 1; length <= binding.keys.length; length++) {
      const start = binding.keys.slice(0, length).join(' ');
      const other = byStart.get(start);
      const whole = length === binding.keys.length;
      if (other && (whole || other.keys.length === length)) {
        throw bad(
          `[${binding.section}] "${binding.keys.join(' ')}" (${binding.run}) and [${other.section}] "${other.keys.join(' ')}" (${other.run}) clash`,
          'Bind one of them to another key, or take it away with `false`.',
        );
      }
      byStart.set(start, binding);
    }
  }
}

/** What of the keys of everywhere pages with keys of their own have too; those come before them. */
const onPages = new Set(
  ['next', 'previous', 'page-down', 'page-up', 'half-down', 'half-up', 'first', 'last', 'open', 'back']
    .concat(['pane-next', 'pane-previous', 'palette', 'help', 'redraw', 'mouse', 'quiet', 'suspend', 'quit'])
    .map((name) => `ui.${name}`),
);

/** The bindings that hold in a section: its own, and those of everywhere. */
export function bindingsIn({ bindings }: Pick<Keymap, 'bindings'>, section: Section): readonly Binding[] {
  const own = bindings.filter((one) => one.section === section);
  const all = bindings.filter((one) => one.section === 'global');
  if (section === 'global') return all;
  if (section !== 'review' && section !== 'conflict') return [...own, ...all];
  const taken = new Set(own.map(({ keys }) => keys[0]));
  return [...own, ...all.filter(({ run, keys }) => onPages.has(run) && !taken.has(keys[0]))];
}

export type Lookup =
  | { type: 'binding'; binding: Binding }
  | { type: 'prefix'; next: readonly Binding[] }
  | { type: 'none' };

/** What the keys pressed so far mean in a pane. */
export function lookup(keymap: Keymap, section: Section, pressed: readonly string[]): Lookup {
  const next = bindingsIn(keymap, section).filter((binding) =>
    pressed.every((key, index) => binding.keys[index] === key),
  );
  const exact = next.find((binding) => binding.keys.length === pressed.length);
  if (exact) return { type: 'binding', binding: exact };
  return next.length > 0 ? { type: 'prefix', next } : { type: 'none' };
}

/** The keys bound to an id, shortest first, as a person reads them; empty when there are none. */
export function keysFor(keymap: Keymap, id: string, args?: Readonly<Record<string, unknown>>): string {
  const found = bindingsOf(keymap, id, args).sort((a, b) => a.keys.length - b.keys.length);
  return found[0] ? showKeys(found[0].keys) : '';
}

/** What is bound to a command or an action; with these arguments alone where they are given. */
export function bindingsOf(keymap: Keymap, id: string, args?: Readonly<Record<string, unknown>>): Binding[] {
  const found = keymap.bindings.filter((binding) => binding.run === id);
  if (!args) return found;
  return found.filter((binding) =>
    Object.entries(args).every(([name, value]) => binding.args[name] === value),
  );
}

/** How Enter is shown where a terminal can. */
export const enterSign = '⏎';

const shown: Readonly<Record<string, string>> = {
  enter: enterSign,
  tab: 'Tab',
  'S-tab': 'shift-Tab',
  esc: 'Esc',
};

/** Keys as a person reads them: `m c`, `⏎`, `ctrl-p`. */
export function showKeys(keys: readonly string[]): string {
  const named = (key: string) => key.replace(/^C-/, 'ctrl-').replace(/^M-/, 'alt-').replace(/^S-/, 'shift-');
  return keys.map((key) => shown[key] ?? named(key)).join(' ');
}

function tableOf(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw bad(`${where} is not a table`);
  return value as Record<string, unknown>;
}

function bad(message: string, hint?: string) {
  return appError('bad-keymap', `Keymap: ${message}.`, { kind: 'usage', hint });
}
