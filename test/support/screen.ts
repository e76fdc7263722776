/** The screen in this process: streams instead of a terminal, xterm.js as the eye. */
import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import unicode11 from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';
import { parse } from 'smol-toml';
import type { AnyCommand, Outcome } from '../../src/commands/types.js';
import type { PlanStep } from '../../src/domain/agents/agent-event.js';
import type { TranscriptLine } from '../../src/domain/agents/transcript/line.js';
import type { MonitorReading } from '../../src/domain/app/monitor.js';
import type { TaskPages } from '../../src/domain/app/pages.js';
import { type AppState, reduce } from '../../src/domain/app/state.js';
import { createStore } from '../../src/store/store.js';
import {
  type CallBy,
  type ConflictReader,
  openScreen,
  parseKeymap,
  type ReviewReader,
} from '../../views/index.js';
import { parseTheme } from '../../views/theme.js';
import type { TranscriptSource } from '../../views/transcripts.js';
import { sampleCommands } from '../fixtures/screen/commands.js';
import { noReading, now, transcript } from '../fixtures/screen/state.js';

export const terminfoDir = fileURLToPath(new URL('../../terminfo', import.meta.url));

export function keymapText(name: string): unknown {
  return parse(readFileSync(new URL(`../../keymaps/${name}.toml`, import.meta.url), 'utf8'));
}

/** A theme of the program. */
export const readTheme = (name: string) =>
  parseTheme(name, [parse(readFileSync(new URL(`../../themes/${name}.toml`, import.meta.url), 'utf8'))]);

export interface ScreenOptions {
  state: AppState;
  size?: [columns: number, rows: number];
  theme?: string;
  env?: NodeJS.ProcessEnv;
  commands?: readonly AnyCommand[];
  /** A text is a line of a program without a protocol. */
  lines?: readonly (string | TranscriptLine)[];
  /** Lines before those. */
  older?: readonly string[];
  plan?: readonly PlanStep[];
  mouse?: boolean;
  /** Changes of marks of a screen before. */
  marks?: Parameters<typeof openScreen>[0]['marks'];
  callBy?: CallBy;
  /** What git and disk know of the task that is looked at. */
  pages?: TaskPages;
  invoke?(id: string, args: Record<string, unknown>): Promise<Outcome>;
  /** What is loaded after the first frame. */
  loadRest?(): Promise<void>;
  /** What the monitor reads each time. */
  monitor?: MonitorReading;
  /** How a change is read that is reviewed; default: there is none. */
  reviews?: Partial<ReviewReader>;
  /** How a conflict is read; default: there is none. */
  conflicts?: Partial<ConflictReader>;
}

export const noConflicts: ConflictReader = {
  read: async () => Promise.reject(new Error('There is no conflict.')),
  colours: async () => new Map(),
};
const noReviews: ReviewReader = {
  read: async () => Promise.reject(new Error('There is nothing to review.')),
  text: async () => undefined,
  colours: async () => new Map(),
  why: async () => Promise.reject(new Error('No transcript tells.')),
};
const asLine = (line: string | TranscriptLine): TranscriptLine =>
  typeof line === 'string' ? { kind: 'plain', text: line } : line;

/** Opens the screen on a state. Always `await close()` in the end. */
export async function startScreen(options: ScreenOptions) {
  const [columns, rows] = options.size ?? [120, 40];
  const input = Object.assign(new PassThrough(), { isTTY: true, isRaw: true, setRawMode() {} });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns, rows });
  const term = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  term.loadAddon(new unicode11.Unicode11Addon());
  term.unicode.activeVersion = '11';
  let raw = '';
  let pending = 0;
  output.on('data', (chunk: Buffer) => {
    raw += chunk.toString();
    pending += 1;
    term.write(chunk, () => {
      pending -= 1;
    });
  });
  const store = createStore(reduce, options.state);
  const calls: { id: string; args: Record<string, unknown> }[] = [];
  const commands = options.commands ?? sampleCommands;
  const closed: string[] = [];
  const source = (runId: string): TranscriptSource => {
    let left = (options.older ?? []).map(asLine);
    const lines = (options.lines ?? transcript).map(asLine);
    return {
      lines: () => lines,
      plan: () => options.plan ?? [],
      total: lines.length,
      get hasOlder() {
        return left.length > 0;
      },
      async older(n) {
        const given = left.slice(-n);
        left = left.slice(0, left.length - given.length);
        return given;
      },
      live: true,
      close: () => closed.push(runId),
    };
  };
  let leave = () => {};
  const ended = openScreen({
    store,
    commands,
    keymap: parseKeymap(
      keymapText('default'),
      commands.map((row) => row.id),
    ),
    async invoke(id, args) {
      calls.push({ id, args });
      return options.invoke ? options.invoke(id, args) : { ok: true, data: {}, exit: 0 };
    },
    editText: async (text) => `${text}, edited`,
    readMonitor: async () => options.monitor ?? noReading,
    readPages: async (task) => options.pages ?? { task, diff: '', cut: false, untracked: [] },
    openTranscript: source,
    reviews: { ...noReviews, ...options.reviews },
    conflicts: { ...noConflicts, ...options.conflicts },
    terminfoDir,
    theme: options.theme ?? 'auto',
    readTheme,
    mouse: options.mouse ?? false,
    ...(options.marks ? { marks: options.marks } : {}),
    ...(options.loadRest ? { loadRest: options.loadRest } : {}),
    callBy: options.callBy ?? 'bell',
    version: '0.1',
    crashed: String,
    onReady(_, go) {
      leave = go;
    },
    now: () => now,
    env: options.env ?? { LANG: 'C.UTF-8' },
    terminal: { input, output: output as unknown as NodeJS.WriteStream },
  });

  const lines = () =>
    Array.from(
      { length: term.rows },
      (_, y) => term.buffer.active.getLine(term.buffer.active.baseY + y)?.translateToString(true) ?? '',
    );
  const text = () => lines().join('\n');

  /** Waits until the screen says so; fails with the screen itself. */
  async function until(what: string | RegExp | (() => boolean), ms = 15_000) {
    const holds = () =>
      typeof what === 'function'
        ? what()
        : typeof what === 'string'
          ? text().includes(what)
          : what.test(text());
    const limit = Date.now() + ms;
    while (!holds() || pending > 0) {
      if (Date.now() > limit) throw new Error(`Waited in vain for ${what}. The screen:\n${text()}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  /**
   * Waits until nothing is painted any more. Screen and test share one loop: what a key begins here is due before this
   * time is over, however busy the machine is. What follows the selection is read 40 ms after the last key, and painted
   * 33 ms after that.
   */
  async function settled() {
    for (let before = -1; before !== raw.length || pending > 0; ) {
      before = raw.length;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }

  return {
    store,
    calls,
    closed,
    term,
    lines,
    text,
    until,
    settled,
    ended,
    raw: () => raw,
    forgetRaw: () => {
      raw = '';
    },
    /** Sends bytes as the terminal would. */
    send: (bytes: string | Buffer) => input.write(bytes),
    async resize(width: number, height: number) {
      term.resize(width, height);
      Object.assign(output, { columns: width, rows: height });
      output.emit('resize');
    },
    async close() {
      leave();
      await ended;
      term.dispose();
    },
  };
}
