import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { add, fresh, path, registry, slugs } from '../../../support/registry-file.js';
import { makeTask } from '../../../support/task.js';

let journal: string;
let previous: string;
/** The three files as they were written last. */
let saved: Map<string, Buffer>;
let expected: object;
beforeEach(async () => {
  journal = join(dirname(path), 'events.jsonl');
  previous = `${path}.1`;
  await registry.update('repo', (file) => ({
    file: { ...file, repos: [{ id: 'r1', path: '/r', name: 'r', createdAt: 'now' }] },
    result: undefined,
  }));
  for (const slug of ['a', 'b']) await add(makeTask(slug, { goal: 'Ünï "quoted"' }));
  saved = new Map([path, journal, previous].map((name) => [name, readFileSync(name)]));
  expected = await fresh().read();
});

const textOf = (name = path) => saved.get(name)!.toString();
function restore(): void {
  for (const name of readdirSync(dirname(path)))
    if (name.includes('.corrupt-')) rmSync(join(dirname(path), name));
  for (const [name, bytes] of saved) writeFileSync(name, bytes);
}
const cut = (name: string, length: number) => writeFileSync(name, saved.get(name)!.subarray(0, length));
function flip(name: string, at: number, mask: number): void {
  const bytes = Buffer.from(saved.get(name)!);
  bytes[at]! ^= mask;
  writeFileSync(name, bytes);
}
/** Every step-th byte of a file, cut off there and changed there. */
function* damages(name: string, step: number): Generator<[string, () => void]> {
  for (let at = 0; at < saved.get(name)!.length; at += step) {
    yield [`cut at ${at}`, () => cut(name, at)];
    for (const mask of [1, 0x80]) yield [`${at} changed by ${mask}`, () => flip(name, at, mask)];
  }
}
const isKept = (bytes: Buffer) =>
  readdirSync(dirname(path)).some(
    (name) => name.startsWith('tasks.json') && readFileSync(join(dirname(path), name)).equals(bytes),
  );

describe('the journal or the version before, damaged at any byte', () => {
  test.each(['events.jsonl', 'tasks.json.1'])(
    'changes nothing of a registry that is whole, and holds up no change: %s',
    async (name) => {
      for (const [how, damage] of damages(join(dirname(path), name), 23)) {
        restore();
        damage();
        expect([how, await fresh().read()]).toEqual([how, expected]);
        await add(makeTask('c'), fresh());
        expect([how, await slugs()]).toEqual([how, ['a', 'b', 'c']]);
      }
    },
    60_000,
  );

  test('makes up for the other where the registry is cut off too: what cannot be proven is told', async () => {
    const half = saved.get(path)!.length / 2;
    for (const name of [journal, previous]) {
      for (const [how, damage] of damages(name, 11)) {
        restore();
        damage();
        cut(path, half);
        const notes: string[] = [];
        const found = await fresh((note) => notes.push(note)).read();
        const same = JSON.stringify(found) === JSON.stringify(expected);
        const told = /Lost: |does not agree with its sum/.test(notes[0] ?? '');
        expect([name, how, same || told]).toEqual([name, how, true]);
        if (name === previous) expect([how, same]).toEqual([how, true]);
        expect(isKept(saved.get(path)!.subarray(0, half))).toBe(true);
      }
    }
  }, 60_000);

  test('is not taken for what was written last, where it holds another registry', async () => {
    writeFileSync(previous, '{"schemaVersion":1,"rev":2,"repos":[],"tasks":[]}\n');
    writeFileSync(path, '');
    expect(await fresh().read()).toEqual(expected);
  });

  test('is not taken for an empty one, where all of them are gone under a process that had read it', async () => {
    const reader = fresh();
    await reader.read();
    rmSync(dirname(path), { recursive: true });
    await expect(reader.read()).rejects.toMatchObject({ code: 'registry-lost' });
    await expect(add(makeTask('c'), reader)).rejects.toMatchObject({ code: 'registry-lost' });
    expect(existsSync(path)).toBe(false);
  });

  test('says so where the journal is gone with the last change', async () => {
    rmSync(journal);
    writeFileSync(path, '');
    const notes: string[] = [];
    expect(await slugs(fresh((note) => notes.push(note)))).toEqual(['a']);
    expect(notes[0]).toContain('Lost: what was changed last, of which the journal does not tell.');
  });
});

describe('what editors and git make of tasks.json', () => {
  test.each<[string, () => string | Buffer]>([
    ['no byte', () => ''],
    ['zeros in place of all', () => Buffer.alloc(saved.get(path)!.length)],
    ['zeros from a block on', () => Buffer.concat([saved.get(path)!.subarray(0, 300), Buffer.alloc(512)])],
    ['zeros behind it', () => Buffer.concat([saved.get(path)!, Buffer.alloc(512)])],
    ['line ends of Windows', () => textOf().replaceAll('\n', '\r\n')],
    ['a byte order mark', () => `\ufeff${textOf()}`],
    ['two bytes a character', () => Buffer.from(`\ufeff${textOf()}`, 'utf16le')],
    ['one byte a character', () => Buffer.from(textOf(), 'latin1')],
  ])('is the same registry: %s', async (_name, text) => {
    writeFileSync(path, text());
    expect(await fresh().read()).toEqual(expected);
    await add(makeTask('c'), fresh());
    expect(await slugs()).toEqual(['a', 'b', 'c']);
  });

  test.each<[string, () => string, RegExp]>([
    ['text behind it', () => `${textOf()}more`, /tasks\.json:\d+:1: this is not JSON/],
    ['itself once more', () => `${textOf()}${textOf()}`, /this is not JSON/],
    [
      'a merge conflict at its beginning',
      () => `<<<<<<< HEAD\n${textOf().replace('\n', '\n=======\n{"rev":7\n>>>>>>> other\n')}`,
      /tasks\.json:1: git left a merge conflict here/,
    ],
    [
      'a merge conflict in its rows',
      () => textOf().replace(/^(\{.*"slug":"a".*)$/m, '<<<<<<< HEAD\n$1\n=======\n$1\n>>>>>>> other'),
      /tasks\.json:4: git left a merge conflict here/,
    ],
    ['two tasks of one name', () => textOf().replace('"slug":"b"', '"slug":"a"'), /"a" is there twice/],
    [
      'two repositories of one id',
      () => textOf().replace(/"repos":\[\n(.*)\n\]/, '"repos":[\n$1,\n$1\n]'),
      /"r1" is there twice/,
    ],
    ['a later version', () => textOf().replace('"schemaVersion":1', '"schemaVersion":2'), /newer/],
    ['another kind of value', () => '[]', /must be object/],
  ])('is refused, and not a byte is changed: %s', async (_name, text, said) => {
    writeFileSync(path, text());
    await expect(fresh().read()).rejects.toThrow(said);
    await expect(add(makeTask('c'), fresh())).rejects.toThrow(said);
    expect(readFileSync(path, 'utf8')).toBe(text());
  });

  test.each(['"tasks"', '"title"', '"rev"'])(
    'is not written over where a key stands twice: %s',
    async (key) => {
      const edited = textOf().replace(`${key}:`, `${key}:${key === '"rev"' ? 1 : '[]'},${key}:`);
      writeFileSync(path, edited);
      await expect(add(makeTask('c'), fresh())).rejects.toThrow(`the key ${key} is there twice`);
      expect(readFileSync(path, 'utf8')).toBe(edited);
    },
  );
});
