/** The pages of the inspector, as they are read and painted. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { TaskPages } from '../../src/domain/app/pages.js';
import { createPages } from '../../views/inspector/source.js';
import { noReading, story, taskOf } from '../fixtures/screen/state.js';
import { type ScreenOptions, startScreen } from '../support/screen.js';

let screen: Awaited<ReturnType<typeof startScreen>> | undefined;
afterEach(async () => {
  await screen?.close();
  screen = undefined;
});

const diff = [
  'diff --git a/src/lock.ts b/src/lock.ts',
  '--- a/src/lock.ts',
  '+++ b/src/lock.ts',
  '@@ -41,2 +41,2 @@',
  ' const held = true;',
  '-release();',
  '+await release();',
  '',
].join('\n');

const pages: TaskPages = {
  task: 'add-oauth-device-flow',
  diff,
  cut: false,
  untracked: [{ path: 'notes\u001b[2J.md', text: '# Notes\u001b[31m\n\nRead me.' }, { path: 'logo.png' }],
  report: {
    task: 'add-oauth-device-flow',
    verdict: 'fail',
    checks: [
      { name: 'types', kind: 'types', status: 'pass', durationMs: 4_000, summary: 'no errors' },
      {
        name: 'test',
        kind: 'test',
        status: 'fail',
        durationMs: 31_000,
        summary: 'FAIL lock\n  saw 2 writers',
      },
    ],
    policies: [{ name: 'secrets', status: 'pass', detail: '' }],
    findings: [{ severity: 'error', path: 'src/lock.ts', line: 42, message: 'not awaited' }],
    attempts: 0,
    skipped: [],
    tree: '1'.repeat(40),
    target: '2'.repeat(40),
    head: '3'.repeat(40),
  },
};

const open = async (more: Partial<ScreenOptions> = {}) => {
  screen = await startScreen({ state: story, size: [120, 40], pages, ...more });
  screen.send('jjj');
  await screen.until(/▶ ● Add oauth device flow/);
  return screen;
};

describe('a page of the inspector', () => {
  test('shows the change by file, with line numbers, and new files that git does not know', async () => {
    const shown = await open();
    shown.send(']');
    await shown.until('3 files  +4 -1');
    const text = shown.text();
    expect(text).toContain('src/lock.ts  +1 -1');
    expect(text).toMatch(/42 - release\(\);/);
    expect(text).toMatch(/42 \+ await release\(\);/);
    expect(text).toContain('notes.md  +3 -0  added');
    expect(text).toMatch(/ 3 \+ Read me\./);
    expect(text).toContain('new, not shown here: logo.png');
  });

  test('shows changed lines on a ground of their own, with the colours of code', async () => {
    const shown = await open();
    shown.send(']');
    await shown.until('3 files  +4 -1');
    const cell = (part: string) => {
      const y = shown.lines().findIndex((line) => line.includes(part));
      return shown.term.buffer.active.getLine(y)?.getCell(shown.lines()[y]!.indexOf(part));
    };
    const [added, around] = [cell('await release'), cell('const held')];
    expect(added?.getBgColor()).not.toBe(around?.getBgColor());
    expect(added?.getFgColor()).not.toBe(cell('release();')?.getFgColor());
  });

  test('shows each check with its outcome, and findings with their place', async () => {
    const shown = await open();
    shown.send(']]');
    await shown.until('✗ test  31s');
    expect(shown.text()).toContain('saw 2 writers');
    expect(shown.text()).toContain('error  src/lock.ts:42  not awaited');
  });

  test('about the task offers what one would do next: arrows choose, Enter carries it out', async () => {
    const shown = await open();
    shown.send('[');
    await shown.until('What next');
    expect(shown.text()).toMatch(/t t +Send a message/);
    shown.send('2');
    await shown.until(/What next +⏎ does it/);
    await shown.until(/▶ x +Stop a run/);
    shown.send('j');
    await shown.until(/▶ t t +Send a message/);
    shown.send('k\r');
    await shown.until(() => shown.calls.length > 0);
    expect(shown.calls).toEqual([{ id: 'task.stop', args: { task: 'add-oauth-device-flow' } }]);
  });

  test('about the worktree says how large it is, once that is measured', async () => {
    const shown = await open({ monitor: { ...noReading, disk: { 'add-oauth-device-flow': 48_000_000 } } });
    shown.send('[[');
    await shown.until(/size +48\.0 MB/);
  });

  test('scrolls by itself, and comes back to where it was', async () => {
    const long = { ...pages, diff: `${diff.trimEnd()}\n`.repeat(40) };
    const shown = await open({ pages: long });
    shown.send(']2');
    await shown.until(/┏━2 Transcript \[Diff\]/);
    await shown.until(/\d+ lines━┛/);
    shown.send('G');
    await shown.until(() => !shown.text().includes('42 files'));
    shown.send(']');
    await shown.until('✗ test');
    shown.send('[');
    await shown.until(/\d+ lines━┛/);
    expect(shown.text()).not.toContain('42 files');
    shown.send('\x1b[H');
    await shown.until('42 files');
  });

  test('of a task without one says what to press', async () => {
    const shown = await open({
      pages: { task: 'add-oauth-device-flow', diff: '', cut: false, untracked: [] },
    });
    shown.send(']');
    await shown.until('Nothing is changed.');
    shown.send(']');
    await shown.until('Not validated yet: v runs the checks');
  });
});

describe('reading the pages', () => {
  const task = taskOf('add-oauth-device-flow', 'running');
  const reader = () => {
    const asked: string[] = [];
    let changed: () => void = () => {};
    const source = createPages({
      read: async (slug) => {
        asked.push(slug);
        if (slug === 'broken') throw new Error('git is gone');
        return { ...pages, task: slug };
      },
      onChange: () => changed(),
    });
    const next = () =>
      new Promise<void>((done) => {
        changed = done;
      });
    return { asked, source, next };
  };

  test('happens once for as long as nothing changed, and not at all when nobody looks', async () => {
    const { asked, source, next } = reader();
    source.sync(undefined, story);
    const read = next();
    source.sync(task, story);
    source.sync(task, story);
    await read;
    source.sync(task, story);
    expect(asked).toEqual(['add-oauth-device-flow']);
    expect(source.pages()?.report?.verdict).toBe('fail');
    source.close();
  });

  test('of another task does not wait, and what cannot be read is said', async () => {
    const { asked, source, next } = reader();
    const first = next();
    source.sync(task, story);
    await first;
    const second = next();
    source.sync(taskOf('broken', 'done'), story);
    await second;
    expect(asked).toEqual(['add-oauth-device-flow', 'broken']);
    expect(source.pages()).toMatchObject({ task: 'broken', diff: '', reason: 'git is gone' });
    source.close();
  });
});

test('the Merge page of a task that has landed says what became of it, and predicts nothing', async () => {
  const landed = { ...taskOf('one', 'landed'), landedAs: '4'.repeat(40) };
  screen = await startScreen({
    state: { ...story, tasks: [landed], runs: {}, merges: {}, pairs: [] },
    size: [120, 40],
  });
  screen.send(']]]');
  await screen.until('✓ It has landed on main as 44444444.');
  expect(screen.text()).not.toContain('Nothing is predicted yet');
});
