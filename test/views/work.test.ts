/** Long work of the program itself, in the list and in the inspector. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { findCommand } from '../../src/commands/registry.js';
import type { AppEvent } from '../../src/domain/app/events.js';
import { sampleCommands } from '../fixtures/screen/commands.js';
import { story, taskOf } from '../fixtures/screen/state.js';
import { startScreen } from '../support/screen.js';

let screen: Awaited<ReturnType<typeof startScreen>>;
afterEach(() => screen.close());

const launch = { land: false, at: '2026-03-01T12:04:00.000Z' };
const tasks = ['parser', 'printer', 'store'].map((slug) => taskOf(slug, 'ready', { launch }));
const began = (slug: string): AppEvent => ({ type: 'work.began', tasks: [slug], kind: 'filling' });
const went = (slug: string, percent: number, lines: string[] = []): AppEvent => ({
  ...{ type: 'work.went', tasks: [slug], lines },
  stage: { kind: 'fill', percent },
});

const commands = sampleCommands.map((row) => (row.id === 'task.stop' ? findCommand(row.id)! : row));

async function open(...events: AppEvent[]) {
  const state = { ...story, tasks, runs: {}, merges: {}, pairs: [], worktrees: {} };
  screen = await startScreen({ state, lines: [], commands });
  for (const event of events) screen.store.dispatch(event);
}

describe('while worktrees are filled', () => {
  test('rows, header and inspector say the same, and nothing counts as working', async () => {
    await open(began('parser'), went('parser', 62, ['unpacking']));
    await screen.until('filling worktree 62 %');
    const [row, inspector] = [3, 5].map((y) => screen.lines()[y]!);
    expect(screen.lines()[0]).toContain('3 queued');
    expect(screen.lines()[0]).not.toContain('working');
    expect(inspector).toContain('Parser');
    expect(row).toMatch(/│ ◐ filling worktree 62 % {2}x stops it {2}▓+░+/);
    expect(screen.text()).toContain('unpacking');
    expect(screen.text()).toMatch(/Printer +next slot/);
    expect(screen.text()).toMatch(/Store +2nd in line/);
  });

  test('x asks by its name for what it stops', async () => {
    await open(began('parser'), went('parser', 10));
    await screen.until('filling worktree 10 %');
    expect(screen.text()).toContain('stops it');
    screen.send('x');
    await screen.until('Stop filling the worktree of “Parser”?');
    expect(screen.calls).toEqual([]);
  });

  test('Esc in the inspector asks the same, once there is nothing else to leave', async () => {
    await open(began('parser'), went('parser', 10));
    await screen.until('x stops it');
    screen.send('2');
    await screen.until('x Esc stops it');
    screen.send('\x1b');
    await screen.until('Stop filling the worktree of “Parser”?');
    screen.send('y');
    await screen.until(() => screen.calls.length === 1);
    expect(screen.calls).toEqual([{ id: 'task.stop', args: { task: 'parser' } }]);
  });

  test('what failed stays to be read', async () => {
    await open(began('parser'), {
      ...{ type: 'work.ended', tasks: ['parser'], kind: 'filling' },
      ...{ ok: false, text: 'The disk is full.' },
    });
    await screen.until('✗ filling: The disk is full.');
  });
});

test('checks show on their page as they run', async () => {
  await open(
    { type: 'validation.started', task: 'parser' },
    { type: 'work.went', tasks: ['parser'], stage: { kind: 'check', name: 'types', at: 3, of: 4 } },
    { type: 'work.went', tasks: ['parser'], lines: ['lint: pass in 2.0s'] },
  );
  await screen.until('checking 3 of 4: types');
  screen.send(']');
  screen.send(']');
  await screen.until('[Checks]');
  expect(screen.text()).toMatch(/◐ checking 3 of 4: types/);
  expect(screen.text()).toContain('lint: pass in 2.0s');
});
