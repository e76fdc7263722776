import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  identityOf,
  makeOwnFolder,
  type ProcessIdentity,
  selfIdentity,
  sweepOwnFolders,
  temporaryFolder,
  withOwnFolder,
} from '../../../../src/services/platform/index.js';
import { type Folder, makeFolder } from '../../../support/folder.js';

let made: Folder;
let parent: string;
beforeEach(() => {
  made = makeFolder();
  parent = join(made.path, 'tmp');
  mkdirSync(parent);
});
afterEach(() => made.cleanup());

async function killedProcess(): Promise<ProcessIdentity> {
  const child = spawn('sleep', ['60']);
  const identity = identityOf(child.pid!)!;
  child.kill('SIGKILL');
  await once(child, 'exit');
  return identity;
}

function folderOf(owner: ProcessIdentity | undefined, name: string): string {
  const folder = join(parent, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'index'), '');
  if (owner) writeFileSync(join(folder, 'owner.json'), JSON.stringify(owner));
  return name;
}

test('the next folder that is made takes away those of a killed process, whatever they were for', async () => {
  const killed = await killedProcess();
  for (const kind of ['merge', 'scratch', 'think', 'lock']) folderOf(killed, `codex-agents-${kind}-aaaaaa`);
  const kept = [
    folderOf(selfIdentity(), 'codex-agents-scratch-bbbbbb'),
    folderOf({ ...killed, machine: 'another' }, 'codex-agents-scratch-cccccc'),
    folderOf(undefined, 'codex-agents-merge-dddddd'),
    folderOf(killed, 'codex-agents-theirs'),
    folderOf(killed, 'theirs'),
  ];
  const own = await makeOwnFolder(parent, 'scratch');
  expect(readdirSync(parent).map((name) => join(parent, name))).toEqual(
    [...kept.map((name) => join(parent, name)), own].sort(),
  );
});

test('a folder whose maker was killed before it named itself goes after an hour', async () => {
  const name = folderOf(undefined, 'codex-agents-lock-aaaaaa');
  expect(await sweepOwnFolders(parent)).toEqual([]);
  const old = new Date(Date.now() - 3_700_000);
  utimesSync(join(parent, name), old, old);
  expect(await sweepOwnFolders(parent)).toEqual([join(parent, name)]);
  expect(readdirSync(parent)).toEqual([]);
});

test('what cannot be read, is a link, or says nothing whole is never taken for a dead process', async () => {
  const killed = await killedProcess();
  const names = ['pipe', 'folder', 'half'].map((_, at) =>
    folderOf(undefined, `codex-agents-merge-aaaaa${at}`),
  );
  const [pipe, folder, half] = names.map((name) => join(parent, name, 'owner.json'));
  execFileSync('mkfifo', [pipe!]);
  mkdirSync(folder!);
  writeFileSync(half!, '{"pid":1}');
  const elsewhere = join(made.path, 'work');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'owner.json'), JSON.stringify(killed));
  symlinkSync(elsewhere, join(parent, 'codex-agents-merge-linked'));
  const old = new Date(Date.now() - 3_700_000);
  for (const name of names.slice(0, 2)) utimesSync(join(parent, name), old, old);
  expect(await sweepOwnFolders(parent)).toEqual([]);
  expect(readdirSync(elsewhere)).toEqual(['owner.json']);
});

test('the folder of another user stays, whatever it says', async () => {
  const name = folderOf(await killedProcess(), 'codex-agents-merge-aaaaaa');
  const [mine, getuid] = [process.getuid!(), process.getuid];
  // The sweeper is somebody else here: only root could give the folder away.
  process.getuid = () => mine + 1;
  try {
    expect(await sweepOwnFolders(parent)).toEqual([]);
  } finally {
    process.getuid = getuid!;
  }
  expect(await sweepOwnFolders(parent)).toEqual([join(parent, name)]);
});

test('a folder is there while it is used, and gone then, also when its use fails', async () => {
  const use = withOwnFolder(parent, 'scratch', async (folder) => {
    writeFileSync(join(folder, 'index'), '');
    throw new Error(readdirSync(folder).join(' '));
  });
  await expect(use).rejects.toThrow('index owner.json');
  expect(readdirSync(parent)).toEqual([]);
});

test('temporary files go where the environment says, unless nothing can be written there', () => {
  writeFileSync(join(parent, 'file'), '');
  expect(temporaryFolder({ TMPDIR: parent })).toBe(parent);
  expect(temporaryFolder({ TMPDIR: join(parent, 'gone') })).toBe('/tmp');
  expect(temporaryFolder({ TMPDIR: join(parent, 'file') })).toBe('/tmp');
});
