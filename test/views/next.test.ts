/** What the page of a task offers as the next step, and what the line above the footer says was done. */
import { afterEach, expect, test } from '@jest/globals';
import { commands } from '../../src/commands/registry.js';
import { reduce } from '../../src/domain/app/state.js';
import { story, taskOf } from '../fixtures/screen/state.js';
import { startScreen } from '../support/screen.js';

let screen: Awaited<ReturnType<typeof startScreen>> | undefined;
afterEach(async () => {
  await screen?.close();
  screen = undefined;
});

const only = (task: ReturnType<typeof taskOf>) => ({ ...story, tasks: [task], runs: {}, merges: {} });

/** The lines that the page of the only task offers. */
async function offered(task: ReturnType<typeof taskOf>): Promise<string[]> {
  screen = await startScreen({ state: only(task), size: [120, 40], commands });
  screen.send('[');
  await screen.until('What next');
  const lines = screen
    .text()
    .split('\n')
    .map((line) => line.slice(line.lastIndexOf('┃', 100) + 1));
  const from = lines.findIndex((line) => line.includes('What next'));
  const rest = lines.slice(from + 1);
  const end = rest.findIndex((line) => !/[a-z]/i.test(line.replace(/[│┃]/g, '')));
  return rest.slice(0, end).map((line) => line.replace(/[│┃▶]/g, '').trim());
}

test('a validated task is offered landing and review before it is validated again', async () => {
  const lines = await offered(taskOf('one', 'validated'));
  const place = (words: RegExp) => lines.findIndex((line) => words.test(line));
  expect(place(/land/i)).toBe(0);
  expect(place(/review/i)).toBe(1);
  expect(lines.findLastIndex((line) => /validate/i.test(line))).toBeGreaterThan(1);
});

test('a task that is done, or has changed since, is offered its validation first', async () => {
  expect((await offered(taskOf('one', 'done')))[0]).toMatch(/validate/i);
});

test('the line above the footer says what was done, and leaves the calls of git to the log', async () => {
  const call = { at: '2026-03-01T12:05:00.000Z', pid: 1, cause: 'merge land', kind: 'git' as const };
  const ran = { ...call, what: 'git update-ref refs/heads/main', ms: 3, outcome: 'ok', ok: true };
  const said = reduce(story, { type: 'noted', level: 'info', message: 'one has landed.' }, call.at);
  const state = reduce(said, { type: 'call.ended', call: ran }, call.at);
  screen = await startScreen({ state, size: [120, 40] });
  await screen.until('one has landed.');
  expect(screen.text()).not.toContain('update-ref');
  screen.send('@');
  await screen.until('git update-ref refs/heads/main');
});
