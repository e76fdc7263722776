/** Sixty texts of which each would do something to a terminal that obeyed it, each with a word to find it by. */

const ESC = '\u001b';
const ST = `${ESC}\\`;
const BEL = '\u0007';

/** What begins a sequence that ends with ST or BEL, in 7 and 8 bits. */
const strings = [
  '0;title',
  '2;title',
  '4;1;rgb:ff/00/00',
  '7;file:///etc',
  '8;;http://example.com',
  '9;note',
  '10;?',
  '52;c;ZXZpbA==',
  '133;A',
  '777;notify;a;b',
  '1337;File=a',
];
const controls = [
  '2J',
  '3J',
  'H',
  '?1049l',
  '?1000h',
  '?2004h',
  '?25l',
  '8m',
  '38;5;1m',
  '6n',
  'c',
  '>c',
  '1;1r',
  '5i',
  '4h',
  '21t',
];
const others = [
  'P+q544e',
  '^private',
  '_application',
  'Xstart',
  'c',
  '7',
  '8',
  'D',
  'M',
  '=',
  '>',
  '(0',
  '#8',
  'n',
];
const single = [
  '\u0000',
  '\u0005',
  '\b\b\b',
  '\u000b',
  '\u000c',
  '\u000e',
  '\u000f',
  '\u007f',
  '\u0085',
  '\u008d',
];
const turning = ['\u202a', '\u202e', '\u2066', '\u2069', '\u200e', '\u061c'];
const hidden = ['\u200b', '\ufeff', '\u{e0041}'];

/** At least sixty; lines of text, none with a line break. */
export const payloads: readonly string[] = [
  ...strings.map((text, at) => (at % 2 ? `${ESC}]${text}${BEL}` : `\u009d${text}\u009c`)),
  ...controls.map((text, at) => (at % 2 ? `${ESC}[${text}` : `\u009b${text}`)),
  ...others.map((text, at) => `${ESC}${text}${at < 4 ? ST : ''}`),
  ...single,
  ...turning,
  ...hidden,
].map((text, at) => `w${at}${text}w`);

/** What must never reach a terminal, but for what the screen itself writes there. */
export const introducers =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/u;
