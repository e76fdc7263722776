/** Kinds of merges: what stands in the base, and what each side does to it. */
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from './sandbox.js';

type Change = (repo: string, sandbox: Sandbox) => void;

export interface MergeCase {
  base: Record<string, string | Buffer>;
  ours: Change;
  theirs: Change;
  /** Done in the repository once both branches are there. */
  after?: Change;
}

/** Twelve lines, some of them replaced. */
export const lines = (...changed: [number, string][]) => {
  const text = Array.from({ length: 12 }, (_, at) => `line ${at}`);
  for (const [at, value] of changed) text[at] = value;
  return `${text.join('\n')}\n`;
};
const binary = (seed: number) => Buffer.from(Array.from({ length: 64 }, (_, at) => (at * seed) % 256));
const crlf = (text: string) => text.replaceAll('\n', '\r\n');

const put =
  (files: Record<string, string | Buffer>): Change =>
  (repo) => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(repo, path, '..'), { recursive: true });
      writeFileSync(join(repo, path), content);
    }
  };
const remove =
  (...paths: string[]): Change =>
  (repo) => {
    for (const path of paths) rmSync(join(repo, path), { recursive: true });
  };
const rename =
  (from: string, to: string): Change =>
  (repo) => {
    mkdirSync(join(repo, to, '..'), { recursive: true });
    renameSync(join(repo, from), join(repo, to));
  };
const mode =
  (path: string, bits: number): Change =>
  (repo) =>
    chmodSync(join(repo, path), bits);
const link =
  (path: string, target: string): Change =>
  (repo) => {
    rmSync(join(repo, path), { force: true });
    symlinkSync(target, join(repo, path));
  };
/** Points a submodule to a commit that nobody has. */
const submodule =
  (path: string, commit: string): Change =>
  (repo, sandbox) =>
    void sandbox.git(repo, 'update-index', '--add', '--cacheinfo', `160000,${commit.repeat(40)},${path}`);
const setting =
  (key: string, value: string): Change =>
  (repo, sandbox) =>
    void sandbox.git(repo, 'config', key, value);
const all =
  (...changes: Change[]): Change =>
  (repo, sandbox) => {
    for (const change of changes) change(repo, sandbox);
  };
const nothing: Change = () => {};

export const mergeCases: Record<string, MergeCase> = {
  'the same line edited': {
    base: { 'a.txt': lines() },
    ours: put({ 'a.txt': lines([5, 'ours']) }),
    theirs: put({ 'a.txt': lines([5, 'theirs']) }),
  },
  'a file added by both': {
    base: {},
    ours: put({ 'n.txt': 'ours\n' }),
    theirs: put({ 'n.txt': 'theirs\n' }),
  },
  'edited here, deleted there': {
    base: { 'a.txt': lines() },
    ours: put({ 'a.txt': lines([1, 'ours']) }),
    theirs: remove('a.txt'),
  },
  'renamed here, edited on both sides': {
    base: { 'a.txt': lines() },
    ours: all(rename('a.txt', 'b.txt'), put({ 'b.txt': lines([5, 'ours']) })),
    theirs: put({ 'a.txt': lines([5, 'theirs']) }),
  },
  'renamed to two names': {
    base: { 'a.txt': lines() },
    ours: rename('a.txt', 'b.txt'),
    theirs: rename('a.txt', 'c.txt'),
  },
  'two files renamed onto one name': {
    base: { 'a.txt': lines([0, 'a']), 'b.txt': lines([0, 'b'], [3, 'bb'], [6, 'bbb']) },
    ours: rename('a.txt', 'same.txt'),
    theirs: rename('b.txt', 'same.txt'),
  },
  'renamed here, deleted there': {
    base: { 'a.txt': lines() },
    ours: rename('a.txt', 'b.txt'),
    theirs: remove('a.txt'),
  },
  'renamed here, a file of that name added there': {
    base: { 'a.txt': lines() },
    ours: rename('a.txt', 'b.txt'),
    theirs: put({ 'b.txt': 'another\n' }),
  },
  'a file here, a folder there': {
    base: { 'keep.txt': 'k\n' },
    ours: put({ thing: 'file\n' }),
    theirs: put({ 'thing/in.txt': 'folder\n' }),
  },
  'a folder renamed here, a file added to it there': {
    base: { 'old/a.txt': lines(), 'old/b.txt': lines([0, 'b']) },
    ours: rename('old', 'new'),
    theirs: put({ 'old/c.txt': 'new file\n' }),
  },
  'a folder renamed here, a file added to it there, which git may move': {
    base: { 'old/a.txt': lines(), 'old/b.txt': lines([0, 'b']) },
    ours: rename('old', 'new'),
    theirs: put({ 'old/c.txt': 'new file\n' }),
    after: setting('merge.directoryRenames', 'true'),
  },
  'everything moved into a folder here, a file added at the top there': {
    base: { 'a.txt': lines(), 'b.txt': lines([0, 'b']) },
    ours: all(
      rename('a.txt', 'sub/a.txt'),
      rename('b.txt', 'sub/b.txt'),
      rename('README.md', 'sub/README.md'),
    ),
    theirs: put({ 'c.txt': 'new file\n' }),
  },
  'a folder split in two here, a file added to it there': {
    base: { 'old/a.txt': lines(), 'old/b.txt': lines([0, 'b'], [4, 'bb'], [8, 'bbb']) },
    ours: all(rename('old/a.txt', 'one/a.txt'), rename('old/b.txt', 'two/b.txt')),
    theirs: put({ 'old/c.txt': 'new file\n' }),
  },
  'a binary file added by both': {
    base: {},
    ours: put({ 'b.bin': binary(7) }),
    theirs: put({ 'b.bin': binary(11) }),
  },
  'a binary file changed by both': {
    base: { 'b.bin': binary(3) },
    ours: put({ 'b.bin': binary(7) }),
    theirs: put({ 'b.bin': binary(11) }),
  },
  'made executable here, edited there': {
    base: { 'a.sh': lines() },
    ours: mode('a.sh', 0o755),
    theirs: put({ 'a.sh': lines([5, 'theirs']) }),
  },
  'added with two modes': {
    base: {},
    ours: all(put({ 'a.sh': lines() }), mode('a.sh', 0o755)),
    theirs: put({ 'a.sh': lines() }),
  },
  'a link here, a file there': {
    base: {},
    ours: link('x', 'target'),
    theirs: put({ x: 'file\n' }),
  },
  'a link pointed to two places': {
    base: { 'one.txt': '1\n', x: 'file\n' },
    ours: link('x', 'one.txt'),
    theirs: link('x', 'README.md'),
  },
  'a file made a link here, edited there': {
    base: { 'a.txt': lines() },
    ours: link('a.txt', 'README.md'),
    theirs: put({ 'a.txt': lines([5, 'theirs']) }),
  },
  'a submodule moved by both': {
    base: {},
    ours: submodule('sub', 'a'),
    theirs: submodule('sub', 'b'),
  },
  'a submodule here, a file there': {
    base: {},
    ours: submodule('sub', 'a'),
    theirs: put({ sub: 'file\n' }),
  },
  'distant lines of one file': {
    base: { 'a.txt': lines() },
    ours: put({ 'a.txt': lines([0, 'ours']) }),
    theirs: put({ 'a.txt': lines([11, 'theirs']) }),
  },
  'renamed here, edited there': {
    base: { 'a.txt': lines() },
    ours: rename('a.txt', 'b.txt'),
    theirs: put({ 'a.txt': lines([5, 'theirs']) }),
  },
  'renamed here, edited there, where renames are not looked for': {
    base: { 'a.txt': lines() },
    ours: rename('a.txt', 'b.txt'),
    theirs: put({ 'a.txt': lines([5, 'theirs']) }),
    after: setting('merge.renames', 'false'),
  },
  'the same change on both sides': {
    base: { 'a.txt': lines(), 'b.txt': 'b\n' },
    ours: all(put({ 'a.txt': lines([5, 'same']) }), remove('b.txt')),
    theirs: all(put({ 'a.txt': lines([5, 'same']) }), remove('b.txt')),
  },
  'nothing on one side': {
    base: { 'a.txt': lines() },
    ours: nothing,
    theirs: put({ 'a.txt': lines([5, 'x']) }),
  },
  'marker text inside a file': {
    base: { 'a.txt': lines() },
    ours: put({ 'a.txt': `<<<<<<< ours\n${lines()}` }),
    theirs: put({ 'b.txt': '>>>>>>> theirs\n' }),
  },
  'a file whose attribute takes both sides': {
    base: { 'log.txt': lines(), '.gitattributes': 'log.txt merge=union\n' },
    ours: put({ 'log.txt': lines([5, 'ours']) }),
    theirs: put({ 'log.txt': lines([5, 'theirs']) }),
  },
  'an attribute that takes both sides, on one side only, in a folder': {
    base: { 'logs/log.txt': lines() },
    ours: put({ 'logs/log.txt': lines([5, 'ours']), 'logs/.gitattributes': '*.txt merge=union\n' }),
    theirs: put({ 'logs/log.txt': lines([5, 'theirs']) }),
  },
  'a file whose attribute forbids merging': {
    base: { 'a.dat': lines(), '.gitattributes': '*.dat -merge\n' },
    ours: put({ 'a.dat': lines([0, 'ours']) }),
    theirs: put({ 'a.dat': lines([11, 'theirs']) }),
  },
  'attributes that stand in the repository, not in a tree': {
    base: { 'log.txt': lines() },
    ours: put({ 'log.txt': lines([5, 'ours']) }),
    theirs: put({ 'log.txt': lines([5, 'theirs']) }),
    after: put({ '.git/info/attributes': 'log.txt merge=union\n' }),
  },
  'a driver that nobody has defined': {
    base: { 'a.txt': lines(), '.gitattributes': '*.txt merge=special\n' },
    ours: put({ 'a.txt': lines([5, 'ours']) }),
    theirs: put({ 'a.txt': lines([5, 'theirs']) }),
  },
  'line ends made plain here, an edit with the old ones there': {
    base: { 'a.txt': crlf(lines()) },
    ours: (repo, sandbox) => {
      put({ '.gitattributes': '* text=auto\n', 'a.txt': lines() })(repo, sandbox);
      sandbox.git(repo, 'add', '--renormalize', '.');
    },
    theirs: put({ 'a.txt': crlf(lines([5, 'theirs'])) }),
  },
  'the same, where git makes them plain before it merges': {
    base: { 'a.txt': crlf(lines()) },
    ours: (repo, sandbox) => {
      put({ '.gitattributes': '* text=auto\n', 'a.txt': lines() })(repo, sandbox);
      sandbox.git(repo, 'add', '--renormalize', '.');
    },
    theirs: put({ 'a.txt': crlf(lines([5, 'theirs'])) }),
    after: setting('merge.renormalize', 'true'),
  },
  'names that differ in case only': {
    base: {},
    ours: put({ Readme: 'ours\n' }),
    theirs: put({ README: 'theirs\n' }),
  },
  'outside of what is checked out': {
    base: { 'in/a.txt': lines(), 'out/b.txt': lines() },
    ours: put({ 'out/b.txt': lines([5, 'ours']) }),
    theirs: put({ 'out/b.txt': lines([5, 'theirs']) }),
    after: (repo, sandbox) => void sandbox.git(repo, 'sparse-checkout', 'set', 'in'),
  },
  'names with odd characters': {
    base: { 'a "b"\\ü\tc.txt': lines() },
    ours: put({ 'a "b"\\ü\tc.txt': lines([5, 'ours']) }),
    theirs: put({ 'a "b"\\ü\tc.txt': lines([5, 'theirs']) }),
  },
  'branches that merged each other crosswise': {
    base: { 'a.txt': lines(), 'b.txt': lines() },
    ours: put({ 'a.txt': lines([2, 'ours']) }),
    theirs: put({ 'b.txt': lines([2, 'theirs']) }),
    after: (repo, sandbox) => {
      const git = (...args: string[]) => sandbox.git(repo, ...args);
      const [main, side] = [git('rev-parse', 'main'), git('rev-parse', 'side')];
      git('checkout', '-q', 'side');
      git('merge', '-q', '-m', 'm1', main);
      sandbox.commit(repo, { 'a.txt': lines([2, 'ours, then theirs']) });
      git('checkout', '-q', 'main');
      git('merge', '-q', '-m', 'm2', side);
      sandbox.commit(repo, { 'a.txt': lines([2, 'ours again']), 'b.txt': lines([2, 'theirs'], [9, 'x']) });
    },
  },
};

/** Makes a repository with branches `main` and `side` from a case; `main` is checked out. */
export function buildCase(
  sandbox: Sandbox,
  { base, ours, theirs, after }: MergeCase,
  format = 'sha1',
): string {
  const repo = join(sandbox.root, 'repo');
  mkdirSync(repo, { recursive: true });
  sandbox.git(repo, 'init', '-q', '-b', 'main', `--object-format=${format}`);
  const commit = (message: string) => {
    sandbox.git(repo, 'add', '-A');
    sandbox.git(repo, 'commit', '-q', '--allow-empty', '-m', message);
  };
  put({ 'README.md': 'r\n', ...base })(repo, sandbox);
  commit('base');
  sandbox.git(repo, 'checkout', '-q', '-b', 'side');
  theirs(repo, sandbox);
  commitAs(sandbox, repo, 'theirs');
  sandbox.git(repo, 'checkout', '-q', '-f', 'main');
  ours(repo, sandbox);
  commitAs(sandbox, repo, 'ours');
  after?.(repo, sandbox);
  return repo;
}

/** `add -A` would take a submodule's entry out again, since it has no folder. */
function commitAs(sandbox: Sandbox, repo: string, message: string): void {
  const staged = sandbox.git(repo, 'diff', '--cached', '--raw');
  if (!staged.includes(' 160000 ')) sandbox.git(repo, 'add', '-A');
  sandbox.git(repo, 'commit', '-q', '--allow-empty', '-m', message);
}
