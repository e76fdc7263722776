import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { codexOpened } from '../../../../src/services/agents/runners/codex-opened.js';
import { type Folder, makeFolder } from '../../../support/folder.js';

let made: Folder;
let folder: string;
let home: string;
beforeEach(() => {
  made = makeFolder();
  folder = made.path;
  home = join(folder, 'codex-home');
});
afterEach(() => made.cleanup());

const opened = (kept = ['/srv/repo'], args: string[] = [], mayWrite = true) =>
  codexOpened(
    { args },
    { CODEX_HOME: home, TMPDIR: '/srv/tmp' },
    { cwd: join(folder, 'cwd'), mayWrite, kept },
  );

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

test('a repository out of its reach, and settings that open nothing, leave its sandbox shut', () => {
  write(join(home, 'config.toml'), 'model = "m"\nsandbox_mode = "read-only"\n# [mcp_servers.x]\n');
  write(join(home, 'rules/default.rules'), 'prefix_rule(pattern=["git"], decision="prompt")\n');
  expect(opened(['/srv/repo', '/srv/tmpfiles'], ['--enable', 'x'])).toBeUndefined();
});

test.each(['/tmp/repo', '/srv/tmp/repo', '/srv/tmp'])('it writes below temporary folders: %s', (path) => {
  expect(opened(['/srv/other', path])).toContain('lets it write below');
  expect(opened(['/srv/other', path], [], false)).toBeUndefined();
});

test('a link into a temporary folder is followed', () => {
  symlinkSync('/tmp', join(folder, 'link'));
  expect(opened([join(folder, 'link')])).toBe('which lets it write below /tmp');
});

test.each([
  ['writable_roots', 'codex-home/config.toml', '[sandbox_workspace_write]\nwritable_roots = ["/srv"]\n'],
  ['mcp_servers', 'codex-home/config.toml', '[mcp_servers.files]\ncommand = "files"\n'],
  ['permissions', 'codex-home/work.config.toml', '[permissions.mine]\n'],
  ['hooks', 'cwd/.codex/config.toml', '[hooks]\n'],
  ['decision="allow', 'codex-home/rules/default.rules', 'prefix_rule(pattern=["git"], decision="allow")\n'],
])('%s in %s leads past it', (word, path, text) => {
  write(join(folder, path), text);
  expect(opened()).toBe(`which ${word} in ${join(folder, path)} leads past`);
});

test.each([
  ['--yolo'],
  ['--add-dir', '/srv'],
  ['-c', 'sandbox_workspace_write.writable_roots=["/srv"]'],
  ['-p', 'x'],
])('arguments of the person may lead past it: %s %s', (...args) => {
  expect(opened(undefined, args)).toContain('in runner.codex.args leads past');
});
