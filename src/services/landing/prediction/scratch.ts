/** Scratch folders for objects that are thrown away: made where they cost least, removed when their owner was killed. */
import { access, constants, mkdtemp, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { liveness, namesInFolder, type ProcessIdentity, selfIdentity } from '../../platform/index.js';

const prefix = 'codex-agents-merge-';
const ownerFile = 'owner.json';

/** Where files go that are only to be looked at: to memory, where many small ones cost least, if there is plenty. */
const memory = '/dev/shm';
const tmpfs = 0x01021994;
const plentyBytes = 1024 ** 3;

export const temporary = (env: NodeJS.ProcessEnv): string => env.TMPDIR ?? tmpdir();

export async function fastest(env: NodeJS.ProcessEnv): Promise<string> {
  try {
    const { bavail, bsize, type } = await statfs(memory);
    if (type === tmpfs && bavail * bsize >= plentyBytes) {
      await access(memory, constants.W_OK);
      return memory;
    }
  } catch {
    // Not every system has it.
  }
  return temporary(env);
}

/** Folders swept by this process: once is enough. */
const swept = new Set<string>();

/** Makes a folder below `parent` that says whose it is, after removing those of processes that are dead. */
export async function ownFolder(parent: string): Promise<string> {
  if (!swept.has(parent)) {
    swept.add(parent);
    await sweep(parent);
  }
  const folder = await mkdtemp(join(parent, prefix));
  await writeFile(join(folder, ownerFile), JSON.stringify(selfIdentity()));
  return folder;
}

async function sweep(parent: string): Promise<void> {
  const names = await namesInFolder(parent);
  for (const name of names.filter((one) => one.startsWith(prefix))) {
    const folder = join(parent, name);
    try {
      const owner = JSON.parse(await readFile(join(folder, ownerFile), 'utf8')) as ProcessIdentity;
      if (liveness(owner) === 'dead') await rm(folder, { recursive: true, force: true });
    } catch {
      // Another user's, or just being made.
    }
  }
}
