/** Every page, overlay and state at three sizes, in many terminals, with hostile texts; and every key of every pane. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { AppState } from '../../src/domain/app/state.js';
import { bindingsIn, parseKeymap, sections } from '../../views/keymap.js';
import type { PaneId } from '../../views/layout.js';
import type { Overlay } from '../../views/overlays/types.js';
import type { InspectorTab } from '../../views/ui/state.js';
import { sampleCommands } from '../fixtures/screen/commands.js';
import { runOf, story } from '../fixtures/screen/state.js';
import { expectNothingObeyed, expectWellFormed } from '../support/hostile.js';
import { payloads } from '../support/payloads.js';
import { keymapText, type ScreenOptions, startScreen } from '../support/screen.js';

let screen: Awaited<ReturnType<typeof startScreen>>;
afterEach(() => screen?.close());

const sizes = [
  [80, 24],
  [120, 40],
  [200, 60],
] as const;

/** An agent of the story asks, so that there is a sheet to answer on. */
const asking: AppState = {
  ...story,
  runs: {
    ...story.runs,
    'split-registry-writer-1': runOf('split-registry-writer', {
      approvals: [
        {
          ...{ id: '7', kind: 'command', detail: 'npm install left-pad', reason: 'it is missing' },
          ...{ at: '2026-03-01T12:04:00.000Z', options: [{ id: 'a', kind: 'allow', label: 'Allow' }] },
        },
      ],
    }),
  },
};

/** Name, keys that lead there, what is shown then, and keys that lead back. Each has a picture nowhere else. */
const stops: readonly [name: string, keys: string, shown: string | RegExp, back: string][] = [
  ['the list by dependencies', 'o', 'by dependencies', 'ooooo'],
  ['a filter being typed', '/planner', '1 of 12', '\x1b'],
  ['marks', 'jj  ', '2 marked', '\x1b'],
  ['merge as a page', 'M', 'queue:', 'M'],
  ['worktrees as a page', 'W', 'PATH', 'W'],
  ['the log', '@', 'run failed, auth', '@'],
  ['a line of the log', '@\r', '12:04:00', '\x1b@'],
  ['the sheet of a question', 'A', 'wants to run:', '\x1b'],
  ['the menu of waves', 'w', 'Plan waves', '\x1b'],
  ['the menu of talking', 't', /tell|Tell|Interrupt/, '\x1b'],
  ['the transcript as a page', '2z', /┏━2 \[Transcript\]|#=2/, 'z1'],
  ['the diff', ']', '[Diff]', ''],
  ['the checks', ']', '[Checks]', ''],
  ['the merge of a task', ']', '[Merge]', ''],
  ['the worktree of a task', ']', /\[(Work)?[Tt]ree\]/, ''],
  ['the task', ']', '[Task]', ']'],
  ['conflicts of a merge', '3\r', /conflict/, '\x1b1'],
  // Esc takes away what is said for a moment.
  ['the pinned transcript', 'p\x1b5', /5 Pinned/, 'p\x1b1'],
];

/** Pages and overlays that have their pictures elsewhere: the rest of the whole way. */
const elsewhere: readonly (typeof stops)[number][] = [
  ['the fleet', 'g', 'at work', 'g'],
  ['the plan', 'P', /Plan /, 'P'],
  ['the monitor', '%', 'Monitor', '%'],
  ['the monitor in the pane of worktrees', '4]', '[Monitor]', '[1'],
  ['the help', '?', 'In this pane', '\x1b'],
  ['the palette', ':', '> ', '\x1b'],
  ['the form of a new task', 'a', 'Add a task', '\x1b'],
  ['the form of a task', 'e', 'acceptance', '\x1b'],
  ['a question', 'D', 'Remove task', '\x1b'],
  ['the question before leaving', 'q', 'Detach', '\x1b'],
];

/** Where each pane, tab of the inspector and kind of overlay is on the way: a new one does not compile without a stop. */
const panes: Readonly<Record<PaneId, string>> = {
  ...{ tasks: 'the list by dependencies', inspector: 'the transcript as a page', merge: 'merge as a page' },
  ...{
    worktrees: 'worktrees as a page',
    pinned: 'the pinned transcript',
    log: 'the log',
    fleet: 'the fleet',
  },
  ...{ plan: 'the plan', monitor: 'the monitor' },
};
const tabs: Readonly<Record<InspectorTab, string>> = {
  ...{ transcript: 'the transcript as a page', diff: 'the diff', checks: 'the checks' },
  ...{ merge: 'the merge of a task', worktree: 'the worktree of a task', task: 'the task' },
};
const overlays: Readonly<Record<Overlay['type'], string>> = {
  ...{ help: 'the help', palette: 'the palette', choice: 'a question', form: 'the form of a new task' },
  ...{ approval: 'the sheet of a question', detail: 'a line of the log' },
};

test('every pane, tab and kind of overlay is on the way', () => {
  const names = [...stops, ...elsewhere].map(([name]) => name);
  for (const table of [panes, tabs, overlays])
    expect(names).toEqual(expect.arrayContaining(Object.values(table)));
});

const masked = (text: string) => text.replace(/ +$/gm, '').replace(/\b\d\d:\d\d:\d\d\b/g, 'HH:MM:SS');

async function open(options: Partial<ScreenOptions> = {}) {
  screen = await startScreen({ state: asking, ...options });
  await screen.until('Tasks');
}

/** Keys one after the other: Esc waits for what may follow it. */
async function press(keys: string) {
  for (const key of keys) {
    screen.send(key);
    await new Promise((resolve) => setTimeout(resolve, key === '\x1b' ? 45 : 3));
  }
}

/** The way through these stops; `look` is called at each. */
async function tour(look: (name: string) => void, through = stops) {
  for (const [name, keys, shown, back] of through) {
    await press(keys);
    await screen.until(shown);
    await screen.settled();
    look(name);
    await press(back);
    await screen.settled();
  }
}

test.each(sizes)(
  'every page and overlay at %ix%i',
  async (...size) => {
    await open({ size: [...size] });
    const seen: string[] = [];
    await tour((name) => seen.push(`── ${name}\n${masked(screen.text())}`));
    expect(`\n${seen.join('\n')}\n`).toMatchSnapshot();
  },
  60_000,
);

describe('states', () => {
  const pause = {
    ...{ account: 'x', runner: 'codex', since: '2026-03-01T12:00:00.000Z' },
    ...{ until: '2026-03-01T13:00:00.000Z', message: 'Too many requests.' },
  };
  const states: Readonly<Record<string, Partial<AppState>>> = {
    'no tasks': { tasks: [], runs: {}, worktrees: {}, merges: {}, pairs: [], queue: undefined },
    'not trusted': { untrusted: true },
    'no commit': { ground: { noCommit: true } },
    'no runner': { missing: { what: 'codex was not found on PATH.', all: true } },
    'full access': { warnings: ['run.full_access is on.'] },
    'another drives': { lease: { held: false, holder: 'process 4' } },
    'at a limit': { pauses: [pause as never] },
    'an error': { lastError: 'The registry could not be read.' },
  };

  test.each(sizes)(
    'at %ix%i',
    async (columns, rows) => {
      const seen: string[] = [];
      for (const [name, change] of Object.entries(states)) {
        await open({ size: [columns, rows], state: { ...story, ...change } });
        await screen.settled();
        const lines = masked(screen.text()).split('\n');
        seen.push(`── ${name}`, ...lines.slice(0, 6), '…', ...lines.slice(-2));
        await screen.close();
      }
      expect(`\n${seen.join('\n')}\n`).toMatchSnapshot();
    },
    60_000,
  );
});

const terms = [
  ...['xterm-256color', 'xterm', 'screen-256color', 'tmux-256color', 'alacritty', 'foot', 'xterm-kitty'],
  ...['xterm-ghostty', 'rxvt-unicode', 'linux'],
];

test.each(terms)('TERM=%s shows the same words', async (TERM) => {
  await open({ env: { LANG: 'C.UTF-8', TERM } });
  expect(screen.lines().slice(2).join('\n')).toContain('Add oauth device flow');
  await press('M');
  await screen.until('queue:');
  expectWellFormed(screen);
});

test.each([
  ['LANG=C', { LANG: 'C' }],
  ['NO_COLOR', { LANG: 'C.UTF-8', NO_COLOR: '1' }],
  ['a light background', { LANG: 'C.UTF-8', COLORFGBG: '0;15' }],
  ['a dark background', { LANG: 'C.UTF-8', COLORFGBG: '15;0' }],
])(
  'the whole way with %s',
  async (name, env) => {
    await open({ env });
    const look = () => {
      expectWellFormed(screen);
      if (name === 'LANG=C') expect(screen.text()).toMatch(/^[\n -~]*$/);
    };
    await tour(look, [...stops, ...elsewhere]);
    if (name === 'NO_COLOR')
      expect(screen.raw()).not.toMatch(/\x1b\[[\d;]*(?:3[0-7]|38;5|4[0-7]|48;5)[\d;]*m/);
  },
  60_000,
);

test('hostile texts in every place, through every page: borders stay, and nothing of them is obeyed', async () => {
  let at = 0;
  const next = () => payloads[at++ % payloads.length]!;
  const tasks = asking.tasks.map((task) => ({ ...task, title: `${task.title} ${next()}`, goal: next() }));
  const worktrees = Object.values(asking.worktrees).map((view) => ({
    ...view,
    path: next(),
    branch: next(),
  }));
  const runs = Object.values(asking.runs).map((run) => ({
    ...{ ...run, now: { kind: 'command' as const, text: next() } },
    approvals: (run.approvals ?? []).map((one) => ({ ...one, detail: `x ${next()}`, reason: next() })),
  }));
  const state: AppState = {
    ...{ ...asking, tasks, log: asking.log.map((line) => ({ ...line, text: `${next()} run failed, auth` })) },
    worktrees: Object.fromEntries(worktrees.map((view) => [view.task, view])),
    runs: Object.fromEntries(runs.map((run) => [run.runId, run])),
  };
  await open({ state, lines: payloads });
  const corners = () =>
    screen
      .lines()
      .filter((line) => /^[┏╭]/.test(line))
      .map((line) => line.length);
  const look = (name: string) => {
    expectWellFormed(screen);
    for (const width of corners()) expect([name, width]).toEqual([name, 120]);
  };
  await tour(look, [...stops, ...elsewhere]);
  expectNothingObeyed(screen);
}, 60_000);

describe('every key', () => {
  const keymap = parseKeymap(
    keymapText('default'),
    sampleCommands.map((row) => row.id),
  );
  const bytes: Readonly<Record<string, string>> = {
    ...{ enter: '\r', tab: '\t', 'S-tab': '\x1b[Z', esc: '\x1b', space: ' ', up: '\x1b[A', down: '\x1b[B' },
    ...{
      right: '\x1b[C',
      left: '\x1b[D',
      home: '\x1b[H',
      end: '\x1b[F',
      pagedown: '\x1b[6~',
      pageup: '\x1b[5~',
    },
    ...{ f2: '\x1bOQ', f3: '\x1bOR', 'S-up': '\x1b[1;2A', 'S-down': '\x1b[1;2B' },
  };
  const bytesOf = (key: string) =>
    bytes[key] ?? (key.startsWith('C-') ? String.fromCharCode(key.charCodeAt(2) - 96) : key);
  const places: Readonly<Record<string, string>> = {
    ...{
      tasks: '1',
      inspector: '2',
      merge: '3',
      worktrees: '4',
      log: '@',
      fleet: 'g',
      plan: 'P',
      monitor: '%',
    },
  };
  const leaves = new Set(['ui.quit', 'ui.suspend']);

  test('has a place here, or tests of its own: those of reviews and conflicts', () => {
    const own = ['global', 'review', 'conflict'];
    expect(sections.filter((section) => !places[section])).toEqual(own);
  });

  test.each(sections.filter((section) => places[section]))(
    'of %s does something, or says why not',
    async (section) => {
      const said = { kind: 'failure' as const, code: 'no', message: 'Not in this test.' };
      await open({ invoke: async () => ({ ok: false, error: said, exit: 1 }) as never });
      // Keys of everywhere are pressed in the list alone.
      const own = bindingsIn(keymap, section).filter((one) => section === 'tasks' || one.section === section);
      await press(places[section]!);
      for (const { keys, run } of own) {
        if (leaves.has(run)) continue;
        const before = `${screen.text()}${screen.calls.length}`;
        for (const key of keys) screen.send(bytesOf(key));
        // A command is called, asks, or says in a line why it does nothing.
        if (!run.startsWith('ui.'))
          await screen.until(() => `${screen.text()}${screen.calls.length}` !== before);
        await press(`\x1b\x1b${places[section]}`);
        if (section === 'tasks') expectWellFormed(screen);
      }
      expect(screen.text()).toContain('codex-agents');
    },
    120_000,
  );
});
