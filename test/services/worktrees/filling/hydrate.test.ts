import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findProgram } from '../../../../src/services/platform/processes/process.js';
import { type Copier, copyEntries, findCopier } from '../../../../src/services/worktrees/filling/copy.js';
import { addWorktree } from '../../../../src/services/worktrees/index.js';
import { worktreePath } from '../../../../src/services/worktrees/places/places.js';
import { type ConfigOverrides, makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

const project = {
  '.gitignore': 'node_modules/\nbuild/\n.venv/\nenv/\n.env*\n*.log\n*.pid\n*.lock\n',
  'src/a.txt': 'a\n',
  'package-lock.json': '{"lock":1}\n',
};

async function make(config: ConfigOverrides = {}, files: Record<string, string> = project) {
  const repo = sandbox.repo(files);
  const session = await sandbox.session(repo, config);
  return { repo, session, task: await sandbox.task(session, 'one') };
}

/** All of a folder but `.git`: kind, mode, time, content or link text. */
function picture(folder: string): string {
  const args = [folder, '-name', '.git', '-prune', '-o', '-printf', '%P %y %m %T@ %l\\n'];
  return execFileSync('find', args, { encoding: 'utf8' }).split('\n').sort().join('\n');
}

describe('what comes along', () => {
  test('nested worktrees, running programs and virtual environments stay behind', async () => {
    const { repo, session, task } = await make();
    sandbox.git(repo, 'worktree', 'add', '-q', '-b', 'other', join(repo, 'build/other'));
    sandbox.write(repo, {
      'build/out.bin': 'built\n',
      'server.pid': '1\n',
      'build/run.lock': '',
      'build/yarn.lock': 'pinned\n',
      '.venv/bin/pip': '#!/abs/path\n',
      'env/pyvenv.cfg': 'home = /usr\n',
    });
    execFileSync('mkfifo', [join(repo, 'build/pipe')]);
    const { path, skipped } = await addWorktree(session, task);
    expect(readFileSync(join(path, 'build/out.bin'), 'utf8')).toBe('built\n');
    expect(existsSync(join(path, 'build/yarn.lock'))).toBe(true);
    for (const left of ['build/other', 'build/pipe', 'build/run.lock', 'server.pid', '.venv', 'env']) {
      expect(existsSync(join(path, left))).toBe(false);
    }
    expect(skipped.sort()).toEqual(
      [
        '.venv (a virtual environment: it holds absolute paths)',
        'build/other (a worktree)',
        'build/pipe (not a file)',
        'build/run.lock (belongs to a running program)',
        'env (a virtual environment: it holds absolute paths)',
        'server.pid (belongs to a running program)',
      ].sort(),
    );
    expect(sandbox.git(repo, 'worktree', 'list').split('\n')).toHaveLength(3);
  });

  test('.worktreeinclude takes along what it names; a secret only by its full name', async () => {
    const { repo, session, task } = await make();
    sandbox.write(repo, {
      '.worktreeinclude': '# for agents\n.venv/\n/.env.local\n.env.*\n',
      '.venv/bin/pip': 'pip\n',
      '.env.local': 'A=1\n',
      '.env.production': 'B=1\n',
    });
    const { path, skipped } = await addWorktree(session, task);
    expect(existsSync(join(path, '.venv/bin/pip'))).toBe(true);
    expect(statSync(join(path, '.env.local')).mode & 0o777).toBe(0o600);
    expect(existsSync(join(path, '.env.production'))).toBe(false);
    expect(skipped).toEqual([
      '.env.production (may hold secrets; only a line with its full name takes it along)',
    ]);
  });

  test('a secret behind a link out of the repository comes only where the configuration names it; a pipe never', async () => {
    const { repo, session, task } = await make({ worktree: { env_files: ['.env.mine'] } });
    sandbox.write(sandbox.root, { 'outside.txt': 'A=1\n' });
    sandbox.write(repo, { '.worktreeinclude': '.env.linked\n.env.pipe\n' });
    for (const name of ['.env.linked', '.env.mine'])
      symlinkSync(join(sandbox.root, 'outside.txt'), join(repo, name));
    execFileSync('mkfifo', [join(repo, '.env.pipe')]);
    const { path, skipped } = await addWorktree(session, task);
    expect(readdirSync(path).filter((name) => name.startsWith('.env'))).toEqual(['.env.mine']);
    expect(skipped.sort()).toEqual([
      '.env.linked (a link that leads out of the repository; worktree.env_files may name it)',
      '.env.pipe (not-a-file)',
    ]);
  });

  test('excluded paths stay behind, also inside installed packages; secrets in packages are test data', async () => {
    const { repo, session, task } = await make({
      worktree: { exclude: ['node_modules/.cache/**', 'build'] },
    });
    sandbox.write(repo, {
      'node_modules/p/key.pem': 'public\n',
      'node_modules/.cache/x': 'x\n',
      'build/x': 'x\n',
      'x.log': 'log\n',
    });
    const { path, carried } = await addWorktree(session, task);
    expect(existsSync(join(path, 'node_modules/p/key.pem'))).toBe(true);
    expect(existsSync(join(path, 'node_modules/.cache/x'))).toBe(false);
    expect(existsSync(join(path, 'build'))).toBe(false);
    expect(carried).toEqual({ files: 2, bytes: 11 });
  });

  test('where copies share no blocks a large folder stays behind, dependencies never', async () => {
    const { repo, session, task } = await make({ worktree: { max_copy: '5 kB' } });
    sandbox.write(repo, {
      'node_modules/p/big.js': 'x'.repeat(6000),
      'build/deep/er/big.bin': 'x'.repeat(6000),
      'build/small.bin': 'x',
      'big.log': 'x'.repeat(6000),
    });
    const added = await addWorktree(session, task);
    expect(existsSync(join(added.path, 'node_modules/p/big.js'))).toBe(true);
    // Reflinks, where the temporary folder has them, make the size no matter.
    const shares = added.method === 'reflink';
    expect(existsSync(join(added.path, 'build'))).toBe(shares);
    expect(existsSync(join(added.path, 'big.log'))).toBe(shares);
    if (!shares)
      expect(added.skipped.join()).toMatch(/big\.log \(more than 5.0 KB.*build \(more than 5.0 KB/);
  });

  test('the donor is only read, nothing is linked to it, and modes, times and links stay', async () => {
    const { repo, session, task } = await make();
    sandbox.write(repo, { 'node_modules/p/cli.js': 'code\n', 'node_modules/q/-odd name': 'odd\n' });
    mkdirSync(join(repo, 'node_modules/.bin'));
    symlinkSync('../p/cli.js', join(repo, 'node_modules/.bin/p'));
    chmodSync(join(repo, 'node_modules/p/cli.js'), 0o755);
    for (const one of ['node_modules/p/cli.js', 'node_modules/p', 'node_modules']) {
      utimesSync(join(repo, one), 1_500_000_000, 1_500_000_000);
    }
    sandbox.git(repo, 'status');
    const before = [picture(repo), readFileSync(join(repo, '.git/index'), 'hex')];
    const { path } = await addWorktree(session, task);
    expect(picture(join(path, 'node_modules'))).toBe(picture(join(repo, 'node_modules')));
    expect(readlinkSync(join(path, 'node_modules/.bin/p'))).toBe('../p/cli.js');
    expect(lstatSync(join(path, 'node_modules/p/cli.js')).nlink).toBe(1);
    expect([picture(repo), readFileSync(join(repo, '.git/index'), 'hex')]).toEqual(before);
  });

  test('links stay as long as they lead to a place in the worktree, by whatever way', async () => {
    const { repo, session, task } = await make();
    sandbox.write(repo, {
      'packages/lib/index.js': 'lib\n',
      'node_modules/.pnpm/dep@1/node_modules/dep/index.js': 'dep\n',
      'node_modules/a/b/c/x': 'x\n',
    });
    sandbox.commit(repo, {}, 'With a package');
    sandbox.write(sandbox.root, { 'outside/s': 'SECRET\n', 'lib2/index.js': 'linked\n' });
    const links = {
      'node_modules/dep': '.pnpm/dep@1/node_modules/dep',
      'node_modules/lib': '../packages/lib',
      'node_modules/.pnpm/dep@1/node_modules/lib': '../../../../packages/lib',
      'node_modules/dangling': './not/there',
      'node_modules/absolute': join(repo, 'packages/lib'),
      'node_modules/away': join(sandbox.root, 'outside'),
      'node_modules/a/rel': '../../../outside/s',
      'node_modules/a/b/c/up': '../../../..',
      'node_modules/a/b/c/tricky': 'up/../outside/s',
      'node_modules/linked': '../../lib2',
      'node_modules/a/nowhere': '/not/there',
    };
    for (const [path, to] of Object.entries(links)) symlinkSync(to, join(repo, path));
    session.config.worktree.include = ['node_modules/linked'];
    const { path, skipped } = await addWorktree(session, task);
    const seen = (link: string) =>
      lstatSync(join(path, link), { throwIfNoEntry: false }) && readlinkSync(join(path, link));
    for (const link of ['dep', 'lib', '.pnpm/dep@1/node_modules/lib', 'dangling', 'a/b/c/up', 'linked']) {
      const name = `node_modules/${link}` as keyof typeof links;
      expect([name, seen(name)]).toEqual([name, links[name]]);
    }
    expect(seen('node_modules/absolute')).toBe('../packages/lib');
    const gone = [
      'node_modules/a/b/c/tricky',
      'node_modules/a/nowhere',
      'node_modules/a/rel',
      'node_modules/away',
    ];
    for (const link of gone) expect([link, seen(link)]).toEqual([link, undefined]);
    expect(skipped.map((one) => one.split(' ')[0]).sort()).toEqual(gone);
    expect(readlinkSync(join(repo, 'node_modules/away'))).toBe(links['node_modules/away']);
  });
});

describe('what git tracks', () => {
  test('edits of the donor never leak: changed, staged, hidden, untracked, or in its ignore rules', async () => {
    const { repo, session, task } = await make();
    sandbox.commit(repo, { 'b.txt': 'b\n', 'c.txt': 'c\n', 'was/tracked.txt': 'old\n' });
    sandbox.git(repo, 'update-index', '--skip-worktree', 'c.txt');
    sandbox.git(repo, 'rm', '-q', '--cached', 'was/tracked.txt');
    sandbox.write(repo, {
      'src/a.txt': 'edited\n',
      'b.txt': 'staged\n',
      'c.txt': 'hidden\n',
      'untracked.txt': 'new\n',
      'was/tracked.txt': 'local\n',
      'was/other.txt': 'ignored only here\n',
      '.gitignore': `${project['.gitignore']}was/\n`,
      'node_modules/p/a.js': 'code\n',
    });
    sandbox.git(repo, 'add', 'b.txt');
    const { path } = await addWorktree(session, task);
    expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
    const read = (name: string) => readFileSync(join(path, name), 'utf8');
    expect(['src/a.txt', 'b.txt', 'c.txt', 'was/tracked.txt'].map(read)).toEqual([
      'a\n',
      'b\n',
      'c\n',
      'old\n',
    ]);
    for (const name of ['untracked.txt', 'was/other.txt']) expect(existsSync(join(path, name))).toBe(false);
    expect(read('node_modules/p/a.js')).toBe('code\n');
  });

  test('a file that only the commit tracks wins over the ignored one of the donor', async () => {
    const { repo, session, task } = await make();
    sandbox.git(repo, 'checkout', '-q', '-b', 'later');
    sandbox.write(repo, { 'build/keep.txt': 'tracked\n' });
    sandbox.git(repo, 'add', '-f', 'build/keep.txt');
    sandbox.git(repo, 'commit', '-qm', 'Track it');
    sandbox.git(repo, 'checkout', '-q', 'main');
    sandbox.write(repo, { 'build/keep.txt': 'local\n', 'build/out.bin': 'built\n' });
    const { path } = await addWorktree(session, task, { base: 'refs/heads/later' });
    expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
    expect(readFileSync(join(path, 'build/keep.txt'), 'utf8')).toBe('tracked\n');
    expect(readFileSync(join(path, 'build/out.bin'), 'utf8')).toBe('built\n');
  });

  test('no hook runs, no upstream is configured', async () => {
    const { repo, session, task } = await make();
    sandbox.write(repo, { '.git/hooks/post-checkout': '#!/bin/sh\ntouch "$GIT_DIR/ran"\ntouch ran\n' });
    chmodSync(join(repo, '.git/hooks/post-checkout'), 0o755);
    sandbox.git(repo, 'clone', '-q', '--bare', repo, join(sandbox.root, 'remote'));
    sandbox.git(repo, 'remote', 'add', 'origin', join(sandbox.root, 'remote'));
    sandbox.git(repo, 'fetch', '-q', 'origin');
    sandbox.git(repo, 'branch', '-q', '-u', 'origin/main');
    const config = readFileSync(join(repo, '.git/config'), 'utf8');
    const { path } = await addWorktree(session, task, { base: 'refs/remotes/origin/main' });
    expect(existsSync(join(path, 'ran'))).toBe(false);
    expect(existsSync(join(repo, '.git/worktrees/one/ran'))).toBe(false);
    expect(readFileSync(join(repo, '.git/config'), 'utf8')).toBe(config);
  });

  test('sparse checkouts are inherited, submodules come along, filters of the user run', async () => {
    const inner = sandbox.repo({ 'in.txt': 'in\n' }, 'inner');
    const { repo, session, task } = await make({}, { ...project, '.gitattributes': '*.big filter=big\n' });
    sandbox.git(repo, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
    sandbox.git(repo, 'config', '--global', 'filter.big.clean', 'sed s/large/pointer/');
    sandbox.git(repo, 'config', '--global', 'filter.big.smudge', 'sed s/pointer/large/');
    sandbox.commit(repo, { 'x.big': 'large\n', 'docs/long.txt': 'long\n' });
    expect(sandbox.git(repo, 'show', 'HEAD:x.big')).toBe('pointer');
    sandbox.git(repo, 'sparse-checkout', 'set', 'src');
    const { path } = await addWorktree(session, task);
    expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
    expect(readFileSync(join(path, 'x.big'), 'utf8')).toBe('large\n');
    expect(existsSync(join(path, 'docs'))).toBe(false);
    expect(existsSync(join(path, 'src/a.txt'))).toBe(true);
    expect(readFileSync(join(path, 'sub/in.txt'), 'utf8')).toBe('in\n');
  });

  test('a split index, an embedded repository and a vanished file do no harm', async () => {
    const { repo, session, task } = await make();
    sandbox.git(repo, 'update-index', '--split-index');
    sandbox.write(repo, { 'build/x.txt': 'x\n' });
    sandbox.git(repo, 'init', '-q', join(repo, 'build/embedded'));
    sandbox.commit(join(repo, 'build/embedded'), { 'deep.txt': 'deep\n' });
    const { path } = await addWorktree(session, task);
    expect(sandbox.git(path, 'status', '--porcelain')).toBe('');
    expect(sandbox.git(join(path, 'build/embedded'), 'log', '--format=%s')).toBe('Change');
  });
});

describe('dependencies of another lock file', () => {
  const other = async (lock_file: 'warn' | 'install' | 'ignore') => {
    const made = await make({ worktree: { lock_file } });
    sandbox.git(made.repo, 'checkout', '-q', '-b', 'later');
    sandbox.commit(made.repo, { 'package-lock.json': '{"lock":2}\n' });
    sandbox.git(made.repo, 'checkout', '-q', 'main');
    sandbox.write(made.repo, { 'node_modules/p/a.js': 'old\n' });
    const fake = join(sandbox.root, 'bin/npm');
    sandbox.write(sandbox.root, {
      'bin/npm':
        '#!/bin/sh\n[ -e node_modules ] && exit 1\nmkdir node_modules\necho "$@" > node_modules/args\n',
    });
    chmodSync(fake, 0o755);
    made.session.env.PATH = `${join(sandbox.root, 'bin')}:${made.session.env.PATH}`;
    return addWorktree(made.session, made.task, { base: 'refs/heads/later' });
  };

  test('are copied with a warning', async () => {
    const { path, warnings, summary } = await other('warn');
    expect(existsSync(join(path, 'node_modules/p/a.js'))).toBe(true);
    expect(warnings).toEqual(["package-lock.json is not the main worktree's: run your install"]);
    expect(summary).toContain(warnings[0]);
  });

  test('are copied without a word when that is wanted', async () => {
    expect((await other('ignore')).warnings).toEqual([]);
  });

  test('are installed offline in place of the copy', async () => {
    const { path, warnings } = await other('install');
    expect(readFileSync(join(path, 'node_modules/args'), 'utf8')).toBe('ci --offline --no-audit --no-fund\n');
    expect(existsSync(join(path, 'node_modules/p'))).toBe(false);
    expect(warnings).toEqual([]);
  });
});

describe('copiers', () => {
  // rsync is a fallback, and not on every machine; what its absence means is tested below.
  const copiers: Copier[] = ['gnu', 'node', ...(findProgram('rsync', process.env) ? ['rsync' as const] : [])];
  test.each(copiers)(
    '%s keeps content, modes, times and links, and says what it could not copy',
    async (copier) => {
      const [from, to] = [join(sandbox.root, 'from'), join(sandbox.root, 'to')];
      sandbox.write(from, {
        'a/b/run.sh': 'run\n',
        'a/-x.txt': 'x\n',
        'single name.log': 'log\n',
        'a/c.txt': 'c\n',
      });
      chmodSync(join(from, 'a/b/run.sh'), 0o751);
      for (const file of ['a/b/run.sh', 'a/-x.txt', 'single name.log', 'a/c.txt']) {
        utimesSync(join(from, file), 1_400_000_000, 1_400_000_000);
      }
      symlinkSync('b/run.sh', join(from, 'a/link'));
      mkdirSync(to);
      const entries = async function* () {
        yield { path: 'a', folder: true };
        yield { path: 'single name.log', folder: false };
        yield { path: 'gone.log', folder: false };
      };
      const signal = new AbortController().signal;
      const failed = await copyEntries(entries(), { from, to, copier, workers: 2, env: sandbox.env, signal });
      expect(failed.join()).toContain('gone.log');
      const files = (folder: string) =>
        picture(folder)
          .split('\n')
          .filter((line) => / f /.test(line));
      expect(files(to)).toEqual(files(from));
      expect(readlinkSync(join(to, 'a/link'))).toBe('b/run.sh');
      expect(readFileSync(join(to, 'a/-x.txt'), 'utf8')).toBe('x\n');
    },
  );

  test('without GNU cp there is rsync, without that there is Node', async () => {
    const bin = join(sandbox.root, 'bin');
    sandbox.write(bin, { cp: '#!/bin/sh\necho BusyBox >&2; exit 1\n', rsync: '#!/bin/sh\n' });
    for (const name of ['cp', 'rsync']) chmodSync(join(bin, name), 0o755);
    expect(await findCopier(sandbox.env)).toBe('gnu');
    expect(await findCopier({ ...sandbox.env, PATH: bin })).toBe('rsync');
    rmSync(join(bin, 'rsync'));
    expect(await findCopier({ ...sandbox.env, PATH: bin })).toBe('node');
  });

  test('a full disk is an error, not something left out, and gets back what was taken of it', async () => {
    const bin = join(sandbox.root, 'bin');
    const { repo, session, task } = await make();
    sandbox.write(repo, { 'node_modules/p/a.js': 'code\n' });
    sandbox.write(bin, {
      cp: '#!/bin/sh\n[ "$1" = --version ] && echo "cp (GNU coreutils) 9" && exit\necho "cp: error writing x: No space left on device" >&2; exit 1\n',
    });
    chmodSync(join(bin, 'cp'), 0o755);
    const broken = { ...session, env: { ...session.env, PATH: `${bin}:${session.env.PATH}` } };
    await expect(addWorktree(broken, task)).rejects.toMatchObject({ code: 'copy-failed' });
    expect(existsSync(worktreePath(session, task.slug))).toBe(false);
    expect(sandbox.git(repo, 'worktree', 'list').split('\n')).toHaveLength(1);
    const again = await addWorktree(session, task);
    expect(again.created).toBe(true);
    expect(existsSync(join(again.path, 'node_modules/p/a.js'))).toBe(true);
  });
});
