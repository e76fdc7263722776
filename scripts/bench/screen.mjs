/**
 * Work per frame and time from key to screen with 10,000 tasks, one figure a line.
 * The screen runs in this process on streams, so that the figures are ours and not the terminal's.
 */
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { parse } from 'smol-toml';
import { blessedPlugin } from '../blessed-plugin.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bundle = join(tmpdir(), `codex-agents-bench-${process.pid}.mjs`);
await build({
  stdin: {
    contents: `
      export { createCanvas } from './views/canvas.ts';
      export { paintFrame } from './views/frame.ts';
      export { openScreen, parseKeymap } from './views/index.ts';
      export { createTheme } from './views/theme.ts';
      export { initialUi, reduceUi } from './views/ui/state.ts';
      export { reduce } from './src/domain/state.ts';
      export { createStore } from './src/store/store.ts';
      export { manyTasks, transcript, now } from './test/fixtures/screen/state.ts';
      export { sampleCommands } from './test/fixtures/screen/commands.ts';`,
    resolveDir: root,
    loader: 'ts',
  },
  outfile: bundle,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  external: ['term.js', 'pty.js'],
  plugins: [blessedPlugin],
  banner: {
    js: "import{createRequire as __c}from'node:module';const require=__c(import.meta.url),__dirname='',__filename='';",
  },
});
const parts = await import(pathToFileURL(bundle).href);
rmSync(bundle);

const commands = parts.sampleCommands;
const table = parse(readFileSync(join(root, 'keymaps/default.toml'), 'utf8'));
const keymap = parts.parseKeymap(
  table,
  commands.map((row) => row.id),
);

function report(name, times) {
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor(times.length * share)].toFixed(2);
  console.log(`${name}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms (${times.length} samples)`);
}

for (const count of [1_000, 10_000]) {
  const state = parts.manyTasks(count);
  const keys = state.tasks.map((task) => task.slug);
  const canvas = parts.createCanvas(parts.createTheme('256'));
  const model = { state, transcripts: {}, keymap, commands, version: '0.1', now: parts.now };
  let ui = parts.initialUi(false);
  const times = [];
  for (let i = 0; i < 500; i++) {
    const index = (i * 7) % count;
    const start = performance.now();
    ui = parts.reduceUi(ui, { type: 'selected', pane: 'tasks', index, key: keys[index], height: 20 });
    parts.paintFrame(canvas, { ...model, ui }, 120, 40);
    if (i >= 100) times.push(performance.now() - start);
  }
  report(`frame, ${count} tasks, selection moves`, times);
}

const input = Object.assign(new PassThrough(), { isTTY: true, isRaw: true, setRawMode() {} });
const output = Object.assign(new PassThrough(), { isTTY: true, columns: 120, rows: 40 });
let seen = () => {};
let bytes = 0;
output.on('data', (chunk) => {
  bytes += chunk.length;
  seen();
});
const store = parts.createStore(parts.reduce, { ...parts.manyTasks(10_000), runs: {} });
const ended = parts.openScreen({
  store,
  commands,
  keymap,
  invoke: async () => ({ ok: true, data: {}, exit: 0 }),
  openTranscript: () => ({ lines: () => parts.transcript, total: 10, live: true, close() {} }),
  terminfoDir: join(root, 'terminfo'),
  theme: '256',
  mouse: false,
  version: '0.1',
  env: { LANG: 'C.UTF-8' },
  terminal: { input, output },
});
await new Promise((resolve) => setTimeout(resolve, 300));
const times = [];
bytes = 0;
for (let i = 0; i < 100; i++) {
  const shown = new Promise((resolve) => {
    seen = resolve;
  });
  const start = performance.now();
  input.write('j');
  await shown;
  times.push(performance.now() - start);
  await new Promise((resolve) => setTimeout(resolve, 20));
}
report('key to bytes for the terminal, 10000 tasks', times);
console.log(`bytes per selection move: ${Math.round(bytes / 100)}`);
input.write('q');
await ended;
process.exit(0);
