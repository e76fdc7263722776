import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findRepository, openGit } from '../../../../src/services/platform/git/git.js';
import { changedFiles } from '../../../../src/services/platform/git/porcelain.js';
import { plant } from '../../../support/planted.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

const at = (repo: string) => ({ root: repo, commonDir: join(repo, '.git'), env: sandbox.env });
/** An object id as git's own files have it. */
const bytes = (id: string) => Buffer.from(id, 'hex').toString('latin1');
const linked = (repo: string, name = 'linked') => {
  const path = join(sandbox.root, name);
  sandbox.git(repo, 'worktree', 'add', '-q', '-b', name, path);
  return path;
};

describe('findRepository', () => {
  test('finds the main worktree from a folder in it, and from inside a linked worktree', async () => {
    const repo = sandbox.repo({ 'src/a.txt': 'a\n' });
    const found = { root: repo, commonDir: join(repo, '.git') };
    expect(await findRepository(join(repo, 'src'))).toEqual(found);
    expect(await findRepository(join(linked(repo), 'src'))).toEqual(found);
  });

  test('finds nothing outside of a repository', async () => {
    expect(await findRepository(sandbox.root)).toBeUndefined();
  });

  test('finds the worktree of a repository whose git directory is elsewhere', async () => {
    const repo = join(sandbox.root, 'apart');
    const gitDir = join(sandbox.root, 'apart-git');
    sandbox.git(sandbox.root, 'init', '-q', '--separate-git-dir', gitDir, repo);
    expect(await findRepository(repo)).toEqual({ root: repo, commonDir: gitDir });
  });
});

describe('openGit', () => {
  test('runs git, resolves revisions, and says what failed', async () => {
    const repo = sandbox.repo();
    const git = await openGit(at(repo));
    const head = sandbox.git(repo, 'rev-parse', 'HEAD');
    expect(await git.commitOf('main')).toBe(head);
    expect(await git.commitOf('no-such')).toBeUndefined();
    expect(await git.commitOf('--exec=evil')).toBeUndefined();
    expect(await git.treeOf('main')).toBe(sandbox.git(repo, 'rev-parse', 'HEAD^{tree}'));
    await expect(git.run(['cat-file', '-p', 'no-such'])).rejects.toMatchObject({
      code: 'git-failed',
      exitCode: 128,
      args: ['cat-file', '-p', 'no-such'],
      stderr: expect.stringContaining('no-such'),
    });
    expect(await git.run(['cat-file', '-e', 'no-such'], { ok: [0, 1, 128] })).toMatchObject({ code: 128 });
  });

  test('moves refs by compare-and-swap only', async () => {
    const repo = sandbox.repo();
    const git = await openGit(at(repo));
    const first = sandbox.git(repo, 'rev-parse', 'HEAD');
    const second = sandbox.commit(repo, { 'a.txt': 'a\n' });
    await git.moveRef('refs/heads/side', first, '', 'test');
    await expect(git.moveRef('refs/heads/side', second, '', 'test')).rejects.toMatchObject({
      code: 'ref-moved',
    });
    await expect(git.moveRef('refs/heads/side', first, second, 'test')).rejects.toMatchObject({
      code: 'ref-moved',
    });
    await expect(git.moveRef('refs/heads/gone', second, first, 'test')).rejects.toMatchObject({
      code: 'ref-moved',
    });
    await git.moveRef('refs/heads/side', second, first, 'test');
    expect(await git.commitOf('side')).toBe(second);
    await expect(git.dropRef('refs/heads/side', first, 'test')).rejects.toMatchObject({
      code: 'ref-moved',
    });
    await git.dropRef('refs/heads/side', second, 'test');
    expect(await git.commitOf('side')).toBeUndefined();
  });

  test('waits for another process that holds the index', async () => {
    const repo = sandbox.repo();
    const git = await openGit(at(repo));
    writeFileSync(join(repo, '.git', 'index.lock'), '');
    sandbox.write(repo, { 'a.txt': 'a\n' });
    setTimeout(() => rmSync(join(repo, '.git', 'index.lock')), 150);
    await git.run(['add', 'a.txt']);
    expect(sandbox.git(repo, 'diff', '--cached', '--name-only')).toBe('a.txt');
  });

  test('runs nothing that is planted in the repository', async () => {
    const repo = sandbox.repo({ 'a.txt': 'a\n', 'b.hidden': 'b\n', 'c.odd': 'c\n' });
    const tree = linked(repo);
    sandbox.commit(tree, { 'a.txt': 'theirs\n' });
    const planted = plant(sandbox, repo);
    const git = await openGit(at(repo));
    sandbox.write(repo, { 'a.txt': 'changed\n', 'b.hidden': 'changed\n', 'c.odd': 'changed\n' });
    await git.run(['status', '--porcelain']);
    await git.run(['diff']);
    await git.run(['add', '-A']);
    await git.run(['diff', '--cached']);
    await git.run(['commit', '-q', '-m', 'Change']);
    await git.run(['log', '-p', '-1']);
    await git.run(['show', 'HEAD']);
    await git.run(['blame', 'HEAD', '--', 'a.txt']);
    await git.run(['diff-tree', '-p', 'HEAD~1', 'HEAD']);
    await git.run(['merge-tree', '--write-tree', 'main', 'linked'], { ok: [1] });
    await git.run(['rebase', '--no-autostash', 'main'], { worktree: tree, ok: [1] });
    await git.run(['rebase', '--abort'], { worktree: tree });
    await git.run(['checkout', '-q', '-b', 'other']);
    await git.run(['worktree', 'add', '-q', join(sandbox.root, 'third'), '-b', 'third']);
    await git.moveRef('refs/heads/moved', (await git.commitOf('main')) as string, '', 'test');
    await changedFiles(at(repo), tree);
    expect(planted.fired()).toEqual([]);
    // The plants are good: git by itself runs them.
    sandbox.write(repo, { 'a.txt': 'again\n' });
    sandbox.git(repo, 'add', 'a.txt');
    expect(planted.fired()).toEqual(expect.arrayContaining(['clean', 'fsmonitor']));
  });

  test('never looks into a repository inside the worktree, but shows its commit', async () => {
    const repo = sandbox.repo({ 'a.txt': 'a\n' });
    const inner = join(repo, 'inner');
    mkdirSync(inner);
    sandbox.git(inner, 'init', '-q');
    sandbox.commit(inner, { 'x.txt': 'x\n' });
    sandbox.commit(repo, {}, 'With a pointer');
    sandbox.git(repo, 'config', 'diff.submodule', 'diff');
    sandbox.commit(inner, { 'x.txt': 'moved on\n' });
    sandbox.write(inner, { 'x.txt': 'dirty\n' });
    const planted = plant(sandbox, inner);
    const git = await openGit(at(repo));
    expect((await git.run(['status', '--porcelain'])).stdout).toBe(' M inner\n');
    expect((await git.run(['diff'])).stdout).toContain('Subproject commit');
    expect((await git.run(['diff-files', '--name-only'])).stdout).toBe('inner\n');
    await git.run(['add', 'inner']);
    await git.run(['commit', '-q', '-m', 'Pointer moved']);
    expect((await git.run(['show', 'HEAD'])).stdout).toContain('Subproject commit');
    expect((await changedFiles(at(repo))).map((file) => file.path)).toEqual([]);
    expect(planted.fired()).toEqual([]);
    sandbox.git(repo, 'status');
    expect(planted.fired()).toContain('fsmonitor');
  });

  test('sees a filter that is planted after the first call', async () => {
    const repo = sandbox.repo({ 'a.txt': 'a\n' });
    const git = await openGit(at(repo));
    await git.run(['status']);
    const planted = plant(sandbox, repo);
    sandbox.write(repo, { 'a.txt': 'changed\n' });
    await git.run(['status']);
    expect(planted.fired()).toEqual([]);
  });

  test('reads configuration once for all worktrees, save where one has its own', async () => {
    const repo = sandbox.repo({ 'a.txt': 'a\n', '.gitattributes': '*.txt filter=evil\n' });
    const git = await openGit(at(repo));
    const [alike, own] = [linked(repo, 'alike'), linked(repo, 'own')];
    await git.run(['status'], { worktree: alike });
    const mark = join(sandbox.root, 'ran');
    sandbox.git(repo, 'config', 'extensions.worktreeConfig', 'true');
    sandbox.git(own, 'config', '--worktree', 'filter.evil.clean', `touch ${mark}; cat`);
    for (const worktree of [alike, own]) {
      writeFileSync(join(worktree, 'a.txt'), 'b\n');
      await git.run(['add', 'a.txt'], { worktree });
    }
    expect(existsSync(mark)).toBe(false);
  });

  test("keeps the user's own filters and merge drivers, also where the repository overrides them", async () => {
    const repo = sandbox.repo({ '.gitattributes': '*.up filter=up\n' });
    sandbox.git(repo, 'config', '--global', 'filter.up.clean', 'tr a-z A-Z');
    sandbox.git(repo, 'config', '--local', 'filter.up.clean', 'tr a-z x');
    const git = await openGit(at(repo));
    sandbox.write(repo, { 'a.up': 'loud\n' });
    await git.run(['add', 'a.up']);
    expect(sandbox.git(repo, 'cat-file', '-p', ':a.up')).toBe('LOUD');
  });

  test("merges with git's own means where a planted driver would be asked", async () => {
    const long = (first: string, last: string) => `${first}\n1\n2\n3\n4\n5\n6\n${last}\n`;
    const repo = sandbox.repo({ 'a.txt': long('a', 'z'), 'b.txt': 'b\n' });
    const tree = linked(repo);
    sandbox.commit(tree, { 'a.txt': long('theirs', 'z'), 'b.txt': 'theirs\n' });
    sandbox.commit(repo, { 'a.txt': long('a', 'ours'), 'b.txt': 'ours\n' });
    const planted = plant(sandbox, repo);
    const git = await openGit(at(repo));
    await git.run(['merge', '--no-edit', 'main'], { worktree: tree, ok: [1] });
    expect(planted.fired()).toEqual([]);
    expect(readFileSync(join(tree, 'a.txt'), 'utf8')).toBe(long('theirs', 'ours'));
    expect(readFileSync(join(tree, 'b.txt'), 'utf8')).toContain('<<<<<<<');
    const unmerged = await git.run(['diff', '--name-only', '--diff-filter=U'], { worktree: tree });
    expect(unmerged.stdout).toBe('b.txt\n');
  });

  test('reads the same whatever the person likes to see', async () => {
    const repo = sandbox.repo({ 'ü.txt': 'a\nb\n' });
    for (const [key, value] of [
      ['color.ui', 'always'],
      ['color.diff', 'always'],
      ['diff.noprefix', 'true'],
      ['diff.srcPrefix', 'was/'],
      ['diff.context', '0'],
      ['diff.orderFile', join(sandbox.root, 'not-there')],
      ['status.showUntrackedFiles', 'no'],
    ]) {
      sandbox.git(repo, 'config', '--global', key!, value!);
    }
    sandbox.write(repo, { 'ü.txt': 'changed\nb\n', 'new.txt': 'new\n' });
    const git = await openGit(at(repo));
    const { stdout } = await git.run(['diff']);
    expect(stdout).toMatch(/^diff --git a\/ü.txt b\/ü.txt\n/);
    expect(stdout).toMatch(/\n@@ -1,2 \+1,2 @@\n-a\n\+changed\n b\n$/);
    expect((await git.run(['status', '--porcelain'])).stdout).toBe(' M ü.txt\n?? new.txt\n');
  });

  test('asks the repository where its files are, not the environment', async () => {
    const repo = sandbox.repo({ 'a.txt': 'a\n' });
    const said = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.bare', GIT_CONFIG_VALUE_0: 'true' };
    const git = await openGit({ ...at(repo), env: { ...sandbox.env, ...said } });
    const { stdout } = await git.run(['worktree', 'list', '--porcelain']);
    expect(stdout).toContain('branch refs/heads/main\n');
  });

  test('works in a linked worktree by its record, not by what its folder says', async () => {
    const repo = sandbox.repo({ 'a.txt': 'a\n' });
    const tree = linked(repo);
    const git = await openGit(at(repo));
    const evil = join(sandbox.root, 'evil');
    mkdirSync(evil);
    sandbox.git(evil, 'init', '-q');
    renameSync(join(tree, '.git'), join(tree, '.git.away'));
    writeFileSync(join(tree, '.git'), `gitdir: ${join(evil, '.git')}\n`);
    const { stdout } = await git.run(['rev-parse', '--abbrev-ref', 'HEAD'], { worktree: tree });
    expect(stdout.trim()).toBe('linked');
    writeFileSync(join(repo, '.git', 'worktrees', 'linked', 'commondir'), `${join(evil, '.git')}\n`);
    await expect(git.run(['status'], { worktree: tree })).rejects.toMatchObject({ code: 'config-tampered' });
    await expect(git.run(['status'], { worktree: join(sandbox.root, 'none') })).rejects.toMatchObject({
      code: 'worktree-missing',
    });
  });

  test('commits without a configured identity', async () => {
    const repo = sandbox.repo();
    writeFileSync(join(sandbox.env.HOME!, 'gitconfig'), '');
    const git = await openGit(at(repo));
    await git.run(['commit', '-q', '--allow-empty', '-m', 'Empty']);
    expect(sandbox.git(repo, 'log', '-1', '--format=%an <%ae>')).toBe('codex-agent <codex-agent@localhost>');
  });

  test.each([
    [
      'only a committer in the environment',
      '',
      { GIT_COMMITTER_NAME: 'C', GIT_COMMITTER_EMAIL: 'c@x' },
      'C <c@x> C <c@x>',
    ],
    [
      'only an author in the environment',
      '',
      { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@x' },
      'A <a@x> A <a@x>',
    ],
    ['an address in EMAIL', '', { EMAIL: 'e@x' }, 'codex-agent <e@x> codex-agent <e@x>'],
    [
      'names of signs that git strips',
      '[user]\nname = "..."\nemail = u@x\n',
      {},
      'codex-agent <u@x> codex-agent <u@x>',
    ],
    [
      'empty names',
      '[user]\nname =\nemail =\n[author]\nname =\n',
      { GIT_AUTHOR_NAME: '' },
      'codex-agent <codex-agent@localhost> codex-agent <codex-agent@localhost>',
    ],
    ['keys of the committer alone', '[committer]\nname = K\nemail = k@x\n', {}, 'K <k@x> K <k@x>'],
    ['an author of its own', '[user]\nname = U\nemail = u@x\n[author]\nname = A\n', {}, 'A <u@x> U <u@x>'],
  ])('commits with %s', async (_, config, env, expected) => {
    const repo = sandbox.repo();
    writeFileSync(join(sandbox.env.HOME!, 'gitconfig'), `${config}[user]\nuseConfigOnly = true\n`);
    const git = await openGit({ ...at(repo), env: { ...sandbox.env, ...env } });
    await git.run(['commit', '-q', '--allow-empty', '-m', 'Empty']);
    expect(sandbox.git(repo, 'log', '-1', '--format=%an <%ae> %cn <%ce>')).toBe(expected);
  });

  test('refuses a repository whose owner git refuses, and takes it once the person vouches for it', async () => {
    const repo = sandbox.repo();
    const bin = join(sandbox.root, 'bin');
    // As git sees one that belongs to somebody else.
    sandbox.write(bin, {
      git: `#!/bin/sh\nPATH='${sandbox.env.PATH}' GIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec git "$@"\n`,
    });
    chmodSync(join(bin, 'git'), 0o755);
    const env = { ...sandbox.env, PATH: `${bin}:${sandbox.env.PATH}` };
    await expect(openGit({ root: repo, commonDir: join(repo, '.git'), env })).rejects.toMatchObject({
      code: 'git-failed',
      message: expect.stringContaining('dubious ownership'),
    });
    sandbox.git(repo, 'config', '--global', 'safe.directory', repo);
    expect(await openGit({ root: repo, commonDir: join(repo, '.git'), env })).toBeDefined();
  });

  test('believes a commit itself, not what a file beside it says of its tree and parents', async () => {
    const repo = sandbox.repo({ 'a.txt': 'a\n' });
    const [first, old] = sandbox.git(repo, 'log', '-1', '--format=%H %T').split(' ');
    sandbox.commit(repo, { 'b.txt': 'b\n' });
    const tree = sandbox.git(repo, 'rev-parse', 'HEAD^{tree}');
    sandbox.git(repo, 'commit-graph', 'write', '--reachable');
    const graph = join(repo, '.git/objects/info/commit-graph');
    chmodSync(graph, 0o644);
    writeFileSync(graph, readFileSync(graph, 'latin1').replace(bytes(tree), bytes(old!)), 'latin1');
    expect(sandbox.git(repo, 'log', '-1', '--format=%T')).toBe(old);
    const git = await openGit(at(repo));
    const told = () => git.run(['log', '-1', '--format=%T %P']);
    expect((await told()).stdout).toBe(`${tree} ${first}\n`);
    writeFileSync(join(repo, '.git/info/grafts'), `${sandbox.git(repo, 'rev-parse', 'HEAD')}\n`);
    expect(sandbox.git(repo, 'log', '--format=%T')).toBe(tree);
    expect(await told()).toMatchObject({ stdout: `${tree} ${first}\n`, stderr: '' });
  });

  test('refuses a repository whose configuration cannot be read', async () => {
    const repo = sandbox.repo();
    const git = await openGit(at(repo));
    appendFileSync(join(repo, '.git', 'config'), '[broken\n');
    await expect(git.run(['status'])).rejects.toMatchObject({ code: 'git-failed' });
  });
});

describe('porcelain', () => {
  test('reads changed files with odd names', async () => {
    const repo = sandbox.repo({ 'a b.txt': 'a\n', 'ü.txt': 'u\n' });
    sandbox.write(repo, { 'a b.txt': 'changed\n', 'new/n\nl.txt': 'new\n' });
    expect(await changedFiles(at(repo))).toEqual([
      { path: 'a b.txt', index: ' ', worktree: 'M' },
      { path: 'new/n\nl.txt', index: '?', worktree: '?' },
    ]);
    expect(readFileSync(join(repo, 'ü.txt'), 'utf8')).toBe('u\n');
  });

  test('says that git failed, in its words', async () => {
    const repo = sandbox.repo({ 'a.txt': 'a\n' });
    writeFileSync(join(repo, '.git/index'), 'no index');
    await expect(changedFiles(at(repo))).rejects.toMatchObject({
      code: 'git-failed',
      message: expect.stringMatching(/^git status failed: .*(index|signature)/),
    });
  });
});
