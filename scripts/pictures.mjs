/**
 * Makes the pictures of the README from the real screen: plays the demo in a terminal and draws moments of it.
 * npm run pictures (after `npm run build`); needs chromium.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pty from '@lydell/node-pty';
import { drawableTerminal } from './lib/picture.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [columns, rows] = [120, 40];
const folder = mkdtempSync(join(tmpdir(), 'pictures-'));
const { term, draw } = drawableTerminal(columns, rows);
const env = {
  ...{ PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8', TERM: 'xterm-256color' },
  ...{ GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
};
const argv = [join(root, 'dist/main.js'), 'demo', '--folder', join(folder, 'demo'), '--speed', '10'];
const child = pty.spawn(process.execPath, argv, { cols: columns, rows, cwd: folder, env });
const ended = new Promise((done) => {
  child.onExit(done);
});
child.onData((data) => term.write(data));
term.onData((data) => child.write(data));

const text = () =>
  Array.from({ length: rows }, (_, y) => term.buffer.active.getLine(y)?.translateToString() ?? '').join('\n');

/** Waits until the screen shows this; gives up after a minute. */
async function until(shown) {
  const limit = Date.now() + 60_000;
  while (!shown.test(text())) {
    if (Date.now() > limit) throw new Error(`The screen does not show ${shown}:\n${text()}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

async function press(keys, shown) {
  child.write(keys);
  await until(shown);
}

try {
  await until(/Say who pays whom/);
  await press('wL', /Start 2 agents/);
  await press('y', /\$ node --test|edit src/);
  await until(/wants to run: git log/);
  await press('A', /Allow \(this once\)/);
  draw(join(root, 'docs/approval.png'));
  await press('a', /working 2/);
  draw(join(root, 'docs/dashboard.png'));
  await until(/◆ conflict|◆ 1 conflict|✗ conflict/);
  await until(/landed [2-6]/);
  await press('G=', /▾ landed/);
  await press('\r', /┏━2/);
  await press(']', /files {2}\+/);
  // Its border is at the left edge once it has the whole screen.
  await press('z', /^┏━2 Transcript \[Diff\]/m);
  draw(join(root, 'docs/diff.png'));
} finally {
  // Agents that are still at work are stopped first: nothing may write into the folder any more.
  child.write('q');
  await Promise.race([ended, until(/at work/)]);
  child.write('s');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}
