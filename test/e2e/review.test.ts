/** Twenty reviews by keys alone, ten at each size, in the dashboard of the built program with a real terminal. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { entry, type Program, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { startTerm } from '../support/term.js';

/** A busy machine takes its time; how fast a key is belongs to the bench. */
const patience = 60_000;

let sandbox: Sandbox;
let repo: string;
let home: string;
let program: Program;
let term: ReturnType<typeof startTerm>;

const lines = (count: number, change: Record<number, string> = {}) =>
  Array.from(
    { length: count },
    (_, at) => `${change[at + 1] ?? `export const line${at + 1} = ${at + 1};`}\n`,
  ).join('');

/** A branch of a person's with these changes, adopted as a task of the same name. */
async function branch(name: string, files: Record<string, string>): Promise<string> {
  const folder = join(sandbox.root, `${name}-tree`);
  sandbox.git(repo, 'worktree', 'add', '-q', '-b', name, folder);
  sandbox.commit(folder, files, `Work on ${name}`);
  await program.run('task', 'worktree', 'adopt', folder, '--title', name);
  return folder;
}

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) {
    term.key(key);
    // A person is slower than an escape sequence; two keys in one read would be one.
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}

const esc = '\x1b';
const shows = (what: string | RegExp) => term.until(what, patience);
const gone = (what: string | RegExp) => term.until(() => term.text().search(what) < 0, patience);
/** The page's first line; the foot of the list names a key of the same word. */
const page = /^ review {2}/m;

/** Opens the review of a task from the list. */
async function review(slug: string, first: string): Promise<void> {
  // What a test that failed has left open is closed, so that it fails alone.
  for (let left = 5; left > 0 && !/1 Tasks/.test(term.text()); left--) await press(esc);
  await press(esc, esc);
  await press('1', '/', ...slug, '\r');
  await shows(new RegExp(`1 of \\d+[^]*${slug}`, 'i'));
  await press('d');
  await shows(new RegExp(`review  ${slug}`, 'i'));
  await shows(first);
}

/** Leaves the review, and the filter behind it. */
async function leave(): Promise<void> {
  await press(esc);
  await gone(page);
  await press(esc);
  await shows(/all \d+|\d+ of \d+/);
}

async function say(words: string): Promise<void> {
  await shows('Comment on');
  await press(...words, '\x13');
  await gone('Comment on');
}

const head = (name: string) => sandbox.git(repo, 'rev-parse', name);
const kept = async (task: string) =>
  (await program.run('task', 'review', task, '--json')).data<{
    comments: { state: string; text: string; place: { path: string; line: number } }[];
    files: { path: string; viewed: boolean }[];
    approval?: { commit: string; void: boolean };
  }>();

describe.each([
  [80, 24],
  [120, 40],
])('reviews at %ix%i', (columns, rows) => {
  beforeAll(async () => {
    sandbox = makeSandbox();
    home = join(sandbox.root, 'codex-home');
    const bin = join(sandbox.root, 'bin');
    for (const folder of [home, bin]) mkdirSync(folder);
    copyFileSync(join(process.cwd(), 'test/fixtures/agents/two-way-codex.mjs'), join(bin, 'codex'));
    const editor = join(bin, 'editor');
    writeFileSync(editor, `#!/bin/sh\nprintf '%s\\n' "$@" > ${join(sandbox.root, 'edited')}\n`);
    chmodSync(editor, 0o755);
    Object.assign(sandbox.env, { PATH: `${bin}:${process.env.PATH}`, CODEX_HOME: home, EDITOR: editor });
    writeFileSync(join(home, 'turn'), 'revise');
    repo = sandbox.repo({
      'code.js': lines(60),
      'other.js': lines(5),
      'old-name.js': lines(30),
      'data.bin': '\0one',
      'Grüße "x".txt': 'hello\n',
    });
    program = programIn(sandbox, repo);
    await program.run('init');
    await program.run('task', 'add', 'Song');
    const change = { 'code.js': lines(60, { 5: 'export const five = 5;', 50: 'export const fifty = 50;' }) };
    for (const name of ['withdrawn', 'ended', 'marked', 'folded', 'edited']) {
      await branch(name, { ...change, 'other.js': lines(5, { 2: 'export const two = 2;' }) });
    }
    await branch('dropped', change);
    await branch('hidden', { 'other.js': `${lines(5)}const admin = '\u202eevil';\nok();\r// no\n` });
    const odd = await branch('odd', { 'data.bin': '\0two', 'Grüße "x".txt': 'hello there\n' });
    renameSync(join(odd, 'old-name.js'), join(odd, 'new-name.js'));
    chmodSync(join(odd, 'other.js'), 0o755);
    sandbox.commit(odd, {}, 'Rename');
    const env = { ...sandbox.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' } as Record<string, string>;
    term = startTerm(process.execPath, [entry], { columns, rows, env, cwd: repo });
    await shows('withdrawn');
  }, 180_000);
  afterAll(async () => {
    term.end();
    await program.run('manager', 'stop');
    sandbox.cleanup();
  });

  it('a comment is sent, the next attempt shows only its difference, and what is approved lands', async () => {
    await press('1', '/', ...'song', '\r', ' ', 'w', 'l');
    await shows('Start 1 agent');
    await press('y');
    await shows('to land');
    await press(esc, 'd');
    await shows("'la 3'");
    await press('n', 'j', 'j', 'c');
    await say('Make it louder');
    await shows('1 comment not sent');
    await press('j', 'j', 'j', 'j', 'j', 'j', 'j', 'j', 'j', 'c');
    await say('Why so many');
    await shows('2 comments not sent');

    await press('S');
    await shows('Send your comments on “Song”');
    await press('y');
    await shows('since the last round');
    await shows("'louder'");
    await shows('1 of 2 comments changed since');
    expect(term.text()).not.toContain("'la 16'");
    const requests = readFileSync(join(home, 'requests'), 'utf8');
    expect(requests.match(/"thread\/resume"/g)).toHaveLength(1);
    expect(requests).toContain('Make it louder');
    expect((await kept('song')).comments.map(({ state }) => state)).toEqual(['met', 'open']);

    await press('A');
    await shows(/✓ approved at/);
    sandbox.commit(join(sandbox.root, 'repo.worktrees', 'song'), { 'late.txt': 'late\n' });
    await shows(/is void/);
    await press('A');
    await shows(/✓ approved at/);
    expect((await kept('song')).approval).toMatchObject({ commit: head('codex-agent/song'), void: false });

    await press('L');
    await shows('Approved at');
    await press('y');
    await term.until(() => sandbox.git(repo, 'ls-tree', '--name-only', 'main').includes('song.js'), patience);
    await shows('“Song” landed on main');
    await press(esc);
    await leave();
  }, 240_000);

  it('why a line is there is told from the transcript, and the transcript opens at it', async () => {
    await review('song', 'late.txt');
    await press('J', 'n', 'y');
    await shows('Why it changed');
    await shows('new file song.js');
    await press('T');
    await gone(page);
    await shows('new file song.js');
    await press(esc, esc, esc);
  }, 120_000);

  it('a comment is taken back before it is sent', async () => {
    await review('withdrawn', 'code.js');
    await press('n', 'c');
    await say('Wrong');
    await shows('you, issue: Wrong');
    await press('j', 'x');
    await gone('you, issue: Wrong');
    await leave();
    expect((await kept('withdrawn')).comments).toEqual([]);
  }, 120_000);

  it('a question on a file ends the round without an agent, and is settled later', async () => {
    await review('ended', 'code.js');
    await press('C');
    await shows('Comment on code.js');
    await press(...'What for', '\t', '\x1b[C', '\x1b[C', '\x1b[C', '\x13');
    await shows('you, question: What for');
    await press('R');
    await shows('End the round and ask');
    await press('y');
    await shows('What for  sent');
    await press('j', 'x');
    await shows('settled');
    await leave();
    expect((await kept('ended')).comments).toMatchObject([
      { state: 'settled', place: { path: 'code.js', line: 0 } },
    ]);
  }, 120_000);

  it('viewed marks fold files away, and last only as long as the change', async () => {
    await review('marked', 'code.js');
    await press('v');
    await shows('1 of 2 viewed');
    await press('v');
    await shows('2 of 2 viewed');
    sandbox.commit(join(sandbox.root, 'marked-tree'), {
      'other.js': lines(5, { 2: 'export const second = 2;' }),
    });
    await shows('1 of 2 viewed');
    await leave();
    expect((await kept('marked')).files.filter(({ viewed }) => viewed)).toMatchObject([{ path: 'code.js' }]);
  }, 120_000);

  it('folded lines open and close', async () => {
    await review('folded', 'code.js');
    await press('n', 'k', 'k', 'k', 'k');
    await shows('1 line unchanged');
    expect(term.text()).not.toContain('line30');
    await press('j', 'j', 'j', 'j', 'j', 'j', 'j');
    for (let at = 0; at < 12 && !/▶┄┄┄/.test(term.text()); at++) await press('j');
    await press('\r');
    await shows(/line1\d/);
    await leave();
  }, 120_000);

  it('a hunk is dropped by a commit of the person, and the rest stays', async () => {
    const before = head('dropped');
    await review('dropped', 'five');
    await press('n', 'D');
    await shows('Take the change at code.js:');
    await press('y');
    await shows('Dropped the change');
    await gone('export const five');
    expect(sandbox.git(repo, 'log', '-1', '--format=%P', 'dropped')).toBe(before);
    expect(sandbox.git(repo, 'show', 'dropped:code.js')).toContain('fifty');
    expect(sandbox.git(join(sandbox.root, 'dropped-tree'), 'status', '--porcelain')).toBe('');
    await leave();
  }, 120_000);

  it('the editor opens at the line', async () => {
    await review('edited', 'code.js');
    await press('n', 'o');
    const told = join(sandbox.root, 'edited');
    await term.until(() => existsSync(told) && readFileSync(told, 'utf8').includes('code.js'), patience);
    expect(readFileSync(told, 'utf8')).toBe(`+5\n${join(sandbox.root, 'edited-tree', 'code.js')}\n`);
    await shows(/review {2}edited/i);
    await leave();
  }, 120_000);

  it('what hides in a line is shown', async () => {
    await review('hidden', 'other.js');
    await press('n');
    await shows('<U+202E>evil');
    await shows('ok();␍// no');
    await leave();
  }, 120_000);

  it('renames, modes, binary files and odd names have their words, side by side and in one column', async () => {
    await review('odd', 'data.bin');
    await shows('Its content is binary.');
    await shows('mode 100644 → 100755');
    await shows('Grüße "x".txt');
    await press('s');
    await shows(columns < 160 ? 'side by side' : 'unified');
    await press('J', 'J', 'J');
    await shows('renamed');
    await press('w', 's', esc);
    await gone(page);
  }, 120_000);
});
