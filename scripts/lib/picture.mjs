/** Draws what a terminal shows as a PNG. Needs chromium, or the program that CHROMIUM names. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import unicode11 from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';

/** A terminal of this size that can be drawn: `term` takes the bytes, `draw(file)` writes the picture. */
export function drawableTerminal(cols, rows) {
  const term = new xterm.Terminal({ cols, rows, allowProposedApi: true, convertEol: true });
  term.loadAddon(new unicode11.Unicode11Addon());
  term.unicode.activeVersion = '11';
  return { term, draw: (file) => drawPage(htmlOf(term), cols, rows, file) };
}

/** Every row as spans of cells that look the same. */
function htmlOf(term) {
  const { active } = term.buffer;
  const lines = Array.from({ length: term.rows }, (_, y) => {
    const line = active.getLine(active.baseY + y);
    const spans = [];
    for (let x = 0; x < term.cols; x++) {
      const cell = line.getCell(x);
      // The second half of a wide character.
      if (cell.getWidth() === 0) continue;
      const style = styleOf(cell);
      if (spans.at(-1)?.style !== style) spans.push({ style, text: '' });
      spans.at(-1).text += cell.getChars() || ' ';
    }
    return `<div>${spans.map(({ style, text }) => `<span style="${style}">${escaped(text)}</span>`).join('')}</div>`;
  });
  return `<pre style="color:#fff;background:#000">${lines.join('')}</pre>`;
}

const escaped = (text) => text.replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`);

function styleOf(cell) {
  const own = {
    color: cell.isFgDefault() ? '#fff' : colourOf(cell.getFgColor(), cell.isFgRGB()),
    ground: cell.isBgDefault() ? '' : colourOf(cell.getBgColor(), cell.isBgRGB()),
  };
  const { color, ground } = cell.isInverse() ? { color: own.ground || '#000', ground: own.color } : own;
  return [
    `color:${color}`,
    ...(ground ? [`background:${ground}`] : []),
    ...(cell.isBold() ? ['font-weight:bold'] : []),
    ...(cell.isUnderline() ? ['text-decoration:underline'] : []),
    ...(cell.isDim() ? ['opacity:.6'] : []),
  ].join(';');
}

const first16 =
  '000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff';

/** A colour of the terminal as CSS: of its palette of 256, or as it stands. */
function colourOf(value, isRgb) {
  if (isRgb) return `#${value.toString(16).padStart(6, '0')}`;
  if (value < 16) return `#${first16.split(' ')[value]}`;
  if (value >= 232) return `rgb(${Array(3).fill(8 + (value - 232) * 10)})`;
  const at = value - 16;
  return `rgb(${[36, 6, 1].map((step) => [0, 95, 135, 175, 215, 255][Math.floor(at / step) % 6])})`;
}

function drawPage(html, cols, rows, picture) {
  const folder = mkdtempSync(join(tmpdir(), 'picture-'));
  try {
    const page = join(folder, 'page.html');
    writeFileSync(
      page,
      `<meta charset="utf-8"><style>body{margin:8px;background:#101216}pre{font:15px/18px "DejaVu Sans Mono",monospace;margin:0;width:fit-content}div{height:18px}</style>${html}`,
    );
    execFileSync(
      process.env.CHROMIUM ?? 'chromium',
      [
        '--headless=new',
        '--no-sandbox',
        '--disable-gpu',
        '--hide-scrollbars',
        `--user-data-dir=${join(folder, 'profile')}`,
        `--window-size=${Math.ceil(cols * 9.04) + 24},${rows * 18 + 24}`,
        `--screenshot=${resolve(picture)}`,
        `file://${page}`,
      ],
      { stdio: 'ignore' },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
