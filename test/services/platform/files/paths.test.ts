import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { assetPath } from '../../../../src/services/platform/files/assets.js';
import { ensurePrivateFolder, pathsFrom } from '../../../../src/services/platform/files/paths.js';
import { type Folder, makeFolder } from '../../../support/folder.js';

let folder: Folder;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => folder.cleanup());

test('the XDG variables decide where files are', () => {
  const paths = pathsFrom({
    HOME: '/h',
    XDG_CONFIG_HOME: '/c',
    XDG_DATA_HOME: '/d',
    XDG_STATE_HOME: '/s',
    XDG_CACHE_HOME: '/k',
  });
  expect(paths).toEqual({
    configDir: '/c/codex-agents',
    dataDir: '/d/codex-agents',
    stateDir: '/s/codex-agents',
    cacheDir: '/k/codex-agents',
    registryFile: '/d/codex-agents/tasks.json',
    runsDir: '/s/codex-agents/runs',
  });
});

test('a relative XDG variable counts as unset', () => {
  const relative = pathsFrom({ HOME: '/h', XDG_DATA_HOME: 'data', XDG_STATE_HOME: '' });
  expect(relative).toEqual(pathsFrom({ HOME: '/h' }));
  expect(relative.dataDir).toBe('/h/.local/share/codex-agents');
});

test('a private folder is made for its owner alone, whatever the umask', () => {
  const before = process.umask(0);
  try {
    const path = ensurePrivateFolder(join(folder.path, 'a', 'b'));
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder.path, 'a')).mode & 0o777).toBe(0o700);
  } finally {
    process.umask(before);
  }
});

test('a folder that others can read is closed to them', () => {
  const path = join(folder.path, 'open');
  mkdirSync(path);
  chmodSync(path, 0o755);
  ensurePrivateFolder(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;
asRoot('a folder of another user is refused', async () => {
  const { chownSync } = await import('node:fs');
  const path = join(folder.path, 'theirs');
  mkdirSync(path);
  chownSync(path, 12345, 12345);
  expect(() => ensurePrivateFolder(path)).toThrow(expect.objectContaining({ code: 'not-ours' }));
});

test('data files of the package are found, and a missing one is an error with its name', () => {
  expect(existsSync(join(assetPath('prompts')))).toBe(true);
  expect(() => assetPath('no-such-asset')).toThrow(
    expect.objectContaining({ code: 'asset-missing', message: expect.stringContaining('no-such-asset') }),
  );
});
