/** Draws what a terminal shows as a PNG. Needs chromium, or the program that CHROMIUM names. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import serialize from '@xterm/addon-serialize';
import unicode11 from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';

/** A terminal of this size that can be drawn: `term` takes the bytes, `draw(file)` writes the picture. */
export function drawableTerminal(cols, rows) {
  const term = new xterm.Terminal({ cols, rows, allowProposedApi: true, convertEol: true });
  term.loadAddon(new unicode11.Unicode11Addon());
  term.unicode.activeVersion = '11';
  const addon = new serialize.SerializeAddon();
  term.loadAddon(addon);
  return {
    term,
    draw: (file) => drawPage(addon.serializeAsHTML({ includeGlobalBackground: true }), cols, rows, file),
  };
}

function drawPage(html, cols, rows, picture) {
  const folder = mkdtempSync(join(tmpdir(), 'picture-'));
  try {
    const page = join(folder, 'page.html');
    writeFileSync(
      page,
      `<meta charset="utf-8"><style>body{margin:8px;background:#101216}pre,pre *{font:15px/18px "DejaVu Sans Mono",monospace!important;margin:0}pre [style*="bold"]{font-weight:bold!important}</style>${html}`,
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
