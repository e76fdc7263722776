/**
 * Draws a recorded screen as a picture, to look at: node scripts/screenshot.mjs <capture> <out.png> [columns] [rows]
 * The capture holds what a program wrote to its terminal, or `tmux capture-pane -e -p`. Needs chromium.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import serialize from '@xterm/addon-serialize';
import unicode11 from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';

const [capture, picture, columns = '120', rows = '40'] = process.argv.slice(2);
if (!capture || !picture) {
  console.error('usage: node scripts/screenshot.mjs <capture> <out.png> [columns] [rows]');
  process.exit(2);
}
const [cols, lines] = [Number(columns), Number(rows)];
const term = new xterm.Terminal({ cols, rows: lines, allowProposedApi: true, convertEol: true });
term.loadAddon(new unicode11.Unicode11Addon());
term.unicode.activeVersion = '11';
const addon = new serialize.SerializeAddon();
term.loadAddon(addon);
await new Promise((done) => term.write(readFileSync(capture), () => done(undefined)));

const folder = mkdtempSync(join(tmpdir(), 'screenshot-'));
const page = join(folder, 'page.html');
writeFileSync(
  page,
  `<meta charset="utf-8"><style>body{margin:8px;background:#101216}pre,pre *{font:15px/18px "DejaVu Sans Mono",monospace!important;margin:0}pre [style*="bold"]{font-weight:bold!important}</style>${addon.serializeAsHTML({ includeGlobalBackground: true })}`,
);
execFileSync(
  process.env.CHROMIUM ?? 'chromium',
  [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--hide-scrollbars',
    `--user-data-dir=${join(folder, 'profile')}`,
    `--window-size=${Math.ceil(cols * 9.04) + 24},${lines * 18 + 24}`,
    `--screenshot=${resolve(picture)}`,
    `file://${page}`,
  ],
  { stdio: 'ignore' },
);
rmSync(folder, { recursive: true, force: true });
