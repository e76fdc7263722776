/** The monitor: a page and a tab of the worktrees, drawn with the widgets of blessed-contrib. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { nothingSpent } from '../../src/domain/agents/cost.js';
import type { MonitorReading } from '../../src/domain/app/monitor.js';
import type { AppState } from '../../src/domain/app/state.js';
import { now, story } from '../fixtures/screen/state.js';
import { startPlain } from '../support/plain.js';
import { startScreen } from '../support/screen.js';

let screen: Awaited<ReturnType<typeof startScreen>>;
afterEach(() => screen?.close());

const sizes = [
  [80, 24],
  [120, 40],
  [200, 60],
] as const;
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

const prices = { default: { input: 3, output: 12 } };
const used = (tokens: number) => ({ ...nothingSpent, tokens, input: tokens, cost: tokens * 3e-6 });
/** The story with prices and a budget, most of which is used. */
const spending: AppState = {
  ...story,
  spend: {
    ...{ currency: 'USD', prices, period: '', state: 'open' },
    ...{ total: used(1_640_000), counted: used(1_640_000), budget: { tokens: 2_000_000 } },
    tasks: { 'add-oauth-device-flow': used(1_200_000), 'split-registry-writer': used(440_000) },
  },
};
const reading: MonitorReading = {
  at: now,
  spends: [
    {
      ...{
        run: 'add-oauth-device-flow-1',
        task: 'add-oauth-device-flow',
        agent: 'developer',
        runner: 'codex',
      },
      ...{ at: ago(40), input: 1_200_000, cached: 0, output: 0 },
    },
    {
      ...{
        run: 'split-registry-writer-1',
        task: 'split-registry-writer',
        agent: 'developer',
        runner: 'claude',
      },
      ...{ at: ago(20), until: ago(5), input: 440_000, cached: 0, output: 0 },
    },
  ],
  landings: [30, 22, 9].map((minutes) => ({ task: `t${minutes}`, at: now - minutes * 60_000 })),
  own: { core: 0.02, bytes: 90_000_000, processes: 1 },
  agents: {
    'add-oauth-device-flow-1': { core: 0.62, bytes: 310_000_000, processes: 4 },
    'split-registry-writer-1': { core: 0.05, bytes: 120_000_000, processes: 2 },
  },
  disk: { 'add-oauth-device-flow': 12_000_000, 'split-registry-writer': 90_000_000 },
  diskFree: 76_000_000_000,
};

/** Times of day are local. */
const masked = (text: string) =>
  text.replace(/^ \d\d:\d\d:\d\d /gm, ' HH:MM:SS ').replace(/\b\d\d:\d\d\b(?!:)/g, 'HH:MM');

describe('the page', () => {
  test.each(sizes)('shows cost, pace, machine and the dearest tasks at %ix%i', async (...size) => {
    screen = await startScreen({ state: spending, size: [...size], monitor: reading });
    await screen.until('Tasks');
    screen.send('%');
    await screen.until('67 % of a core');
    expect(`\n${masked(screen.text())}\n`).toMatchSnapshot();
  });

  test.each(sizes)('says what will stand there while nothing has happened at %ix%i', async (...size) => {
    screen = await startScreen({ state: { ...story, tasks: [], runs: {}, worktrees: {} }, size: [...size] });
    await screen.until('Tasks');
    screen.send('%');
    await screen.until('none is at work');
    expect(`\n${masked(screen.text())}\n`).toMatchSnapshot();
  });

  test('keys are about the selected task, Enter goes there, and the same key goes back', async () => {
    screen = await startScreen({ state: spending, monitor: reading });
    await screen.until('Tasks');
    screen.send('%');
    await screen.until('By task');
    screen.send('j');
    screen.send('\r');
    await screen.until('Transcript');
    expect(screen.text()).toMatch(/▶● Split registry writer|● Split registry writer/);
    screen.send('%');
    await screen.until('By task');
    screen.send('%');
    await screen.until(() => !screen.text().includes('By task'));
  });

  test('a press of the mouse among its charts selects no task', async () => {
    screen = await startScreen({ state: spending, monitor: reading, mouse: true });
    await screen.until('Tasks');
    screen.send('%');
    await screen.until('▶Add oauth device flow');
    screen.send('\x1b[<0;10;6M');
    screen.send('\x0c');
    await screen.until('▶Add oauth device flow');
    screen.send('j');
    await screen.until('▶Split registry writer');
  });

  test('draws with characters of every terminal alone where it has no others', async () => {
    screen = await startScreen({ state: spending, monitor: reading, env: { LANG: 'C' } });
    await screen.until('Tasks');
    screen.send('%');
    await screen.until('67 % of a core');
    expect(screen.text()).toMatch(/^[\x20-\x7e\n]*$/);
    expect(screen.text()).not.toContain('?'.repeat(3));
  });
});

test('the tab of the worktrees shows it in small, and Enter makes it a page', async () => {
  screen = await startScreen({ state: spending, monitor: reading });
  await screen.until('4 [Worktrees] Monitor');
  screen.send('4');
  screen.send(']');
  await screen.until('4 Worktrees [Monitor]');
  await screen.until('67 % of a core');
  expect(screen.text()).toContain('1 of 11, the rest in about');
  screen.send('\r');
  await screen.until('By task');
});

test('as lines it says the facts', async () => {
  const plain = startPlain({ state: spending });
  plain.type('%');
  await plain.until('1.6M tokens');
  await plain.close();
});
