/** Cuts a stream of terminal input into single keys, pastes and replies. Pure. */

export type Piece =
  | { type: 'key'; text: string }
  | { type: 'paste'; text: string }
  | { type: 'drop' }
  /** The terminal says the colour of its background. */
  | { type: 'background'; text: string }
  /** Not decidable yet: `rest` may be the beginning of a sequence. */
  | { type: 'partial' };

const pasteStart = '\x1b[200~';
const pasteEnd = '\x1b[201~';

/** The first piece of `text` and the number of characters it took (0 for `partial`). */
export function nextPiece(text: string): { piece: Piece; length: number } {
  if (text[0] !== '\x1b') {
    const char = String.fromCodePoint(text.codePointAt(0)!);
    return { piece: { type: 'key', text: char }, length: char.length };
  }
  if (text.startsWith(pasteStart)) return paste(text);
  if (text.length === 1) return partial;
  if (text[1] === '[') return controlSequence(text);
  if (text[1] === 'O') return text.length < 3 ? partial : key(text.slice(0, 3));
  if (/[\]PX^_]/.test(text[1]!)) return stringReply(text);
  if (text[1] === '\x1b') return text.length === 2 ? partial : key('\x1b');
  const char = String.fromCodePoint(text.codePointAt(1)!);
  return key(`\x1b${char}`);
}

const partial = { piece: { type: 'partial' } as const, length: 0 };
const key = (text: string, length = text.length) => ({ piece: { type: 'key', text } as const, length });
const drop = (length: number) => ({ piece: { type: 'drop' } as const, length });

function paste(text: string): { piece: Piece; length: number } {
  const end = text.indexOf(pasteEnd);
  if (end < 0) return partial;
  return {
    piece: { type: 'paste', text: text.slice(pasteStart.length, end) },
    length: end + pasteEnd.length,
  };
}

/** OSC, DCS, APC, PM and SOS: replies of the terminal, up to BEL or ST. */
function stringReply(text: string) {
  const end = /\x07|\x1b\\|\x9c/.exec(text.slice(2));
  if (!end) return partial;
  const length = 2 + end.index + end[0].length;
  if (!text.startsWith('\x1b]11;')) return drop(length);
  return { piece: { type: 'background' as const, text: text.slice(5, 2 + end.index) }, length };
}

const csi = /^\x1b\[(\[[A-E]|M[\s\S]{3}|[0-?]*[ -/]*[@-~])/;

function controlSequence(text: string): { piece: Piece; length: number } {
  // The old mouse report is `M` and three bytes; `[M` alone is not complete.
  if (/^\x1b\[M[\s\S]{0,2}$/.test(text) || text === '\x1b[[') return partial;
  const match = csi.exec(text);
  if (!match) {
    // An introducer with garbage behind it is dropped; a sequence that is only short may still be completed.
    return /^\x1b\[[0-?]*[ -/]*$/.test(text) ? partial : drop(2);
  }
  const [whole, body] = match as unknown as [string, string];
  if (/^[?>].*c$|^\d+;\d+R$|^\?.*(\$y|u|R)$|^[IO]$/.test(body)) return drop(whole.length);
  const kitty = /^(\d+)(?::\d*)*(?:;(\d*)(?::(\d+))?)?(?:;[\d:]*)?u$/.exec(body);
  if (kitty) return legacy(Number(kitty[1]), Number(kitty[2] || 1), kitty[3], whole.length);
  const other = /^27;(\d+);(\d+)~$/.exec(body);
  if (other) return legacy(Number(other[2]), Number(other[1]), undefined, whole.length);
  return key(whole);
}

/** A key in the CSI-u form as the bytes every terminal sent before there was one. */
function legacy(code: number, modifiers: number, event: string | undefined, length: number) {
  if (event === '3' || (code >= 57344 && code <= 63743) || code > 0x10ffff) return drop(length);
  const bits = modifiers - 1;
  const [shift, alt, ctrl] = [(bits & 1) > 0, (bits & 2) > 0, (bits & 4) > 0];
  if (bits & ~(7 | 64 | 128)) return drop(length);
  const base = plainKey(code, shift, ctrl);
  return base === undefined ? drop(length) : key(alt ? `\x1b${base}` : base, length);
}

function plainKey(code: number, shift: boolean, ctrl: boolean): string | undefined {
  if (code === 9) return shift ? '\x1b[Z' : '\t';
  if (code === 13) return shift || ctrl ? '\n' : '\r';
  if (code === 27 || code === 127) return String.fromCharCode(code);
  const char = String.fromCodePoint(code);
  if (!ctrl) return shift ? char.toUpperCase() : char;
  if (/^[a-z@[\\\]^_]$/i.test(char)) return String.fromCharCode(char.toUpperCase().charCodeAt(0) & 0x1f);
  return char === ' ' ? '\0' : undefined;
}
