/** The control sequences that this program writes itself; blessed writes all others, from its terminfo entry. */

/** Cancels a half-written sequence, ends every mode the screen may have set, leaves the alternate screen. */
export const restore =
  '\x18\x1b[?2026l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?1l\x1b>\x1b[r\x1b[m\x1b[?25h\x1b[?1049l';

/** Bracketed paste: pasted text arrives between markers and is never taken for keys. */
export const pasteOn = '\x1b[?2004h';

export const mouseOn = '\x1b[?1000h\x1b[?1006h';

/** What brings the screen back after a suspension. */
export const reenter = `\x1b[?1049h\x1b[?25l${pasteOn}`;

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
