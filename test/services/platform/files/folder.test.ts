import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  linkedWorktrees,
  namesInFolder,
  namesInFolderSync,
} from '../../../../src/services/platform/index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'codex-agents-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a folder that is not there holds nothing', async () => {
  expect(await namesInFolder(join(folder, 'none'))).toEqual([]);
  expect(namesInFolderSync(join(folder, 'none'))).toEqual([]);
});

test('what cannot be read as a folder is an error, not empty', async () => {
  writeFileSync(join(folder, 'worktrees'), 'not a folder');
  await expect(namesInFolder(join(folder, 'worktrees'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  expect(() => namesInFolderSync(join(folder, 'worktrees'))).toThrow('ENOTDIR');
  await expect(linkedWorktrees(folder)).rejects.toMatchObject({ code: 'ENOTDIR' });
});
