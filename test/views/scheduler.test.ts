/** When a frame is painted: at once after a key, what comes by itself no oftener than is wanted. */
import { expect, test } from '@jest/globals';
import { createScheduler } from '../../views/scheduler.js';

test('with reduced motion many changes are one frame a second, and a key is shown at once', async () => {
  const painted: number[] = [];
  const scheduler = createScheduler({
    paint: () => void painted.push(performance.now()),
    stalled: () => false,
    frameMs: 1000,
  });
  scheduler.urgent();
  for (let n = 0; n < 20; n++) {
    scheduler.request();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(painted).toHaveLength(1);
  scheduler.urgent();
  expect(painted).toHaveLength(2);
  scheduler.request();
  while (painted.length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(painted[2]! - painted[1]!).toBeGreaterThan(900);
  scheduler.stop();
});

test('a key right after a frame that came by itself is shown at once, and only keys in a burst share a frame', async () => {
  let painted = 0;
  const scheduler = createScheduler({ paint: () => void painted++, stalled: () => false });
  scheduler.request();
  while (painted < 1) await new Promise((resolve) => setTimeout(resolve, 1));
  scheduler.urgent();
  expect(painted).toBe(2);
  for (let key = 0; key < 5; key++) scheduler.urgent();
  expect(painted).toBe(2);
  while (painted < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  scheduler.stop();
});
