import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkRoom } from '../../../../src/services/app/doctor/room.js';
import { pathsFrom } from '../../../../src/services/platform/files/paths.js';
import type { Paths } from '../../../../src/services/platform/types.js';
import { mountSmall } from '../../../support/loop-disk.js';
import { makeSandbox, type Sandbox } from '../../../support/sandbox.js';

let sandbox: Sandbox;
let paths: Paths;
beforeEach(() => {
  sandbox = makeSandbox();
  paths = pathsFrom(sandbox.env);
});
afterEach(() => sandbox.cleanup());

const look = (root?: string) => checkRoom({ paths, env: sandbox.env, ...(root ? { root } : {}) });

/** Mounts a small disk where runs are kept. */
const small = (bytes: number) => {
  const disk = mountSmall(paths.stateDir, bytes);
  if (!disk) console.warn('Only root can mount: room is not tried.');
  return disk;
};

test('disks with enough room are one line', async () => {
  expect(await look(sandbox.repo())).toEqual([
    { name: 'room', status: 'ok', detail: 'every disk has enough' },
  ]);
});

test('a full disk fails, one that is nearly full warns, each with its folder and what makes room', async () => {
  const disk = small(40_000_000);
  if (!disk) return;
  try {
    expect(await look()).toMatchObject([{ status: 'ok' }]);
    writeFileSync(join(paths.stateDir, 'some'), Buffer.alloc(25_000_000));
    const makesRoom = expect.stringContaining('codex-agent task worktree gc');
    const runs = `left for runs, at ${paths.stateDir}`;
    expect(await look()).toEqual([
      { name: 'room', status: 'warn', detail: expect.stringContaining(runs), hint: makesRoom },
    ]);
    disk.fill();
    expect(await look()).toEqual([
      { name: 'room', status: 'fail', detail: `only 0 B are ${runs}`, hint: makesRoom },
    ]);
    expect(readdirSync(paths.stateDir).sort()).toEqual(['filler', 'some']);
  } finally {
    disk.unmount();
  }
});

test('a disk that takes no file fails in the words of the system', async () => {
  const disk = small(40_000_000);
  if (!disk) return;
  try {
    spawnSync('mount', ['-o', 'remount,ro', paths.stateDir]);
    expect(await look()).toMatchObject([
      { status: 'fail', detail: `The file system is read-only: ${paths.stateDir} cannot be written.` },
    ]);
  } finally {
    disk.unmount();
  }
});

test('less than worktrees may leave is told before one is to be filled', async () => {
  const root = sandbox.repo({ '.codex-agent/config.toml': '' });
  sandbox.write(paths.configDir, { 'config.toml': '[worktree]\nmin_free = "900 TB"\n' });
  expect(await look(root)).toMatchObject([
    {
      status: 'warn',
      detail: expect.stringMatching(/left for worktrees, at .*no worktree is filled below 900 TB/),
    },
  ]);
});
