/** Plants programs in every place of a repository that git would run them from; each leaves a canary file. */
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from './sandbox.js';

const hookNames = [
  'applypatch-msg',
  'commit-msg',
  'fsmonitor-watchman',
  'post-checkout',
  'post-commit',
  'post-index-change',
  'post-merge',
  'post-rewrite',
  'pre-commit',
  'pre-merge-commit',
  'pre-rebase',
  'prepare-commit-msg',
  'reference-transaction',
];

export interface Planted {
  /** Names of what was run, sorted. */
  fired(): string[];
}

/**
 * Plants hooks, fsmonitor, filters, diff and merge drivers and a signing program in the shared configuration, one more
 * behind include.path, and attributes that select them for every file. Nothing is planted in tracked files.
 */
export function plant(sandbox: Sandbox, repo: string): Planted {
  const canaries = join(sandbox.root, 'canaries');
  mkdirSync(canaries, { recursive: true });
  const program = (name: string, then: string) => {
    const path = join(sandbox.root, `planted-${name}`);
    writeFileSync(path, `#!/bin/sh\n: > '${canaries}/${name}'\n${then}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  for (const hook of hookNames) {
    const path = join(repo, '.git', 'hooks', hook);
    mkdirSync(join(repo, '.git', 'hooks'), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n: > '${canaries}/hook-${hook}'\n`);
    chmodSync(path, 0o755);
  }
  const set = (key: string, value: string) => sandbox.git(repo, 'config', '--local', key, value);
  set('core.fsmonitor', program('fsmonitor', 'printf "/\\0"'));
  set('filter.evil.clean', program('clean', 'cat'));
  set('filter.evil.smudge', program('smudge', 'cat'));
  set('filter.odd=name.clean', program('odd-clean', 'cat'));
  set('filter.talks.process', program('process', 'exit 1'));
  set('diff.evil.command', program('diff', ':'));
  set('diff.evil.textconv', program('textconv', 'cat "$1"'));
  set('diff.external', program('external-diff', ':'));
  set('merge.evil.driver', program('merge', 'exit 0'));
  set('gpg.program', program('gpg', 'exit 1'));
  set('commit.gpgSign', 'true');
  set('core.sshCommand', program('ssh', 'exit 1'));
  set('core.editor', program('editor', ':'));
  set('core.pager', program('pager', 'cat'));
  set('sequence.editor', program('sequence-editor', ':'));
  set('core.askPass', program('askpass', ':'));
  set('credential.helper', program('credential', ':'));
  set('trailer.sign.command', program('trailer', ':'));
  set('interactive.diffFilter', program('diff-filter', 'cat'));
  set('alias.st', `!${program('alias', ':')}`);
  const attributes = join(sandbox.root, 'planted-attributes');
  writeFileSync(attributes, '* filter=evil diff=evil merge=evil\n');
  set('core.attributesFile', attributes);
  const included = join(repo, '.git', 'included');
  writeFileSync(
    included,
    `[filter "hidden"]\n\tclean = ${program('hidden-clean', 'cat')}\n\tsmudge = ${program('hidden-smudge', 'cat')}\n`,
  );
  set('include.path', included);
  writeFileSync(
    join(repo, '.git', 'info', 'attributes'),
    '* filter=evil diff=evil merge=evil\n*.hidden filter=hidden\n*.odd filter=odd=name\n*.talk filter=talks\n',
  );
  return {
    fired: () => (existsSync(canaries) ? readdirSync(canaries).sort() : []),
  };
}
