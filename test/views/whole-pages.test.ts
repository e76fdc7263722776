/** Pages that take the whole screen: the fleet of live agents, and the plan as a graph. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { AppState } from '../../src/domain/app/state.js';
import { manyTasks, runOf, story, taskOf } from '../fixtures/screen/state.js';
import { type ScreenOptions, startScreen } from '../support/screen.js';

let screen: Awaited<ReturnType<typeof startScreen>>;
afterEach(() => screen.close());

const masked = (text: string) => text.replace(/^ \d\d:\d\d:\d\d /gm, ' HH:MM:SS ');
const sizes = [
  [80, 24],
  [120, 40],
  [200, 60],
] as const;

async function open(state: AppState, size: readonly [number, number], more: Partial<ScreenOptions> = {}) {
  screen = await startScreen({ state, size: [...size], ...more });
  await screen.until('Tasks');
}

/** Seven agents at work, one of which asks. */
const fleet = (): AppState => {
  const slugs = ['parser', 'printer', 'store', 'cache', 'lock', 'docs', 'bench'];
  const runs = slugs.map((slug) =>
    runOf(slug, {
      now: { kind: 'command', text: `npm test -- ${slug}` },
      ...(slug === 'lock'
        ? {
            approvals: [
              {
                id: '7',
                kind: 'command',
                detail: 'rm -rf build',
                at: '2026-03-01T12:04:00.000Z',
                options: [],
              },
            ],
          }
        : {}),
    }),
  );
  return {
    ...story,
    tasks: slugs.map((slug) => taskOf(slug, 'running', { runIds: [`${slug}-1`] })),
    runs: Object.fromEntries(runs.map((run) => [run.runId, run])),
    activity: {
      'parser-1': {
        step: Math.floor(Date.parse('2026-03-01T12:05:00.000Z') / 30_000),
        size: 9,
        grown: [1, 4, 9, 30],
      },
    },
  };
};

describe('the fleet', () => {
  test.each(sizes)('shows what each agent does and said last at %ix%i', async (...size) => {
    await open(fleet(), size);
    screen.send('g');
    await screen.until('7 at work');
    await screen.until('npm test -- parser');
    expect(`\n${masked(screen.text())}\n`).toMatchSnapshot();
  });

  test('an agent that asks stands first, keys are about the selected one, Enter goes there', async () => {
    await open(fleet(), [120, 40]);
    screen.send('g');
    await screen.until('7 at work');
    expect(screen.lines()[3]).toMatch(/! Lock/);
    screen.send('x');
    await screen.until(() => screen.calls.length === 1);
    expect(screen.calls[0]).toEqual({ id: 'task.stop', args: { task: 'lock' } });
    screen.send('j');
    screen.send('\r');
    await screen.until('Transcript');
    expect(screen.lines().find((line) => line.includes('1 Tasks'))).toBeDefined();
    screen.send('g');
    await screen.until('7 at work');
    screen.send('g');
    await screen.until('1 Tasks');
  });

  test('reads the transcripts of its tiles only while it is looked at', async () => {
    await open(fleet(), [80, 24]);
    screen.send('g');
    await screen.until('7 at work');
    expect(screen.closed).toEqual([]);
    screen.send('g');
    await screen.until('1 Tasks');
    expect(screen.closed).toHaveLength(6);
  });

  test('without agents it says what starts some', async () => {
    await open({ ...fleet(), runs: {} }, [80, 24]);
    screen.send('g');
    await screen.until('No agent is at work now.');
  });
});

/** Two chains and one that waits for both; one landed, one stuck behind a failure. */
const plan = (): AppState => ({
  ...story,
  runs: {},
  merges: {},
  pairs: [],
  worktrees: {},
  tasks: [
    taskOf('schema', 'landed'),
    taskOf('parser', 'running', { dependsOn: ['schema'] }),
    taskOf('printer', 'ready', { dependsOn: ['schema'] }),
    taskOf('store', 'ready', { dependsOn: ['parser'] }),
    taskOf('cache', 'ready', { dependsOn: ['store', 'printer'] }),
    taskOf('docs', 'ready', { dependsOn: ['printer'] }),
    taskOf('release', 'ready', { dependsOn: ['cache', 'docs', 'parser'] }),
    taskOf('theme', 'failed'),
    taskOf('logo', 'ready', { dependsOn: ['theme'] }),
  ],
});

describe('the plan', () => {
  test.each(sizes)('draws waves, edges and the critical path at %ix%i', async (...size) => {
    await open(plan(), size);
    screen.send('P');
    await screen.until('critical path of 4 tasks');
    expect(`\n${masked(screen.text())}\n`).toMatchSnapshot();
  });

  test('right goes to the next wave, keys are about the selected task, Enter goes there', async () => {
    await open(plan(), [120, 40]);
    screen.send('P');
    await screen.until('critical path');
    screen.send('\x1b[C');
    screen.send('\x1b[C');
    await screen.until(/┃▶?. Store/);
    screen.send('\r');
    await screen.until('1 Tasks');
    expect(screen.lines().some((line) => /┃|│/.test(line) && line.includes('Store'))).toBe(true);
  });

  test('a task whose agent asks is called so, as in the list', async () => {
    await open(fleet(), [120, 40]);
    screen.send('P');
    await screen.until(/! Lock/);
    expect(screen.text().match(/ needs you ─/g)).toHaveLength(1);
  });

  test('an ASCII terminal gets ASCII only', async () => {
    await open(plan(), [80, 24], { env: { LANG: 'C' } });
    screen.send('P');
    await screen.until('critical path');
    expect(screen.text()).toMatch(/^[\n -~]*$/);
  });

  test('ten thousand tasks are painted as quickly as others', async () => {
    await open(manyTasks(10_000), [120, 40]);
    screen.send('P');
    await screen.until('Plan ');
    screen.send('G');
    await screen.until('more');
  });
});
