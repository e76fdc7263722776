import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { writeResults } from '../../../../src/services/landing/resolution/apply.js';
import type { OpenFile } from '../../../../src/services/landing/resolution/open-file.js';
import { type Folder, makeFolder } from '../../../support/folder.js';

let folder: Folder;
let worktree: string;
let outside: string;
beforeEach(() => {
  folder = makeFolder();
  [worktree, outside] = [join(folder.path, 'worktree'), join(folder.path, 'outside')];
  for (const path of [worktree, outside]) mkdirSync(path);
  writeFileSync(join(outside, 'a.txt'), 'of a person\n');
});
afterEach(() => folder.cleanup());

const answered = (path: string) => [{ path, result: 'merged\n' } as OpenFile];

test.each<[string, string, () => void]>([
  ['a file', 'a.txt', () => symlinkSync(join(outside, 'a.txt'), join(worktree, 'a.txt'))],
  ['a folder', 'in/a.txt', () => symlinkSync(outside, join(worktree, 'in'))],
])('a link that took the place of %s of the merge is not written through', async (_, path, put) => {
  put();
  await expect(writeResults(worktree, answered(path))).rejects.toMatchObject({ code: 'unsafe-path' });
  expect(readFileSync(join(outside, 'a.txt'), 'utf8')).toBe('of a person\n');
});

test('what is a file still is written', async () => {
  writeFileSync(join(worktree, 'a.txt'), 'marked\n');
  await writeResults(worktree, answered('a.txt'));
  expect(readFileSync(join(worktree, 'a.txt'), 'utf8')).toBe('merged\n');
});
