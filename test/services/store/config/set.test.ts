import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parse } from 'smol-toml';
import {
  configFiles,
  editFile,
  retrustAfterOwnEdit,
  setKey,
} from '../../../../src/services/store/config/index.js';
import { tomlPlaceOf, tomlPlaces } from '../../../../src/services/store/config/toml-places.js';
import { trustRepository, trustState } from '../../../../src/services/store/trust/index.js';
import { type Folder, makeFolder } from '../../../support/folder.js';

let folder: Folder;
let file: string;
beforeEach(() => {
  folder = makeFolder();
  file = configFiles(folder.paths).user;
  mkdirSync(dirname(file), { recursive: true });
});
afterEach(() => folder.cleanup());

const text = () => readFileSync(file, 'utf8');

const sample = `# mine
target = "main" # keep

[run] # limits
# how many
max_parallel = 4   # enough
idle_timeout = "10m"

[[validator.checks]]
name = "test"
run = [
  "npm", # the tool
  "test",
]

[runner.codex]
model = "m"
`;

test.each([
  ['run.max_parallel', '8', sample.replace('max_parallel = 4 ', 'max_parallel = 8 ')],
  ['target', 'develop', sample.replace('"main"', '"develop"')],
  ['run.kill_grace', '5s', sample.replace('"10m"\n', '"10m"\nkill_grace = "5s"\n')],
  ['runner.codex.env_allow', '["FAKE_KEY"]', `${sample}env_allow = ["FAKE_KEY"]\n`],
  ['runner.default', 'demo', `${sample}\n[runner]\ndefault = "demo"\n`],
  ['env_allow', '["A"]', sample.replace('# keep\n', '# keep\nenv_allow = ["A"]\n')],
  ['ui.mouse', 'true', `${sample}\n[ui]\nmouse = true\n`],
  ['validator.policies.secrets.level', 'warn', `${sample}\n[validator.policies.secrets]\nlevel = "warn"\n`],
])('setting %s changes that and nothing else', async (key, value, expected) => {
  writeFileSync(file, sample);
  await setKey(file, key, value);
  expect(text()).toBe(expected);
  parse(text());
});

test('a whole array with comments in it is replaced', async () => {
  writeFileSync(file, sample);
  await setKey(file, 'validator.checks', '[{ name = "lint", run = ["eslint"] }]').catch(() => {});
  await setKey(file, 'worktree.include', '["a"]');
  await setKey(file, 'worktree.include', '["b", "c"]');
  expect(text()).toBe(`${sample}\n[worktree]\ninclude = ["b", "c"]\n`);
});

test('a file is made when there is none, private', async () => {
  await setKey(file, 'run.max_parallel', '2');
  expect(text()).toBe('[run]\nmax_parallel = 2\n');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('dotted keys and inline tables are followed', async () => {
  writeFileSync(file, 'run.max_parallel = 3\nui = { keymap = "vim", mouse = false }');
  await setKey(file, 'run.max_parallel', '4');
  await setKey(file, 'ui.mouse', 'true');
  await setKey(file, 'run.kill_grace', '"3s"');
  expect(text()).toBe('run.max_parallel = 4\nui = { keymap = "vim", mouse = true }\nrun.kill_grace = "3s"\n');
});

test.each([
  ['a wrong type', 'run.max_parallel', '"8"', 'config-invalid'],
  ['a value that is no TOML', 'run.max_parallel', '[1', 'toml-syntax'],
  ['an unknown key', 'run.max_paralel', '8', 'unknown-key'],
  ['a key below an inline table', 'ui.theme', 'dark', 'config-by-hand'],
])('%s is refused and the file stays as it is', async (_, key, value, code) => {
  writeFileSync(file, 'ui = { mouse = true }\n');
  await expect(setKey(file, key, value)).rejects.toMatchObject({ code });
  expect(text()).toBe('ui = { mouse = true }\n');
});

test('a value cannot smuggle in another key', async () => {
  const smuggler = '"x"\nrun.agent_commits = true';
  await setKey(file, 'target', smuggler);
  expect(parse(text())).toEqual({ target: smuggler });
  await expect(setKey(file, 'ui.mouse', 'true\nrun.agent_commits = true')).rejects.toMatchObject({
    code: 'toml-syntax',
  });
});

test('a file with an error in it is not edited', async () => {
  writeFileSync(file, 'target = \n');
  await expect(setKey(file, 'ui.mouse', 'true')).rejects.toMatchObject({ code: 'toml-syntax' });
  expect(text()).toBe('target = \n');
});

test('a link is followed and permissions are kept', async () => {
  const real = join(folder.path, 'dotfiles.toml');
  writeFileSync(real, '');
  chmodSync(real, 0o644);
  symlinkSync(real, file);
  await setKey(file, 'target', 'x');
  expect(readFileSync(real, 'utf8')).toBe('target = "x"\n');
  expect(statSync(real).mode & 0o777).toBe(0o644);
});

test('our own edit keeps a repository trusted, but never launders anybody else’s', async () => {
  const root = join(folder.path, 'repo');
  const own = configFiles(folder.paths, root).repository!;
  mkdirSync(dirname(own), { recursive: true });
  writeFileSync(own, '[run]\nmax_parallel = 1\n');
  await trustRepository(folder.paths, root, (await trustState(folder.paths, root)).hash);
  const edit = await setKey(own, 'run.max_parallel', '2');
  expect(await retrustAfterOwnEdit(folder.paths, root, own, edit)).toBe(true);
  expect((await trustState(folder.paths, root)).status).toBe('trusted');

  writeFileSync(own, '[run]\nmax_parallel = 2\n[runner.command]\nargs = ["evil"]\n');
  const second = await setKey(own, 'run.max_parallel', '3');
  expect(await retrustAfterOwnEdit(folder.paths, root, own, second)).toBe(false);
  expect((await trustState(folder.paths, root)).status).toBe('changed');
});

test('the editor is run on the file and what it leaves is checked', async () => {
  const editor = join(folder.path, 'editor.sh');
  writeFileSync(editor, '#!/bin/sh\nprintf "[run]\\nmax = 1\\n" >"$2"\n', { mode: 0o755 });
  const env = { PATH: process.env.PATH, EDITOR: `${editor} --wait` };
  await expect(editFile(file, env)).rejects.toMatchObject({ code: 'config-invalid' });
  await expect(editFile(file, {})).rejects.toMatchObject({ code: 'no-editor' });
  await expect(editFile(file, { EDITOR: '/does/not/exist' })).rejects.toMatchObject({
    code: 'editor-failed',
  });
});

test('every key of a document is found where it stands', () => {
  const toml = `a = 1
"quoted key".'lit' = """
[not.a.table]
x = "# no comment" """"
d = 1979-05-27 07:32:00 # date
[t]
list = [ [1, 2], ["]", '#'], # c
  { k = 'v' } ]
[[t.many]]
n = 1
[[t.many]]
[t.many.sub]
n = 2
`;
  const found = (path: (string | number)[]) => {
    const place = tomlPlaces(toml).find((one) => JSON.stringify(one.path) === JSON.stringify(path));
    return place && toml.slice(place.valueStart, place.valueEnd);
  };
  parse(toml);
  expect(found(['quoted key', 'lit'])).toMatch(/^"""\n\[not[\s\S]*""""$/);
  expect(found(['d'])).toBe('1979-05-27 07:32:00');
  expect(found(['t', 'list', 1, 0])).toBe('"]"');
  expect(found(['t', 'list', 2, 'k'])).toBe("'v'");
  expect(found(['t', 'many', 0, 'n'])).toBe('1');
  expect(found(['t', 'many', 1, 'sub', 'n'])).toBe('2');
  expect(found(['not', 'a', 'table'])).toBeUndefined();
  expect(tomlPlaceOf(tomlPlaces(toml), ['t', 'many', 1, 'missing'])?.path).toEqual(['t', 'many', 1]);
});
