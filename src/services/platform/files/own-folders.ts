/** Temporary folders of our own. Each says whose it is, so that what a killed process left is removed when the next is made. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTo } from './atomic.js';
import { namesInFolder } from './folder.js';
import { liveness, type ProcessIdentity, selfIdentity } from './identity.js';

/** Objects of predicted merges; a moment's index and files; a model's question to an agent; a lock file made anew. */
export type OwnFolderKind = 'merge' | 'scratch' | 'think' | 'lock';

const ownerFile = 'owner.json';
const namePattern = /^codex-agents-(merge|scratch|think|lock)-[\w-]*\w{6}$/;

/** A folder that names no owner has been begun just now, or its maker was killed that moment: this long ago, surely. */
const beginningMs = 60 * 60_000;

/** Where temporary files go. */
export const temporaryFolder = (env: NodeJS.ProcessEnv): string => env.TMPDIR || tmpdir();

/** Folders swept by this process: once is enough. */
const swept = new Set<string>();

/** Makes a folder below `parent` that says whose it is, after removing those of processes that are dead. */
export async function makeOwnFolder(parent: string, kind: OwnFolderKind): Promise<string> {
  if (!swept.has(parent)) {
    swept.add(parent);
    await sweepOwnFolders(parent);
  }
  const folder = await mkdtemp(join(parent, `codex-agents-${kind}-`));
  try {
    await writeTo(join(folder, ownerFile), JSON.stringify(selfIdentity()));
    return folder;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Runs `use` with such a folder, and removes it then. */
export async function withOwnFolder<T>(
  parent: string,
  kind: OwnFolderKind,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await makeOwnFolder(parent, kind);
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes the folders of processes that are dead, of every kind. Returns their paths. */
export async function sweepOwnFolders(parent: string): Promise<string[]> {
  // One where this user may write and not look is not swept.
  const names = await namesInFolder(parent).catch((): string[] => []);
  const removed: string[] = [];
  for (const name of names.filter((one) => namePattern.test(one))) {
    const folder = join(parent, name);
    if (!(await isLeft(folder))) continue;
    // Another user's may not be removed, and is not ours to tell of.
    const gone = await rm(folder, { recursive: true, force: true }).then(
      () => true,
      () => false,
    );
    if (gone) removed.push(folder);
  }
  return removed;
}

async function isLeft(folder: string): Promise<boolean> {
  try {
    const owner = JSON.parse(await readFile(join(folder, ownerFile), 'utf8')) as ProcessIdentity;
    return liveness(owner) === 'dead';
  } catch {
    const found = await stat(folder).catch(() => undefined);
    return found !== undefined && Date.now() - found.mtimeMs > beginningMs;
  }
}
