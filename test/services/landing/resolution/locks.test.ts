import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { uniteCargoLock, uniteLines } from '../../../../src/domain/landing/lock-files.js';
import { resolveTask } from '../../../../src/services/landing/resolution/index.js';
import { findProgram } from '../../../../src/services/platform/processes/process.js';
import { eachInItsOwnSandbox, expectUntouched, given, sandbox, show } from '../../../support/conflicted.js';

eachInItsOwnSandbox();

const strategies = ['rerere', 'whitespace', 'structural'];

/** A program of this name that notes how it was called, and does what `script` says. */
function plant(name: string, script: string): NodeJS.ProcessEnv {
  const folder = join(sandbox.root, 'bin');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
  return { ...sandbox.env, PATH: `${folder}:${process.env.PATH}` };
}

const conflict = (path: string, more: Record<string, string> = {}) => ({
  base: { ...more, [path]: 'a 1\n' },
  ours: { [path]: 'a 2\n' },
  theirs: { [path]: 'a 3\n' },
  strategies,
});

describe('the tool of a lock file', () => {
  it.each([
    ['pnpm-lock.yaml', 'pnpm', '--ignore-pnpmfile'],
    ['yarn.lock', 'yarn', '--no-default-rc'],
  ])(
    '%s: %s gets the file in its markers, and must not run what the repository names',
    async (path, tool, flag) => {
      const note = join(sandbox.root, 'called');
      const env = plant(
        tool,
        `echo "$@" > ${note}; grep -c '<<<<<<<' ${path} >> ${note}; echo made > ${path}`,
      );
      const { session, task } = await given({ ...conflict(path), env });
      expect(await resolveTask(session, task)).toMatchObject({
        status: 'resolved',
        files: [{ path, reason: expect.stringContaining(`made anew by ${tool} install`) }],
      });
      expect(show(session, `${task.branch}:${path}`)).toBe('made');
      const [args, markers] = readFileSync(note, 'utf8').trim().split('\n');
      expect(args).toContain(flag);
      expect(args).toContain('--ignore-scripts');
      expect(markers).toBe('1');
    },
  );

  it.each([
    ['is not there', undefined, 'is not on PATH'],
    ['fails', 'echo no such package >&2; exit 1', 'could not make it anew offline: no such package'],
    ['leaves markers', 'exit 0', 'left conflict markers'],
    ['touches other files', 'echo made > pnpm-lock.yaml; echo x > evil', 'changed evil as well'],
  ])('that %s hands everything back', async (_, script, reason) => {
    const env = script ? plant('pnpm', script) : { ...sandbox.env, PATH: gitOnly() };
    const ground = await given({ ...conflict('pnpm-lock.yaml'), env });
    const report = await resolveTask(ground.session, ground.task);
    expect(report).toMatchObject({ status: 'bailed-out', reason: expect.stringContaining(reason) });
    expectUntouched(ground);
  });

  it('is not run when it would load plugins of the repository', async () => {
    const env = plant('yarn', 'echo made > yarn.lock');
    const berry = (version: number) => `__metadata:\n  version: 8\n\n"a@npm:1":\n  version: ${version}\n`;
    const ground = await given({
      base: { 'yarn.lock': berry(1) },
      ours: { 'yarn.lock': berry(2) },
      theirs: { 'yarn.lock': berry(3) },
      strategies,
      env,
    });
    const report = await resolveTask(ground.session, ground.task);
    expect(report).toMatchObject({ status: 'bailed-out', reason: expect.stringContaining('loads code') });
    expectUntouched(ground);
  });

  /** A PATH on which nothing but git and a shell can be found. */
  function gitOnly(): string {
    const folder = join(sandbox.root, 'few');
    mkdirSync(folder, { recursive: true });
    for (const name of ['git', 'sh']) {
      const script = `#!/bin/sh\nexec ${findProgram(name, process.env)} "$@"\n`;
      writeFileSync(join(folder, name), script, { mode: 0o755 });
    }
    return folder;
  }
});

describe('Cargo.lock', () => {
  const cargo = findProgram('cargo', process.env);
  const manifest = (deps: readonly string[]) =>
    `[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\n${deps.map((name) => `${name} = { path = "${name}" }\n`).join('\n\n\n')}`;
  const entry = (name: string, deps: readonly string[] = []) =>
    `[[package]]\nname = "${name}"\nversion = "0.1.0"\n${deps.length > 0 ? `dependencies = [\n${deps.map((dep) => ` "${dep}",\n`).join('')}]\n` : ''}`;
  const lock = (deps: readonly string[]) =>
    `version = 4\n\n${[...deps.map((name) => entry(name)), entry('shop', deps)].sort().join('\n')}`;
  const shop = (deps: readonly string[]) => ({ 'Cargo.toml': manifest(deps), 'Cargo.lock': lock(deps) });
  const parts = Object.fromEntries(
    ['a', 'm', 'z'].flatMap((name) => [
      [`${name}/Cargo.toml`, `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n`],
      [`${name}/src/lib.rs`, ''],
    ]),
  );

  (cargo ? it : it.skip)(
    'is made anew by cargo, which reads no settings of the repository',
    async () => {
      const evil = {
        '.cargo/config.toml': '[build]\nrustc = "./evil"\n',
        'rust-toolchain.toml': '[toolchain]\npath = "./evil"\n',
      };
      const { session, task } = await given({
        base: { ...parts, ...evil, 'src/lib.rs': '', ...shop(['m']) },
        ours: shop(['a', 'm']),
        theirs: shop(['m', 'z']),
        strategies,
        env: {
          ...sandbox.env,
          CARGO_HOME: join(sandbox.root, 'cargo'),
          RUSTUP_HOME: process.env.RUSTUP_HOME ?? join(homedir(), '.rustup'),
        },
      });
      expect(await resolveTask(session, task)).toMatchObject({ status: 'resolved' });
      expect(show(session, `${task.branch}:Cargo.lock`)).toBe(lock(['a', 'm', 'z']).trim());
    },
    120_000,
  );

  it('starts from the packages of both sides, less those either took away', () => {
    const one = (name: string, version: string) =>
      `[[package]]\nname = "${name}"\nversion = "${version}"\nsource = "registry"\n`;
    const file = (...blocks: string[]) => `version = 4\n\n${blocks.join('\n')}`;
    const base = file(one('a', '1.0.0'), one('b', '1.0.0'));
    const ours = file(one('a', '1.1.0'), one('b', '1.0.0'), one('c', '1.0.0'));
    const theirs = file(one('a', '1.0.0'), one('d', '2.0.0'));
    expect(uniteCargoLock(base, ours, theirs)).toBe(
      file(one('a', '1.1.0'), one('c', '1.0.0'), one('d', '2.0.0')),
    );
  });
});

describe('go.sum', () => {
  it('has the lines of both sides, in order', () => {
    expect(uniteLines('b v1 h1:x\na v1 h1:y\n', 'c v1 h1:z\na v1 h1:y\n')).toBe(
      'a v1 h1:y\nb v1 h1:x\nc v1 h1:z\n',
    );
  });

  it('is handed back when one thing has two hashes', () => {
    expect(uniteLines('a v1 h1:x\n', 'a v1 h1:y\n')).toBeUndefined();
  });
});
