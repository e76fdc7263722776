/** What npm packs, installed where nothing of this repository can be found, with an empty home. */
import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Program, programIn, root } from '../support/program.js';
import { startTerm } from '../support/term.js';

const megabyte = 1_000_000;

let folder: string;
let env: Record<string, string>;
let modules: string;
let bin: string;
let program: Program;
let term: ReturnType<typeof startTerm> | undefined;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'codex-agents-package-')));
  const home = join(folder, 'home');
  mkdirSync(home, { mode: 0o700 });
  // The node that runs this test runs what is installed, too.
  env = { PATH: [dirname(process.execPath), process.env.PATH].join(delimiter), HOME: home };
  const npm = (...args: string[]) =>
    execFileSync('npm', args, { cwd: root, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const [packed] = JSON.parse(npm('pack', '--json', '--ignore-scripts', '--pack-destination', folder));
  const archive = join(folder, packed.filename);
  npm('install', '--offline', '--no-audit', '--no-fund', '--prefix', join(folder, 'prefix'), archive);
  modules = join(folder, 'prefix', 'node_modules');
  bin = join(modules, '.bin', 'codex-agent');
  program = programIn({ env }, folder, {}, bin);
}, 120_000);
afterEach(() => {
  term?.end();
  term = undefined;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Bytes of all files below a folder, those left out whose path has `without` in it. */
function bytesOf(top: string, without = '\0'): number {
  return readdirSync(top, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.includes(without))
    .map((name) => lstatSync(join(top, name)))
    .reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0);
}

describe('the package', () => {
  it('brings no other package, and is small', () => {
    expect(readdirSync(modules).filter((name) => !name.startsWith('.'))).toEqual(['codex-agents']);
    expect(bytesOf(modules)).toBeLessThan(12 * megabyte);
    expect(bytesOf(modules, 'grammars/')).toBeLessThan(3.8 * megabyte);
  });

  it('holds the licence of what is bundled into it', () => {
    const text = readFileSync(join(modules, 'codex-agents', 'dist', 'THIRD-PARTY.txt'), 'utf8');
    for (const name of ['neo-blessed', 'commander', 'execa', 'simple-git', 'openai', 'smol-toml', 'zod'])
      expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'));
    expect(text).toContain('Copyright (c) 2017 Maxim Sokolov');
  });

  it('opens the dashboard, which takes keys and leaves the terminal as it was', async () => {
    const argv = ['demo', '--folder', join(folder, 'seen'), '--speed', '0'];
    term = startTerm(bin, argv, { columns: 100, rows: 30, env, cwd: folder });
    await term.until('Say who pays whom', 30_000);
    expect(term.alternate()).toBe(true);
    term.key('?');
    await term.until('Everywhere');
    term.key('\x1b');
    await term.until(() => !term!.text().includes('Everywhere'));
    term.key('q');
    expect(await term.exited()).toMatchObject({ exitCode: 0 });
    expect(term.alternate()).toBe(false);
  }, 60_000);

  it('plays the demo without a screen', async () => {
    const ended = await program.run('demo', '--no-tui', '--json', '--folder', join(folder, 'unseen'));
    expect(ended.json().at(-1)).toMatchObject({ data: { ok: true, landed: { length: 6 } } });
    expect(ended.code).toBe(0);
  }, 120_000);

  it('merges by syntax trees', async () => {
    const lines = { base: 'f(one, two);\n', ours: 'f(one, two, three);\n', theirs: 'f(zero, one, two);\n' };
    for (const [name, text] of Object.entries(lines)) writeFileSync(join(folder, name), text);
    const merged = await program.run(
      'merge',
      'file',
      'base',
      'ours',
      'theirs',
      '--path',
      'a.ts',
      '--out',
      'm',
      '--accept',
      'checked',
    );
    expect(merged.stdout).toMatch(/structural by .*\btree\b/);
    expect(readFileSync(join(folder, 'm'), 'utf8')).toBe('f(zero, one, two, three);\n');
  });
});
