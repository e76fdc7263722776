import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { stashesOf } from '../../../../src/services/agents/box/stashes.js';
import { keepCommits } from '../../../../src/services/worktrees/index.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let runsDir: string;
beforeEach(() => {
  sandbox = makeSandbox();
  runsDir = join(sandbox.root, 'runs');
  mkdirSync(join(runsDir, 'one-1', 'box', 'refs'), { recursive: true });
  mkdirSync(join(runsDir, 'one-1', 'box', 'logs'));
});
afterEach(() => sandbox.cleanup());

const file = (name: string) => join(runsDir, 'one-1', 'box', name);
const line = (from: string, to: string) => `${from} ${to} A <a@example.com> 1700000000 +0000\tWIP\n`;
const none = '0'.repeat(40);

test('what is left in the stash of a run is kept once, and nothing else that the agent wrote there', async () => {
  const repo = sandbox.repo();
  const { git } = await sandbox.session(repo);
  const stash = () => {
    const id = sandbox.git(repo, 'commit-tree', '-p', 'HEAD', '-m', `WIP ${Math.random()}`, 'HEAD^{tree}');
    return id.trim();
  };
  const [first, second] = [stash(), stash()];
  const blob = sandbox.git(repo, 'rev-parse', 'HEAD^{tree}').trim();
  writeFileSync(file('refs/stash'), `${blob}\n`);
  writeFileSync(
    file('logs/stash'),
    line(none, first) + line(first, '1'.repeat(40)) + line('1'.repeat(40), second),
  );
  const ids = stashesOf({ runsDir }, 'one-1');
  expect(ids).toEqual([first, '1'.repeat(40), second, blob]);
  const refs = await keepCommits(git, ids, 'one', 'stash of one-1');
  expect(refs).toEqual(['refs/codex-agents/rescue/one/1', 'refs/codex-agents/rescue/one/2']);
  expect(refs.map((ref) => sandbox.git(repo, 'rev-parse', ref).trim())).toEqual([first, second]);
  expect(await keepCommits(git, ids, 'one', 'stash of one-1')).toEqual([]);
});

test('links, pipes, noise and huge files that an agent puts in their place tell of no stash', () => {
  execFileSync('mkfifo', [file('refs/stash')]);
  symlinkSync('/dev/zero', file('logs/stash'));
  expect(stashesOf({ runsDir }, 'one-1')).toEqual([]);
  mkdirSync(join(runsDir, 'two-1', 'box', 'refs'), { recursive: true });
  writeFileSync(join(runsDir, 'two-1', 'box', 'refs', 'stash'), '--upload-pack=touch x\n');
  expect(stashesOf({ runsDir }, 'two-1')).toEqual([]);
  mkdirSync(join(runsDir, 'three-1', 'box', 'logs'), { recursive: true });
  writeFileSync(join(runsDir, 'three-1', 'box', 'logs', 'stash'), line(none, 'a'.repeat(40)).repeat(10_000));
  expect(stashesOf({ runsDir }, 'three-1')).toEqual([]);
  expect(stashesOf({ runsDir }, 'none-1')).toEqual([]);
});
