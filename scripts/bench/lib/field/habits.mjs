/** Habits that repositories have. Each makes a clone so before the program sees it; git alone is used, nothing of ours. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const write = (folder, path, text, mode = 0o644) => {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
  chmodSync(join(folder, path), mode);
};
const commit = (at, subject) => {
  at.git('add', '-A');
  at.git('commit', '-qm', subject);
};

/** `at` is `{ repo, root, env, git, run }`; what is returned replaces parts of it, such as the folder the person works in. */
export const habits = {
  plain: () => ({}),
  submodules(at) {
    const library = join(at.root, 'library');
    at.run(at.root, 'git', 'init', '-q', library);
    write(library, 'library.txt', 'one\ntwo\nthree\n');
    at.run(library, 'git', 'add', '-A');
    at.run(library, 'git', 'commit', '-qm', 'Start the library');
    at.run(at.root, 'git', 'clone', '-q', '--bare', library, `${library}.git`);
    at.run(at.root, 'git', 'config', '--global', 'protocol.file.allow', 'always');
    at.git('submodule', '--quiet', 'add', `${library}.git`, 'vendor/library');
    commit(at, 'Add the library as a submodule');
    return { submodule: { path: 'vendor/library', upstream: `${library}.git` } };
  },
  /** Large files kept by git-lfs, which has to be installed. */
  lfs(at) {
    at.git('lfs', 'install');
    at.git('lfs', 'track', '--filename', 'assets/picture.large');
    write(at.repo, 'assets/picture.large', 'a picture\n'.repeat(5000));
    commit(at, 'Keep large files elsewhere');
    return { lfs: true };
  },
  /** Half of the folders are outside the cone; what is the program's is not, as `init` says. */
  sparse(at) {
    const folders = at.git('ls-tree', '-d', '--name-only', 'HEAD').split('\n').filter(Boolean);
    at.git('sparse-checkout', 'set', '--cone', ...folders.filter((_, index) => index % 2 === 0));
    at.git('sparse-checkout', 'add', '.codex-agent');
  },
  /** Husky, fetched by npm. */
  husky(at) {
    const env = { ...at.env, HOME: process.env.HOME };
    execFileSync('npx', ['--yes', 'husky@9.1.7'], { cwd: at.repo, env, stdio: 'ignore' });
    write(at.repo, '.husky/pre-commit', 'exit 0\n');
    commit(at, 'Add hooks');
    if (at.git('config', 'core.hooksPath').trim() !== '.husky/_') throw new Error('husky did not install');
  },
  signed(at) {
    const key = join(at.root, 'key');
    at.run(at.root, 'ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key);
    const signers = join(at.root, 'signers');
    writeFileSync(signers, `bench@example.com ${readFileSync(`${key}.pub`, 'utf8')}`);
    for (const [name, value] of [
      ['gpg.ssh.allowedSignersFile', signers],
      ['gpg.format', 'ssh'],
      ['user.signingKey', `${key}.pub`],
      ['commit.gpgSign', 'true'],
    ])
      at.run(at.root, 'git', 'config', '--global', name, value);
    return { signed: true };
  },
  /** A bare clone with linked worktrees beside it; the person works in one of them. */
  bare(at) {
    const home = join(at.root, 'home');
    mkdirSync(home);
    const target = at.git('branch', '--show-current').trim();
    const bare = join(home, '.bare');
    at.run(at.root, 'git', 'clone', '-q', '--bare', at.upstream, bare);
    at.run(bare, 'git', 'config', 'remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*');
    at.run(bare, 'git', 'fetch', '-q', 'origin');
    writeFileSync(join(home, '.git'), 'gitdir: ./.bare\n');
    at.run(home, 'git', 'worktree', 'add', '-q', join(home, target), target);
    return { repo: join(home, target) };
  },
  /** Every text file is checked out with carriage returns. */
  crlf(at) {
    at.run(at.root, 'git', 'config', '--global', 'core.autocrlf', 'true');
    at.git('rm', '-rq', '--cached', '.');
    at.git('reset', '-q', '--hard');
  },
  symlinks(at) {
    write(at.repo, 'linked/real/file.txt', 'real\n');
    symlinkSync('real', join(at.repo, 'linked/folder'));
    symlinkSync('real/file.txt', join(at.repo, 'linked/file'));
    symlinkSync('nowhere', join(at.repo, 'linked/dangling'));
    commit(at, 'Add links');
    // The person also reaches the repository by a link.
    const real = `${at.repo}-real`;
    renameSync(at.repo, real);
    symlinkSync(real, at.repo);
  },
  /** Four hundred branches and tags, loose and packed, and a worktree of the person's own. */
  branches(at) {
    const head = at.git('rev-parse', 'HEAD').trim();
    const names = Array.from({ length: 400 }, (_, index) => `topic/${index % 20}/part-${index}`);
    for (const name of names.slice(0, 200)) at.git('update-ref', `refs/heads/${name}`, head);
    at.git('pack-refs', '--all');
    for (const name of names.slice(200)) at.git('update-ref', `refs/tags/${name}`, head);
    at.git('worktree', 'add', '-q', join(at.root, 'mine'), names[0]);
  },
  /** The person works in a linked worktree; the main one is on a branch of its own. */
  linked(at) {
    const target = at.git('branch', '--show-current').trim();
    at.git('switch', '-qc', 'parked');
    const linked = join(at.root, 'linked worktree');
    at.git('worktree', 'add', '-q', linked, target);
    return { repo: linked };
  },
  /** One commit deep, as continuous integration and people in a hurry clone. */
  shallow(at) {
    const shallow = join(at.root, 'shallow');
    at.run(
      at.root,
      'git',
      'clone',
      '-q',
      '--depth',
      '1',
      '--no-single-branch',
      `file://${at.upstream}`,
      shallow,
    );
    return { repo: shallow };
  },
  /** Ignored packages lie in the folder, as after an install; work happens beside them. */
  packages(at) {
    for (let index = 0; index < 300; index++)
      write(at.repo, `node_modules/package-${index}/index.js`, `module.exports = ${index};\n`);
    const ignored = join(at.root, 'ignored');
    writeFileSync(ignored, 'node_modules/\n');
    at.run(at.root, 'git', 'config', '--global', 'core.excludesFile', ignored);
  },
  /** File names that need care, and a folder with a space. */
  names(at) {
    for (const name of ['with space/ä ö.txt', 'quote"d.txt', '-dash.txt', 'semi;colon.txt', '[glob]*.txt'])
      write(at.repo, `odd/${name}`, `${name}\n`);
    commit(at, 'Add names that need care');
  },
};
