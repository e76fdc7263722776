/** The page of a conflict, on a document that was read: what it shows at each size, and what its keys ask for. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { hunkCommands } from '../../src/commands/merge/hunks.js';
import type { AnyCommand } from '../../src/commands/types.js';
import type { ChosenHunk, ConflictDocument, ProposedAnswer } from '../../src/domain/landing/hunk-choices.js';
import { hunkRows } from '../../views/conflict/rows.js';
import { openConflictUi } from '../../views/conflict/state.js';
import { bindingsIn, parseKeymap } from '../../views/keymap.js';
import { spokenConflict } from '../../views/plain/conflict-lines.js';
import { sampleCommands } from '../fixtures/screen/commands.js';
import { story } from '../fixtures/screen/state.js';
import { expectNothingObeyed, expectWellFormed } from '../support/hostile.js';
import { payloads } from '../support/payloads.js';
import { keymapText, type ScreenOptions, startScreen } from '../support/screen.js';

const { slug } = story.tasks[0]!;

const hunk = (index: number, more: Partial<ChosenHunk> = {}): ChosenHunk => ({
  index,
  of: `digest-${index}`,
  line: index * 10,
  base: '        return name;\n',
  ours: "        return name + '!';\n",
  theirs: '        return String(name);\n',
  before: 'export function greet(name) {\n    if (name) {\n',
  after: '    }\n}\n',
  ...more,
});
const answer: ProposedAnswer = {
  text: "        return String(name) + '!';\n",
  strategy: 'structural',
  rules: ['tokens-far'],
  reason: 'changes of both sides to different words',
};
const side = (words: string) => ({ words });

const document: ConflictDocument = {
  ...{
    task: slug,
    title: 'Cancel signal reaches grandchildren',
    status: 'open',
    branch: 'work',
    target: 'main',
  },
  ...{ ours: '6c0e17f'.padEnd(40, '0'), theirs: 'a41c9d0'.padEnd(40, '0'), total: 4, left: 3 },
  cannotAsk: 'no model configured (model.model is empty)',
  next: [`codex-agent merge take ${slug} lib/greet.js 1 answer`],
  files: [
    {
      path: 'lib/greet.js',
      kind: 'contents',
      left: 1,
      certificate: {
        status: 'checked',
        reason: 'passes the gate; not proven: hunk 1: both sides change the same line',
      },
      hunks: [hunk(1, { answer }), hunk(2, { choice: { took: 'ours', at: 'x', text: hunk(2).ours } })],
    },
    {
      path: 'a/very/long/path/to/a/file/in/conflict/deep.txt',
      kind: 'contents',
      left: 1,
      hunks: [hunk(1, { why: 'no rule fits' })],
    },
    {
      ...{ path: 'logo.png', kind: 'binary', left: 1, hunks: [] },
      whole: {
        ...{ reason: 'it is binary, or not UTF-8 text', of: 'digest-logo', base: side('not text, 5 B') },
        ...{ ours: side('not text, 6 B'), theirs: side('not text, 8 B') },
      },
    },
  ],
};

let screen: Awaited<ReturnType<typeof startScreen>>;
const commands: AnyCommand[] = [
  ...sampleCommands.filter(({ id }) => id !== 'merge.review' && !hunkCommands.some((row) => row.id === id)),
  { ...sampleCommands.find(({ id }) => id === 'merge.review')!, part: 'conflict' },
  // What a choice says needs the conflict as it is then, which is not there.
  ...hunkCommands.map((row) => (row.id === 'merge.finish' ? row : { ...row, said: () => 'Done.' })),
];

async function open(options: Partial<ScreenOptions> = {}, more: Partial<ConflictDocument> = {}) {
  const state = { ...story, tasks: [story.tasks[0]!] };
  screen = await startScreen({
    ...{ state, commands, size: [120, 40] },
    conflicts: { read: async () => ({ ...document, ...more }) },
    ...options,
  });
  await screen.until(story.tasks[0]!.title);
  await press('m', 'v');
  await screen.until('lib/greet.js');
}
afterEach(() => screen?.close());

async function press(...keys: string[]) {
  for (const key of keys) {
    screen.send(key);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}
const called = async (count: number) => {
  await screen.until(() => screen.calls.length >= count);
  return screen.calls.at(-1);
};

describe('the page', () => {
  test.each([
    [80, 24],
    [120, 40],
    [200, 60],
  ] as const)('at %ix%i', async (columns, rows) => {
    await open({ size: [columns, rows] });
    expect(`\n${screen.text()}\n`).toMatchSnapshot();
  });

  test('of an ASCII terminal is ASCII, and says why there is no conflict to show', async () => {
    await open({ env: { LANG: 'C' }, size: [80, 24] });
    expect(screen.text()).toMatch(/^[\n -~]*$/);
    await screen.close();
    const read = async () => Promise.reject(new Error('There is no branch song.'));
    screen = await startScreen({ state: story, commands, conflicts: { read } });
    await screen.until(story.tasks[0]!.title);
    await press('m', 'v');
    await screen.until('There is no branch song.');
  });

  test('shows what hides in a text, and cuts no indentation', async () => {
    const ours = "\t\treturn '\u202e\x1b[31mred';\r\n";
    const files = [{ ...document.files[0]!, hunks: [hunk(1, { ours })] }];
    await open({}, { files });
    expect(screen.text()).toContain("+         return '<U+202E><U+001B>[31mred';␍");
    expect(screen.text()).toContain('+         return String(name);');
  });

  test('paints a line of a hundred thousand characters, and two hundred hunks, at once', async () => {
    const long = hunk(1, { ours: `${'x'.repeat(100_000)}\n` });
    const hunks = [long, ...Array.from({ length: 199 }, (_, at) => hunk(at + 2))];
    await open({}, { files: [{ ...document.files[0]!, hunks, left: 200 }], total: 200, left: 200 });
    const before = performance.now();
    await press('\x1b[C', 'n', 'n', ']', '[');
    await screen.until('of 200');
    expect(performance.now() - before).toBeLessThan(5_000);
  });

  test('says what is void, what stands in the way, and what comes next', async () => {
    await open({}, { void: 'main moved, so 2 choices made before are void' });
    await screen.until('main moved, so 2 choices');
    await screen.close();
    await open({}, { blocked: 'the worktree has uncommitted changes' });
    await screen.until('cannot be merged now: the worktree');
    await screen.close();
    await open({}, { left: 0 });
    await screen.until('All is decided.');
    await screen.close();
    await open(
      {},
      { status: 'merged', commit: 'abcdef0123', left: 0, next: [`codex-agent merge land ${slug}`] },
    );
    await screen.until('merged as abcdef01 ');
    await screen.until('L lands it on main');
    // What is merged offers nothing to choose, and the way back.
    expect(screen.lines().at(-1)).toMatch(/Esc back/);
    expect(screen.lines().at(-1)).not.toMatch(/accept|ours|theirs|finish/);
    await press('o');
    await screen.until('It is merged already');
  });
});

describe('keys', () => {
  test('take a side for the very hunk that is seen, and go on to the next that is to decide', async () => {
    await open();
    await press('a');
    expect(await called(1)).toEqual({
      id: 'merge.take',
      args: { task: slug, file: 'lib/greet.js', hunk: '1', of: 'digest-1', side: 'answer' },
    });
    await screen.until('deep.txt━');
    for (const [key, taken] of [
      ['t', 'theirs'],
      ['b', 'both'],
      ['B', 'base'],
    ] as const) {
      const count = screen.calls.length;
      await press(key);
      expect((await called(count + 1))?.args.side).toBe(taken);
    }
  });

  test('take a side of a file as a whole, and say why nothing else can be done with it', async () => {
    await open();
    await press('J', 'J');
    await screen.until('so it is decided as a whole');
    await press('t');
    expect(await called(1)).toMatchObject({
      args: { file: 'logo.png', hunk: 'all', of: 'digest-logo', side: 'theirs' },
    });
    await press('J', 'J', 'e');
    await screen.until('has no text to edit');
    await press('a');
    await screen.until('Nothing is proposed for a file as a whole');
  });

  test('go through hunks, files and what is to decide', async () => {
    await open();
    await press('n');
    await screen.until('result  chosen: ours');
    await press(']');
    await screen.until('no result  no rule fits');
    await press(']', ']');
    await screen.until('result  proposed by structural, tokens-far');
    await press('p');
    await screen.until('There is no earlier hunk');
  });

  test('ask again with a word, or say why no model can be asked', async () => {
    await open();
    await press('w');
    await screen.until('No model can be asked: no model configured');
    await screen.close();
    await open({}, { cannotAsk: undefined });
    await press('w');
    await screen.until('Ask again about hunk 1 of lib/greet.js');
    await press('k', 'e', 'e', 'p', '\x13');
    expect(await called(1)).toEqual({
      id: 'merge.ask',
      args: { task: slug, file: 'lib/greet.js', hunk: '1', word: 'keep' },
    });
  });

  test('open the editor, take back, and give up after a question', async () => {
    await open();
    await press('e');
    expect(await called(1)).toMatchObject({ id: 'merge.edit', args: { hunk: '1', of: 'digest-1' } });
    await press('u');
    expect(await called(2)).toEqual({ id: 'merge.undo', args: { task: slug } });
    await press('X');
    await screen.until('Take back everything chosen');
    await press('y');
    expect(await called(3)).toEqual({ id: 'merge.undo', args: { task: slug, all: true } });
    await press('A');
    await screen.until('Take what is proposed for 1 of 2 hunks');
    await press('\x1b');
  });

  test('finish only what is decided, and overrule by name what is refused', async () => {
    await open();
    await press('F');
    await screen.until('3 to decide yet');
    await screen.close();
    const refused = [{ path: 'lib/greet.js', problems: ['hunk 2 drops String'], overrulable: true }];
    const report = {
      task: slug,
      status: 'bailed-out',
      files: [],
      reason: 'it is refused',
      refused,
      overruled: [],
      next: [],
    };
    const ended = async (id: string) =>
      ({ ok: true, data: id === 'merge.finish' ? report : {}, exit: id === 'merge.finish' ? 4 : 0 }) as const;
    const chosen = [{ ...document.files[0]!, left: 0, hunks: [document.files[0]!.hunks[1]!] }];
    await open({ invoke: ended }, { left: 0, files: chosen });
    await press('F');
    await screen.until('✗ lib/greet.js: hunk 2 drops String');
    await press('y');
    expect(await called(2)).toEqual({ id: 'merge.finish', args: { task: slug, overrule: ['lib/greet.js'] } });
  });

  test('leave the page: first the files, then the page', async () => {
    await open();
    await press('\t', 'j');
    await screen.until('no result');
    await press('\x1b');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(screen.text()).toContain(' merge ');
    await press('\x1b');
    await screen.until('1 Tasks');
  });
});

test('each line of an answer says which side has it', () => {
  const rows = hunkRows(
    hunk(1, {
      ...{ base: 'a\nb\n', ours: 'a\nours\n', theirs: 'a\ntheirs\n', before: '', after: '' },
      answer: { text: 'a\nours\ntheirs\nnew\nb\n', strategy: 'ai', reason: 'r' },
    }),
    1,
  );
  const from = rows.findIndex(([cell]) => cell?.head?.text.startsWith('result'));
  expect(
    rows.slice(from).flatMap(([cell]) => (cell?.line === undefined ? [] : [`${cell.sign}${cell.line}`])),
  ).toEqual(['=a', 'oours', 'ttheirs', '+new', 'bb']);
});

test('the plain form says the same in lines', () => {
  const lines = spokenConflict({ document, colours: new Map() }, openConflictUi(slug));
  expect(lines).toEqual(
    expect.arrayContaining([
      `Conflict of ${slug} with main: 1 of 4 decided.`,
      'lib/greet.js, hunk 1 of 2, line 10.',
      'Proposed, changes of both sides to different words:',
      "          return String(name) + '!';",
    ]),
  );
});

test('hostile texts in every place of a conflict, through every key: nothing of them is obeyed', async () => {
  let at = 0;
  const next = () => `${payloads[at++ % payloads.length]!}\n`;
  const files = document.files.map((file) => ({
    ...file,
    hunks: file.hunks.map((one) => ({
      ...{ ...one, base: next(), ours: next(), theirs: next(), before: next(), after: next(), why: next() },
      ...(one.answer ? { answer: { ...one.answer, text: next(), reason: next() } } : {}),
    })),
  }));
  await open({}, { files, title: next(), branch: next(), target: next(), cannotAsk: next(), next: [next()] });
  const keymap = parseKeymap(
    keymapText('default'),
    commands.map(({ id }) => id),
  );
  for (const { keys, section } of bindingsIn(keymap, 'conflict')) {
    if (section !== 'conflict') continue;
    await press(...keys.map((key) => ({ right: '\x1b[C', left: '\x1b[D' })[key] ?? key), 'n');
    await screen.settled();
    expectWellFormed(screen);
    if (screen.text().includes('Esc')) await press('\x1b');
    if (!screen.text().includes('lib/greet.js')) await press('m', 'v');
  }
  expectNothingObeyed(screen);
}, 60_000);
