import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { folderInside, readPlain } from '../../../../src/services/platform/index.js';
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

test('a file that is too big is not read', async () => {
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
