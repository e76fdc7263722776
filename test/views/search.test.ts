/** Looking for words in transcripts: keys, what is painted, and lines that have to be fetched. */
import { afterEach, expect, test } from '@jest/globals';
import { atRest, story } from '../fixtures/screen/state.js';
import { type ScreenOptions, startScreen } from '../support/screen.js';

let screen: Awaited<ReturnType<typeof startScreen>>;
afterEach(() => screen.close());
const numbered = (n: number, word: (at: number) => string) =>
  Array.from({ length: n }, (_, at) => `line ${at} ${word(at)}`);
const open = async (options: Partial<ScreenOptions>) => {
  screen = await startScreen({ state: atRest(story), size: [160, 40], ...options });
  await press('j', 'j', 'j', '2');
  await screen.until('┏━2 [Transcript]');
  await screen.until(/\d+\+? lines?━┛/);
};
const press = async (...keys: string[]) => {
  for (const key of keys) {
    screen.send(key);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};
const shows = (text: string) => screen.until(text);

test('/ finds the nearest line above, N and n go on, Esc forgets', async () => {
  await open({ lines: numbered(300, (at) => (at % 100 === 50 ? 'a Needle here' : 'hay')) });
  await press('/', ...'needle');
  await shows('⏎ find  Esc clear');
  await press('\r');
  await shows('line 250 a Needle here');
  await shows('/needle stays at 84%');
  await press('N');
  await shows('line 150 a Needle here');
  await press('N');
  await shows('line 50 a Needle here');
  await press('N');
  await shows('"needle" is not further up.');
  await press('n');
  await shows('line 150 a Needle here');
  await press('n', 'n');
  await shows('"needle" is not further down.');
  expect(screen.text()).toContain('line 250 a Needle here');
  await press('\x1b');
  await screen.until(() => !screen.text().includes('/needle'));
  await press('n');
  await shows('There is no search yet: / starts one.');
});

test('lines before those in memory are fetched until the words are there', async () => {
  const older = numbered(3_000, (at) => (at === 7 ? 'needle' : 'hay'));
  await open({ lines: numbered(50, () => 'straw'), older });
  await shows('50+ lines');
  await press('/', ...'needle', '\r');
  await shows('line 7 needle');
});

test('more than is kept is not searched, and that is said', async () => {
  await open({ lines: ['last'], older: numbered(30_000, (at) => (at === 7 ? 'needle' : 'hay')) });
  await press('/', ...'needle', '\r');
  await shows('"needle" is not further up; S (search all) looks further.');
});

test('what is found is seen also where lines take several rows', async () => {
  await open({ lines: numbered(40, (at) => (at === 3 ? 'needle' : 'wide '.repeat(100))) });
  await press('/', ...'needle', '\r');
  await shows('line 3 needle');
  await press('\x1b[H');
  await shows('line 0 wide');
});

test('pasted words are looked for as typed ones', async () => {
  await open({ lines: numbered(100, (at) => (at === 3 ? 'needle' : 'hay')) });
  await press('/');
  screen.send('\x1b[200~needle\x1b[201~');
  await press('\r');
  await shows('line 3 needle');
});

test('a transcript that grows is not moved while one looks at what was found', async () => {
  const lines = numbered(100, (at) => (at === 30 ? 'needle' : 'hay'));
  await open({ lines });
  await press('/', ...'needle', '\r');
  await shows('line 30 needle');
  lines.push(...numbered(50, () => 'more'));
  await press('G', 'N');
  await shows('line 30 needle');
});

test('S asks for words to look for in every transcript', async () => {
  await open({ lines: ['one'] });
  await press('S');
  await shows('Search transcripts');
  await press(...'needle', '\x13');
  await screen.until(() => screen.calls.length === 1);
  expect(screen.calls[0]).toEqual({ id: 'session.search', args: { text: 'needle' } });
});
