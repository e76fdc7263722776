/** A usage limit on the screen: in the header, and on the row of the task that waits for it. */
import { afterEach, expect, test } from '@jest/globals';
import { atRest, now, story } from '../fixtures/screen/state.js';
import { startScreen } from '../support/screen.js';

let screen: Awaited<ReturnType<typeof startScreen>>;
afterEach(() => screen.close());

const pause = (more: object) => ({
  runner: 'codex' as const,
  account: 'a',
  since: new Date(now).toISOString(),
  message: 'You have hit your limit.',
  count: 1,
  ...more,
});
const launched = {
  ...story,
  tasks: story.tasks.map((task) =>
    task.status === 'ready' ? { ...task, launch: { land: false, at: new Date(now).toISOString() } } : task,
  ),
};
const waiting = 'palette';

test('the header and the row of the task tell until when', async () => {
  const until = new Date(now + 3_600_000).toISOString();
  const state = { ...atRest(launched), pauses: [pause({ until, tasks: [waiting] })] };
  screen = await startScreen({ state, size: [200, 60] });
  await screen.until('codex at its limit until 13:05 UTC');
  await screen.until(/Palette +palette +limit to 13:05 UTC/);
});

test('a limit that names no end is told too, one that is over is not', async () => {
  const over = pause({ runner: 'claude', until: new Date(now - 1_000).toISOString() });
  screen = await startScreen({ state: { ...atRest(launched), pauses: [pause({}), over] }, size: [200, 60] });
  await screen.until('codex at its limit');
  expect(screen.text()).not.toMatch(/claude at its limit|and 1 more/);
});
