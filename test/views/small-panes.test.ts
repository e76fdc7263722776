/** Panes for which a small terminal has no room beside the list: their keys are on the screen, and so is the way back. */
import { expect, test } from '@jest/globals';
import { open, press, screen } from '../support/keyed-screen.js';

const panes = () =>
  ['1 Tasks', '2 [Transcript]', '3 Merge', '4 [Worktrees]'].filter((one) => screen.text().includes(one));

test.each(['\x1b', '1', 'z'])('merge and worktrees have the whole screen until %j', async (leave) => {
  await open({ size: [80, 24] });
  expect(screen.text()).toContain('3 merge  4 worktrees');
  await press('3');
  await screen.until('3 Merge');
  expect(panes()).toEqual(['3 Merge']);
  await press('4');
  await screen.until('4 [Worktrees]');
  await press(leave);
  await screen.until('1 Tasks');
  expect(panes()).toEqual(['1 Tasks', '2 [Transcript]']);
  // The list has the keys again.
  await press('D');
  await screen.until('Remove task');
});
