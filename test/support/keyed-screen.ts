/** The screen of the sample story, and keys as a person types them. */
import { afterEach } from '@jest/globals';
import { atRest, story } from '../fixtures/screen/state.js';
import { type ScreenOptions, startScreen } from './screen.js';

export let screen: Awaited<ReturnType<typeof startScreen>>;
export const open = async (options: Partial<ScreenOptions> = {}) => {
  screen = await startScreen({ state: atRest(story), ...options });
  await screen.until('Add oauth device flow');
};
/** The list in the order of the registry and at its top, so that rows are easy to name. */
export const openInOrder = async (options: Partial<ScreenOptions> = {}) => {
  await open(options);
  await press('o', 'o', 'o', 'o', 'o');
  await screen.until('by order');
  await press('\x1b[H');
  await screen.until(() => row(1).includes('▶'));
};
afterEach(() => screen.close());
export const row = (n: number) => screen.lines()[3 + n]!;
/** Keys one after the other, as a person types them. */
export const press = async (...keys: string[]) => {
  for (const key of keys) {
    screen.send(key);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};
