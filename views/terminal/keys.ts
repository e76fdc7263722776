/** From the key decoder's events to the names keymaps use. */

export interface DecodedKey {
  name?: string;
  full?: string;
  ctrl?: boolean;
  meta?: boolean;
  shift?: boolean;
  sequence?: string;
}

const names: Readonly<Record<string, string>> = {
  escape: 'esc',
  enter: 'enter',
  // Ctrl-J, and Shift-Enter on terminals that send it apart: a new line in a field of several lines, else Enter.
  linefeed: 'C-j',
  tab: 'tab',
  backspace: 'backspace',
  delete: 'delete',
  insert: 'insert',
  home: 'home',
  end: 'end',
  pageup: 'pageup',
  pagedown: 'pagedown',
  up: 'up',
  down: 'down',
  left: 'left',
  right: 'right',
};

/**
 * A reader of decoded keys that gives one name per key pressed. It drops the second event of Enter and
 * joins the two halves of characters outside the basic plane.
 */
export function createKeyReader(): (
  char: string | undefined,
  key: DecodedKey | undefined,
) => string | undefined {
  let high = '';
  return (char, key) => {
    // Enter comes as `enter` and then, for the same press, as `return`.
    if (key?.name === 'return') return undefined;
    const text = char ?? (key?.sequence?.length === 1 ? key.sequence : undefined);
    if (text && /^[\ud800-\udbff]$/.test(text)) {
      high = text;
      return undefined;
    }
    if (text && /^[\udc00-\udfff]$/.test(text)) {
      const whole = high + text;
      high = '';
      return whole.length === 2 ? whole : undefined;
    }
    high = '';
    return nameOf(text, key);
  };
}

function nameOf(text: string | undefined, key: DecodedKey | undefined): string | undefined {
  const known = key?.name === undefined ? undefined : (names[key.name] ?? functionKey(key.name));
  if (known) return `${key?.ctrl ? 'C-' : ''}${key?.meta ? 'M-' : ''}${key?.shift ? 'S-' : ''}${known}`;
  if (key?.ctrl && key.name) return `${key.meta ? 'M-' : ''}C-${key.name.toLowerCase()}`;
  if (key?.meta && key.name) return `M-${key.shift ? key.name.toUpperCase() : key.name}`;
  if (text === ' ' || key?.name === 'space') return 'space';
  if (text !== undefined && [...text].length === 1 && text >= ' ' && text !== '\x7f') return text;
  return undefined;
}

function functionKey(name: string): string | undefined {
  return /^f\d{1,2}$/.test(name) ? name : undefined;
}
