/** The selection stays on its task from the first key on. */
import { expect, test } from '@jest/globals';
import { story } from '../fixtures/screen/state.js';
import { open, openInOrder, press, row, screen } from '../support/keyed-screen.js';

test('what a filter leaves is still selected when the filter ends, and keys are about it', async () => {
  await open();
  await press('/', ...'reflink', '\r');
  await screen.until(/▶ ◇ Reflink hydration/);
  await press('\x1b');
  await screen.until(() => screen.text().includes('all 12'));
  await screen.until(/▶ ◇ Reflink hydration/);
  await press('v');
  await screen.until(() => screen.calls.length > 0);
  expect(screen.calls[0]).toMatchObject({ id: 'task.validate', args: { task: 'reflink-hydration' } });
});

test('a filter that is given up leaves the selection where it was', async () => {
  await open();
  await press('!', '/', ...'reflink');
  await screen.until(/▶ ◇ Reflink hydration/);
  await press('\x1b');
  await screen.until(/▶ ✗ Flaky test quarantine/);
});

test('the row at the top is selected, too, once a key was pressed: it moves with its task', async () => {
  await openInOrder();
  const first = row(1);
  expect(first).toContain('▶');
  await press('w', '\x1b');
  screen.store.dispatch({ type: 'registry.loaded', rev: 9, tasks: [...story.tasks].reverse() });
  await screen.until(() => row(12).slice(1, 20) === first.slice(1, 20));
});
