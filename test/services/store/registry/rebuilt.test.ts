import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { rotateJournal } from '../../../../src/services/store/registry/journal.js';
import { add, fresh, path, registry, slugs } from '../../../support/registry-file.js';
import { makeTask } from '../../../support/task.js';

test('a file cut off at any byte is rebuilt whole', async () => {
  await registry.update('repo', (file) => ({
    file: { ...file, repos: [{ id: 'r1', path: '/r', name: 'r', createdAt: 'now' }] },
    result: undefined,
  }));
  await add(makeTask('a', { goal: 'Ünï \u{1f600} "quoted"' }));
  await add(makeTask('b'));
  const whole = readFileSync(path);
  const expected = await fresh().read();
  for (let length = 0; length < whole.length - 1; length += 7) {
    writeFileSync(path, whole.subarray(0, length));
    expect([length, await fresh().read()]).toEqual([length, expected]);
  }
});

test('a byte that the disk changed comes back from the journal, or is taken for an edit that is valid', async () => {
  await registry.update('repo', (file) => ({
    file: { ...file, repos: [{ id: 'r1', path: '/r', name: 'r', createdAt: 'now' }] },
    result: undefined,
  }));
  await add(makeTask('a', { goal: 'Ünï "quoted"' }));
  await add(makeTask('b'));
  const whole = readFileSync(path);
  const expected = await fresh().read();
  for (const mask of [1, 0x10, 0x80]) {
    for (let at = 0; at < whole.length; at += 3) {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= mask;
      writeFileSync(path, bytes);
      const found = await fresh().read();
      const kept = readFileSync(path).equals(bytes);
      // What is still a registry may be a person's own edit; then not a byte of it is changed.
      if (!kept || !isJson(bytes)) expect([at, mask, found]).toEqual([at, mask, expected]);
      if (!kept) expect(readdirSync(dirname(path)).some((name) => isCopyOf(name, bytes))).toBe(true);
    }
  }
});

test('a letter of which the disk lost a part comes back from the journal, though the rest is still a registry', async () => {
  await add(makeTask('a', { goal: 'Ünï' }));
  const bytes = readFileSync(path);
  bytes[bytes.indexOf('Ü')] = 0xff;
  bytes[bytes.indexOf('ï')] = 0xff;
  expect(isJson(bytes)).toBe(true);
  writeFileSync(path, bytes);
  expect((await fresh().read()).tasks.map(({ goal }) => goal)).toEqual(['Ünï']);
});

const isJson = (bytes: Buffer) => {
  try {
    return JSON.parse(bytes.toString()) !== undefined;
  } catch {
    return false;
  }
};
const isCopyOf = (name: string, bytes: Buffer) =>
  name.includes('.corrupt-') && readFileSync(join(dirname(path), name)).equals(bytes);

test('an edit by hand that went wrong is left to the person, with its place', async () => {
  await add(makeTask('a'));
  await add(makeTask('b'));
  const edited = readFileSync(path, 'utf8').replace('"title":', '"title"');
  writeFileSync(path, edited);
  await expect(fresh().read()).rejects.toMatchObject({ code: 'registry-invalid' });
  expect(readFileSync(path, 'utf8')).toBe(edited);
});

test('an older file that was put back is what the journal goes on from', async () => {
  await add(makeTask('a'));
  const older = readFileSync(path);
  await add(makeTask('b'));
  await add(makeTask('c'));
  writeFileSync(path, older);
  await add(makeTask('d'), fresh());
  writeFileSync(path, '{');
  expect(await slugs()).toEqual(['a', 'd']);
});

test('twenty readers of one damaged file make one backup, and are told', async () => {
  await add(makeTask('a'));
  await add(makeTask('b'));
  writeFileSync(path, '\0'.repeat(500));
  const notes: string[] = [];
  const all = await Promise.all(Array.from({ length: 20 }, () => fresh((note) => notes.push(note)).read()));
  expect(all.map((file) => file.tasks.length)).toEqual(Array(20).fill(2));
  const aside = readdirSync(dirname(path)).filter((name) => name.includes('corrupt'));
  expect(aside).toHaveLength(1);
  expect(readFileSync(join(dirname(path), aside[0]!), 'utf8')).toBe('\0'.repeat(500));
  expect(notes).toEqual([
    expect.stringMatching(/rebuilt revision 2 with 2 tasks.*No recorded change was lost/),
  ]);
});

test('the version before and a torn journal say what was lost', async () => {
  await add(makeTask('a'));
  await add(makeTask('b'));
  await add(makeTask('c'));
  const journal = join(dirname(path), 'events.jsonl');
  writeFileSync(journal, `${readFileSync(journal, 'utf8').trimEnd().slice(0, -9)}`);
  writeFileSync(path, '{"schemaVersion":1,');
  const notes: string[] = [];
  expect(await slugs(fresh((note) => notes.push(note)))).toEqual(['a', 'b']);
  expect(notes[0]).toMatch(/Lost: 1 unreadable journal line/);
  await add(makeTask('d'), fresh());
  rmSync(path);
  expect(await slugs()).toEqual(['a', 'b', 'd']);
});

test('changes behind a gap in the journal never follow a new change', async () => {
  for (const slug of ['a', 'b', 'c', 'd']) await add(makeTask(slug));
  const journal = join(dirname(path), 'events.jsonl');
  const lines = readFileSync(journal, 'utf8').split('\n');
  // The version before is of revision 1, the line of revision 2 is gone, those of 3 and 4 cannot be applied.
  writeFileSync(`${path}.1`, JSON.stringify({ schemaVersion: 1, rev: 1, repos: [], tasks: [makeTask('a')] }));
  writeFileSync(journal, [lines[0], ...lines.slice(2)].join('\n'));
  writeFileSync(path, 'garbage');
  expect(await slugs()).toEqual(['a']);
  await add(makeTask('new'), fresh());
  writeFileSync(path, 'garbage again');
  expect(await slugs()).toEqual(['a', 'new']);
});

test('a removed file is rebuilt from the version before and the journal, also a rotated one', async () => {
  await add(makeTask('a'));
  await add(makeTask('b'));
  await rotateJournal(join(dirname(path), 'events.jsonl'));
  rmSync(path);
  expect(await slugs()).toEqual(['a', 'b']);
});

test('removals are rebuilt too', async () => {
  await add(makeTask('a'));
  await add(makeTask('b'));
  await registry.update('remove', (file) => ({
    file: { ...file, tasks: file.tasks.slice(1) },
    result: undefined,
  }));
  writeFileSync(path, '');
  expect(await slugs()).toEqual(['b']);
});

test('when nothing is left to rebuild from, that is an error and no empty registry', async () => {
  await add(makeTask('a'));
  rmSync(join(dirname(path), 'events.jsonl'));
  writeFileSync(path, '{"rev":');
  await expect(registry.read()).rejects.toMatchObject({ code: 'registry-lost' });
  await expect(add(makeTask('b'))).rejects.toMatchObject({ code: 'registry-lost' });
  expect(readFileSync(path, 'utf8')).toBe('{"rev":');
});

test('a journal that begins too late is nothing to rebuild from', async () => {
  for (const slug of ['a', 'b', 'c']) await add(makeTask(slug));
  const journal = join(dirname(path), 'events.jsonl');
  writeFileSync(journal, readFileSync(journal, 'utf8').split('\n').slice(1).join('\n'));
  rmSync(`${path}.1`);
  rmSync(path);
  await expect(registry.read()).rejects.toMatchObject({ code: 'registry-lost' });
});

test('a torn last line of a dead writer does not swallow the next one', async () => {
  await add(makeTask('a'));
  appendFileSync(join(dirname(path), 'events.jsonl'), '{"rev":2,"ta');
  await add(makeTask('b'));
  writeFileSync(path, '{');
  expect(await slugs()).toEqual(['a', 'b']);
});
