import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  folderInside,
  openRegular,
  openToAppend,
  readPlain,
  readPlainSync,
} from '../../../../src/services/platform/index.js';
import { readStubs } from '../../../../src/services/store/stubs/index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'codex-agents-plain-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);

test('a regular file is read, also through a link', async () => {
  writeFileSync(at('a'), 'text');
  symlinkSync('a', at('b'));
  expect(String(await readPlain(at('b')))).toBe('text');
});

test('a pipe without a writer, a device and a folder are refused at once', async () => {
  execFileSync('mkfifo', [at('pipe.md')]);
  symlinkSync('/dev/zero', at('zero'));
  mkdirSync(at('folder'));
  for (const name of ['pipe.md', 'zero', 'folder']) {
    await expect(readPlain(at(name))).rejects.toMatchObject({ code: 'not-a-file' });
  }
  await expect(readPlain(at('nothing'))).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(readStubs(at('pipe.md'), process.stdin)).rejects.toMatchObject({ code: 'not-a-file' });
});

test('what is opened to add to it, or to be read in parts, is a regular file, and nothing is waited for', async () => {
  execFileSync('mkfifo', [at('pipe')]);
  symlinkSync('/dev/zero', at('zero'));
  const server = createServer();
  await new Promise<void>((done) => server.listen(at('socket'), done));
  for (const name of ['pipe', 'zero', 'socket']) {
    for (const use of [openToAppend, openRegular, readPlain])
      await expect(use(at(name))).rejects.toMatchObject({ code: 'not-a-file' });
    expect(() => readPlainSync(at(name))).toThrow('is not a regular file');
  }
  await new Promise((done) => server.close(done));
  for (const text of ['one\n', 'two\n']) {
    const file = await openToAppend(at('new'));
    await file.write(text);
    await file.close();
  }
  expect([String(readPlainSync(at('new'))), statSync(at('new')).mode & 0o077]).toEqual(['one\ntwo\n', 0]);
});

test('a file that is too big is not read', async () => {
  writeFileSync(at('b'), 'x'.repeat(11));
  expect(() => readPlainSync(at('b'), 10)).toThrow('too big to be read (11 B)');
  writeFileSync(at('a'), 'x'.repeat(11));
  await expect(readPlain(at('a'), 10)).rejects.toMatchObject({ code: 'file-too-big' });
});

test('a folder of the repository that is a link into git’s own folder is refused, and nothing is made', async () => {
  mkdirSync(at('.git/hooks'), { recursive: true });
  mkdirSync(at('.codex-agent'));
  symlinkSync('.git', at('one'));
  symlinkSync('../.git/hooks', at('.codex-agent/tasks'));
  for (const name of ['one', 'one/prompts', '.codex-agent/tasks']) {
    await expect(folderInside(folder, name)).rejects.toMatchObject({
      code: 'outside-repository',
      message: expect.stringContaining("into git's own folder"),
    });
  }
  expect(readdirSync(at('.git'))).toEqual(['hooks']);
});
