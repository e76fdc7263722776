/** What people read of a transcript: the kinds of its lines, and what folds behind them. */
import { describe, expect, test } from '@jest/globals';
import type { AgentEvent } from '../../../../src/domain/agents/agent-event.js';
import { hiddenLines, isTrouble, shownFolded } from '../../../../src/domain/agents/transcript/line.js';
import { createPrinter, plainLines } from '../../../../src/domain/agents/transcript/plain.js';
import { proseParts } from '../../../../src/domain/agents/transcript/prose.js';
import { createRenderer, renderEvents } from '../../../../src/domain/agents/transcript/render.js';

const said = (text: string): AgentEvent => ({ type: 'text', text, final: true });
const command = (more: Partial<Extract<AgentEvent, { type: 'tool' }>>): AgentEvent => ({
  type: 'tool',
  itemId: 'c',
  kind: 'command',
  name: 'shell',
  command: 'npm test',
  state: 'ok',
  ...more,
});
const plain = (...events: AgentEvent[]) => plainLines(renderEvents(events, { cwd: '/tree' }));

test('what commands print that run side by side is said to be of each', () => {
  const a = { itemId: 'a', command: 'cat a' };
  const b = { itemId: 'b', command: 'cat b' };
  const printed = (output: string) => ({ state: 'output', output }) as const;
  expect(
    plain(
      command({ ...a, state: 'started' }),
      command({ ...b, state: 'started' }),
      command({ ...b, ...printed('from b\n') }),
      command({ ...b }),
      command({ ...a, ...printed('from a\n') }),
      said('Now what?'),
      command({ ...a, ...printed('more from a\n') }),
      command({ ...a }),
    ),
  ).toEqual([
    '$ cat a',
    '$ cat b',
    '│ from b',
    '│ … of cat a',
    '│ from a',
    '• Now what?',
    '│ … of cat a',
    '│ more from a',
  ]);
});

test.each([
  [`/bin/bash -lc 'npm test'`, 'npm test'],
  [`bash -lc "echo \\"hi\\" '$x'"`, `echo "hi" '$x'`],
  [`/bin/bash -lc 'echo '"'"'it'"'"'; exit 1'`, `echo 'it'; exit 1`],
  [
    `/bin/bash -lc "for i in 1; do echo $i; done; echo '"'it is'"'"`,
    `for i in 1; do echo $i; done; echo 'it is'`,
  ],
  ['/bin/zsh -lc ls', 'ls'],
  ['bash -c ls -la', 'ls -la'],
  [`bash -lc 'a' && rm b`, `'a' && rm b`],
  ['npm test', 'npm test'],
])('%s is shown as %s', (given, shown) => {
  expect(plain(command({ command: given }))).toEqual([`$ ${shown}`]);
});

describe('Markdown', () => {
  test('is told apart line by line, also when it comes in pieces', () => {
    const text = '# Plan\n\nSay `hi`:\n- one\n  - two\n> wise\n```ts\n# no heading\n```\n1. first';
    const whole = renderEvents([said(text)]).map((line) => [line.kind, line.text]);
    expect(whole).toEqual([
      ['heading', 'Plan'],
      ['said', ''],
      ['said', 'Say `hi`:'],
      ['said', '• one'],
      ['said', '  • two'],
      ['quote', 'wise'],
      ['code', '# no heading'],
      ['said', '1. first'],
    ]);
    const pieces = [...text].map((char): AgentEvent => ({ type: 'text', text: char, final: false }));
    expect(renderEvents([...pieces, said(text)]).map((line) => [line.kind, line.text])).toEqual(whole);
  });

  test('sets tables in columns', () => {
    expect(plain(said('| name | n |\n|---|--:|\n| `tall` | 12 |\n| 歌 | 3 |\nend'))).toEqual([
      '• name  n',
      '  ────────',
      '  tall  12',
      '  歌    3',
      '  end',
    ]);
  });

  test('has emphasis, code and links, and leaves names with underscores alone', () => {
    expect(proseParts('a **b** `c*d*` *e* [f](http://g) snake_case_name 2*3*4')).toEqual([
      { text: 'a ', look: 'plain' },
      { text: 'b', look: 'strong' },
      { text: ' ', look: 'plain' },
      { text: 'c*d*', look: 'code' },
      { text: ' ', look: 'plain' },
      { text: 'e', look: 'emphasis' },
      { text: ' ', look: 'plain' },
      { text: 'f', look: 'plain' },
      { text: ' (http://g)', look: 'address' },
      { text: ' snake_case_name 2*3*4', look: 'plain' },
    ]);
  });

  test.each([
    ['ticks', '`'.repeat(5_000)],
    ['stars', '*a '.repeat(3_000)],
    ['bars', `|${' '.repeat(200_000)}x`],
    ['spaces', `# ${' '.repeat(500_000)}x`],
    ['brackets', '[a]('.repeat(200)],
  ])('takes no time over a long line of %s', (_, text) => {
    const from = performance.now();
    for (const line of renderEvents([said(text)])) proseParts(line.text);
    expect(performance.now() - from).toBeLessThan(10_000);
  });
});

describe('what an agent does', () => {
  test('a command tells its outcome in its head, also after it was written', () => {
    const renderer = createRenderer();
    const lines = renderer.render([command({ state: 'started' })]);
    expect(plainLines(lines)).toEqual(['$ npm test']);
    renderer.render([command({ state: 'failed', exitCode: 3, durationMs: 12_400 })]);
    expect(plainLines(lines)).toEqual(['$ npm test  (exit 3, 12s)']);
    expect(lines.filter(isTrouble)).toHaveLength(1);
  });

  test('where lines are printed as they come, its outcome follows', () => {
    const renderer = createRenderer();
    const print = createPrinter();
    expect(print(renderer.render([command({ state: 'started' })]))).toEqual(['$ npm test']);
    expect(print(renderer.render([said('Waiting.')]))).toEqual(['• Waiting.']);
    expect(print(renderer.render([command({ state: 'failed', exitCode: 1 })]))).toEqual([
      '└ exit 1  $ npm test',
    ]);
    expect(print([])).toEqual([]);
  });

  test('its output folds to its beginning and its end', () => {
    const output = Array.from({ length: 50 }, (_, n) => `line ${n + 1}`).join('\n');
    const lines = renderEvents([command({ output })], { most: 1_000 });
    const standing = lines.map((line) => shownFolded(line));
    expect(hiddenLines(lines[0]!.block!)).toBe(45);
    expect(lines.filter((_, at) => standing[at] === 'shown').map(({ text }) => text)).toEqual([
      'npm test',
      ...['line 1', 'line 2', 'line 48', 'line 49', 'line 50'],
    ]);
    expect(standing.filter((how) => how === 'more')).toHaveLength(1);
  });

  test('edits show each file with numbered lines, and which files are new or gone', () => {
    const edit: AgentEvent = {
      type: 'tool',
      itemId: 'e',
      kind: 'edit',
      name: 'edit',
      state: 'ok',
      files: [
        { path: '/tree/a.ts', change: 'modified', diff: '@@ -7,2 +7,2 @@\n keep\n-old\n+new\n' },
        { path: '/tree/b.ts', change: 'added', diff: '@@\n+hello\n' },
        { path: '/tree/c.ts', change: 'deleted' },
      ],
    };
    expect(plain(edit)).toEqual([
      '~ edit a.ts  +1 -1',
      '│     7   keep',
      '│     8 - old',
      '│     8 + new',
      '+ new file b.ts  +1 -0',
      '│ + hello',
      '- delete c.ts',
    ]);
  });

  test('its plan is known whole, with what is being done', () => {
    const renderer = createRenderer();
    const steps = [
      { text: 'read', state: 'done' as const },
      { text: 'write', state: 'doing' as const },
      { text: 'test', state: 'open' as const },
    ];
    const lines = renderer.render([{ type: 'plan', steps }]);
    expect(plainLines(lines)).toEqual(['– plan 1/3: write', '│ [x] read', '│ [>] write', '│ [ ] test']);
    expect(renderer.plan()).toEqual(steps);
    expect(lines.map((line) => shownFolded(line))).toEqual(['shown', 'hidden', 'hidden', 'hidden']);
  });

  test('thoughts fold behind their first line', () => {
    const lines = renderEvents([{ type: 'thought', text: '**Look**\n\nFirst this.\nThen that.' }]);
    expect(lines.map((line) => [line.text, shownFolded(line)])).toEqual([
      ['Look', 'shown'],
      ['First this.', 'hidden'],
      ['Then that.', 'hidden'],
    ]);
  });

  test('what is used is told once, however often it is counted', () => {
    const usage = (input: number): AgentEvent => ({
      type: 'usage',
      usage: { scope: 'thread', input, cached: 1, output: 2 },
    });
    expect(plain(usage(10), said('hi'), usage(20), { type: 'end', ok: true })).toEqual([
      '• hi',
      '✓ done  20 tokens in (1 cached), 2 out',
    ]);
  });

  test('records of no known kind take one line, however many there are', () => {
    const odd = (name: string): AgentEvent => ({ type: 'unknown', name, text: '{"secret":1}' });
    expect(plain(odd('a/b'), said('hi'), odd('a/b'), odd('c'))).toEqual([
      '· 3 records of an unknown kind: a/b ×2, c',
      '• hi',
    ]);
  });
});

describe('an agent that forges', () => {
  const forged = [
    '$ rm -rf /',
    '? command npm install',
    'asks: command npm install',
    '> You may push.',
    '✓ done  1 tokens in',
    '✗ quota is used up',
    '~ edit src/a.ts',
    '│ output',
    '! the limit ends never',
    'answer: Allow',
  ];

  test.each(forged)('%j stands behind the mark of who wrote it', (text) => {
    const from = (...events: AgentEvent[]) => plain(...events).map((line) => line.slice(0, 2));
    expect(from(said(`ok\n${text}`))).toEqual(['• ', '  ']);
    expect(from(said(`\`\`\`\n${text}\n\`\`\``))).toEqual(['• ']);
    expect(from(said(text), { type: 'thought', text })).toEqual(['• ', '· ']);
    expect(from(command({ output: text }))).toEqual(['$ ', '│ ']);
    expect(from({ type: 'line', text })).toEqual(['  ']);
  });
});
