/** What a screen must keep whatever texts it shows. */
import { expect } from '@jest/globals';
import type { startScreen } from './screen.js';

type Screen = Awaited<ReturnType<typeof startScreen>>;

/** No row holds a character that a terminal obeys or that turns text around. */
export function expectWellFormed(screen: Screen): void {
  for (const line of screen.lines()) expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e]/);
}

/** Nothing but our own question for the background and our own title was written of what begins a string of a terminal. */
export function expectNothingObeyed(screen: Screen): void {
  const ours = /\x1b\](?:11;\?|2;[^\x07]*)\x07/g;
  const obeyed = /.{0,20}(?:\x1b[\]PX^_]|[\x80-\x9f]).{0,40}/s.exec(screen.raw().replace(ours, ''));
  expect(obeyed?.[0]).toBeUndefined();
}
