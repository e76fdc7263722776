/** What lies over the panes, as it looks at three sizes. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { runOf, story, taskOf } from '../fixtures/screen/state.js';
import { type ScreenOptions, startScreen } from '../support/screen.js';

let screen: Awaited<ReturnType<typeof startScreen>>;
afterEach(() => screen.close());

/** Local times of day differ between machines. */
const masked = (text: string) => text.replace(/^ \d\d:\d\d:\d\d /gm, ' HH:MM:SS ');
const screenshot = () => `\n${masked(screen.text())}\n`;

const goal = [
  'Read records of every version.',
  '',
  '- [ ] accept an empty object',
  '    - [ ] and an absent one',
  '',
  '```py',
  'if record:',
  '        deep(record)',
  '```',
].join('\n');

const question = {
  id: '7',
  kind: 'command' as const,
  detail: "cat > run.sh <<'EOF'\nif true; then\n    rm -rf build\rnpm test\nfi\nEOF",
  reason: 'the build wants it',
  at: '2026-03-01T12:04:00.000Z',
  options: [
    { id: 'accept', kind: 'allow' as const, label: 'Allow' },
    { id: 'acceptForSession', kind: 'allow-always' as const, label: 'Allow from now on' },
    { id: 'decline', kind: 'deny' as const, label: 'Deny' },
  ],
};

const state = {
  ...story,
  tasks: story.tasks.map((task) =>
    task.slug === 'add-oauth-device-flow'
      ? taskOf(task.slug, 'running', {
          ...task,
          goal,
          acceptance: ['The tests pass, all of them.', 'The docs say so:\n  in one line'],
          priority: 'high',
          dependsOn: ['docs-config-reference'],
          touches: ['src/{login,session}/**', 'docs/**'],
        })
      : task,
  ),
};

describe.each([
  [80, 24],
  [120, 40],
  [200, 60],
] as const)('at %ix%i', (columns, rows) => {
  async function open(keys: string, shown: string | RegExp, options: Partial<ScreenOptions> = {}) {
    screen = await startScreen({ state, size: [columns, rows], ...options });
    // Past the three tasks that need a person, to the first that an agent works on.
    screen.send('jjj');
    await screen.until('PASS 212 tests');
    for (const key of keys) screen.send(key);
    await screen.until(shown);
  }

  test.each<[string, string, string | RegExp]>([
    ['the palette', ':merge', '> merge█'],
    ['the form of a new task', 'a', 'Add a task'],
    ['the form of a task that is there', 'e\t\t', 'ctrl-j'],
    ['the help', '?', 'In this pane'],
    ['the menu of a chord', 'm', 'Resolve conflicts'],
    ['a question before something is done', 'D', 'Remove task'],
    ['a question before leaving', 'q', 'Detach'],
    // At the left edge only once it has the whole screen.
    ['the page of a task', '\r[z', /^┃ *Goal/m],
  ])('%s', async (_, keys, shown) => {
    await open(keys, shown);
    expect(screenshot()).toMatchSnapshot();
  });

  test('what an agent asks, line by line', async () => {
    await open('', '1 Tasks');
    screen.store.dispatch({
      type: 'run.changed',
      run: runOf('split-registry-writer', { approvals: [question], twoWay: true }),
    });
    screen.send('A');
    await screen.until('Split registry writer asks');
    expect(screen.text()).toContain('rm -rf build');
    expect(screenshot()).toMatchSnapshot();
  });

  test('a long text in a form: a window around the cursor', async () => {
    await open('a', 'Add a task');
    screen.send('\t');
    screen.send(
      `\x1b[200~${Array.from({ length: 30 }, (_, i) => `${' '.repeat(i % 8)}line ${i + 1}`).join('\r')}\x1b[201~`,
    );
    await screen.until('line 30');
    expect(screenshot()).toMatchSnapshot();
    screen.send('\x1b[Z');
    await screen.until('more lines');
  });
});
