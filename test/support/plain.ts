/** The dashboard as lines in this process: what is typed goes in by lines, what is said is kept. */
import { PassThrough } from 'node:stream';
import { type AppState, reduce } from '../../src/domain/app/state.js';
import { createStore } from '../../src/store/store.js';
import { type ConflictReader, parseKeymap, type ReviewReader } from '../../views/index.js';
import { openPlain } from '../../views/plain/index.js';
import { sampleCommands } from '../fixtures/screen/commands.js';
import { noReading, now, transcript } from '../fixtures/screen/state.js';
import { keymapText, noConflicts, readTheme } from './screen.js';

export interface PlainOptions {
  state: AppState;
  env?: NodeJS.ProcessEnv;
  lines?: readonly string[];
  reviews?: Partial<ReviewReader>;
  /** How a conflict is read; default: there is none. */
  conflicts?: Partial<ConflictReader>;
}

const noReviews: ReviewReader = {
  read: async () => Promise.reject(new Error('There is nothing to review.')),
  text: async () => undefined,
  colours: async () => new Map(),
  why: async () => Promise.reject(new Error('No transcript tells.')),
};

/** Opens it on a state. Always `await close()` in the end. */
export function startPlain({ state, env = { LANG: 'C.UTF-8' }, ...options }: PlainOptions) {
  const input = new PassThrough();
  const output = new PassThrough();
  let said = '';
  output.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const store = createStore(reduce, state);
  const calls: { id: string; args: Record<string, unknown> }[] = [];
  const lines = options.lines?.map((text) => ({ kind: 'plain', text }) as const) ?? transcript;
  const ended = openPlain({
    store,
    commands: sampleCommands,
    keymap: parseKeymap(
      keymapText('default'),
      sampleCommands.map((row) => row.id),
    ),
    async invoke(id, args) {
      calls.push({ id, args });
      return { ok: true, data: {}, exit: 0 };
    },
    editText: async (text) => `${text}, edited`,
    readMonitor: async () => noReading,
    readPages: async (task) => ({ task, diff: '', cut: false, untracked: [] }),
    openTranscript: () => ({
      lines: () => lines,
      plan: () => [],
      total: lines.length,
      hasOlder: false,
      older: async () => [],
      live: true,
      close() {},
    }),
    reviews: { ...noReviews, ...options.reviews },
    conflicts: { ...noConflicts, ...options.conflicts },
    mouse: false,
    callBy: 'none',
    version: '0.1',
    now: () => now,
    env,
    readTheme,
    streams: { input, output },
  });

  /** Waits until it was said since the last line was typed. */
  async function until(what: string | RegExp | (() => boolean), ms = 10_000) {
    const holds = () =>
      typeof what === 'function' ? what() : typeof what === 'string' ? said.includes(what) : what.test(said);
    const limit = Date.now() + ms;
    while (!holds()) {
      if (Date.now() > limit) throw new Error(`Waited in vain for ${what}. Said:\n${said}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
  return {
    store,
    calls,
    ended,
    said: () => said,
    until,
    /** Types a line, and forgets what was said before it. */
    type(line: string) {
      said = '';
      input.write(`${line}\n`);
    },
    async close() {
      input.end();
      await ended;
    },
  };
}
