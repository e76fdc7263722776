import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { restoreTask } from '../../../../src/services/app/manager/settle.js';
import { guarded, repo, sandbox, session, waits } from '../../../support/guarded-task.js';

const home = () => sandbox.env.HOME!;
const inHome = (name: string) => join(home(), name);
const bait = '/planted/program';

beforeEach(() => {
  // As for most people: git finds its configuration in the home.
  copyFileSync(sandbox.env.GIT_CONFIG_GLOBAL!, inHome('.gitconfig'));
  delete session.env.GIT_CONFIG_GLOBAL;
});

test('a program that an agent plants in git’s configuration for all repositories is run by none of ours, and goes', async () => {
  const canary = join(sandbox.root, 'canary');
  const before = readFileSync(inHome('.gitconfig'), 'utf8');
  const task = await guarded.agent(
    `printf '#!/bin/sh\\n: > "${canary}"; cat\\n' > "$root/bait"; chmod +x "$root/bait"
    git config --global filter.evil.clean "$root/bait"; git config --global core.fsmonitor "$root/bait"
    git config --global user.name other; echo '* filter=evil' > .gitattributes; echo work > work.txt`,
  );
  const held = await guarded.play(task);
  expect(held).toMatchObject(waits(/\.gitconfig: core\.fsmonitor is/));
  expect(held.guard?.found?.map(({ what }) => what.split(' ')[1])).toEqual([
    'core.fsmonitor',
    'filter.evil.clean',
  ]);
  expect(guarded.told()).toContain('git config user.name');
  expect(existsSync(canary)).toBe(false);
  await restoreTask(session, 'song');
  expect(existsSync(canary)).toBe(false);
  expect(readFileSync(inHome('.gitconfig'), 'utf8')).toBe(before.replace('name = Test', 'name = other'));
});

test.each([
  [
    'what it includes',
    'printf "[core]\\n\\tsshCommand = /evil\\n" > "$HOME/more"',
    /more: core\.sshcommand is \/evil/,
  ],
  [
    'its hooks for all',
    'printf "#!/bin/sh\\n/evil\\n" > "$HOME/hooks/pre-commit"; chmod +x "$HOME/hooks/pre-commit"',
    /hooks\/pre-commit was made/,
  ],
  [
    'its attributes for all',
    'mkdir -p "$XDG_CONFIG_HOME/git"; echo "* filter=lfs" > "$XDG_CONFIG_HOME/git/attributes"',
    /git\/attributes was made/,
  ],
])('%s is looked at as well', async (_, deed, found) => {
  sandbox.git(repo, 'config', '-f', inHome('.gitconfig'), 'include.path', '~/more');
  sandbox.git(repo, 'config', '-f', inHome('.gitconfig'), 'core.hooksPath', '~/hooks');
  sandbox.write(home(), { more: '', 'hooks/post-commit': '' });
  const task = await guarded.agent(`${deed}; echo work > work.txt`);
  expect(await guarded.play(task)).toMatchObject(waits(found));
});

test('settings of this program that run others or free agents wait; other settings, and what shells read, are told', async () => {
  const config = join(session.paths.configDir, 'config.toml');
  sandbox.write(session.paths.configDir, { 'config.toml': '[run]\nmax_parallel = 2\n' });
  const task = await guarded.agent(
    `echo '[hooks]' >> '${config}'; echo 'on_run_end = [["${bait}"]]' >> '${config}'
    echo ${bait} >> "$HOME/.bashrc"; echo work > work.txt`,
  );
  expect(await guarded.play(task)).toMatchObject(waits(/config\.toml was changed: on_run_end = /));
  expect(guarded.told()).toContain('.bashrc was made');
  await restoreTask(session, 'song');
  expect(readFileSync(config, 'utf8')).toBe('[run]\nmax_parallel = 2\n');
  expect(readFileSync(inHome('.bashrc'), 'utf8')).toBe(`${bait}\n`);
});

test('what the person sets meanwhile that runs nothing is told in a line', async () => {
  const task = await guarded.agent('echo work > work.txt');
  const done = await guarded.play(task, () => {
    guarded.person('git config -f "$HOME/.gitconfig" core.editor vim');
    sandbox.write(session.paths.configDir, { 'config.toml': '[run]\nmax_parallel = 2\n' });
    writeFileSync(join(repo, '.git/MERGE_HEAD'), '');
  });
  expect(done.status).toBe('done');
  expect(guarded.told()).toMatch(/git config core\.editor.*MERGE_HEAD was made|MERGE_HEAD was made/s);
});

test('a file with a password is told when it changed, and no note holds its content', async () => {
  const content = '//registry.example/:_authToken=secret\n';
  writeFileSync(inHome('.npmrc'), content);
  const task = await guarded.agent('echo ignore-scripts=false >> "$HOME/.npmrc"; echo work > work.txt');
  expect((await guarded.play(task)).status).toBe('done');
  expect(guarded.told()).toContain('.npmrc was changed');
  const folder = join(session.paths.stateDir, 'guard');
  const notes = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  expect(notes.join('')).toContain('.npmrc');
  expect(notes.join('')).not.toContain(Buffer.from(content).toString('base64'));
});
