import { chmodSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FileReport } from '../../src/domain/landing/merge.js';
import { type Program, programIn } from '../support/program.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
let repo: string;
let program: Program;
const call = (args: string) => `start();\nf(${args});\nend();\n`;
/** Neighbouring lines, which git takes for one conflict. */
const near = (one: string, six: string) =>
  `start();\nf(${one}, two, three);\ng(four, five, ${six});\nend();\n`;
const base = near('one', 'six');
const ours = near('ONE', 'six');
const theirs = near('one', 'SIX');
const both = near('ONE', 'SIX');

beforeEach(() => {
  sandbox = makeSandbox();
  repo = sandbox.repo({ "it's.js": base, 'far.js': call('1') });
  program = programIn(sandbox, repo);
});
afterEach(() => sandbox.cleanup());

/** Two branches that changed the same lines; merges one into the other as a person would. */
function mergeByGit(more: { ours: Record<string, string>; theirs: Record<string, string> }): number {
  sandbox.git(repo, 'switch', '-q', '-c', 'topic');
  sandbox.commit(repo, more.theirs);
  sandbox.git(repo, 'switch', '-q', 'main');
  sandbox.commit(repo, more.ours);
  try {
    sandbox.git(repo, 'merge', '-q', 'topic');
    return 0;
  } catch (error) {
    return (error as { status: number }).status;
  }
}
const read = (name: string) => readFileSync(join(repo, name), 'utf8');

describe('merge file, as a program', () => {
  it('ends with 0 when resolved, 1 when not, and otherwise when something is wrong', async () => {
    sandbox.write(sandbox.root, { base, ours, theirs, third: near('one', '6') });
    const outside = programIn(sandbox, sandbox.root);
    const run = (...files: string[]) =>
      outside.run('merge', 'file', ...files, '--path', 'a.js', '-o', 'out', '--json');
    const good = await run('base', 'ours', 'theirs');
    expect([good.code, good.data<FileReport>().status]).toEqual([0, 'resolved']);
    expect(readFileSync(join(sandbox.root, 'out'), 'utf8')).toBe(both);
    const line = (one: string, six: string) => call(`${one}, two, three, four, five, ${six}`);
    sandbox.write(sandbox.root, { b: line('1', '6'), o: line('one', '6'), t: line('1', 'six') });
    expect((await run('b', 'o', 't')).code).toBe(1);
    expect((await run('b', 'o', 't', '--accept', 'checked')).code).toBe(0);
    expect(readFileSync(join(sandbox.root, 'out'), 'utf8')).toBe(line('one', 'six'));
    const open = await run('base', 'theirs', 'third');
    expect([open.code, open.data<FileReport>().status]).toEqual([1, 'not-resolved']);
    expect(readFileSync(join(sandbox.root, 'out'), 'utf8')).toContain('||||||| base');
    const wrong = await run('base', 'ours', 'no-such-file');
    expect([wrong.code, wrong.error().code]).toEqual([2, 'file-not-found']);
  });
});

describe('the merge driver', () => {
  it('merges for git what rules can merge, and goes away without a trace', async () => {
    const set = await program.run('init', '--merge-driver');
    expect(set.code).toBe(0);
    expect(mergeByGit({ ours: { "it's.js": ours }, theirs: { "it's.js": theirs } })).toBe(0);
    expect(read("it's.js")).toBe(both);
    expect((await program.run('init', '--no-merge-driver')).code).toBe(0);
    expect(sandbox.git(repo, 'config', '--local', '--list')).not.toContain('codex-agent');
    expect(read('.git/info/attributes')).not.toContain('codex-agent');
  });

  it('leaves an ordinary conflict where they cannot, with all three stages', async () => {
    await program.run('init', '--merge-driver');
    expect(mergeByGit({ ours: { 'far.js': call('2') }, theirs: { 'far.js': call('3') } })).toBe(1);
    expect(read('far.js')).toContain(
      '<<<<<<< ours\nf(2);\n||||||| base\nf(1);\n=======\nf(3);\n>>>>>>> theirs\n',
    );
    expect(sandbox.git(repo, 'ls-files', '-u').split('\n')).toHaveLength(3);
  });

  it('that is broken or gone leaves what git alone would', async () => {
    await program.run('init', '--merge-driver');
    const broken = join(sandbox.root, 'broken');
    writeFileSync(broken, '#!/bin/sh\nkill -9 $$\n');
    chmodSync(broken, 0o755);
    const line = sandbox.git(repo, 'config', 'merge.codex-agent.driver');
    for (const call of [`'${broken}'`, "'/no/such/program'"]) {
      sandbox.git(repo, 'config', 'merge.codex-agent.driver', line.replace(/^'[^']*' '[^']*'/, call));
      expect(mergeByGit({ ours: { "it's.js": ours }, theirs: { "it's.js": theirs } })).toBe(1);
      expect(read("it's.js")).toContain('<<<<<<<');
      expect(read("it's.js")).toContain('SIX');
      sandbox.git(repo, 'merge', '--abort');
      sandbox.git(repo, 'reset', '-q', '--hard', 'HEAD~1');
      sandbox.git(repo, 'branch', '-q', '-D', 'topic');
    }
  });

  it('leaves alone what the repository and people say about merging', async () => {
    sandbox.commit(repo, { '.gitattributes': 'far.js merge=union\n' });
    writeFileSync(join(repo, '.git/info/attributes'), '*.css -merge\n');
    await program.run('init', '--merge-driver');
    await program.run('init', '--merge-driver');
    const of = (path: string) => sandbox.git(repo, 'check-attr', 'merge', '--', path).split(': ').at(-1);
    expect(['a.js', 'far.js', 'a.css', 'a.png'].map(of)).toEqual([
      'codex-agent',
      'union',
      'unset',
      'unspecified',
    ]);
    await program.run('init', '--no-merge-driver');
    expect(read('.git/info/attributes')).toBe('*.css -merge\n');
  });

  it('keeps every byte of a person, and a link of their dotfiles', async () => {
    const kept = join(sandbox.root, 'dotfiles-attributes');
    const own = Buffer.from('# fichiers d\xe9pos\xe9s\n*.css -merge\n', 'latin1');
    writeFileSync(kept, own);
    const link = join(repo, '.git/info/attributes');
    rmSync(link, { force: true });
    symlinkSync(kept, link);
    expect((await program.run('init', '--merge-driver')).code).toBe(0);
    expect(readFileSync(kept).subarray(-own.length).equals(own)).toBe(true);
    await program.run('init', '--no-merge-driver');
    expect(readFileSync(kept).equals(own)).toBe(true);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    rmSync(kept);
    expect((await program.run('init', '--merge-driver')).code).toBe(0);
    expect([lstatSync(link).isSymbolicLink(), readFileSync(kept, 'utf8')]).toEqual([
      true,
      expect.stringContaining('merge=codex-agent'),
    ]);
  });

  it('changes nothing when the attributes cannot be read', async () => {
    mkdirSync(join(repo, '.git/info/attributes'), { recursive: true });
    expect((await program.run('init', '--merge-driver')).code).toBe(1);
    expect(sandbox.git(repo, 'config', '--local', '--list')).not.toContain('merge.codex-agent');
  });
});
