/** A conflict decided by keys alone, at two sizes, in the dashboard of the built program with a real terminal. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConflictDocument } from '../../src/domain/landing/hunk-choices.js';
import { entry, type Program, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { startTerm } from '../support/term.js';

/** A busy machine takes its time. */
const patience = 60_000;

let sandbox: Sandbox;
let repo: string;
let program: Program;
let term: ReturnType<typeof startTerm>;

const greet = (body: string, words: string) =>
  `export function greet(name) {\n    if (name) {\n        ${body}\n    }\n}\n\nexport function bye() {\n    const words = ${words};\n    return words;\n}\n`;

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) {
    term.key(key);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}
const shows = (what: string | RegExp) => term.until(what, patience);
const conflict = async () =>
  (await program.run('merge', 'hunks', 'greet', '--json')).data<ConflictDocument>();

describe.each([
  [80, 24],
  [120, 40],
])('a conflict at %ix%i', (columns, rows) => {
  beforeAll(async () => {
    sandbox = makeSandbox();
    const bin = join(sandbox.root, 'bin');
    mkdirSync(bin);
    const editor = join(bin, 'editor');
    writeFileSync(editor, `#!/bin/sh\nprintf "    const words = 'both';\\n" > "$1"\n`);
    chmodSync(editor, 0o755);
    Object.assign(sandbox.env, { EDITOR: editor, VISUAL: '' });
    repo = sandbox.repo({ 'greet.js': greet('return name;', "'bye'"), 'logo.png': '\0base' });
    program = programIn(sandbox, repo);
    await program.run('init');
    sandbox.git(repo, 'switch', '-q', '-c', 'work');
    sandbox.commit(
      repo,
      { 'greet.js': greet("return name + '!';", "'bye, all'"), 'logo.png': '\0ours' },
      'Ours',
    );
    sandbox.git(repo, 'switch', '-q', 'main');
    sandbox.commit(
      repo,
      { 'greet.js': greet('return String(name);', "'bye all'"), 'logo.png': '\0theirs' },
      'Theirs',
    );
    await program.run('task', 'add', 'Greet louder', '--slug', 'greet', '--branch', 'work');
    const env = { ...sandbox.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' } as Record<string, string>;
    term = startTerm(process.execPath, [entry], { columns, rows, env, cwd: repo });
    await shows('Greet louder');
  }, 180_000);
  afterAll(() => {
    term.end();
    sandbox.cleanup();
  });

  it('is predicted for a branch that was adopted, and opens with all its sides, indented as they are', async () => {
    await press('3');
    await shows('conflict in 2 files');
    await press('1', 'm', 'v');
    await shows('0 of 3 decided');
    await shows("        return name + '!';");
    await shows('        return String(name);');
  }, 120_000);

  it('takes what is proposed, a text of the editor and a side of a binary file, and keeps them over a restart', async () => {
    await press('a');
    await shows('1 of 3 decided');
    await shows('hunk 2 of 2');
    await press('e');
    await shows('2 of 3 decided');
    await press(']');
    await shows('decided as a whole');
    await press('t');
    await shows('All is decided');
    expect(await conflict()).toMatchObject({
      left: 0,
      files: [
        {
          path: 'greet.js',
          hunks: [
            { choice: { took: 'answer' } },
            { choice: { took: 'edited', text: "    const words = 'both';\n" } },
          ],
        },
        { path: 'logo.png', whole: { took: 'theirs' } },
      ],
    });
    await press('u');
    await shows('1 to decide');
    await press('q');
    await new Promise((resolve) => setTimeout(resolve, 500));
    term.end();
    const env = { ...sandbox.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' } as Record<string, string>;
    term = startTerm(process.execPath, [entry], { columns, rows, env, cwd: repo });
    await shows('Greet louder');
    await press('m', 'v');
    await shows('2 of 3 decided');
    await press(']');
    await shows('decided as a whole');
    await press('t');
    await shows('All is decided');
  }, 180_000);

  it('is merged only when the gate passes or a person overrules it by name, and the next command works', async () => {
    await press('F');
    await shows(/✗ greet\.js/);
    expect(sandbox.git(repo, 'rev-parse', 'work^')).toBe(sandbox.git(repo, 'merge-base', 'work', 'main'));
    await shows('y overrules it');
    await press('y');
    await shows(/merged as [0-9a-f]{7}/);
    const log = sandbox.git(repo, 'log', '-1', '--format=%B', 'work');
    expect(log).toContain('Overruled by a person: greet.js:');
    expect(log).toContain('Taken as a whole: logo.png, theirs.');
    const shown = await program.run('merge', 'review', 'greet');
    expect(shown.stdout).toContain('overruled by a person');
    const next = /^next: codex-agent (.+)$/m.exec(shown.stdout)![1]!;
    expect((await program.run(...next.split(' '))).code).toBe(0);
    expect(sandbox.git(repo, 'show', 'work:greet.js')).toContain("    const words = 'both';");
  }, 180_000);
});
