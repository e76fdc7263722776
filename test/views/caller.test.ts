/** How a person is called who looks elsewhere: the title of the terminal, a bell, a notification. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { TaskStatus } from '../../src/domain/store/task.js';
import { createCaller } from '../../views/terminal/caller.js';
import { atRest, runOf, story } from '../fixtures/screen/state.js';
import { type ScreenOptions, startScreen } from '../support/screen.js';

let screen: Awaited<ReturnType<typeof startScreen>> | undefined;
const open = async (options: Partial<ScreenOptions> = {}) => {
  screen = await startScreen({ state: atRest(story), ...options });
  await screen.until('Add oauth device flow');
  return screen;
};
afterEach(async () => {
  await screen?.close();
  screen = undefined;
});

const titles = (raw: string) => [...raw.matchAll(/\x1b\]2;([^\x07]*)\x07/g)].map(([, title]) => title);
const bells = (raw: string) => raw.replace(/\x1b\][^\x07]*\x07/g, '').split('\x07').length - 1;
let rev = 10;
const becomes = (slug: string, status: TaskStatus, message = 'It broke.') =>
  screen!.store.dispatch({
    type: 'registry.loaded',
    rev: rev++,
    tasks: screen!.store
      .state()
      .tasks.map((task) =>
        task.slug === slug ? { ...task, status, problem: { code: 'x', message } } : task,
      ),
  });

describe('on the screen', () => {
  test('the title says how many need a person; one more rings once, one less does not', async () => {
    const { until, raw } = await open();
    await until(() => titles(raw()).at(-1) === '! 3 codex-agents myrepo');
    expect(bells(raw())).toBe(0);
    becomes('split-registry-writer', 'failed');
    await until(() => titles(raw()).at(-1) === '! 4 codex-agents myrepo');
    expect(bells(raw())).toBe(1);
    becomes('split-registry-writer', 'done');
    await until(() => titles(raw()).at(-1) === '! 3 codex-agents myrepo');
    expect(bells(raw())).toBe(1);
  });

  test('the terminal keeps its title before, and F3 turns the bell off', async () => {
    const { until, raw, send } = await open();
    expect(raw().indexOf('\x1b[22;2t')).toBeLessThan(raw().indexOf('\x1b]2;'));
    expect(raw()).toContain('\x1b[22;2t');
    send('\x1bOR');
    await until('Bell and notifications are off.');
    becomes('split-registry-writer', 'failed');
    await until(() => titles(raw()).at(-1) === '! 4 codex-agents myrepo');
    expect(bells(raw())).toBe(0);
  });

  test('a notification holds what is asked, with nothing that a terminal would obey', async () => {
    const { store, until, raw } = await open({ callBy: 'osc777' });
    const detail = 'npm\x1b]0;owned\x07 \x1b[31minstall; x\u202e\x9b1m';
    const approvals = [{ id: '7', kind: 'command' as const, detail, at: '', options: [] }];
    store.dispatch({ type: 'run.changed', run: runOf('split-registry-writer', { approvals }) });
    await until(() => raw().includes('777;notify'));
    const [, said] = /\x1b\]777;notify;codex-agents myrepo;([^\x07]*)\x07/.exec(raw())!;
    expect(said).toMatch(/^Split registry writer: wants to run: npm install, x/);
    expect(said).not.toMatch(/[\x00-\x1f\x7f-\x9f;\u202e]/);
    expect(raw()).not.toContain('owned');
  });
});

describe('many at once', () => {
  let written: string[];
  beforeEach(() => {
    written = [];
  });
  const news = (...waiting: string[]) => ({ repo: 'r', waiting, text: waiting[0] ?? '' });
  const made = (by: Parameters<typeof createCaller>[0]) =>
    createCaller(by, (bytes) => void written.push(bytes));

  test('are one call within ten seconds', () => {
    const caller = made('osc9');
    caller.update(news());
    for (let n = 1; n <= 6; n++) caller.update(news(...Array.from({ length: n }, (_, i) => `task ${i}`)));
    caller.stop();
    expect(written.filter((bytes) => bytes.startsWith('\x1b]9;'))).toEqual(['\x1b]9;task 0\x07']);
    expect(written.at(-1)).toBe('\x1b]2;! 6 codex-agents r\x07');
  });

  test('a program is started with safe words, once for all of them', () => {
    const called: object[] = [];
    const caller = createCaller(
      (call) => called.push(call),
      () => {},
    );
    caller.update(news());
    caller.update({ repo: 'r', waiting: ['a'], text: 'Prune: wants to run: rm \x1b]0;owned\x07 -rf' });
    caller.update(news('b'));
    caller.stop();
    expect(called).toEqual([{ title: 'codex-agents r', text: 'Prune: wants to run: rm  -rf' }]);
  });

  test('are not called out while another program has the terminal, but afterwards', () => {
    const caller = made('bell');
    caller.update(news());
    caller.pause();
    caller.update(news('a'));
    expect(written).toEqual(['\x1b]2;codex-agents r\x07']);
    caller.resume();
    expect(written.slice(1)).toEqual(['\x1b]2;! 1 codex-agents r\x07', '\x07']);
    caller.stop();
  });

  test('nothing but the title is written when no call is wanted', () => {
    const caller = made('none');
    caller.update(news());
    caller.update(news('a'));
    expect(written.join('')).not.toMatch(/(?<!\]2;[^\x07]*)\x07/);
    caller.stop();
  });
});
