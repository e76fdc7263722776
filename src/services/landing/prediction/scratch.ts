/** Where objects go that are thrown away: where they cost least. */
import { access, constants, statfs } from 'node:fs/promises';
import { temporaryFolder } from '../../platform/index.js';

/** Where files go that are only to be looked at: to memory, where many small ones cost least, if there is plenty. */
const memory = '/dev/shm';
const tmpfs = 0x01021994;
const plentyBytes = 1024 ** 3;

/** Memory where there is plenty of it, else the folder of temporary files. */
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
  return temporaryFolder(env);
}
