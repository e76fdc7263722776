import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { entry, type Program, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { startTerm } from '../support/term.js';

/** What hostile or careless text may hold; each line would do something to a terminal that obeyed it. */
const corpus = [
  '\u009b2Jcleared by C1',
  '\u009d52;c;ZXZpbA==\u009cclipboard by C1',
  '\u001b]52;c;ZXZpbA==\u0007clipboard',
  '\u001b]8;;http://example.com\u001b\\link\u001b]8;;\u001b\\',
  '\u001b]0;title\u0007',
  '\u001b[8mhidden\u001b[0m \u001b[2J\u001b[H',
  '\u001bP+q544e\u001b\\ device control',
  '{bold}{red-fg}tags{/} {open}x{close} {escape}',
  'abc\u202edef\u2066ghi',
  '👩‍👩‍👧‍👦 ✅ 🐢 ⚠️ 🇩🇪 emoji',
  `e${'\u0301'.repeat(40)} marks`,
  '\u0301starts with a mark',
  'ทดสอบ देवनागरी 日本語 wide',
  'progress 1%\rprogress 100%',
  'x'.repeat(10_000),
].join('\n');

let sandbox: Sandbox;
let repo: string;
let program: Program;

beforeEach(async () => {
  sandbox = makeSandbox();
  repo = sandbox.repo();
  program = programIn(sandbox, repo);
  writeFileSync(
    join(sandbox.root, 'corpus'),
    Buffer.concat([Buffer.from(corpus), Buffer.from([0x80, 0x9b, 0x32, 0x4a, 0xff, 0x0a])]),
  );
  await program.run('init');
  await program.run('config', 'set', 'runner.default', '"command"');
  await program.run(
    'config',
    'set',
    'runner.command.args',
    JSON.stringify(['cat', join(sandbox.root, 'corpus')]),
  );
  const hostile = corpus.split('\n').slice(0, 9).join(' ').replaceAll('\u0007', '');
  await program.run('task', 'add', 'Hostile', '--slug', 'hostile', '--goal', hostile);
  await program.run(
    'task',
    'edit',
    'hostile',
    '--title',
    `Hostile \u009b2J{red-fg}\u202e ${'日'.repeat(20)}`,
  );
  await program.run('task', 'run', 'hostile', '--wait');
});
afterEach(() => sandbox.cleanup());

/** Nothing but what a screen of ours writes may reach the terminal. */
function expectHarmless(bytes: string): void {
  // The screen itself writes titles, which are plain text, and asks once for the background.
  const raw = bytes.replace(/\x1b\]2;[^\x00-\x1f]*\x07/g, '').replace('\x1b]11;?\x07', '');
  expect(raw).not.toMatch(/[\u0080-\u009f\u202a-\u202e\u2066-\u2069]/);
  expect(raw).not.toMatch(/\x1b(\]|P|X|\^|_)/);
  expect(raw).not.toContain('ZXZpbA');
}

describe.each([
  [80, 24],
  [120, 40],
])('hostile text on the dashboard at %ix%i', (columns, rows) => {
  it('leaves every border in its place and sends no sequence out', async () => {
    const env = { ...sandbox.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' } as Record<string, string>;
    const term = startTerm(process.execPath, [entry], { columns, rows, env, cwd: repo });
    try {
      await term.until('xxxxxxxxxx');
      const lines = term.lines();
      const top = lines.findIndex((line) => line.includes('╭─2 [Transcript]'));
      const bottom = lines.findIndex((line, at) => at > top && line.includes('╰'));
      expect(bottom).toBeGreaterThan(top + 3);
      for (const line of lines.slice(top + 1, bottom)) expect(line).toMatch(/^[│┃].*│$/s);
      term.key('\r');
      await term.until('┏━2 [Transcript]');
      // The goal stands below the actions, so the page has the whole screen.
      term.key('z');
      await term.until(() => !term.text().includes('1 Tasks'));
      term.key('[');
      await term.until('Goal');
      term.key(']');
      await term.until('┏━2 [Transcript]');
      term.key('\x1b[H');
      await term.until(/clipboard/);
      expectHarmless(term.raw().replaceAll('\x1b[?2026h', '').replaceAll('\x1b[?2026l', ''));
    } finally {
      term.end();
    }
  }, 30_000);
});

describe('hostile text on the command line', () => {
  it('is made harmless in what is printed, and kept as it is in JSON', async () => {
    for (const argv of [
      ['task', 'list'],
      ['task', 'show', 'hostile'],
      ['session', 'show', 'hostile'],
      ['status'],
    ]) {
      const { stdout } = await program.run(...argv);
      expect(stdout).not.toBe('');
      expectHarmless(stdout);
      expect(stdout).not.toContain('\x1b');
    }
    const shown = await program.run('task', 'show', 'hostile', '--json');
    expect(shown.data<{ task: { title: string } }>().task.title).toContain('{red-fg}');
  });
});
