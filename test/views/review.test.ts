/** The page of a review, on a document that was read: what it shows at each size, and where its keys go. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { AnyCommand } from '../../src/commands/types.js';
import { parseDiff } from '../../src/domain/landing/diff.js';
import { placeOfLine } from '../../src/domain/landing/review/comments.js';
import type { ReviewDocument } from '../../src/domain/landing/review/document.js';
import type { Task } from '../../src/domain/store/task.js';
import { bindingsIn, parseKeymap } from '../../views/keymap.js';
import { diffRows } from '../../views/review/rows.js';
import { openReviewUi } from '../../views/review/state.js';
import { sampleCommands } from '../fixtures/screen/commands.js';
import { story } from '../fixtures/screen/state.js';
import { expectNothingObeyed, expectWellFormed } from '../support/hostile.js';
import { payloads } from '../support/payloads.js';
import { keymapText, type ScreenOptions, startScreen } from '../support/screen.js';

const cancel = `diff --git a/lib/terminate/cancel.js b/lib/terminate/cancel.js
--- a/lib/terminate/cancel.js
+++ b/lib/terminate/cancel.js
@@ -38,8 +38,9 @@
 export const onAbort = async (subprocess, signal) => {
   if (subprocess.killed) {
     return;
   }
-  subprocess.kill();
+  killTree(subprocess.pid, signal);
+  await drained(subprocess);
   signal.removeEventListener(
     'abort', onAbort);
 };
@@ -105,6 +106,3 @@
 
 test('ends the child', async t => {
-  const subprocess = execa('sleep', ['9']);
-  await t.throwsAsync(subprocess);
-  t.true(subprocess.killed);
 });
 
diff --git a/docs/termination.md b/docs/termination.md
old mode 100644
new mode 100755
diff --git a/logo.png b/logo.png
index 1111111..2222222 100644
Binary files a/logo.png and b/logo.png differ
`;
const files = parseDiff(cancel);
const text = Array.from({ length: 140 }, (_, at) => `unchanged ${at + 1}`).join('\n');
const { slug } = story.tasks[0]!;

const review: ReviewDocument = {
  ...{
    subject: slug,
    title: 'Cancel signal reaches grandchildren',
    status: 'done',
    branch: 'b',
    target: 'main',
  },
  ...{ goal: 'When cancelSignal aborts, grandchildren end too.', acceptance: ['test for a grandchild'] },
  ...{
    head: '6c0e17f'.padEnd(40, '0'),
    base: 'a41c9d0'.padEnd(40, '0'),
    files,
    viewed: ['logo.png'],
    uncommitted: 1,
  },
  remarks: [
    {
      from: 'validator agent',
      severity: 'warning',
      path: files[0]!.path,
      line: 43,
      text: 'It may hit a reused pid.',
    },
    {
      from: 'policy tests',
      severity: 'error',
      path: files[0]!.path,
      line: 107,
      text: 'An assertion went away.',
    },
  ],
  comments: [
    {
      ...{
        id: 'c1',
        kind: 'suggestion',
        text: 'use a pidfd on Linux',
        commit: 'x',
        at: '1',
        state: 'draft',
        now: 42,
      },
      place: placeOfLine(files[0]!.path, 'new', 42, text, files[0])!,
    },
  ],
  runs: [
    {
      ...{ runId: 'r', attempt: 1, runner: 'codex', status: 'completed', used: '12k tokens' },
      said: 'The group id differs.',
    },
  ],
};

let screen: Awaited<ReturnType<typeof startScreen>>;
const row = (id: string, more: Partial<AnyCommand> = {}) => ({
  ...sampleCommands.find((one) => one.id === id)!,
  ...more,
});
const commands = [
  ...sampleCommands.filter(({ id }) => id !== 'task.review'),
  row('task.review', {
    part: 'review',
    said: () => 'Kept.',
    args: {
      ...row('task.review').args,
      properties: {
        ...row('task.review').args.properties,
        say: { type: 'string', description: 'a comment', lines: true },
        as: { type: 'string', description: 'its kind', enum: ['issue', 'question'] },
      },
    },
  }),
];

async function open(options: Partial<ScreenOptions> = {}, document: Partial<ReviewDocument> = {}) {
  const state = { ...story, tasks: [story.tasks[0]!] };
  screen = await startScreen({
    ...{ state, commands, size: [120, 40] },
    reviews: { read: async () => ({ ...review, ...document }), text: async () => text },
    ...options,
  });
  await screen.until(story.tasks[0]!.title);
  screen.send('d');
  await screen.until('lib/terminate/cancel.js');
  return screen;
}
afterEach(() => screen?.close());

async function press(...keys: string[]) {
  for (const key of keys) {
    screen.send(key);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

describe('the page', () => {
  test.each([
    [80, 24],
    [120, 40],
    [200, 60],
  ] as const)('at %ix%i', async (columns, rows) => {
    await open({ size: [columns, rows] });
    await screen.until('used a pidfd'.slice(5));
    // Whether blanks at the end were ever written depends on the frame before.
    expect(`\n${screen.text().replace(/ +$/gm, '')}\n`).toMatchSnapshot();
  });

  test('of an ASCII terminal is ASCII, and says why there is no review', async () => {
    await open({ env: { LANG: 'C' }, size: [80, 24] });
    expect(screen.text()).toMatch(/^[\n -~]*$/);
    await screen.close();
    const read = async () => Promise.reject(new Error('There is no branch song.'));
    screen = await startScreen({ state: story, commands, reviews: { read } });
    await screen.until(story.tasks[0]!.title);
    screen.send('d');
    await screen.until('There is no branch song.');
  });

  test('folded lines open, and fold again', async () => {
    await open();
    await press('j', '\r');
    await screen.until('unchanged 5');
    await press('\r');
    expect(screen.text()).not.toContain('37 lines unchanged');
  });
});

test('of a line that is longer than its place, the part that changed is seen', async () => {
  const long = (word: string) => `const words = [${"'the same on both sides', ".repeat(12)}'${word}'];`;
  const files = parseDiff(
    [
      'diff --git a/lib/terminate/cancel.js b/lib/terminate/cancel.js',
      '--- a/lib/terminate/cancel.js',
      '+++ b/lib/terminate/cancel.js',
      '@@ -1 +1 @@',
      `-${long('before')}`,
      `+${long('afterwards')}`,
      '',
    ].join('\n'),
  );
  await open({ size: [100, 40] }, { files, remarks: [], comments: [] });
  await screen.until("'afterwards'");
  expect(screen.text()).toContain("'before'");
  await press('\x1b[C');
  await screen.until(() => !screen.text().includes("'afterwards'"));
});

test('of work that has landed says so, and how to go back', async () => {
  await open();
  const tasks = [{ ...story.tasks[0]!, status: 'landed' as const }];
  screen.store.dispatch({ type: 'registry.loaded', rev: 1e6, tasks });
  await screen.until(/✓ Landed on main\. Esc goes back to the list\./);
});

test('of work that is held says that it waits, and for what', async () => {
  const policies = [{ name: 'changed_expectations', status: 'held', detail: 'other values' }];
  const verdict = { verdict: 'held', head: review.head, policies, checks: [], findings: [], skipped: [] };
  await open({}, { report: verdict as unknown as ReviewDocument['report'], comments: [] });
  await screen.until('! held: changed_expectations');
  await screen.until(/It waits for you\. +A approves this commit where what it changes is right\./);
});

test('left for the list shows the transcript of the task that is selected there now', async () => {
  const [reviewed, other] = story.tasks as [Task, Task];
  await open({ state: { ...story, tasks: [reviewed, other] } });
  const tasks = [{ ...reviewed, status: 'landed' as const }, other];
  screen.store.dispatch({ type: 'registry.loaded', rev: 1e6, tasks });
  await screen.until('Landed on main');
  await press('\x1b');
  await screen.until('1 Tasks');
  await screen.until(() => screen.closed.includes(reviewed.runIds.at(-1)!));
});

describe('keys', () => {
  test('go through changes, files, and what is said', async () => {
    await open();
    await press('n');
    await screen.until('hunk 1 of 2');
    await press('n');
    await screen.until('hunk 2 of 2');
    await press(']');
    await screen.until('There is no next finding');
    await press('J', 'J');
    await screen.until('3 of 3');
    await press('K', 'K', 'K');
    await screen.until('1 of 3');
  });

  test('make a comment on the very line, of the commit that is seen', async () => {
    await open();
    await press('n', 'j', 'j', 'j', 'c');
    await screen.until(`Comment on ${files[0]!.path}:43`);
    await press('W', 'h', 'y', '\t', '\x1b[C', '\x1b[C', '\x13');
    await screen.until(() => screen.calls.length > 0);
    expect(screen.calls[0]).toEqual({
      id: 'task.review',
      args: { task: slug, at: `${files[0]!.path}:43`, commit: review.head, say: 'Why', as: 'question' },
    });
  });

  test.each([
    ['A', { approve: true, commit: review.head }],
    ['v', { viewed: [files[0]!.path] }],
  ])('%s decides at once', async (key, args) => {
    await open();
    await press(key);
    await screen.until(() => screen.calls.length > 0);
    expect(screen.calls[0]).toEqual({ id: 'task.review', args: { task: slug, ...args } });
  });

  test.each([
    ['R', 'End the round and ask for changes'],
    ['D', 'Go to a line of the change'],
    ['d', 'No round of this review'],
    ['T', 'codex'],
    ['x', 'No comment of yours'],
    ['L', 'No person has approved it. 1 comment not sent'],
  ])('%s asks or says why not', async (key, words) => {
    await open();
    await press(key);
    if (key !== 'T') await screen.until(words);
    expect(screen.calls).toEqual([]);
  });

  test('take a comment back where it stands, and Esc leaves the page last', async () => {
    await open();
    await press(']', 'x');
    await screen.until(() => screen.calls.length > 0);
    expect(screen.calls[0]).toEqual({ id: 'task.review', args: { task: slug, withdraw: ['c1'] } });
    await press('y');
    await screen.until('Why it changed');
    await press('\x1b');
    await screen.until(() => !screen.text().includes('Why it changed'));
    await press('\x1b');
    await screen.until('Worktrees');
  });
});

describe('rows', () => {
  const ui = openReviewUi({ task: slug });
  const view = { review, texts: new Map(), colours: new Map() };

  test('pair what was removed with what was added, side by side', () => {
    const kinds = (split: boolean) =>
      diffRows(view, { ...ui }, { split }).rows.flatMap((one) =>
        one.type === 'line' && one.old !== one.new ? [`${one.old ? 'old' : ''}${one.new ? 'new' : ''}`] : [],
      );
    expect(kinds(false)).toEqual(['old', 'new', 'new', 'old', 'old', 'old']);
    expect(kinds(true)).toEqual(['oldnew', 'new', 'old', 'old', 'old']);
  });

  test('are made once for 20,000 lines, in little time', () => {
    const long = Array.from({ length: 10_000 }, (_, at) => `-old ${at}\n+new ${at}\n`).join('');
    const [file] = parseDiff(`diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,10000 +1,10000 @@\n${long}`);
    const big = { ...view, review: { ...review, files: [file!] } };
    const first = diffRows(big, ui, { split: true, inside: 118 });
    expect(first.rows).toHaveLength(10_001 + 10_000 - 10_000);
    expect(diffRows(big, ui, { split: true, inside: 118 })).toBe(first);
  });
});

describe('what is longer than its place', () => {
  const long = (word: string) => `  const ${word} = await collect(first, second, third, fourth);`;
  const changed = parseDiff(
    [
      'diff --git a/lib/terminate/cancel.js b/lib/terminate/cancel.js',
      '--- a/lib/terminate/cancel.js',
      '+++ b/lib/terminate/cancel.js',
      '@@ -1 +1 @@',
      `-${long('before')}`,
      `+${long('after')}`,
      '',
    ].join('\n'),
  );
  const remark = {
    from: 'validator agent',
    severity: 'error' as const,
    path: 'lib/terminate/cancel.js',
    line: 1,
  };
  const text = 'The promise is not awaited where the process ends first, so that its output may be lost.';

  test('is read to its end: sides beside one another, and what is said at a line', async () => {
    await open({ size: [120, 40] }, { files: changed, remarks: [{ ...remark, text }], comments: [] });
    await press('s');
    await screen.until('side by side');
    const lines = screen.lines().map((line) => line.slice(35));
    const at = lines.findIndex((line) => line.includes('const before'));
    expect(lines.slice(at, at + 3).join('\n')).toMatch(
      /await.*│.*await[\s\S]*collect\(first.*│.*collect\(first[\s\S]*fourth\);.*│.*fourth\);/,
    );
    const said = lines.filter((line) => line.includes('┊')).map((line) => line.replace(/.*┊ +|[┃ ]+$/g, ''));
    expect(said.join(' ')).toContain(`✗ validator agent: ${text}`);
  });

  test('is gone over with one key, and moved to the left it stands in one row', async () => {
    await open({ size: [120, 40] }, { files: changed, remarks: [{ ...remark, text }], comments: [] });
    await press('s', 'n', 'j');
    await screen.until(/▶ +┊ ✗ validator agent/);
    await press('\x1b[C');
    await screen.until(() => screen.lines().filter((line) => line.includes('┊')).length === 1);
  });
});

test('hostile texts in every place of a review, through every key: nothing of them is obeyed', async () => {
  let at = 0;
  const next = () => payloads[at++ % payloads.length]!;
  const [first, ...rest] = files;
  const rows = first!.hunks.map((lines) =>
    lines.map((line) => ({ ...line, text: `${line.text} ${next()}` })),
  );
  await open(
    {},
    {
      ...{ title: next(), goal: next(), acceptance: [next()], branch: next(), target: next() },
      files: [
        { ...first!, hunks: rows },
        ...rest.map((file) => ({ ...file, path: `${file.path}${next()}` })),
      ],
      remarks: review.remarks.map((remark) => ({ ...remark, from: next(), text: next() })),
      comments: review.comments.map((comment) => ({ ...comment, text: next() })),
      runs: review.runs.map((run) => ({ ...run, said: next() })),
    },
  );
  const keymap = parseKeymap(
    keymapText('default'),
    sampleCommands.map(({ id }) => id),
  );
  for (const { keys, section, run } of bindingsIn(keymap, 'review')) {
    if (section !== 'review' || run === 'ui.review-transcript') continue;
    await press(...keys.map((key) => ({ right: '\x1b[C', left: '\x1b[D', space: ' ' })[key] ?? key));
    await screen.settled();
    expectWellFormed(screen);
    if (screen.text().includes('Esc')) await press('\x1b');
    await screen.settled();
    if (!screen.text().includes('lib/terminate/cancel.js')) await press('d');
  }
  expectNothingObeyed(screen);
}, 60_000);
