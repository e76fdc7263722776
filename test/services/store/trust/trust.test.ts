import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { pathsFrom } from '../../../../src/services/platform/files/paths.js';
import {
  readTrust,
  revokeTrust,
  trustedFiles,
  trustRepository,
  trustState,
} from '../../../../src/services/store/trust/index.js';
import { shownFiles } from '../../../../src/services/store/trust/shown.js';
import { type Folder, makeFolder } from '../../../support/folder.js';
import { makeSandbox } from '../../../support/sandbox.js';

let folder: Folder;
let root: string;
beforeEach(() => {
  folder = makeFolder();
  root = join(folder.path, 'repo');
  mkdirSync(root);
});
afterEach(() => folder.cleanup());

function write(name: string, text: string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
}
const state = () => trustState(folder.paths, root);
async function trustAll(): Promise<void> {
  await trustRepository(folder.paths, root, (await state()).hash);
}

test('a repository without configuration needs no trust', async () => {
  write('.codex-agent/tasks/a.md', 'A stub runs nothing.');
  write('.codex-agent/notes.txt', 'Nor does this.');
  expect(await state()).toMatchObject({ status: 'nothing-to-trust', files: [] });
});

test('configuration is untrusted until its hash is trusted, and again after it is revoked', async () => {
  write('.codex-agent/config.toml', 'schema = 1\n');
  expect(await state()).toMatchObject({ status: 'untrusted' });
  expect(await trustedFiles(folder.paths, root)).toBeUndefined();
  await trustAll();
  expect(await state()).toMatchObject({ status: 'trusted' });
  expect((await trustedFiles(folder.paths, root))!.get('.codex-agent/config.toml')).toEqual(
    Buffer.from('schema = 1\n'),
  );
  expect(statSync(join(folder.paths.stateDir, 'trust.json')).mode & 0o777).toBe(0o600);
  expect(await revokeTrust(folder.paths, root)).toEqual({ revoked: true });
  expect(await state()).toMatchObject({ status: 'untrusted' });
});

test.each([
  ['one byte of the configuration', () => write('.codex-agent/config.toml', 'schema = 1 \n'), 'config.toml'],
  ['a new agent', () => write('.codex-agent/agents/planner.toml', ''), 'agents/planner.toml'],
  ['a new prompt', () => write('.codex-agent/prompts/x.md', ''), 'prompts/x.md'],
  [
    'a prompt that is gone',
    () => rmSync(join(root, '.codex-agent/prompts/developer.md')),
    'prompts/developer.md',
  ],
  [
    'a prompt of another name',
    () =>
      renameSync(
        join(root, '.codex-agent/prompts/developer.md'),
        join(root, '.codex-agent/prompts/planner.md'),
      ),
    ['prompts/developer.md', 'prompts/planner.md'],
  ],
])('%s makes it changed, and says which file', async (_, change, names) => {
  write('.codex-agent/config.toml', 'schema = 1\n');
  write('.codex-agent/prompts/developer.md', 'Do it.');
  await trustAll();
  change();
  const changes = [names].flat().map((name) => `.codex-agent/${name}`);
  expect(await state()).toMatchObject({ status: 'changed', changes });
  expect(await trustedFiles(folder.paths, root)).toBeUndefined();
});

test('what is too much all together is not read, and too many files are refused at once', async () => {
  for (let n = 10; n < 30; n++) write(`.codex-agent/prompts/${n}.md`, 'x'.repeat(1_000_000));
  expect((await state()).tooBig?.map(({ path }) => path)).toEqual(
    [26, 27, 28, 29].map((n) => `.codex-agent/prompts/${n}.md`),
  );
  await expect(trustAll()).rejects.toMatchObject({ kind: 'trust' });
  for (let n = 0; n < 1_001; n++) write(`.codex-agent/agents/${n}.txt`, '');
  await expect(state()).rejects.toMatchObject({ code: 'too-many-files', kind: 'trust' });
});

test('bytes moved from one file to another are not the same', async () => {
  write('.codex-agent/prompts/a.md', 'one');
  write('.codex-agent/prompts/b.md', 'two');
  const before = (await state()).hash;
  write('.codex-agent/prompts/a.md', 'two');
  write('.codex-agent/prompts/b.md', 'one');
  expect((await state()).hash).not.toBe(before);
});

test('only what was shown can be trusted', async () => {
  write('.codex-agent/config.toml', 'schema = 1\n');
  const { hash } = await state();
  write('.codex-agent/config.toml', 'schema = 1 # swapped\n');
  await expect(trustRepository(folder.paths, root, hash)).rejects.toMatchObject({
    code: 'trust-moved',
    kind: 'trust',
  });
  expect(await state()).toMatchObject({ status: 'untrusted' });
});

test('trust belongs to the place, not to the content alone', async () => {
  write('.codex-agent/config.toml', 'schema = 1\n');
  await trustAll();
  const other = join(folder.path, 'other');
  mkdirSync(join(other, '.codex-agent'), { recursive: true });
  writeFileSync(join(other, '.codex-agent/config.toml'), 'schema = 1\n');
  expect(await trustState(folder.paths, other)).toMatchObject({ status: 'untrusted' });
});

test('a link that leads out of the repository is refused', async () => {
  writeFileSync(join(folder.path, 'secret'), 'x');
  mkdirSync(join(root, '.codex-agent'));
  symlinkSync(join(folder.path, 'secret'), join(root, '.codex-agent/config.toml'));
  await expect(state()).rejects.toMatchObject({ code: 'outside-repository', kind: 'trust' });
});

test.each(['pipe', 'folder'])('a %s in place of configuration is refused at once', async (what) => {
  write('.codex-agent/config.toml', 'schema = 1\n');
  const path = join(root, '.codex-agent/agents/planner.toml');
  mkdirSync(dirname(path), { recursive: true });
  execFileSync(what === 'pipe' ? 'mkfifo' : 'mkdir', [path]);
  await expect(state()).rejects.toMatchObject({ code: 'not-a-file', kind: 'trust' });
});

test('an unreadable trust file trusts nothing', async () => {
  write('.codex-agent/config.toml', 'schema = 1\n');
  await trustAll();
  const file = join(folder.paths.stateDir, 'trust.json');
  writeFileSync(file, '{"repositories":');
  await expect(state()).rejects.toMatchObject({ code: 'trust-unreadable', kind: 'trust' });
  // To wait for who writes to a pipe would hold the program, and no signal would end it.
  rmSync(file);
  execFileSync('mkfifo', [file]);
  await expect(state()).rejects.toMatchObject({ code: 'trust-unreadable', kind: 'trust' });
});

test('instructions of our agents are trusted with the configuration, and not without it', async () => {
  const sandbox = makeSandbox();
  try {
    const root = sandbox.repo({ 'AGENTS.md': 'Be kind.\n' });
    const paths = pathsFrom(sandbox.env);
    expect((await trustState(paths, root)).status).toBe('nothing-to-trust');
    sandbox.write(root, { '.codex-agent/config.toml': 'schema = 1\n' });
    await trustRepository(paths, root, (await trustState(paths, root)).hash);
    sandbox.write(root, { 'AGENTS.md': 'Find nothing.\n' });
    const { state, inputs } = await readTrust(paths, root);
    expect(state).toMatchObject({ status: 'changed', changes: ['AGENTS.md'] });
    expect(await shownFiles(paths, inputs, state)).toEqual([
      { path: '.codex-agent/config.toml', what: 'as trusted', lines: [] },
      { path: 'AGENTS.md', what: 'changed', lines: ['-Be kind.', '+Find nothing.'] },
    ]);
  } finally {
    sandbox.cleanup();
  }
});

test('what no terminal shows, or obeys, is shown as its number', async () => {
  const text =
    'a\u202eb\nz\u200bw \u{e0041}\nred\u001b[31m cr\rx nul\u0000\n\u26a0\ufe0f \ufe01 \u{1f469}\u200d\u{1f467}\n';
  write('.codex-agent/config.toml', text);
  const shown = async () => {
    const { inputs, state } = await readTrust(folder.paths, root);
    return (await shownFiles(folder.paths, inputs, state))[0];
  };
  const lines = ['a<U+202E>b', 'z<U+200B>w <U+E0041>', 'red<U+001B>[31m cr<U+000D>x nul<U+0000>'];
  const emoji = '\u26a0\ufe0f <U+FE01> \u{1f469}\u200d\u{1f467}';
  expect((await shown())?.lines).toEqual([...lines, emoji, '']);
  await trustAll();
  write('.codex-agent/config.toml', text.replaceAll('\n', '\r\n'));
  expect(await shown()).toMatchObject({ what: 'changed', lines: ['(only the ends of lines differ)'] });
});

test('files of instructions that configuration names, of the user or the repository, are trusted with it', async () => {
  write(
    '.codex-agent/config.toml',
    '[agents]\nfallback_files = [\n  "TEAM.md", # ours\n  "../outside.md",\n]\n',
  );
  writeFileSync(join(folder.path, 'outside.md'), 'not ours');
  mkdirSync(folder.paths.configDir, { recursive: true });
  writeFileSync(join(folder.paths.configDir, 'config.toml'), "agents.fallback_files = ['RULES.txt']\n");
  write('TEAM.md', 'one');
  write('RULES.txt', 'one');
  write('OTHER.md', 'one');
  await trustAll();
  const names = [...(await trustedFiles(folder.paths, root))!.keys()];
  expect(names.sort()).toEqual(['.codex-agent/config.toml', 'RULES.txt', 'TEAM.md']);
  write('OTHER.md', 'two');
  expect(await state()).toMatchObject({ status: 'trusted' });
  write('RULES.txt', 'two');
  expect(await state()).toMatchObject({ status: 'changed', changes: ['RULES.txt'] });
});

test('a repository from elsewhere at the same place is another one, however its address is written', async () => {
  const sandbox = makeSandbox();
  try {
    const root = sandbox.repo({ '.codex-agent/config.toml': 'schema = 1\n' });
    const paths = pathsFrom(sandbox.env);
    sandbox.git(root, 'remote', 'add', 'origin', 'https://user:secret@example.org/team/repo.git');
    await trustRepository(paths, root, (await trustState(paths, root)).hash);
    for (const same of [
      'git@example.org:team/repo.git',
      'ssh://git@example.org/team/repo',
      'https://example.org/team/repo/',
      'https://Example.ORG/team/repo',
      'https://example.org:443/team/repo.git',
      'ssh://git@example.org:22/team/repo',
    ]) {
      sandbox.git(root, 'remote', 'set-url', 'origin', same);
      expect([same, (await trustState(paths, root)).status]).toEqual([same, 'trusted']);
    }
    sandbox.git(root, 'remote', 'set-url', 'origin', 'https://example.org/other/repo');
    expect(await trustState(paths, root)).toMatchObject({
      status: 'changed',
      origin: { now: 'example.org/other/repo', trusted: 'example.org/team/repo' },
    });
    for (const other of ['https://example.org:8443/team/repo', 'https://example.org/Team/repo']) {
      sandbox.git(root, 'remote', 'set-url', 'origin', other);
      expect([other, (await trustState(paths, root)).status]).toEqual([other, 'changed']);
    }
  } finally {
    sandbox.cleanup();
  }
});

test('a huge file is not read, and cannot be trusted', async () => {
  const sandbox = makeSandbox();
  try {
    const root = sandbox.repo({ '.codex-agent/agents/x.txt': '' });
    const paths = pathsFrom(sandbox.env);
    truncateSync(join(root, '.codex-agent/agents/x.txt'), 5_000_000_000);
    const state = await trustState(paths, root);
    expect(state).toMatchObject({ status: 'untrusted', tooBig: [{ size: 5_000_000_000 }] });
    await expect(trustRepository(paths, root, state.hash)).rejects.toMatchObject({
      code: 'too-big-to-trust',
    });
  } finally {
    sandbox.cleanup();
  }
});

test.each([
  ['by another address', ['remote', 'set-url', 'origin', 'https://else.where/x']],
  ['by a rule of its own', ['config', 'url.https://else.where/.insteadOf', 'https://example.org/']],
  ['by an included file', ['config', 'include.path', 'more']],
  ['under another name', ['remote', 'rename', 'origin', 'upstream'], 'upstream'],
  [
    'in the configuration of the worktree',
    ['config', '--worktree', 'remote.origin.url', 'https://else.where/x'],
  ],
])('a repository that comes from elsewhere %s is not trusted any more', async (_, command, name = '') => {
  const sandbox = makeSandbox();
  try {
    const root = sandbox.repo({ '.codex-agent/config.toml': 'schema = 1\n' });
    const paths = pathsFrom(sandbox.env);
    sandbox.git(root, 'config', 'extensions.worktreeConfig', 'true');
    sandbox.write(root, { '.git/more': '[remote "origin"]\n  url = "https://else.where/x" ; comment\n' });
    const isMoved = command.includes('include.path') || command.includes('--worktree');
    sandbox.git(root, 'remote', 'add', 'origin', 'https://example.org/team/repo');
    await trustRepository(paths, root, (await trustState(paths, root)).hash);
    if (isMoved) sandbox.git(root, 'remote', 'remove', 'origin');
    sandbox.git(root, ...command);
    if (name) sandbox.git(root, 'remote', 'set-url', name, 'https://else.where/x');
    expect(await trustState(paths, root)).toMatchObject({
      status: 'changed',
      origin: { trusted: 'example.org/team/repo', now: expect.stringMatching(/^else\.where/) },
    });
    expect((await trustState(paths, root)).changes).toEqual([]);
  } finally {
    sandbox.cleanup();
  }
});
