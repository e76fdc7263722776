/**
 * A frame and the time from key to screen with 10,000 tasks, one figure a line: by the clock, and the processor's time
 * of it, which other programs on the machine do not change. Then the bytes of a move and of a frame without a change.
 * The screen runs in this process on streams, so that the figures are ours and not the terminal's.
 */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { parse } from 'smol-toml';
import { loadViews, quantile, root } from './lib/views.mjs';

const parts = await loadViews({
  './views/canvas.ts': ['createCanvas'],
  './views/frame.ts': ['paintFrame'],
  './views/index.ts': ['openScreen', 'parseKeymap'],
  './views/theme.ts': ['createTheme', 'parseTheme'],
  './views/ui/state.ts': ['initialUi', 'reduceUi'],
  './src/domain/app/state.ts': ['reduce'],
  './src/store/store.ts': ['createStore'],
  './test/fixtures/screen/state.ts': ['manyTasks', 'transcript', 'now'],
  './test/fixtures/screen/commands.ts': ['sampleCommands'],
});

const commands = parts.sampleCommands;
const darkTheme = parse(readFileSync(join(root, 'themes/dark.toml'), 'utf8'));
const table = parse(readFileSync(join(root, 'keymaps/default.toml'), 'utf8'));
const keymap = parts.parseKeymap(
  table,
  commands.map((row) => row.id),
);

function report(name, times, work) {
  const both = (list) =>
    `p50 ${quantile(list, 0.5).toFixed(2)} ms, p95 ${quantile(list, 0.95).toFixed(2)} ms`;
  const worked = work ? `; work ${both(work)}` : '';
  console.log(`${name}: ${both(times)}${worked} (${times.length} samples, load ${loadavg()[0].toFixed(1)})`);
}

/** Milliseconds of the processor's time. */
function workSince(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

for (const count of [1_000, 10_000]) {
  const state = parts.manyTasks(count);
  const keys = state.tasks.map((task) => task.slug);
  const canvas = parts.createCanvas(parts.createTheme(parts.parseTheme('dark', [darkTheme])));
  const model = { state, transcripts: {}, keymap, commands, version: '0.1', now: parts.now };
  let ui = parts.initialUi(false);
  const times = [];
  const work = [];
  for (let i = 0; i < 500; i++) {
    const index = (i * 7) % count;
    const spent = process.cpuUsage();
    const start = performance.now();
    ui = parts.reduceUi(ui, { type: 'selected', pane: 'tasks', index, key: keys[index], height: 20 });
    parts.paintFrame(canvas, { ...model, ui }, 120, 40);
    if (i < 100) continue;
    times.push(performance.now() - start);
    work.push(workSince(spent));
  }
  report(`frame, ${count} tasks, selection moves`, times, work);
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
  readPages: async (task) => ({ task, diff: '', cut: false, untracked: [] }),
  readTheme: (name) => parts.parseTheme(name, [name === 'none' ? {} : darkTheme]),
  callBy: 'none',
  openTranscript: () => ({ lines: () => parts.transcript, total: 10, live: true, close() {} }),
  terminfoDir: join(root, 'terminfo'),
  theme: 'dark',
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
    seen = () => resolve(undefined);
  });
  const start = performance.now();
  input.write('j');
  await shown;
  times.push(performance.now() - start);
  await new Promise((resolve) => setTimeout(resolve, 20));
}
report('key to bytes for the terminal, 10000 tasks', times);
console.log(`bytes per selection move: ${Math.round(bytes / 100)}`);
bytes = 0;
for (let i = 0; i < 20; i++) {
  store.dispatch({ type: 'ground.found', ground: {} });
  await new Promise((resolve) => setTimeout(resolve, 50));
}
console.log(`bytes of 20 frames in which nothing changed: ${bytes}`);
input.write('q');
await ended;
process.exit(0);
