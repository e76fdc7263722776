/** Looks at a run as the dashboard does: frames painted in this process, and the real dashboard in a terminal. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawn } from '@lydell/node-pty';
import { parse } from 'smol-toml';
import { loadViews, root } from './views.mjs';

const parts = await loadViews({
  './views/canvas.ts': ['createCanvas'],
  './views/frame.ts': ['paintFrame'],
  './views/index.ts': ['parseKeymap'],
  './views/theme.ts': ['createTheme', 'parseTheme'],
  './views/transcripts.ts': ['createTranscripts'],
  './views/ui/state.ts': ['initialUi'],
  './src/services/agents/runs/live.ts': ['liveTranscript'],
  './test/fixtures/screen/state.ts': ['manyTasks', 'now'],
  './test/fixtures/screen/commands.ts': ['sampleCommands'],
});
const darkTheme = parse(readFileSync(join(root, 'themes/dark.toml'), 'utf8'));
const table = parse(readFileSync(join(root, 'keymaps/default.toml'), 'utf8'));
const keymap = parts.parseKeymap(
  table,
  parts.sampleCommands.map((row) => row.id),
);

/**
 * Paints the transcript of the first run there is as the dashboard does, thirty times a second, until stopped. `work` is
 * the processor's time: what other programs on the machine do is not the screen's work; `clock` is what passed meanwhile.
 */
export function watchFrames(runsDir) {
  const canvas = parts.createCanvas(parts.createTheme(parts.parseTheme('dark', [darkTheme])));
  const state = parts.manyTasks(100);
  const ui = { ...parts.initialUi(false), focus: 'inspector' };
  const fixed = { state, keymap, commands: parts.sampleCommands, version: '0.1', now: parts.now };
  const paint = (transcripts, shown = ui) =>
    parts.paintFrame(canvas, { ...fixed, ui: shown, transcripts }, 120, 40);
  // The first frames of a process are its compiler's.
  for (let warm = 0; warm < 100; warm++) paint({});
  const work = [];
  const clock = [];
  let going = true;
  let pinned;
  const transcripts = parts.createTranscripts({
    open: (run, onChange) => parts.liveTranscript({ runsDir }, run, onChange),
    onChange: () => {},
  });
  const painting = (async () => {
    while (going) {
      const [run] = existsSync(runsDir) ? readdirSync(runsDir) : [];
      if (run && existsSync(join(runsDir, run, 'intent.json'))) pinned = run;
      const shown = { ...ui, ...(pinned ? { pinned } : {}) };
      transcripts.sync({ tasks: [], runs: {}, merges: {} }, shown);
      const started = process.cpuUsage();
      const began = performance.now();
      paint({ transcript: transcripts.view('pinned', state) }, ui);
      const { user, system } = process.cpuUsage(started);
      if (pinned) {
        work.push((user + system) / 1000);
        clock.push(performance.now() - began);
      }
      await sleep(33);
    }
  })();
  return {
    async stop() {
      going = false;
      await painting;
      transcripts.close();
      return { work, clock };
    },
  };
}

/** Opens the dashboard in a terminal of its own. */
export function openDashboard(program, cwd, env) {
  const pty = spawn(process.execPath, [program], {
    cwd,
    env: { ...env, TERM: 'xterm-256color', COLORTERM: '' },
    cols: 120,
    rows: 40,
  });
  /** What was written since the last look; frames of a flood are long. */
  let text = '';
  pty.onData((data) => {
    text = (text + data).slice(-200_000);
  });
  const ended = new Promise((resolve) => pty.onExit(resolve));
  const shows = async (words, limitMs = 20_000) => {
    const end = performance.now() + limitMs;
    while (!text.includes(words)) {
      if (performance.now() > end) throw new Error(`the dashboard does not show ${JSON.stringify(words)}`);
      await sleep(1);
    }
  };
  const keys = (...list) => {
    for (const key of list) pty.write(key);
  };
  return {
    pid: pty.pid,
    text: () => text,
    shows,
    keys,
    /** Milliseconds from a key to these words; a second key puts things back. */
    async time(key, words, back) {
      text = '';
      const began = performance.now();
      keys(key);
      await shows(words);
      const took = performance.now() - began;
      keys(back);
      await sleep(60);
      return took;
    },
    async quit() {
      keys('q');
      await Promise.race([ended, sleep(5_000)]);
      pty.kill('SIGKILL');
    },
  };
}
