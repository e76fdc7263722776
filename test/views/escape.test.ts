import { test } from '@jest/globals';
import { openInOrder, press, row, screen } from '../support/keyed-screen.js';

test('Esc and a key that a busy program reads at once are both keys', async () => {
  await openInOrder();
  await press('z');
  await screen.until(() => !screen.text().includes('4 [Worktrees]'));
  await press('\x1bj');
  await screen.until('4 [Worktrees]');
  await screen.until(() => row(2).includes('▶'));
  await press('w', '\x1bj');
  await screen.until(() => row(3).includes('▶'));
});
