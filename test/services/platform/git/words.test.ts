import { expect, test } from '@jest/globals';
import { gitWords, hintFor } from '../../../../src/services/platform/git/words.js';

const id = '271a18b9e9df6dece9d05ac812b3d7577178b2539cd5be90a02e7d7b16d3e771';
const ends =
  "\nErrors logged to '/r/.git/lfs/logs/1.log'.\nUse `git lfs logs last` to view the log.\n" +
  "error: external filter 'git-lfs filter-process' failed\nfatal: a b.bin: smudge filter lfs failed\n";
const lfs = (why: string) =>
  `Downloading a b.bin (2.0 KB)\nError downloading object: a b.bin (271a18b): Smudge error: Error downloading a b.bin (${id}): ${why}\n${ends}`;

test.each([
  `error transferring "${id}": [0] remote missing object ${id}`,
  `[${id}] Object does not exist on the server: [404] Object does not exist on the server`,
])('a file whose content the server of LFS does not have is named: %s', (why) => {
  expect(gitWords(lfs(why))).toBe(
    `git-lfs cannot get the content of a b.bin: the remote has no object ${id}`,
  );
  expect(hintFor(lfs(why))).toMatch(/^Push it from a clone that has it: .*GIT_LFS_SKIP_SMUDGE=1/);
});

test('what else keeps LFS from a file is told once', () => {
  const text = lfs('batch response: Authentication required: Authorization error: https://example.com/r.git');
  expect(gitWords(text)).toBe(
    'git-lfs cannot get the content of a b.bin: batch response: Authentication required: Authorization error: https://example.com/r.git',
  );
  expect(hintFor(text)).toMatch(/^Try it by hand: `git lfs fetch`\. Or go on with its pointer file/);
});

test.each([
  ['fatal: bad object refs/heads/bad', 'refs/heads/bad names no commit of the repository', 'broken-ref'],
  [
    "fatal: ambiguous argument 'HEAD': unknown revision or path not in the working tree.\nUse '--' to separate paths",
    'HEAD names no commit',
    'git symbolic-ref HEAD',
  ],
  ['fatal: bad object worktrees/x/HEAD', 'worktrees/x/HEAD names no commit of the repository', 'git reflog'],
  ['error: bad tree object HEAD', 'files of the commit HEAD are missing from the repository', 'git fsck'],
  [
    "fatal: not a git repository: '/r/.git/worktrees/x'",
    "git's record of the worktree is damaged: /r/.git/worktrees/x/HEAD names neither a branch nor a commit",
    '>/r/.git/worktrees/x/HEAD',
  ],
  [
    'fatal: unexpected line in /r/.git/packed-refs: garbage',
    '/r/.git/packed-refs has a line that is no ref',
    'git show-ref',
  ],
])('what is broken is named, with what mends it: %s', (stderr, what, hint) => {
  expect(gitWords(stderr)).toBe(what);
  expect(hintFor(stderr)).toContain(hint);
});

test('a lock that another git left is named, and other words are told as git says them', () => {
  const lock =
    "error: Unable to create '/r/.git/packed-refs.lock': File exists.\n\nAnother git process seems to be running";
  expect(gitWords(lock)).toBe(
    'another git holds /r/.git/packed-refs.lock; once none is at work there, remove that file and try again',
  );
  expect(gitWords('hint: do this\nfatal: bad object x\nfatal: bad object x\n')).toBe('fatal: bad object x');
  expect(hintFor(lock)).toBeUndefined();
});
