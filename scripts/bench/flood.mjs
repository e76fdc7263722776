/**
 * Agents that write without end: a gigabyte of text, of binary bytes, and of lines of 10 MB. Prints what the program
 * that drives them takes at most, what is left on disk, and how long the screen takes for a frame meanwhile.
 * MEGABYTES=100 for a short one. Ends with 1 when a bar is missed.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { parse } from 'smol-toml';
import { blessedPlugin } from '../blessed-plugin.mjs';
import { makeSandbox, program } from './sandbox.mjs';

const megabytes = Number(process.env.MEGABYTES ?? 1000);
const bars = { residentMb: 150, frameMs: 16 };
const cap = '50 MB';
let missed = 0;

const root = fileURLToPath(new URL('../..', import.meta.url));
const bundle = join(tmpdir(), `codex-agents-flood-${process.pid}.mjs`);
await build({
  stdin: {
    contents: `
      export { createCanvas } from './views/canvas.ts';
      export { paintFrame } from './views/frame.ts';
      export { parseKeymap } from './views/index.ts';
      export { createTheme } from './views/theme.ts';
      export { initialUi } from './views/ui/state.ts';
      export { liveTranscript } from './src/services/runs/index.ts';
      export { manyTasks, now } from './test/fixtures/screen/state.ts';
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
  logLevel: 'error',
});
const parts = await import(pathToFileURL(bundle).href);
rmSync(bundle);
const table = parse(readFileSync(join(root, 'keymaps/default.toml'), 'utf8'));
const ids = parts.sampleCommands.map((row) => row.id);
const keymap = parts.parseKeymap(table, ids);

/** Shell lines that write this many megabytes. */
const floods = {
  text: `yes 'a line of an agent that has much to say, forty times over and over again' | head -c ${megabytes}M`,
  binary: `head -c ${megabytes}M /dev/urandom`,
  'lines of 10 MB': `i=0; while [ $i -lt ${Math.ceil(megabytes / 10)} ]; do head -c 10M /dev/zero | tr '\\0' x; echo; i=$((i+1)); done`,
};

/** Resident memory of a process at its highest, in MB. */
function peak(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
  } catch {
    return 0;
  }
}

function judge(name, value, bar, unit) {
  const good = value <= bar;
  if (!good) missed++;
  console.log(`${good ? 'ok   ' : 'OVER '} ${name}: ${value.toFixed(1)} ${unit} (bar ${bar})`);
}

for (const [name, line] of Object.entries(floods)) {
  const sandbox = makeSandbox();
  const repo = join(sandbox.root, 'repo');
  mkdirSync(repo);
  try {
    sandbox.run(repo, 'git', 'init', '-q');
    sandbox.codexAgent(repo, 'init');
    sandbox.run(repo, 'git', 'add', '-A');
    sandbox.run(repo, 'git', 'commit', '-qm', 'First');
    const agent = `echo x > x.txt; ${line}; echo; echo the end`;
    const settings = [
      ['runner.default', '"command"'],
      ['runner.command.args', JSON.stringify(['sh', '-c', agent])],
      ['run.max_output', JSON.stringify(cap)],
    ];
    for (const [key, value] of settings) sandbox.codexAgent(repo, 'config', 'set', key, value);
    sandbox.codexAgent(repo, 'task', 'add', 'Flood');
    const begin = performance.now();
    const child = spawn(process.execPath, [program, 'manager', 'launch', '--wait', '--json'], {
      cwd: repo,
      env: sandbox.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    let resident = 0;
    const meter = setInterval(() => {
      resident = Math.max(resident, peak(child.pid));
    }, 50);
    const ended = new Promise((resolve) => child.on('close', resolve));
    const frames = watchFrames(join(sandbox.env.XDG_STATE_HOME, 'codex-agents', 'runs'));
    const code = await ended;
    clearInterval(meter);
    const { times, lines } = await frames.stop();
    const [run] = readdirSync(frames.runsDir);
    const transcript = join(frames.runsDir, run, 'transcript.log');
    const text = readFileSync(transcript, 'latin1');
    const result = JSON.parse(output.trim().split('\n').at(-1));
    const seconds = (performance.now() - begin) / 1000;
    console.log(
      `${name}, ${megabytes} MB: exit ${code}, task ${result.data?.tasks?.[0]?.status}, ${seconds.toFixed(0)} s; ` +
        `on disk ${(statSync(transcript).size / 1e6).toFixed(1)} MB of a limit of ${cap}, ` +
        `markers ${text.split('"codex-agents.dropped"').length - 1}, ` +
        `its last word ${text.endsWith('the end\n') ? 'kept' : 'LOST'}; ${lines} lines in memory of the screen`,
    );
    if (code !== 0 || !text.includes('"codex-agents.dropped"') || !text.endsWith('the end\n')) missed++;
    judge('  resident memory of the orchestrator at its highest', resident, bars.residentMb, 'MB');
    times.sort((a, b) => a - b);
    const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
    console.log(`       ${times.length} frames, p50 ${at(0.5).toFixed(2)} ms, worst ${at(1).toFixed(2)} ms`);
    judge('  work for a frame, p99', at(0.99), bars.frameMs, 'ms');
  } finally {
    sandbox.cleanup();
  }
}
process.exit(missed > 0 ? 1 : 0);

/**
 * Paints the run's transcript as the dashboard does, thirty times a second, until stopped. Times are of the processor: what other
 * programs on the machine do is not the screen's work.
 */
function watchFrames(runsDir) {
  const canvas = parts.createCanvas(parts.createTheme('256'));
  const state = parts.manyTasks(100);
  const ui = { ...parts.initialUi(false), focus: 'transcript' };
  const paint = (transcripts) =>
    parts.paintFrame(
      canvas,
      { state, ui, transcripts, keymap, commands: parts.sampleCommands, version: '0.1', now: parts.now },
      120,
      40,
    );
  // The first frames of a process are its compiler's.
  for (let warm = 0; warm < 100; warm++) paint({});
  const times = [];
  let going = true;
  let live;
  const painting = (async () => {
    while (going) {
      const [run] = existsSync(runsDir) ? readdirSync(runsDir) : [];
      if (!live && run && existsSync(join(runsDir, run, 'intent.json'))) {
        live = parts.liveTranscript({ runsDir }, run, () => {});
      }
      if (live) {
        const started = process.cpuUsage();
        const transcripts = {
          transcript: { runId: run, lines: live.lines(), total: live.total, live: live.live },
        };
        paint(transcripts);
        const { user, system } = process.cpuUsage(started);
        times.push((user + system) / 1000);
      }
      await sleep(33);
    }
  })();
  return {
    runsDir,
    async stop() {
      going = false;
      await painting;
      const lines = live?.lines().length ?? 0;
      live?.close();
      return { times, lines };
    },
  };
}
