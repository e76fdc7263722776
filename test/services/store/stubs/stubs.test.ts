import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { TaskDraft } from '../../../../src/domain/store/draft.js';
import { formatStub, parseStub, readStubs } from '../../../../src/services/store/stubs/index.js';
import { type Folder, makeFolder } from '../../../support/folder.js';

let folder: Folder;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => folder.cleanup());

const full = `+++
title = "Parse dates"
slug = "parse-dates"
status = "draft"
priority = "high"
owner = "ann"
labels = ["core"]
depends_on = ["lexer"]
touches = ["src/dates/**"]
runner = "command"
model = "m"
branch = "feature/dates"
+++

Dates such as *2024-02-30* are refused.

## Acceptance

- [ ] the 30th of February is an error
* the message names the file
1. tests pass
`;

const fullDraft: TaskDraft = {
  title: 'Parse dates',
  slug: 'parse-dates',
  status: 'draft',
  priority: 'high',
  owner: 'ann',
  labels: ['core'],
  dependsOn: ['lexer'],
  touches: ['src/dates/**'],
  runner: 'command',
  model: 'm',
  branch: 'feature/dates',
  goal: 'Dates such as *2024-02-30* are refused.',
  acceptance: ['the 30th of February is an error', 'the message names the file', 'tests pass'],
};

test('front matter, goal and acceptance become a draft', async () => {
  expect(await parseStub(full, 'x.md')).toEqual(fullDraft);
});

test('a stub written on Windows reads the same', async () => {
  expect(await parseStub(`\ufeff${full.replaceAll('\n', '\r\n')}`, 'x.md')).toEqual(fullDraft);
});

test('a plain Markdown file is a stub: heading is title, name is slug', async () => {
  expect(
    await parseStub('# Fix the lexer\n\nIt drops tabs.\n\n## Notes\n\n- one\n', 'tasks/fix-lexer.md'),
  ).toEqual({
    title: 'Fix the lexer',
    slug: 'fix-lexer',
    goal: 'It drops tabs.\n\n## Notes\n\n- one',
  });
});

test('text behind the acceptance list stays part of the goal', async () => {
  const { goal, acceptance } = await parseStub(
    '# T\n\na\n\n## Acceptance\n\n- x\n\n## Background\n\nb\n',
    't.md',
  );
  expect({ goal, acceptance }).toEqual({ goal: 'a\n\n## Background\n\nb', acceptance: ['x'] });
});

test.each([
  [
    'a wrong type',
    '+++\ntitle = "x"\nlabels = "one"\n+++\n',
    'config-invalid',
    's.md:3:1: labels must be a list',
  ],
  [
    'an unknown key',
    '+++\ntitle = "x"\ndepends-on = []\n+++\n',
    'config-invalid',
    's.md:3:1: there is no key depends-on; did you mean depends_on?',
  ],
  ['a syntax error', '+++\ntitle = "x\n+++\n', 'toml-syntax', 's.md:2:'],
  [
    'no end of the front matter',
    '+++\ntitle = "x"\n',
    'stub-invalid',
    's.md:1:1: the front matter has no end',
  ],
  ['no title', '+++\nslug = "x"\n+++\ntext', 'stub-invalid', 's.md:1:1: the stub has no title'],
  [
    'a status that only the program gives',
    '+++\ntitle = "x"\nstatus = "landed"\n+++\n',
    'config-invalid',
    's.md:3:1: status must be one of draft, ready',
  ],
])('%s is an error with line and column', async (_, text, code, message) => {
  await expect(parseStub(text, 's.md')).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});

test.each<[string, TaskDraft]>([
  ['everything', fullDraft],
  ['next to nothing', { title: 'x', goal: '' }],
  [
    'quotes, escapes and other scripts',
    { title: 'a "b" \\ \t\u007f \u{1f600} Ünï', goal: '+++\nnot front matter\n+++' },
  ],
  [
    'a goal with an acceptance heading of its own',
    { title: 'x', goal: 'a\n\n## Acceptance\n\n- sneaky', acceptance: ['real'] },
  ],
  ['a goal that begins with spaces', { title: 'x', goal: '  indented\n' }],
  ['a goal that looks like a title', { title: 'x', goal: '# Heading\n\nText' }],
  ['an acceptance item of several lines', { title: 'x', goal: 'g', acceptance: ['one\ntwo', '- dash'] }],
  [
    'an item that looks like a checkbox',
    { title: 'x', goal: 'g', acceptance: ['[ ] box', '- [x] box', '# h', '1. n'] },
  ],
])('%s survives being written and read', async (_, draft) => {
  expect(await parseStub(formatStub(draft), 'anything')).toEqual({ acceptance: draft.acceptance, ...draft });
});

test('stubs are read from a file, a folder in order of name, or standard input', async () => {
  const tasks = join(folder.path, 'tasks');
  mkdirSync(tasks);
  for (const name of ['b', 'a']) writeFileSync(join(tasks, `${name}.md`), `# Do ${name}\n`);
  writeFileSync(join(tasks, 'README.txt'), 'no stub');
  mkdirSync(join(tasks, 'folder.md'));
  const none = Readable.from([]);
  expect((await readStubs(tasks, none)).map((draft) => draft.slug)).toEqual(['a', 'b']);
  expect((await readStubs(join(tasks, 'a.md'), none)).map((draft) => draft.title)).toEqual(['Do a']);
  const piped = await readStubs('-', Readable.from([Buffer.from('# From '), Buffer.from('a pipe\n')]));
  expect(piped).toEqual([{ title: 'From a pipe', goal: '' }]);
  await expect(readStubs(join(tasks, 'nowhere'), none)).rejects.toMatchObject({ code: 'stubs-not-found' });
  mkdirSync(join(folder.path, 'empty'));
  await expect(readStubs(join(folder.path, 'empty'), none)).rejects.toMatchObject({
    code: 'stubs-not-found',
  });
});

test('something far too big is no stub', async () => {
  const big = join(folder.path, 'big.md');
  writeFileSync(big, `# x\n${'y'.repeat(1_000_001)}`);
  await expect(readStubs(big, Readable.from([]))).rejects.toMatchObject({ code: 'stub-invalid' });
  await expect(readStubs('-', Readable.from([Buffer.alloc(1_000_001, 'y')]))).rejects.toMatchObject({
    code: 'stub-invalid',
  });
});

const utf16 = (text: string, order: 'le' | 'be', mark: boolean): Buffer => {
  const bytes = Buffer.from(mark ? `\ufeff${text}` : text, 'utf16le');
  return order === 'le' ? bytes : bytes.swap16();
};

test.each([
  ['UTF-16, little end first', utf16('# Ünï\r\n\r\nGoal.\r\n', 'le', true)],
  ['UTF-16, big end first', utf16('# Ünï\n\nGoal.\n', 'be', true)],
  ['UTF-16 without a mark', utf16('# Ünï\n\nGoal.\n', 'le', false)],
  ['UTF-8 with a mark and lone carriage returns', Buffer.from('\ufeff# Ünï\r\rGoal.\r')],
])('%s is read', async (_, bytes) => {
  const path = join(folder.path, 'Über uns.md');
  writeFileSync(path, bytes);
  expect(await readStubs(path, Readable.from([]))).toEqual([{ title: 'Ünï', goal: 'Goal.' }]);
});

test('bytes that are no text are refused', async () => {
  const path = join(folder.path, 'x.md');
  writeFileSync(path, Buffer.from([0x23, 0x20, 0xff, 0xc3, 0x28]));
  await expect(readStubs(path, Readable.from([]))).rejects.toMatchObject({ code: 'stub-invalid' });
});

test('front matter of other tools is read for what it says of a task', async () => {
  const text = `---
id: task-7
title: "Yaml: front"
status: To Do
assignee: [ann]
dependencies: [task-1]
labels:
  - ui # the page
  - 'it''s'
priority: medium
created_date: 2025-01-01
description: >
  Folded
  text.
---

## Description

Do the yaml thing.

## Acceptance Criteria

- [ ] #1 a
`;
  expect(await parseStub(text, 'task-7 - Yaml.md')).toEqual({
    title: 'Yaml: front',
    status: 'ready',
    owner: 'ann',
    dependsOn: ['task-1'],
    labels: ['ui', "it's"],
    priority: 'normal',
    goal: '## Description\n\nDo the yaml thing.',
    acceptance: ['#1 a'],
  });
  expect(await parseStub('---\ntitle: x\nstatus: Done\n---\n', 'x')).toMatchObject({ status: 'draft' });
});

test.each([
  ['underlined', 'The title\n=========\n\nText.\n'],
  ['of a lower rank', '## The title\n\nText.\n'],
  ['of a lower rank, after a known part', '## Goal\n\n### The title\n\nText.\n'],
  ['before one of a lower rank', '## Before\n\n# The title\n'],
  ['beside the name of a form', '---\nname: Bug report\ntitle: The title\n---\nText.\n'],
])('the title is a heading %s', async (_, text) => {
  expect((await parseStub(text, 'x.md')).title).toBe('The title');
});

test('front matter without an end is told, in both ways to write it', async () => {
  await expect(parseStub('---\ntitle: No end\n\nText.\n', 'x.md')).rejects.toMatchObject({
    message: 'x.md:1:1: the front matter has no end.',
    hint: 'Close it with a line ---.',
  });
});

test('a late heading is the title, one in code is not, and a rule is no front matter', async () => {
  const late = 'Intro first.\n\n```sh\n# comment\n```\n\n# Late heading\n\nText.\n';
  expect(await parseStub(late, 'x')).toEqual({
    title: 'Late heading',
    goal: 'Intro first.\n\n```sh\n# comment\n```\n\nText.',
  });
  expect(await parseStub('---\n\n# T\n', 'x')).toMatchObject({ title: 'T' });
});

test('a README in a folder of stubs is no task', async () => {
  writeFileSync(join(folder.path, 'README.md'), '# Tasks\n');
  writeFileSync(join(folder.path, 'a.md'), '# A\n');
  expect((await readStubs(folder.path, Readable.from([]))).map(({ slug }) => slug)).toEqual(['a']);
});

test('sixty thousand unknown keys are told of in a moment, the first of them with their lines', async () => {
  const keys = Array.from({ length: 60_000 }, (_, at) => `k${at} = 1`).join('\n');
  const before = process.cpuUsage();
  const error = await parseStub(`+++\ntitle = "x"\n${keys}\n+++\n`, 's.md').catch((thrown) => thrown);
  expect(error.message.split('\n')).toHaveLength(21);
  expect(error.message).toMatch(/^s\.md:3:1: there is no key k0\n[\s\S]*and 59980 more problems$/);
  // Quadratic it took minutes.
  expect(process.cpuUsage(before).user).toBeLessThan(20_000_000);
});
