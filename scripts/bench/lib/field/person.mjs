/** The person beside whom the program works: what is theirs, what they do meanwhile, and how it looks. */
import { appendFileSync, existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ours = /^refs\/(heads\/codex-agent|codex-agents)\//;

/** Makes what a person has lying about: local edits, an index, a stash of two, hooks, keys, branches and tags. */
export function settleIn(at, files) {
  const common = resolve(at.repo, at.git('rev-parse', '--git-common-dir').trim());
  for (const note of ['first', 'second']) {
    appendFileSync(join(at.repo, files.stashed), `${note} stashed line\n`);
    at.git('stash', 'push', '-qm', note);
  }
  writeFileSync(join(common, 'hooks', 'pre-push'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  writeFileSync(join(at.repo, 'notes of mine.txt'), 'not tracked\n');
  appendFileSync(join(at.repo, files.edited), 'an edit that is not committed\n');
  at.git('branch', 'mine/before');
  at.git('tag', 'mine-before');
  at.git('config', 'field.before', 'yes');
}

/** While agents work: commits, fetches what a colleague pushed, and uses branches, tags, keys and the stash. */
export function goOn(at, files) {
  const commit = at
    .run(at.upstream, 'git', 'commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', 'What a colleague does')
    .trim();
  at.run(at.upstream, 'git', 'update-ref', 'refs/heads/colleague', commit);
  at.run(at.upstream, 'git', 'update-ref', 'refs/tags/colleague', commit);
  at.git('fetch', '-q', '--tags', 'origin');
  appendFileSync(join(at.repo, files.committed), 'a line the person commits\n');
  at.git('commit', '-qm', 'Go on working', '--', files.committed);
  appendFileSync(join(at.repo, files.stashed), 'third stashed line\n');
  at.git('stash', 'push', '-qm', 'third', '--', files.stashed);
  at.git('branch', 'mine/meanwhile');
  at.git('tag', 'mine-meanwhile');
  at.git('config', 'user.name', 'Bench Again');
}

/** All that is the person's, as named texts that are compared later. Branches and refs of the program are left out. */
export function pictureOf(at, target) {
  const common = resolve(at.repo, at.git('rev-parse', '--git-common-dir').trim());
  const text = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  const refs = at
    .git('for-each-ref', '--format=%(refname) %(objectname) %(symref)')
    .split('\n')
    .filter((line) => line !== '' && !ours.test(line) && !line.startsWith(`refs/heads/${target} `));
  const changed = at.git('status', '--porcelain', '-z', '--ignore-submodules=all', '--no-renames');
  return {
    refs: refs.join('\n'),
    HEAD: at.git('symbolic-ref', 'HEAD'),
    configuration: text(join(common, 'config')),
    exclusions: text(join(common, 'info', 'exclude')),
    hooks: readdirSync(join(common, 'hooks'))
      .map((name) => join(common, 'hooks', name))
      .map((path) => `${path} ${lstatSync(path).mode} ${text(path)}`)
      .join('\n'),
    stash: at.git('stash', 'list', '--format=%H %gs'),
    worktrees: at
      .git('worktree', 'list', '--porcelain')
      .split('\n\n')
      .filter((block) => !block.includes('branch refs/heads/codex-agent/'))
      .map((block) => block.replace(/^HEAD .*$/m, ''))
      .join(''),
    'local edits': changed
      .split('\0')
      .filter((line) => line !== '' && !line.slice(3).startsWith('.codex-agent/'))
      .map((line) => `${line}: ${contentOf(join(at.repo, line.slice(3)))}`)
      .join('\n'),
  };
}

const contentOf = (path) =>
  existsSync(path) && lstatSync(path).isFile() ? readFileSync(path, 'latin1') : 'no file';
