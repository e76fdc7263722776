import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  stageFile,
  tempName,
  tempOwner,
  writeFileDurably,
  writeTo,
} from '../../../../src/services/platform/files/atomic.js';
import { positionAt, scanJson } from '../../../../src/services/platform/files/json-position.js';
import { type Folder, makeFolder } from '../../../support/folder.js';
import { mountSmall } from '../../../support/loop-disk.js';

let folder: Folder;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => folder.cleanup());

test('a file is replaced whole, private, and nothing else is left', async () => {
  const path = join(folder.path, 'file');
  writeFileSync(path, 'old');
  chmodSync(path, 0o644);
  await writeFileDurably(path, 'new '.repeat(100_000));
  expect(readFileSync(path, 'utf8')).toBe('new '.repeat(100_000));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder.path).sort()).toEqual(['file', 'home']);
});

test('a file that a full disk refuses is named', async () => {
  await expect(writeTo('/dev/full', 'text')).rejects.toMatchObject({ code: 'ENOSPC', path: '/dev/full' });
  await writeTo(join(folder.path, 'file'), 'text', { mode: 0o600 });
  expect(statSync(join(folder.path, 'file')).mode & 0o777).toBe(0o600);
});

test('on a disk that is full the old file stays, and nothing half-written beside it', async () => {
  const small = join(folder.path, 'small');
  const disk = mountSmall(small, 100_000);
  if (!disk) return;
  try {
    const path = join(small, 'file');
    writeFileSync(path, 'old');
    await expect(writeFileDurably(path, 'x'.repeat(200_000))).rejects.toMatchObject({ code: 'ENOSPC', path });
    expect([readdirSync(small), readFileSync(path, 'utf8')]).toEqual([['file'], 'old']);
  } finally {
    disk.unmount();
  }
});

test('until it is put in place the old file is there', async () => {
  const path = join(folder.path, 'file');
  writeFileSync(path, 'old');
  const staged = await stageFile(path, 'new');
  expect(readFileSync(path, 'utf8')).toBe('old');
  await staged.replace();
  expect(readFileSync(path, 'utf8')).toBe('new');
});

test('when it cannot be put in place its temporary file is removed and the error is the system’s', async () => {
  const path = join(folder.path, 'taken');
  mkdirSync(join(path, 'full'), { recursive: true });
  await expect(writeFileDurably(path, 'x')).rejects.toMatchObject({ code: 'EISDIR' });
  expect(readdirSync(folder.path).sort()).toEqual(['home', 'taken']);
  await expect(writeFileDurably(join(folder.path, 'no', 'where'), 'x')).rejects.toMatchObject({
    code: 'ENOENT',
  });
});

test('the owner of a temporary file can be read off its name, and off no other name', () => {
  expect(tempOwner(tempName('/x/tasks.json'))).toBe(process.pid);
  expect(tempOwner('tasks.json')).toBeUndefined();
  expect(tempOwner('notes.tmp.12')).toBeUndefined();
});

test('every cut of a JSON text is an error at its end', () => {
  const text = '{"a":[1.5e3,true,null,"x\\u00e9\\n"],"b":{"c":-0}}';
  expect(scanJson(text)).toEqual({});
  for (let length = 0; length < text.length; length++) {
    expect([length, scanJson(text.slice(0, length)).errorAt]).toEqual([length, length]);
  }
});

test('a wrong place inside a JSON text is not taken for a cut', () => {
  const wrong = ['{"a":1,}', '{"a" 1}', '[1 2]', '{"a":tru}', '{a:1}', '[01]', '{"a":"\t"}', '[1]]', "['a']"];
  for (const text of wrong) {
    expect(() => JSON.parse(text)).toThrow();
    expect([text, (scanJson(text).errorAt ?? text.length) < text.length]).toEqual([text, true]);
  }
});

test('a JSON pointer leads to its value', () => {
  const text = '{\n "a/b": [1, {"c": "x"}]\n}';
  const { foundAt } = scanJson(text, '/a~1b/1/c');
  expect(text.slice(foundAt)).toMatch(/^"x"/);
  expect(positionAt(text, foundAt!)).toEqual({ line: 2, column: 19 });
});
