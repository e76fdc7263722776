/** The control sequences that this program writes itself; blessed writes all others, from its terminfo entry. */

/** Keeps the title that the terminal has. */
export const titleKept = '\x1b[22;2t';

/** Gives the title back; a terminal that keeps none shows its own once it is empty. */
const titleBack = '\x1b]2;\x07\x1b[23;2t';

/** Cancels a half-written sequence, ends every mode the screen may have set, leaves the alternate screen. */
export const restore = `\x18${titleBack}\x1b[?2026l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?1l\x1b>\x1b[r\x1b[m\x1b[?25h\x1b[?1049l`;

/** Bracketed paste: pasted text arrives between markers and is never taken for keys. */
export const pasteOn = '\x1b[?2004h';

export const mouseOn = '\x1b[?1000h\x1b[?1006h';
export const mouseOff = '\x1b[?1000l\x1b[?1006l';

/** Enters the screen: the alternate buffer, keys as a program wants them, no cursor, pastes between markers. */
export const enter = `${titleKept}\x1b[?1049h\x1b[?1h\x1b=\x1b[?25l${pasteOn}`;

/** What brings the screen back after a suspension. */
export const reenter = `${titleKept}\x1b[?1049h\x1b[?25l${pasteOn}`;

/** Asks the terminal for the colour of its background (OSC 11). */
export const askBackground = '\x1b]11;?\x07';

/** Wraps one frame so that terminals that know synchronised output show it whole. */
export function synchronised(frame: string): string {
  return `\x1b[?2026h${frame}\x1b[?2026l`;
}

/** Asks the terminal to put text on the clipboard (OSC 52). */
export function clipboard(text: string): string {
  return `\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`;
}

/** True when the locale says UTF-8; otherwise only ASCII can be drawn. */
export function isUtf8(env: NodeJS.ProcessEnv): boolean {
  return /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '');
}
